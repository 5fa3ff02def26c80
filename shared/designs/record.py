"""The design record: a versioned description of what is drawn, independent of any size in pixels.

Lengths are in millimetres, x to the right and y down, angles in degrees clockwise. A record refers
to bytes by their sha256 only. What is drawn is a function of the record alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

__all__ = [
    "MAX_LAYERS",
    "MAX_PALETTE",
    "PAINT_TAGS",
    "VERSION",
    "ColourLayer",
    "ColourPaint",
    "Design",
    "Element",
    "FamilyLayer",
    "FieldLayer",
    "GradientPaint",
    "ImageLayer",
    "Layer",
    "MotifRecipe",
    "MotifsLayer",
    "Origin",
    "Paint",
    "PaletteEntry",
    "Repeat",
    "Role",
    "TextLayer",
    "palette_ids",
]

VERSION = 1
"""Version of the record's form."""
MAX_PALETTE = 24
MAX_LAYERS = 16
MAX_ELEMENTS = 2000
_MAX_MM = 2000.0

Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
"""Stable name of a part of the record, unique in it."""
Hex: TypeAlias = Annotated[str, StringConstraints(pattern=r"^#[0-9A-F]{6}$")]
Sha256: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Drawing: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9:_-]{0,95}@[0-9][0-9A-Za-z.-]{0,31}$")
]
"""Name and version of a drawing: name@version."""
Share: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Length: TypeAlias = Annotated[float, Field(ge=0.1, le=_MAX_MM, allow_inf_nan=False)]
"""Millimetres."""
Position: TypeAlias = Annotated[float, Field(ge=-_MAX_MM, le=_MAX_MM, allow_inf_nan=False)]
"""Millimetres from the left or upper edge of the cell."""
Angle: TypeAlias = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]
"""Degrees, clockwise."""
Role: TypeAlias = Literal["ground", "hero", "secondary", "filler", "line"]
Origin: TypeAlias = Literal["brief", "palette", "reference", "mood", "chosen"]
Repeat: TypeAlias = Literal["straight", "half-drop", "half-brick", "mirror", "border", "none"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PaletteEntry(_Part):
    """A colour of the design."""

    id: Id
    hex: Hex
    """The exact sRGB colour."""
    name: str | None = Field(default=None, max_length=80)
    """What the brief or the vocabulary calls it."""
    role: Role
    origin: Origin = Field(validation_alias="from", serialization_alias="from")
    """Where the colour comes from."""
    share: Share | None = None
    """Share of the area that was asked for; null: any."""


class ColourPaint(_Part):
    """One colour of the palette."""

    palette: Id


class GradientPaint(_Part):
    """A gradient between colours of the palette that repeats with the design."""

    gradient: tuple[Id, ...] = Field(min_length=2, max_length=8)
    """Palette entries from the start of the repeat to its middle; then back to the first."""
    direction: Literal["vertical", "horizontal", "diagonal", "radial"] = "vertical"


PAINT_TAGS = ("colour paint", "gradient paint")
"""Names of the members of `Paint` in locations of validation errors."""


def _paint_kind(paint: Any) -> str:
    has_gradient = "gradient" in paint if isinstance(paint, dict) else hasattr(paint, "gradient")
    return PAINT_TAGS[has_gradient]


Paint: TypeAlias = Annotated[
    Annotated[ColourPaint, Tag(PAINT_TAGS[0])] | Annotated[GradientPaint, Tag(PAINT_TAGS[1])],
    Discriminator(_paint_kind),
]


class _Layer(_Part):
    id: Id
    opacity: Share = 1.0


class ColourLayer(_Layer):
    """Covers everything with one paint."""

    kind: Literal["colour"]
    paint: Paint


class FamilyLayer(_Layer):
    """A pattern family, drawn as paths."""

    kind: Literal["family"]
    family: Drawing
    """A family's name and version, such as stripes@1."""
    form: Id | None = None
    """One of the family's forms; null: its first."""
    scale_mm: Length
    """Distance of neighbouring motifs or stripes; rounded so that a whole number fits the cell."""
    density: Share = 0.5
    """How much of the ground is covered: 0 sparse, 1 dense."""
    line_weight: Share = 0.5
    """0: fine, 1: bold."""
    turn: Angle = 0.0
    """Rotation; the nearest one that repeats in the cell is drawn."""
    paints: tuple[Paint | None, ...] = Field(min_length=1, max_length=8)
    """Its ground (null: nothing is painted behind), then its accents."""
    shares: tuple[Share, ...] | None = None
    """Proportions of the accents among each other; null: equal."""

    @model_validator(mode="after")
    def _check(self) -> FamilyLayer:
        if any(paint is None for paint in self.paints[1:]):
            raise ValueError("only the first paint, the ground, may be null")
        if self.shares is not None and len(self.shares) != len(self.paints) - 1:
            raise ValueError("shares must have one value for each paint after the first")
        if self.shares and not sum(self.shares):
            raise ValueError("shares must not all be 0")
        return self


class RecipeItem(_Part):
    """A motif of a recipe."""

    subject: Id
    """What it shows, such as fox."""
    drawings: tuple[Drawing, ...] = Field(min_length=1, max_length=16)
    """Drawings of it that may be placed."""
    role: Literal["hero", "secondary", "filler"] = "hero"
    weight: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 1.0
    """Its part among the items of its role."""
    number: int | None = Field(default=None, ge=1, le=MAX_ELEMENTS)
    """How many there are; null: as many as the density asks for."""
    colours: tuple[Id, ...] = Field(default=(), max_length=8)
    """Palette entries that the brief gives it, the first for its main colour."""


class MotifRecipe(_Part):
    """How the elements of a layer were placed; drawing does not read it."""

    layout: Literal[
        "tossed", "two-way", "one-way", "ditsy", "spaced", "rows", "border", "medallion", "single"
    ] = "tossed"
    density: Share = 0.5
    gap_mm: Annotated[float, Field(ge=0, le=_MAX_MM, allow_inf_nan=False)] = 1.0
    hero_mm: Length = 18.0
    """Size of the heroes; secondary motifs and fillers follow from it."""
    flow: bool = False
    """Whether motifs that may turn follow a smooth field of directions."""
    items: tuple[RecipeItem, ...] = Field(default=(), max_length=24)


class Element(_Part):
    """One placed motif."""

    id: Id
    motif: Drawing
    sha256: Sha256 | None = None
    """Hash of the drawing, where it comes from a library."""
    view: int = Field(default=0, ge=0, lt=1000)
    """Which of the motif's views; beyond the last one they begin again, with other details."""
    x_mm: Position
    y_mm: Position
    size_mm: Length
    """Its larger side."""
    turn: Angle = 0.0
    flip: bool = False
    """Whether it is mirrored left to right, before it is turned."""
    paints: tuple[Id, ...] = Field(min_length=1, max_length=12)
    """Palette entries, in the order of the motif's own colours."""


class MotifsLayer(_Layer):
    """Placed motifs."""

    kind: Literal["motifs"]
    recipe: MotifRecipe = MotifRecipe()
    elements: tuple[Element, ...] = Field(max_length=MAX_ELEMENTS)


class FieldLayer(_Layer):
    """Colour separations computed by a release's generator."""

    kind: Literal["field"]
    release: str = Field(min_length=1, max_length=80)
    traits: dict[str, str] = Field(default_factory=dict, max_length=16)
    separations: tuple[Sha256, ...] = Field(min_length=1, max_length=8)
    """One grey PNG for each paint: its share of each pixel."""
    paints: tuple[Id, ...] = Field(min_length=1, max_length=8)

    @model_validator(mode="after")
    def _check(self) -> FieldLayer:
        if len(self.separations) != len(self.paints):
            raise ValueError("there must be one paint for each separation")
        return self


class ImageLayer(_Layer):
    """A picture, such as a photograph or a diffusion pipeline's tile."""

    kind: Literal["image"]
    sha256: Sha256
    media_type: Literal["image/png", "image/jpeg", "image/webp"] = "image/png"
    fit: Literal["stretch", "cover"] = "stretch"


class TextLayer(_Layer):
    """Lettering; reserved: a record with one is refused."""

    kind: Literal["text"]
    text: str = Field(min_length=1, max_length=200)


Layer: TypeAlias = Annotated[
    ColourLayer | FamilyLayer | MotifsLayer | FieldLayer | ImageLayer | TextLayer,
    Field(discriminator="kind"),
]


class Design(_Part):
    """A design."""

    version: Literal[1] = 1
    seed: int = Field(ge=0, lt=2**63)
    variant: int = Field(default=0, ge=0, lt=1000)
    cell_mm: tuple[Length, Length] = (80.0, 80.0)
    """Width and height of one cell."""
    repeat: Repeat = "straight"
    """How cells are set; border: along x alone; none: a single placement on nothing."""
    inks: int | None = Field(default=None, ge=1, le=MAX_PALETTE)
    """Greatest number of colours; null: any."""
    palette: tuple[PaletteEntry, ...] = Field(min_length=1, max_length=MAX_PALETTE)
    layers: tuple[Layer, ...] = Field(min_length=1, max_length=MAX_LAYERS)
    """From the back to the front."""

    @model_validator(mode="after")
    def _check(self) -> Design:
        _require_unique("palette", (entry.id for entry in self.palette))
        _require_unique("layers", (layer.id for layer in self.layers))
        known = {entry.id for entry in self.palette}
        for index, layer in enumerate(self.layers):
            if isinstance(layer, MotifsLayer):
                _require_unique(f"layers.{index}.elements", (each.id for each in layer.elements))
            for name in palette_ids(layer):
                if name not in known:
                    raise ValueError(f"layers.{index}: there is no colour {name} in the palette")
        if self.inks is not None and self.inks < len(self.palette):
            raise ValueError(f"inks: the palette has {len(self.palette)} colours")
        return self

    @property
    def tile_mm(self) -> tuple[float, float]:
        """Return the size of the smallest rectangle that repeats straight."""
        width, height = self.cell_mm
        if self.repeat == "half-drop":
            return 2 * width, height
        if self.repeat == "half-brick":
            return width, 2 * height
        if self.repeat == "mirror":
            return 2 * width, 2 * height
        return width, height

    def to_document(self) -> dict[str, Any]:
        """Return the record as a JSON-serialisable dictionary."""
        return self.model_dump(mode="json", by_alias=True)

    def colour(self, palette_id: str) -> str:
        """Return the hex colour of a palette entry."""
        return next(entry.hex for entry in self.palette if entry.id == palette_id)


def _require_unique(path: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, name in enumerate(ids):
        if name in seen:
            raise ValueError(f"{path}.{index}.id: the id {name} is used twice")
        seen.add(name)


def palette_ids(layer: Layer) -> Iterator[str]:
    """Yield the palette entries that a layer uses, each as often as it does."""
    paints: Iterable[Paint | None] = ()
    if isinstance(layer, ColourLayer):
        paints = (layer.paint,)
    elif isinstance(layer, FamilyLayer):
        paints = layer.paints
    elif isinstance(layer, MotifsLayer):
        for element in layer.elements:
            yield from element.paints
    elif isinstance(layer, FieldLayer):
        yield from layer.paints
    for paint in paints:
        if isinstance(paint, ColourPaint):
            yield paint.palette
        elif paint is not None:
            yield from paint.gradient
