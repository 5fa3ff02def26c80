"""Request and response models of what is understood of briefs, and of their directions."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from web.schemas.jobs import BriefGiven, Chip

__all__ = ["DirectionsDocument", "DirectionsRequest", "UnderstoodDocument"]


class SuggestionDocument(BaseModel):
    """A word that is understood."""

    kind: str = Field(description="motif, colour, pattern, mood, product, material or finish.")
    key: str
    text: str = Field(description="What to write.")
    hex: str | None = Field(description="#RRGGBB, if it is a colour.")
    picture: str | None = Field(description="Of a motif: URL of a small SVG picture.")


class InsteadDocument(BaseModel):
    """What to write instead of words that are not understood."""

    word: str = Field(description="As written.")
    suggestions: list[SuggestionDocument] = Field(description="The closest first; may be empty.")


class UnderstoodDocument(BaseModel):
    """Attributes recognized in a brief."""

    understood: dict[str, Any]
    chips: list[Chip]
    instead: list[InsteadDocument] = Field(
        description="For the first words that are not understood."
    )
    open: list[Literal["look", "colours"]] = Field(
        description="What the brief leaves open: look, neither a pattern nor things. See "
        "`POST /directions`."
    )


class DirectionsRequest(BriefGiven):
    """A brief that leaves much open."""

    language: Literal["en", "zh"] | None = Field(
        None, description="Language of titles and chips; null: the request's."
    )


class DirectionDocument(BaseModel):
    """A brief with what it left open filled in."""

    title: str
    brief: str = Field(description="The whole brief, in its own language.")
    understood: dict[str, Any]
    chips: list[Chip]


class DirectionsDocument(BaseModel):
    """Directions that a brief may take."""

    open: list[Literal["look", "colours"]] = Field(
        description="What the brief leaves open: look, neither a pattern nor things."
    )
    directions: list[DirectionDocument] = Field(
        description="Four that differ clearly; fewer where the brief refuses much; none if it "
        "leaves nothing open."
    )
