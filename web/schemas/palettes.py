"""Request models of palettes."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.designs.record import MAX_PALETTE
from web.schemas.base import RequestBody, printable

__all__ = ["PaletteColour", "PaletteGiven", "PaletteRead"]


class PaletteColour(RequestBody):
    """A colour of a palette."""

    hex: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", examples=["#0B7A75"])]
    name: Annotated[str, Field(max_length=80), AfterValidator(printable)] = ""


class PaletteGiven(RequestBody):
    """A palette in JSON: exactly one of base64 and colours."""

    base64: str | None = Field(
        None, description="Content of a file: ASE, ACO, GPL, CSS or JSON; at most 256 KiB."
    )
    colours: list[PaletteColour] | None = Field(None, min_length=1, max_length=MAX_PALETTE)

    @model_validator(mode="after")
    def _one_of_two(self) -> "PaletteGiven":
        if (self.base64 is None) == (self.colours is None):
            raise PydanticCustomError("base64_or_colours", "Give either base64 or colours.")
        return self


class PaletteRead(PaletteGiven):
    """The palette of a request, with the colours of its file."""

    converted: bool = False
    """Whether the file gives colours in CMYK or Lab."""
