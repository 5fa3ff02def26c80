"""A process whose clock is off: read by Python at its start where this folder is on its path.

The file that CODESIGNER_SOAK_CLOCK names holds the seconds. What Python code reads as the time of
day is moved by them, in this process and all that it starts; the monotonic clock stays.
"""

import datetime
import os
import time
from pathlib import Path


def _offset_s() -> float:
    try:
        return float(Path(os.environ.get("CODESIGNER_SOAK_CLOCK", "")).read_text())
    except (OSError, ValueError):
        return 0.0


def _move(seconds: float) -> None:
    real_time, real_time_ns, real = time.time, time.time_ns, datetime.datetime
    time.time = lambda: real_time() + seconds
    time.time_ns = lambda: real_time_ns() + int(seconds * 1e9)

    class _Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real)

    class Moved(real, metaclass=_Meta):  # type: ignore[misc, valid-type]
        """The time of day as a clock that is off tells it."""

        @classmethod
        def now(cls, tz=None):
            return real.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls):
            return real.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)

    datetime.datetime = Moved


if (_seconds := _offset_s()) != 0.0:
    _move(_seconds)
