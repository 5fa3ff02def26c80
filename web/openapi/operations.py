"""Decorator and dataclasses that describe an endpoint for the OpenAPI document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

__all__ = [
    "COMMON_CODES",
    "JSON",
    "Answer",
    "Operation",
    "Parameter",
    "documented",
    "operation_of",
]

JSON = "application/json"
COMMON_CODES = ("malformed_request", "unknown_host", "rate_limited")
"""Errors that every operation may return, besides `internal` and those of `route_rights`."""
ViewT = TypeVar("ViewT", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A successful response."""

    description: str
    model: type[BaseModel] | None = None
    media_type: str = JSON
    other_media_types: tuple[str, ...] = ()
    """Further media types without a model."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Description by header name."""
    also: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    """Alternative models by media type."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A header or query parameter."""

    name: str
    where: str
    """header or query."""
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path."""

    summary: str
    answers: Mapping[int, Answer]
    codes: tuple[str, ...] = ()
    """Error codes of `shared.errors.ERRORS` that it may return."""
    tag: str = "jobs"
    request: type[BaseModel] | None = None
    request_required: bool = True
    file_fields: tuple[str, ...] = ()
    """Names of the multipart form's file fields."""
    only_multipart: bool = False
    parameters: tuple[Parameter, ...] = ()


def documented(operation: Operation) -> Callable[[ViewT], ViewT]:
    """Attach the description to a view."""

    def attach(view: ViewT) -> ViewT:
        view.__operation__ = operation  # type: ignore[attr-defined]
        return view

    return attach


def operation_of(view: Callable[..., Any]) -> Operation | None:
    """Return a view's description; None if it is not documented."""
    operation = getattr(view, "__operation__", None)
    return operation if isinstance(operation, Operation) else None
