"""Records of a job and the files that their layers refer to."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from shared.designs.parsing import parse_design
from shared.designs.record import Design
from shared.errors import FieldError, InvalidRequest
from worker.drawing.images import GetBytes

__all__ = ["BASE_KIND", "LAYER_FILE_KIND", "NoRecord", "files_of", "layer_file_kind", "read_record"]

LAYER_FILE_KIND = "layer-"
"""How the kinds of artifacts begin that a record's layers refer to."""


BASE_KIND = "base"
"""Kind of the record that an edit is applied to."""


class NoRecord(InvalidRequest):
    """A variant has no design record."""

    def __init__(self, variant: int) -> None:
        message = f"Variant {variant} has no design record."
        super().__init__(FieldError(field="design", message=message))


def layer_file_kind(index: int) -> str:
    """Return the kind of the artifact that is a record's file number `index`, from 0."""
    return f"{LAYER_FILE_KIND}{index + 1}"


def read_record(artifacts: Mapping[tuple[str, int], bytes], variant: int) -> Design:
    """Return the design record of a variant.

    Raises:
        NoRecord: there is none.
        CodesignerError: it is not valid.
    """
    content = artifacts.get(("design", variant))
    if content is None:
        raise NoRecord(variant)
    return parse_design(content)


def files_of(artifacts: Mapping[tuple[str, int], bytes]) -> GetBytes:
    """Return the function that gives the files of layers by their sha256; KeyError without one."""
    by_hash = {
        sha256(content).hexdigest(): content
        for (kind, _), content in artifacts.items()
        if kind.startswith(LAYER_FILE_KIND)
    }
    return by_hash.__getitem__
