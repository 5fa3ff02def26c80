"""The part of a worker that talks to the broker: back within seconds of the broker's return."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery.worker.consumer import Consumer as CeleryConsumer

__all__ = ["Consumer"]

_WAITS = {"interval_start": 0.5, "interval_step": 0.5, "interval_max": 2.0}
"""Seconds between two tries to connect. Celery's own grow from 2 to 30, and no setting says so:
after an hour without a broker, a worker would go on without it for up to another 30 s."""


_UNREADABLE = (ValueError, TypeError)
"""What the transport raises for a message that is no message; it is taken off the queue by then."""


class Consumer(CeleryConsumer):
    """Celery's consumer, less patient with a broker that is away, more with messages.

    Celery's own ends the worker at a message that cannot be read at all; this one connects anew.
    """

    connection_errors: tuple[type[BaseException], ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection_errors = (*self.connection_errors, *_UNREADABLE)

    def loop_args(self) -> Any:
        """Take messages only while the pool's child is up, its models loaded.

        The message that a loading worker took would wait for it, while others are idle.
        """
        qos = self.task_consumer.channel.qos
        allowed = qos.can_consume
        qos.can_consume = lambda: self._child_is_up() and allowed()
        return super().loop_args()

    def _child_is_up(self) -> bool:
        pool = getattr(self.pool, "_pool", None)
        return bool(getattr(pool, "_all_inqueues", True))

    def ensure_connected(self, conn: Any) -> Any:
        """Connect, trying again until the broker answers."""
        conn.ensure_connection = partial(conn.ensure_connection, **_WAITS)
        return super().ensure_connected(conn)
