"""What the API takes and gives of print files."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from shared.jobs.prints import PRINT_DPI, PRINT_SIZES
from web.schemas.base import Given, WebhookGiven

__all__ = ["PrintPlace", "PrintRequest"]

_MAX_DPI = 1200
_MIN_DPI = 36


def _known_size(size: int) -> int:
    if size not in PRINT_SIZES:
        choices = ", ".join(str(each) for each in PRINT_SIZES)
        raise PydanticCustomError("literal_error", "One of: {expected}.", {"expected": choices})
    return size


PrintSize = Annotated[
    int, AfterValidator(_known_size), Field(json_schema_extra={"enum": [*PRINT_SIZES]})
]


class PrintRequest(Given):
    """Which variant of a design is to be printed, and how large."""

    variant: int = Field(0, ge=0, description="From 0; one that the design has.")
    size: PrintSize = Field(PRINT_SIZES[-1], description="Side in px.")
    dpi: int = Field(
        PRINT_DPI, ge=_MIN_DPI, le=_MAX_DPI, description="Dots per inch, recorded in the file."
    )
    webhook: WebhookGiven | None = Field(None, description="Is told of the print's job.")


class PrintPlace(BaseModel):
    """A print of a design."""

    id: str = Field(description="Of its job.")
    variant: int
    size: int = Field(description="Side in px.")
    dpi: int
    url: str = Field(description="Its job in the API.")
