"""Publish hints that a stage has work; a lost hint delays a job and never loses it."""

import logging
from functools import lru_cache

from celery import Celery
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from shared.broker.celery_config import STAGE_TASK, celery_config
from shared.settings import Settings

__all__ = ["celery_app_for_sending", "hint", "send"]

_log = logging.getLogger(__name__)

# Requests wait for the publish: do not retry a refused connection (by default after 2 s and 4 s),
# and time out after 1 s on an unresponsive broker.
_FAIL_FAST = {
    "max_retries": 0,
    "interval_start": 0,
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
}


@lru_cache(maxsize=4)
def celery_app_for_sending(settings: Settings) -> Celery:
    """Return a Celery app that only publishes; cached for each process and settings."""
    config = celery_config(settings)
    config["broker_transport_options"] |= _FAIL_FAST
    app = Celery("codesigner", set_as_current=False)
    app.conf.update(config)
    return app


def send(settings: Settings, stage: str) -> None:
    """Publish a hint that a stage has work.

    Raises:
        OSError, KombuError, RedisError: the broker is unavailable.
    """
    celery_app_for_sending(settings).send_task(
        STAGE_TASK, args=[stage], queue=stage, ignore_result=True, retry=False
    )


def hint(settings: Settings, stage: str) -> bool:
    """Publish a hint as a best effort; return whether it was sent. The relay sends the others."""
    try:
        send(settings, stage)
    except (OSError, KombuError, RedisError) as error:
        _log.warning("hint for stage %s was not sent: %s", stage, error)
        return False
    return True
