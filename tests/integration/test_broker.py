"""Tests of publishing hints: the Celery message format, and an absent or unresponsive broker."""

import socket
import time
from contextlib import suppress

from celery import Celery

from shared.broker.celery_config import STAGE_TASK, celery_config
from shared.broker.hints import hint
from shared.settings import Settings, load_settings


def _received(settings: Settings, queue: str) -> list[tuple[str, list[str]]]:
    config = celery_config(settings)
    app = Celery(set_as_current=False)
    app.conf.update(config)
    found = []
    with app.connection_for_read() as connection:
        simple = connection.SimpleQueue(queue)
        with suppress(simple.Empty):
            while message := simple.get_nowait():
                args, *_ = message.payload
                found.append((message.headers["task"], args))
                message.ack()
        simple.close()
    return found


def test_hint_is_published_to_the_queue_of_its_stage(settings: Settings) -> None:
    assert hint(settings, "generate")
    assert hint(settings, "train")
    assert _received(settings, "generate") == [(STAGE_TASK, ["generate"])]
    assert _received(settings, "train") == [(STAGE_TASK, ["train"])]


def test_hint_without_a_broker_returns_false_at_once() -> None:
    settings = load_settings(broker_url="redis://127.0.0.1:1/0")
    began = time.monotonic()
    assert hint(settings, "generate") is False
    assert time.monotonic() - began < 1


def test_unresponsive_broker_delays_a_hint_only_briefly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        settings = load_settings(broker_url=f"redis://127.0.0.1:{frozen.getsockname()[1]}/0")
        began = time.monotonic()
        assert hint(settings, "generate") is False
        assert time.monotonic() - began < 4
