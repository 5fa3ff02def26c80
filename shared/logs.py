"""Logging of all processes: one format, as text or as JSON lines, with fields of the context.

The formatter is our own: what python-json-logger gives beyond it are options, and both formats
share what is left out of tracebacks.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

__all__ = [
    "FORMATS",
    "Format",
    "JsonFormatter",
    "TextFormatter",
    "configure",
    "log_context",
    "log_fields",
]

Format = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")

_context: ContextVar[Mapping[str, object] | None] = ContextVar("log_context", default=None)
_FIELDS = "fields"
_LEAST_LEVELS = {
    logging.INFO: ("amqp", "celery", "kombu"),
    logging.WARNING: ("asyncio", "botocore", "fsspec", "httpcore", "httpx", "s3fs", "urllib3"),
}
"""Levels below which libraries are not heard: they log URLs and arguments of tasks."""
_VALUES = re.compile(
    r"(?ms)^(DETAIL|CONTEXT):.*?"
    r"(?=\n(?:CONTEXT:|HINT:|\[SQL: |\nThe above exception |\nDuring handling )|\Z)"
)
"""Parts of PostgreSQL's errors that quote values of rows: briefs, which may have several lines."""


def configure(level: str, log_format: Format) -> None:
    """Configure the root logger of this process: to stderr, in one format."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    root = logging.getLogger()
    for present in list(root.handlers):
        root.removeHandler(present)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(True)
    for level_of_library, names in _LEAST_LEVELS.items():
        for name in names:
            logging.getLogger(name).setLevel(max(level_of_library, root.level))


@contextmanager
def log_context(**values: object) -> Iterator[dict[str, object]]:
    """Add fields to all records of this thread inside the context; None: no such field.

    Yields:
        The fields, to which others may be added.
    """
    given = {name: value for name, value in values.items() if value is not None}
    present = {**(_context.get() or {}), **given}
    token = _context.set(present)
    try:
        yield present
    finally:
        _context.reset(token)


def log_fields(**values: object) -> dict[str, Any]:
    """Return the `extra` of one record with these fields."""
    return {_FIELDS: {name: value for name, value in values.items() if value is not None}}


class _Formatter(logging.Formatter):
    """What both formats have in common: times in UTC, fields, tracebacks without values."""

    def formatTime(  # noqa: N802 (the name that logging calls)
        self,
        record: logging.LogRecord,
        datefmt: str | None = None,  # noqa: ARG002
    ) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return _VALUES.sub(r"\1: (left out)", super().formatException(ei))

    def fields_of(self, record: logging.LogRecord) -> dict[str, object]:
        """Return the fields of the context and of the record."""
        return {**(_context.get() or {}), **getattr(record, _FIELDS, {})}


class TextFormatter(_Formatter):
    """One line for people: time, level, message, then fields as name=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Return the line without the traceback."""
        shown = [f"{name}={value}" for name, value in self.fields_of(record).items()]
        return " ".join([super().formatMessage(record), *shown])


class JsonFormatter(_Formatter):
    """One JSON object a line: time, level, logger, message, the fields, and a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        document = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **self.fields_of(record),
        }
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        return json.dumps(document, ensure_ascii=False, default=str)
