"""Fills in a design record from sampled traits and a palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.designs.record import (
    ColourLayer,
    ColourPaint,
    Design,
    FamilyLayer,
    GradientPaint,
    Layer,
    Paint,
    PaletteEntry,
    Role,
)
from shared.designs.streams import stream
from worker.drawing.families import FAMILIES, Family

__all__ = ["CELL_MM", "DRAWN_PATTERNS", "design_of_traits"]

DRAWN_PATTERNS = frozenset({*FAMILIES, "solid", "gradient"})
"""Keys of patterns that a record can have."""

CELL_MM = 80.0
_ROLES: tuple[Role, ...] = ("ground", "hero", "secondary", "filler", "line")
_DENSITIES = {"sparse": 0.1, "balanced": 0.5, "dense": 0.9}
_LINE_WEIGHTS = {"fine": 0.1, "medium": 0.5, "bold": 0.9}
_SCALES = ("small", "medium", "large")
_VARIATION = 0.12
"""Greatest random change of the scale, as a share."""
_LAYER = "l1"


def design_of_traits(
    traits: Mapping[str, str], palette: Sequence[str], *, seed: int, variant: int
) -> Design:
    """Return the record of a design with these traits.

    Args:
        traits: keys of the vocabulary: pattern, scale, density, line_weight, gradient_direction.
        palette: hex colours, the ground first, then by importance.

    Raises:
        KeyError: the pattern is not one of `DRAWN_PATTERNS`.
    """
    entries = tuple(
        PaletteEntry(id=f"p{index + 1}", hex=colour.upper(), role=role, origin="chosen")
        for index, (colour, role) in enumerate(zip(palette, _ROLES, strict=False))
    )
    return Design(
        seed=seed,
        variant=variant,
        cell_mm=(CELL_MM, CELL_MM),
        palette=entries,
        layers=(_layer(traits, [entry.id for entry in entries], seed, variant),),
    )


def _layer(traits: Mapping[str, str], colours: Sequence[str], seed: int, variant: int) -> Layer:
    pattern, direction = traits["pattern"], traits.get("gradient_direction") or ""
    if pattern == "solid" or len(colours) == 1:
        return ColourLayer(id=_LAYER, kind="colour", paint=ColourPaint(palette=colours[0]))
    if pattern == "gradient":
        return ColourLayer(id=_LAYER, kind="colour", paint=_gradient(colours, direction))
    family = FAMILIES[pattern]
    own = {choice: stream(seed, variant, _LAYER, choice) for choice in ("form", "scale", "fade")}
    return FamilyLayer(
        id=_LAYER,
        kind="family",
        family=family.drawing,
        form=own["form"].choice(family.forms),
        scale_mm=_scale_mm(family, traits, own["scale"].uniform(-_VARIATION, _VARIATION)),
        density=_DENSITIES.get(traits.get("density", ""), 0.5),
        line_weight=_LINE_WEIGHTS.get(traits.get("line_weight", ""), 0.5),
        paints=_paints(colours, direction, fades_ground=own["fade"].random() < 2 / 3),
    )


def _scale_mm(family: Family, traits: Mapping[str, str], change: float) -> float:
    scale = traits.get("scale") or "medium"
    repeats = family.repeats[_SCALES.index(scale)]
    return round(CELL_MM / repeats * (1 + change), 2)


def _paints(colours: Sequence[str], direction: str, *, fades_ground: bool) -> tuple[Paint, ...]:
    """Return the layer's paints; with a direction, the ground or the hero fades to the last."""
    if not direction or len(colours) < 3:
        return tuple(ColourPaint(palette=colour) for colour in colours)
    *own, last = colours
    paints: list[Paint] = [ColourPaint(palette=colour) for colour in own]
    fading = 0 if fades_ground else 1
    paints[fading] = _gradient([own[fading], last], direction)
    return tuple(paints)


def _gradient(colours: Sequence[str], direction: str) -> GradientPaint:
    return GradientPaint(gradient=tuple(colours), direction=direction or "vertical")  # type: ignore[arg-type]
