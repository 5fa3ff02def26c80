"""Fills in a design record from sampled traits and a palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import numpy as np

from shared.designs.record import (
    ColourLayer,
    ColourPaint,
    Design,
    FamilyLayer,
    GradientPaint,
    Layer,
    Origin,
    Paint,
    PaletteEntry,
    Role,
)
from shared.designs.streams import stream
from worker.drawing.families import FAMILIES, Family
from worker.imaging.colour import lab_from_rgb

__all__ = ["CELL_MM", "DRAWN_PATTERNS", "design_of_traits", "palette_entries"]

DRAWN_PATTERNS = frozenset({*FAMILIES, "solid", "gradient"})
"""Keys of patterns that a record can have."""

CELL_MM = 60.0
_REFERENCE_MM = 80.0
"""Length along which families count their repeats."""
_ROLES: tuple[Role, ...] = ("ground", "hero", "secondary", "filler", "line")
_DENSITIES = {"sparse": 0.1, "balanced": 0.5, "dense": 0.9}
_LINE_WEIGHTS = {"fine": 0.1, "medium": 0.5, "bold": 0.9}
_SCALES = ("small", "medium", "large")
_VARIATION = 0.12
"""Greatest random change of the scale, as a share."""
_STEP = 0.2
"""By how much each further attempt raises density and line weight."""
_LAYER = "l1"


def design_of_traits(
    traits: Mapping[str, str],
    palette: Sequence[str],
    *,
    seed: int,
    variant: int,
    attempt: int = 0,
) -> Design:
    """Return the record of a design with these traits.

    Args:
        attempt: number of the attempt, from 0: each takes another form of the family, denser and
            with bolder lines, so that more of its accents is seen.
        traits: keys of the vocabulary: pattern, scale, density, line_weight, gradient_direction.
        palette: hex colours, the ground first, then by importance.

    Raises:
        KeyError: the pattern is not one of `DRAWN_PATTERNS`.
    """
    entries = palette_entries(palette)
    return Design(
        seed=seed,
        variant=variant,
        cell_mm=(CELL_MM, CELL_MM),
        palette=entries,
        layers=(_layer(traits, entries, seed, variant, attempt),),
    )


def palette_entries(colours: Sequence[str], origin: Origin = "chosen") -> tuple[PaletteEntry, ...]:
    """Return hex colours as entries of a palette: the ground, the hero, then the less important."""
    return tuple(
        PaletteEntry(id=f"p{index + 1}", hex=colour.upper(), role=role, origin=origin)
        for index, (colour, role) in enumerate(zip(colours, _ROLES, strict=False))
    )


def _layer(
    traits: Mapping[str, str],
    palette: Sequence[PaletteEntry],
    seed: int,
    variant: int,
    attempt: int,
) -> Layer:
    pattern, direction = traits["pattern"], traits.get("gradient_direction") or ""
    if pattern == "solid" or len(palette) == 1:
        return ColourLayer(id=_LAYER, kind="colour", paint=ColourPaint(palette=palette[0].id))
    if pattern == "gradient":
        return ColourLayer(id=_LAYER, kind="colour", paint=_gradient(palette, direction))
    family = FAMILIES[pattern]
    change = stream(seed, variant, _LAYER, "scale").uniform(-_VARIATION, _VARIATION)
    return FamilyLayer(
        id=_LAYER,
        kind="family",
        family=family.drawing,
        form=_forms(family, stream(seed, variant, _LAYER, "form"))[attempt % len(family.forms)],
        scale_mm=_scale_mm(family, traits, change),
        density=_raised(_DENSITIES.get(traits.get("density", ""), 0.5), attempt),
        line_weight=_raised(_LINE_WEIGHTS.get(traits.get("line_weight", ""), 0.5), attempt),
        paints=_paints(palette, direction),
    )


def _raised(value: float, attempt: int) -> float:
    return round(min(1.0, value + _STEP * attempt), 2)


def _forms(family: Family, random: Random) -> list[str]:
    """Return the family's forms in random order.

    The first form, which the family's name stands for, comes first in one half of all designs.
    """
    first, *others = family.forms
    random.shuffle(others)
    return [first, *others] if not others or random.random() < 0.5 else [*others, first]


def _scale_mm(family: Family, traits: Mapping[str, str], change: float) -> float:
    scale = traits.get("scale") or "medium"
    repeats = family.repeats[_SCALES.index(scale)]
    return round(_REFERENCE_MM / repeats * (1 + change), 2)


def _paints(palette: Sequence[PaletteEntry], direction: str) -> tuple[Paint, ...]:
    """Return the layer's paints; with a direction, one of them fades to the last colour."""
    if not direction or len(palette) < 3:
        return tuple(ColourPaint(palette=entry.id) for entry in palette)
    *own, last = palette
    faded = max((0, 1), key=lambda index: _contrast(own, index, last))
    paints: list[Paint] = [ColourPaint(palette=entry.id) for entry in own]
    paints[faded] = _gradient([own[faded], last], direction)
    return tuple(paints)


def _contrast(own: Sequence[PaletteEntry], index: int, last: PaletteEntry) -> float:
    """Return the least difference of the other colours from the fade of one colour to the last."""
    rows = lab_from_rgb(np.array([list(bytes.fromhex(entry.hex[1:])) for entry in (*own, last)]))
    fade = np.linspace(rows[index], rows[-1], 5)
    others = np.delete(rows[:-1], index, axis=0)
    return float(np.linalg.norm(fade[:, None] - others, axis=-1).min())


def _gradient(palette: Sequence[PaletteEntry], direction: str) -> GradientPaint:
    ids = tuple(entry.id for entry in palette)
    return GradientPaint(gradient=ids, direction=direction or "vertical")  # type: ignore[arg-type]
