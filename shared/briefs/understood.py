"""What is understood of a brief; docs/saying.md has its fields."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from shared.briefs.colours.amounts import ColourShare
from shared.briefs.things.mentions import MotifMention

__all__ = ["ParsedBrief", "Refusal"]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A part of a design, other than a colour, that the brief refuses."""

    field: str
    """Name of a vocabulary, "gradient", "motif", or "word" for what is not known."""
    key: str
    """Key of the vocabulary; of a motif: its id, empty if it has no drawing."""
    word: str
    """As written."""


@dataclass(frozen=True, kw_only=True)
class ParsedBrief:
    """A parsed brief: keys of `shared.briefs.vocabulary` for each field.

    An empty text or tuple means that the brief does not mention the field.
    """

    product: str = ""
    other_product: str = ""
    """Word for a product that no picture shows, as in the brief; empty if `product` is named."""
    material: str = ""
    """The first material."""
    materials: tuple[str, ...] = ()
    """All materials, in order of mention."""
    finish: str = ""
    pattern: str = ""
    other_patterns: tuple[str, ...] = ()
    """Those named beside it, in order of mention; they are not drawn."""
    colours: tuple[str, ...] = ()
    """In order of mention; a colour that is given by numbers is #RRGGBB."""
    approximate_colours: tuple[str, ...] = ()
    """Those that only approximate what is written, as "C100 M70 Y0 K10=#0045E6"."""
    colour_names: tuple[str, ...] = ()
    """Names of colours of systems without a free table, such as RAL 5015; they are unknown."""
    excluded_colours: tuple[str, ...] = ()
    """Negated colours ("no red")."""
    refused: tuple[Refusal, ...] = ()
    """What else is negated ("no flowers"), in order of mention."""
    only: bool = False
    """Whether no colours but those named may appear."""
    shares: tuple[ColourShare, ...] = ()
    """How much of the area colours are to cover, in order of mention."""
    gradient: bool = False
    gradient_direction: str = ""
    functions: tuple[str, ...] = ()
    mood: tuple[str, ...] = ()
    scale: str = ""
    density: str = ""
    contrast: str = ""
    line_weight: str = ""
    repeat: str = ""
    """How the cells of things are set."""
    layout: str = ""
    """How things are laid out in a cell."""
    language: str = "en"
    """Main language of the brief, en or zh."""
    ground: str = ""
    """The colour of the ground."""
    ground_tone: str = ""
    """Whether the ground is dark or light."""
    ground_repeated: bool = False
    """Whether the only colour is named for the ground and for what lies on it."""
    motifs: tuple[MotifMention, ...] = ()
    """Things to draw, in order of mention."""
    motifs_chosen: bool = False
    """Whether a request chose the things instead of the brief; it may have chosen none."""
    motifs_left_out: int = 0
    """Number of further things, beyond what is drawn."""
    undrawn: tuple[str, ...] = ()
    """Words for things that have no drawing, as in the brief."""
    unknown: tuple[str, ...] = ()
    """Unknown words, as in the brief."""
    version: int = 2
    """Version of this record; docs/saying.md has its fields."""

    def refuses(self, field: str, value: object) -> bool:
        """Return whether the brief refuses a value of one of its other fields."""
        if field in ("gradient", "gradient_direction"):
            return any(part.field == "gradient" for part in self.refused)
        return any((part.field, part.key) == (field, value) for part in self.refused)

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-serializable dictionary; tuples become lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ParsedBrief":
        """Return the object of a `to_document` dictionary; unknown keys are ignored."""
        values: dict[str, Any] = {
            field.name: tuple(value) if isinstance(value, list | tuple) else value
            for field in fields(cls)
            if (value := document.get(field.name)) is not None
        }
        values["motifs"] = tuple(map(MotifMention.from_document, values.get("motifs", ())))
        values["shares"] = tuple(map(ColourShare.from_document, values.get("shares", ())))
        values["refused"] = tuple(Refusal(**each) for each in values.get("refused", ()))
        return cls(**values)
