"""Reads and writes design records; errors name the path in the record."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.designs.record import PAINT_TAGS, VERSION, Design
from shared.errors import CodesignerError, FieldError, InvalidRequest

__all__ = ["MAX_RECORD_BYTES", "parse_design", "read_design", "record_json"]

MAX_RECORD_BYTES = 1 << 20


def parse_design(content: bytes) -> Design:
    """Return the design of a JSON record.

    Raises:
        CodesignerError: payload_too_large, from 1 MiB; malformed_request: it is not JSON, or has
            numbers that are none; invalid_request: `fields` has the paths of invalid values.
    """
    if len(content) >= MAX_RECORD_BYTES:
        raise CodesignerError(
            "payload_too_large", f"A design record has less than {MAX_RECORD_BYTES:,} bytes."
        )
    try:
        document = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise CodesignerError("malformed_request", f"The record is not JSON: {error}.") from None
    return read_design(document)


def record_json(design: Design) -> str:
    """Return the record as compact JSON."""
    return json.dumps(design.to_document(), ensure_ascii=False, separators=(",", ":"))


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def read_design(document: Any) -> Design:
    """Return the design of a record that is decoded already.

    Raises:
        InvalidRequest: `fields` has the paths of invalid values, such as layers.0.scale_mm.
    """
    if not isinstance(document, dict):
        raise InvalidRequest(FieldError(field="design", message="Must be an object."))
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        shown = json.dumps(version)[:40]
        message = f"This program reads version {VERSION}; the record has {shown}."
        raise InvalidRequest(FieldError(field="version", message=message))
    try:
        return Design.model_validate(document)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False)
        raise InvalidRequest(*map(_field_error, errors)) from None


def _field_error(error: ErrorDetails) -> FieldError:
    """Return the error with its path in the record, without the names of union members."""
    path = [
        str(key)
        for index, key in enumerate(error["loc"])
        if key not in PAINT_TAGS and not (index == 2 and error["loc"][0] == "layers")
    ]
    message = error["msg"].removeprefix("Value error, ")
    if not path:  # a check of the whole record begins with its path
        field, _, message = message.partition(": ")
        path = [field]
    return FieldError(field=".".join(path), message=f"{message[:1].upper()}{message[1:]}.")
