"""What a design has that an edit may name: motifs, patterns, colours, a ground."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from math import hypot

from shared.briefs.vocabulary import COLOURS
from shared.designs.edits.colour import Lab, difference, lab_of, named
from shared.designs.record import (
    ColourLayer,
    ColourPaint,
    Design,
    FamilyLayer,
    FieldLayer,
    ImageLayer,
    MotifsLayer,
    PaletteEntry,
    palette_ids,
)

__all__ = ["Facts", "family_of", "motif_of"]

_ALIKE = 42.0
"""`difference` up to which a palette entry may be what somebody calls by a colour's name."""
_NEUTRAL, _COLOURED = 8.0, 20.0
"""Chroma up to which a colour is a grey, and from which it is none."""
_BLACK_L, _WHITE_L = 25.0, 92.0
_AS_NEAR = 5.0
"""`difference` within which the more important one of several entries is meant."""
_RELATED = {
    "stripes": ("diagonal-stripes", "zigzag", "chevron"),
    "checks": ("plaid", "grid", "houndstooth", "argyle"),
    "plaid": ("checks", "argyle", "grid"),
    "grid": ("checks", "plaid", "crosshatch"),
    "circles": ("dots", "ripples"),
    "dots": ("circles",),
    "waves": ("scales", "ripples"),
    "diagonal-stripes": ("stripes",),
    "chevron": ("zigzag",),
    "zigzag": ("chevron",),
    "hexagons": ("geometric",),
    "geometric": ("triangles", "hexagons", "cubes", "diamonds", "circles"),
    "leaves": ("flowers",),
}
"""Patterns that somebody may mean by the name of another where the design lacks that one."""


def motif_of(drawing: str) -> str:
    """Return a motif's name without its set and version."""
    return drawing.partition("@")[0].rpartition(":")[2]


def family_of(layer: FamilyLayer) -> str:
    """Return the name of a layer's family, without its version."""
    return layer.family.partition("@")[0]


class Facts:
    """What an edit may name of a design."""

    def __init__(self, design: Design) -> None:
        self.design = design

    @cached_property
    def motifs(self) -> Counter[str]:
        """The numbers of elements by motif."""
        return Counter(
            motif_of(element.motif) for layer in self.motif_layers for element in layer.elements
        )

    @cached_property
    def motif_layers(self) -> tuple[MotifsLayer, ...]:
        """The layers of motifs."""
        return tuple(layer for layer in self.design.layers if isinstance(layer, MotifsLayer))

    @cached_property
    def families(self) -> dict[str, str]:
        """The pattern families by the ids of their layers."""
        return {
            layer.id: family_of(layer)
            for layer in self.design.layers
            if isinstance(layer, FamilyLayer)
        }

    @cached_property
    def has_pixels(self) -> bool:
        """Whether a layer has colours that are not those of the palette."""
        return any(isinstance(layer, ImageLayer) for layer in self.design.layers)

    @cached_property
    def used(self) -> tuple[PaletteEntry, ...]:
        """The palette entries that layers use, in the palette's order."""
        used = {name for layer in self.design.layers for name in palette_ids(layer)}
        return tuple(entry for entry in self.design.palette if entry.id in used)

    @cached_property
    def ground(self) -> str | None:
        """The palette entry of the ground; None if it is not one colour."""
        for layer in self.design.layers:
            paint = None
            if isinstance(layer, ColourLayer):
                paint = layer.paint
            elif isinstance(layer, FamilyLayer):
                paint = layer.paints[0]
            elif isinstance(layer, FieldLayer):
                paint = ColourPaint(palette=layer.paints[0])
            if isinstance(paint, ColourPaint):
                return paint.palette
            if paint is not None:
                return paint.gradient[0]
        return None

    def accents(self, layer_id: str) -> tuple[str, ...]:
        """Return the palette entries of a family's accents, without its ground."""
        for layer in self.design.layers:
            if layer.id == layer_id and isinstance(layer, FamilyLayer):
                paints = [paint for paint in layer.paints[1:] if isinstance(paint, ColourPaint)]
                return tuple(dict.fromkeys(paint.palette for paint in paints))
        return ()

    def layers_called(self, family: str) -> tuple[str, ...]:
        """Return the ids of the layers of a family, or of one that may be meant by its name."""
        for names in ((family,), _RELATED.get(family, ())):
            found = tuple(layer for layer, name in self.families.items() if name in names)
            if found:
                return found
        return ()

    def motifs_called(self, subjects: Iterable[str]) -> tuple[str, ...]:
        """Return which of its motifs are among subjects."""
        names = {subject.rpartition(":")[2] for subject in subjects}
        return tuple(motif for motif in self.motifs if motif in names)

    def colour_called(self, colour: str, name: str | None) -> str | None:
        """Return the palette entry that somebody means by a colour; None if there is none.

        Args:
            colour: hex.
            name: key of the vocabulary, or None.
        """
        for entry in self.used:
            if entry.hex == colour or (name and entry.name in {name, *COLOURS[name].en}):
                return entry.id
        wanted = lab_of(colour)
        away = [
            (difference(wanted, own), entry.id)
            for entry in self.used
            if _may_be_called(wanted, own := lab_of(entry.hex))
        ]
        least = min((distance for distance, _ in away), default=_ALIKE)
        if least >= _ALIKE:
            return None
        return next(name for distance, name in away if distance < least + _AS_NEAR)

    def described_motifs(self) -> tuple[str, ...]:
        """Return the English names of what can be named, for messages."""
        things = [name.replace("-", " ") for name in self.motifs]
        return (*things, *self.families.values()) or ("one colour",)

    def described_colours(self) -> tuple[str, ...]:
        """Return the English names of its colours, for messages."""
        return tuple(named(entry.hex) for entry in self.used)


def _may_be_called(wanted: Lab, own: Lab) -> bool:
    """Return whether a colour may have the name of another one: a teal is no silver."""
    is_grey = hypot(wanted[1], wanted[2]) < _NEUTRAL and _BLACK_L < wanted[0] < _WHITE_L
    return not is_grey or hypot(own[1], own[2]) < _COLOURED
