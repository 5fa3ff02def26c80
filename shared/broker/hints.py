"""Hints on the broker: there is work for this stage. Losing one costs time, never a job."""

import logging
from functools import lru_cache

from celery import Celery
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from shared.broker.celery_config import STAGE_TASK, celery_config
from shared.settings import Settings

__all__ = ["celery_app_for_sending", "hint", "send"]

_log = logging.getLogger(__name__)

# A request waits for this: give up at the first refusal instead of the default's second at 2 s
# and third at 4 s, and on a broker that does not answer after a second.
_AT_ONCE = {
    "max_retries": 0,
    "interval_start": 0,
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
}


@lru_cache(maxsize=4)
def celery_app_for_sending(settings: Settings) -> Celery:
    """Give an application that publishes and has no tasks; one a process and settings."""
    config = celery_config(settings)
    config["broker_transport_options"] |= _AT_ONCE
    app = Celery("codesigner", set_as_current=False)
    app.conf.update(config)
    return app


def send(settings: Settings, stage: str) -> None:
    """Publish that a stage has work, to those who serve it.

    Raises:
        OSError, KombuError, RedisError: the broker does not take it.
    """
    celery_app_for_sending(settings).send_task(
        STAGE_TASK, args=[stage], queue=stage, ignore_result=True, retry=False
    )


def hint(settings: Settings, stage: str) -> bool:
    """Publish as a best effort; tells whether it went out. The relay sends what did not."""
    try:
        send(settings, stage)
    except (OSError, KombuError, RedisError) as error:
        _log.warning("hint for %s was not sent: %s", stage, error)
        return False
    return True
