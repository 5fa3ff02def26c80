"""Celery's configuration keeps to what the queue needs, and each name is one of Celery's."""

from celery.app.defaults import NAMESPACES, flatten

from shared.broker.celery_config import celery_config
from shared.broker.hints import celery_app_for_sending
from shared.pipelines import STAGES
from shared.settings import load_settings

CONFIG = celery_config(load_settings())


def test_each_name_is_known_to_celery() -> None:
    assert set(CONFIG) <= {name for name, _ in flatten(NAMESPACES)}


def test_messages_outlive_the_longest_short_stage() -> None:
    longest_s = max(spec.run_limit_s for spec in STAGES.values() if spec.queue != "train")
    assert CONFIG["broker_transport_options"]["visibility_timeout"] > longest_s


def test_work_is_retried_by_the_reaper_alone() -> None:
    assert CONFIG["task_acks_late"] is True
    assert CONFIG["task_reject_on_worker_lost"] is False
    assert CONFIG["task_publish_retry"] is False


def test_what_names_no_queue_reaches_no_stage() -> None:
    assert CONFIG["task_default_queue"] not in STAGES


def test_one_application_a_process_sends() -> None:
    settings = load_settings()
    assert celery_app_for_sending(settings) is celery_app_for_sending(settings)
