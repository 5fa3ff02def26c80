"""Soft and hard time limits of a computation, and its interruption from another thread.

The soft limit raises in the main thread, so that a Python computation can end cleanly. The hard
limit is a watchdog in C that needs no interpreter lock: it dumps the traceback and exits the
process, whatever a native library does; the parent then starts a new child. It counts from the
last progress.
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

__all__ = ["Interrupted", "TimeLimiter"]

_log = logging.getLogger(__name__)
_GRACE_S = 5.0
"""Grace period of an interrupted computation before the process exits. Stages can be interrupted
every few tenths of a second, on a busy machine every few seconds. An exit costs the next job the
loading of all models."""
EXIT_UNSTOPPABLE = 71


class Interrupted(BaseException):
    """The computation was interrupted; not an Exception, so that no stage swallows it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """time_limit; gone: the claims are no longer held; draining: the worker shuts down."""


class TimeLimiter:
    """Enforces time limits in the main thread; any thread may stop the computation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = False
        self._reason = "time_limit"

    @contextmanager
    def enforce(self, soft_s: float, hard_s: float) -> Iterator[Callable[[], None]]:
        """Run the block under both limits; yield the callback for each progress.

        Args:
            soft_s: for the whole block.
            hard_s: without progress.

        Raises:
            Interrupted: in the block, at the soft limit or upon `stop`.
        Side effects: at the hard limit the process exits with status 1.
        """
        previous = signal.signal(signal.SIGALRM, self._raise)

        def advance() -> None:
            stream = sys.__stderr__ or sys.stderr
            faulthandler.dump_traceback_later(hard_s, exit=True, file=stream)

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
            signal.signal(signal.SIGALRM, previous)

    @property
    def running(self) -> bool:
        """Whether a block is running under limits."""
        return self._running

    def _raise(self, _signal: int, _frame: FrameType | None) -> None:
        if self._running:
            raise Interrupted(self._reason)

    def stop(self, reason: str, before_exit: Callable[[], object] = lambda: None) -> None:
        """Interrupt the running block from another thread; do nothing where none is running.

        Args:
            before_exit: called before the process exits.
        Side effects: exits the process where the block does not stop within five seconds.
        """
        main = threading.main_thread().ident
        with self._lock:
            if not self._running or main is None:
                return
            self._reason = reason
            signal.pthread_kill(main, signal.SIGALRM)
        stopped_at = time.monotonic()
        while time.monotonic() - stopped_at < _GRACE_S:
            if not self.running:
                return
            time.sleep(0.05)
        _log.error("the computation does not stop (%s): exiting the child process", reason)
        before_exit()
        os._exit(EXIT_UNSTOPPABLE)
