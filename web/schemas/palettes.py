"""Request models of palettes and of changes of colours."""

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.designs.record import MAX_PALETTE
from web.schemas.base import RequestBody, printable

__all__ = [
    "ColourChangeGiven",
    "ColourChanges",
    "HexColour",
    "PaletteColour",
    "PaletteDocument",
    "PaletteGiven",
    "PaletteList",
    "PaletteRead",
    "PaletteToSave",
]


HexColour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", examples=["#0B7A75"])]


PaletteName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(printable),
]


class PaletteColour(RequestBody):
    """A colour of a palette."""

    hex: HexColour
    name: Annotated[str, Field(max_length=80), AfterValidator(printable)] = ""


class ColourChangeGiven(RequestBody):
    """A change of a colour that the brief names: replaced, removed or added."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    old: str | None = Field(
        None,
        alias="from",
        max_length=40,
        description="As in `understood`: a key of the vocabulary or #RRGGBB; null: `to` is added.",
        examples=["teal"],
    )
    new: HexColour | None = Field(
        None, alias="to", description="#RRGGBB, drawn exactly; null: `from` is removed."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "ColourChangeGiven":
        if self.old is None and self.new is None:
            raise PydanticCustomError("from_or_to", "Give from, to or both.")
        return self


ColourChanges = Annotated[list[ColourChangeGiven], Field(max_length=MAX_PALETTE)]


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


class PaletteToSave(RequestBody):
    """A palette and the name under which it is kept."""

    name: PaletteName = Field(
        description="Replaces the palette of this name.", examples=["Spring 2027"]
    )
    palette: PaletteGiven | None = Field(
        None, description="Required. In a multipart form: a file of this name."
    )


class PaletteDocument(BaseModel):
    """A saved palette."""

    id: str
    name: str
    colours: list[str] = Field(description="#rrggbb")
    created_at: str


class PaletteList(BaseModel):
    """The saved palettes of the request's owner, by name."""

    palettes: list[PaletteDocument]


class PaletteRead(PaletteGiven):
    """The palette of a request, with the colours of its file."""

    converted: bool = False
    """Whether the file gives colours in CMYK or Lab."""
