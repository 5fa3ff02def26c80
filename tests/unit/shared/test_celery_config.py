"""The Celery configuration has valid names and meets the queue's requirements."""

from celery.app.defaults import NAMESPACES, flatten

from shared.broker.celery_config import celery_config
from shared.broker.hints import celery_app_for_sending
from shared.pipelines import STAGES
from shared.settings import load_settings

CONFIG = celery_config(load_settings())


def test_settings_are_celery_settings() -> None:
    assert set(CONFIG) <= {name for name, _ in flatten(NAMESPACES)}


def test_visibility_timeout_exceeds_the_time_limit_of_stages() -> None:
    longest_s = max(spec.run_limit_s for spec in STAGES.values() if spec.queue != "train")
    assert CONFIG["broker_transport_options"]["visibility_timeout"] > longest_s


def test_celery_does_not_retry_tasks() -> None:
    assert CONFIG["task_acks_late"] is True
    assert CONFIG["task_reject_on_worker_lost"] is False
    assert CONFIG["task_publish_retry"] is False


def test_default_queue_is_not_a_stage() -> None:
    assert CONFIG["task_default_queue"] not in STAGES


def test_sending_application_is_shared_within_the_process() -> None:
    settings = load_settings()
    assert celery_app_for_sending(settings) is celery_app_for_sending(settings)
