"""Time limits of a computation and the way to stop it from outside.

The soft limit raises in the main thread, which gives a Python computation the chance to end
cleanly. The hard limit is a watchdog in C that needs no interpreter lock: it prints where the
process hangs and ends it, whatever a native library does; the parent then starts a new child. It
counts from the last progress.
"""

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interrupted", "Stopper"]

_log = logging.getLogger(__name__)
_GRACE_S = 5.0
"""Time that a stopped computation has before its process is ended. Stages reach a point where they
can be stopped every few tenths of a second, on a crowded machine every few seconds; to end the
process costs the next job the loading of all models."""
EXIT_UNSTOPPABLE = 71


class Interrupted(BaseException):
    """The computation was stopped; not an Exception, so that no stage swallows it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """time_limit; gone: nobody waits for the result any more; draining: the worker ends."""


class Stopper:
    """Limits what the main thread computes; any thread may stop it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = False
        self._reason = "time_limit"

    @contextmanager
    def limited(self, soft_s: float, hard_s: float) -> Iterator[Callable[[], None]]:
        """Run the block under both limits; yield what it calls when it makes progress.

        Args:
            soft_s: for the whole block.
            hard_s: without progress.

        Raises:
            Interrupted: in the block, at the soft limit or upon `stop`.
        Side effects: at the hard limit the process ends with status 1.
        """
        before = signal.signal(signal.SIGALRM, self._raise)

        def advance() -> None:
            where = sys.__stderr__ or sys.stderr
            faulthandler.dump_traceback_later(hard_s, exit=True, file=where)

        advance()
        with self._lock:
            self._running, self._reason = True, "time_limit"
        try:
            signal.setitimer(signal.ITIMER_REAL, soft_s)
            yield advance
        finally:
            with self._lock:
                self._running = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            faulthandler.cancel_dump_traceback_later()
            signal.signal(signal.SIGALRM, before)

    @property
    def running(self) -> bool:
        """Whether a block runs under limits."""
        return self._running

    def _raise(self, _signal: int, _frame: FrameType | None) -> None:
        if self._running:
            raise Interrupted(self._reason)

    def stop(self, reason: str, at_end: Callable[[], object] = lambda: None) -> None:
        """Stop the block that runs, from another thread; nothing where none does.

        Args:
            at_end: is called before the process is ended.
        Side effects: ends the process where the block does not stop within five seconds.
        """
        main = threading.main_thread().ident
        with self._lock:
            if not self._running or main is None:
                return
            self._reason = reason
            signal.pthread_kill(main, signal.SIGALRM)
        waited_from = time.monotonic()
        while time.monotonic() - waited_from < _GRACE_S:
            if not self.running:
                return
            time.sleep(0.05)
        _log.error("the computation does not stop (%s): ending this child", reason)
        at_end()
        os._exit(EXIT_UNSTOPPABLE)
