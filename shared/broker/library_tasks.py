"""Requests to workers for embeddings and for indexing the library; a lost one is sent again."""

import logging

from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from shared.broker.hints import celery_app_for_sending
from shared.settings import Settings

__all__ = ["EMBED_TASK", "INDEX_TASK", "QUEUE", "request_embedding", "request_indexing"]

_log = logging.getLogger(__name__)

EMBED_TASK = "codesigner.embed"
"""Computes the embedding of a search; its arguments are the key and the text."""
INDEX_TASK = "codesigner.index"
"""Indexes the designs that are not indexed yet."""
QUEUE = "fusion"
"""Broker queue of a stage whose workers have an encoder."""
_EMBED_EXPIRES_S = 5.0
_INDEX_EXPIRES_S = 30.0


def request_embedding(settings: Settings, key: str, text: str) -> bool:
    """Ask for the embedding of a search; return whether the request was sent."""
    return _send(settings, EMBED_TASK, [key, text], _EMBED_EXPIRES_S)


def request_indexing(settings: Settings) -> bool:
    """Ask a worker to index new designs; return whether the request was sent."""
    return _send(settings, INDEX_TASK, [], _INDEX_EXPIRES_S)


def _send(settings: Settings, task: str, args: list[str], expires_s: float) -> bool:
    app = celery_app_for_sending(settings)
    try:
        app.send_task(
            task, args=args, queue=QUEUE, expires=expires_s, ignore_result=True, retry=False
        )
    except (OSError, KombuError, RedisError) as error:
        _log.warning("task %s was not sent: %s", task, error)
        return False
    return True
