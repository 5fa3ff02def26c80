"""Request and response models of print files."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from shared.jobs.prints import DEFAULT_PRINT_PX, PRINT_DPI, PRINT_SIZES
from web.schemas.base import RequestBody, WebhookGiven

__all__ = ["PrintPlace", "PrintRequest"]

_MAX_DPI = 1200
_MIN_DPI = 36


def _validate_size(size: int) -> int:
    if size not in PRINT_SIZES:
        choices = ", ".join(str(each) for each in PRINT_SIZES)
        raise PydanticCustomError("literal_error", "One of: {expected}.", {"expected": choices})
    return size


PrintSize = Annotated[
    int, AfterValidator(_validate_size), Field(json_schema_extra={"enum": [*PRINT_SIZES]})
]


class PrintRequest(RequestBody):
    """Variant of a design to print, and its size."""

    variant: int = Field(0, ge=0, description="Index of an existing variant of the design, from 0.")
    size: PrintSize = Field(DEFAULT_PRINT_PX, description="Side in px.")
    dpi: int = Field(
        PRINT_DPI, ge=_MIN_DPI, le=_MAX_DPI, description="Dots per inch, recorded in the file."
    )
    webhook: WebhookGiven | None = Field(
        None, description="Receives the events of the print's job."
    )


class PrintPlace(BaseModel):
    """A print of a design."""

    id: str = Field(description="Id of the print's job.")
    variant: int
    size: int = Field(description="Side in px.")
    dpi: int
    url: str = Field(description="URL of the print's job in the API.")
