"""Telling the broker that there is work, without letting a request wait for it."""

import queue
import threading

from shared.broker.hints import hint
from shared.failpoints import UNPUBLISHED, reach
from shared.settings import Settings

__all__ = ["HintSender"]

_WAITING = 64


class HintSender:
    """Publishes from one thread; what finds no room, or no broker, is left to the relay."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stages: queue.Queue[str] = queue.Queue(maxsize=_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def tell(self, stage: str) -> None:
        """Publish soon that a stage has work; returns at once."""
        try:
            self._stages.put_nowait(stage)
        except queue.Full:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._send, name="hints", daemon=True)
                self._thread.start()

    def _send(self) -> None:
        while True:
            stage = self._stages.get()
            reach(UNPUBLISHED)
            hint(self._settings, stage)
