"""Request models of design records."""

from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator

from shared.designs.parsing import read_design
from shared.designs.record import Design
from shared.errors import FieldError, InvalidRequest
from web.schemas.base import RequestBody, WebhookGiven
from web.schemas.jobs import Product

__all__ = ["MAX_RENDER_PX", "RenderRequest"]

MAX_RENDER_PX = 2048
_MIN_RENDER_PX = 64


def _read(document: Any, _handler: ValidatorFunctionWrapHandler) -> Design:
    try:
        return read_design(document)
    except InvalidRequest as error:
        raise InvalidRequest(
            *(FieldError(field=_path(each.field), message=each.message) for each in error.fields)
        ) from None


def _path(field: str) -> str:
    """Return the path in the request of a field of the record."""
    return field if field == "design" else f"design.{field}"


class RenderRequest(RequestBody):
    """A design record to draw."""

    design: Annotated[Design, WrapValidator(_read)] = Field(description="The record.")
    size: int = Field(
        512, ge=_MIN_RENDER_PX, le=MAX_RENDER_PX, description="The tile's longer side in px."
    )
    product: Product | None = Field(
        None, description="Product of the sketch; null: the tile and its SVG alone."
    )
    webhook: WebhookGiven | None = Field(None, description="Receives the events of the job.")
