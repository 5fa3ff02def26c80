"""Refusals of records that cannot be drawn."""

from shared.errors import FieldError, InvalidRequest

__all__ = ["refusal"]


def refusal(path: str, message: str) -> InvalidRequest:
    """Return the error of one part of a record.

    Args:
        path: of the part in the record, such as layers.0.family.
    """
    return InvalidRequest(FieldError(field=path, message=message))
