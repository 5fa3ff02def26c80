"""Celery consumer that reconnects within seconds of the broker's return."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery.worker.consumer import Consumer as CeleryConsumer

__all__ = ["Consumer"]

_RETRY_INTERVALS = {"interval_start": 0.5, "interval_step": 0.5, "interval_max": 2.0}
"""Seconds between connection attempts. Celery's own grow from 2 to 30 and cannot be configured:
after an hour without a broker, a worker would stay disconnected for up to another 30 s."""

_UNREADABLE = (ValueError, TypeError)
"""Errors of the transport for an invalid message, which has left the queue by then."""


class Consumer(CeleryConsumer):
    """Celery consumer with shorter reconnect intervals that survives unreadable messages.

    Celery's own consumer ends the worker at an unreadable message; this one reconnects.
    """

    connection_errors: tuple[type[BaseException], ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection_errors = (*self.connection_errors, *_UNREADABLE)

    def loop_args(self) -> Any:
        """Consume messages only while the pool child is up and its models are loaded.

        A message consumed by a loading worker would wait for it while other workers are idle.
        """
        qos = self.task_consumer.channel.qos
        can_consume = qos.can_consume
        qos.can_consume = lambda: self._child_is_up() and can_consume()
        return super().loop_args()

    def _child_is_up(self) -> bool:
        pool = getattr(self.pool, "_pool", None)
        return bool(getattr(pool, "_all_inqueues", True))

    def ensure_connected(self, conn: Any) -> Any:
        """Connect, retrying until the broker answers."""
        conn.ensure_connection = partial(conn.ensure_connection, **_RETRY_INTERVALS)
        return super().ensure_connected(conn)
