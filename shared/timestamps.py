"""Format of times in JSON documents."""

from datetime import UTC, datetime

__all__ = ["optional_timestamp", "timestamp"]


def timestamp(at: datetime) -> str:
    """Return a time in the API's format: RFC 3339 in UTC with a trailing Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def optional_timestamp(at: datetime | None) -> str | None:
    """Return a time in the API's format; None for None."""
    return None if at is None else timestamp(at)
