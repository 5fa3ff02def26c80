"""Publishes hints to the broker from a background thread, so that no request waits for it."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shared.broker.hints import hint
from shared.failpoints import UNPUBLISHED, reach
from shared.settings import Settings

__all__ = ["HintSender"]

_MAX_PENDING = 64


class HintSender:
    """Publishes hints from one thread; the relay sends those that find no room or no broker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stages: queue.Queue[str] = queue.Queue(maxsize=_MAX_PENDING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def tell(self, stage: str) -> None:
        """Queue a hint that a stage has work, without blocking; drop it if the queue is full."""
        try:
            self._stages.put_nowait(stage)
        except queue.Full:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()

    @contextmanager
    def deferred(self) -> Iterator[set[str]]:
        """Yield a set of stages; queue a hint for each at the end, unless an error occurred.

        Enter it before the transaction, so that the hints follow the commit.
        """
        stages: set[str] = set()
        yield stages
        for stage in sorted(stages):
            self.tell(stage)

    def _run(self) -> None:
        while True:
            stage = self._stages.get()
            reach(UNPUBLISHED)
            hint(self._settings, stage)
