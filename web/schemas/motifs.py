"""Models of motifs: the request field that chooses them, and search results."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from shared.motifs.names import motif_names

__all__ = ["MAX_MOTIFS", "MotifDocument", "MotifId", "MotifPage", "Motifs"]

MAX_MOTIFS = 12
_MAX_ID_CHARS = 80


def _validate_id(motif_id: str, info: ValidationInfo) -> str:
    context: dict[str, Any] = info.context or {}
    names = motif_names(context.get("motifs_dir"), context.get("motif_sets", ()))
    if motif_id not in names:
        raise PydanticCustomError("motif_unknown", "There is no such motif.")
    return motif_id


MotifId = Annotated[str, Field(max_length=_MAX_ID_CHARS), AfterValidator(_validate_id)]
"""Id of a motif that this installation has."""
Motifs = Annotated[list[MotifId], Field(max_length=MAX_MOTIFS)]


class MotifDocument(BaseModel):
    """A motif: something that a brief may name and that can be drawn."""

    id: str = Field(description="For the field `motifs` of a design.", examples=["own:fox"])
    name: str = Field(description="In the request's language.")
    names: dict[str, str] = Field(description="The usual name by language: en and zh.")
    category: str = Field(description="animal, plant, food, sky, landscape or object")
    turns: bool = Field(description="Whether it may be turned at will.")
    sets: list[str] = Field(description="Sets that draw it; own: Codesigner itself.")
    licences: list[str] = Field(description="SPDX expressions of these sets.")
    picture: str = Field(description="URL of a small SVG picture.")


class MotifPage(BaseModel):
    """Motifs, the closest first."""

    motifs: list[MotifDocument]
    total: int = Field(description="Number of motifs found.")
    next: str | None = Field(description="Path of the next page.")
