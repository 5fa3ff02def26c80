"""Fills in a design record from sampled traits and a palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from shared.briefs.colours.names import colour_rgb, is_exact
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
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = [
    "CELL_MM",
    "DRAWN_PATTERNS",
    "Choice",
    "design_of_traits",
    "palette_entries",
    "with_named_colours",
]

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
_LAYER = "l1"
_SHADE = 5.0
"""CIEDE2000 up to which a sampled shade of a named colour is kept."""
_NAMED = 12.0
"""CIEDE2000 up to which a colour counts as the one that was named."""
_CLEAR = 25.0
"""Lab difference from which a fade does not come near the other colours."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the traits leave open; other choices show the colours in other areas."""

    form: int = 0
    """Index of the form in the design's random order."""
    shift: float = 0.0
    """Added to density and line weight."""
    fade: int = 0
    """Which of the ground and the hero fades where there is a gradient: 0: the better one."""
    held: bool = False
    """Whether a gradient holds the colours at its ends, so that more is seen of them."""


def design_of_traits(
    traits: Mapping[str, str],
    palette: Sequence[str],
    *,
    seed: int,
    variant: int,
    choice: Choice | None = None,
) -> Design:
    """Return the record of a design with these traits.

    Args:
        choice: of what the traits leave open; None: the first one.
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
        layers=(_layer(traits, entries, (seed, variant), choice or Choice()),),
    )


def palette_entries(
    colours: Sequence[str], origin: Origin = "chosen", *, most: int = len(_ROLES)
) -> tuple[PaletteEntry, ...]:
    """Return hex colours as entries of a palette: the ground, the hero, then the less important.

    Args:
        most: number of colours that are taken.
    """
    fillers: list[Role] = ["filler"] * (most - len(_ROLES))
    roles: tuple[Role, ...] = (*_ROLES, *fillers)
    return tuple(
        PaletteEntry(id=f"p{index + 1}", hex=colour.upper(), role=role, origin=origin)
        for index, (colour, role) in enumerate(zip(colours, roles, strict=False))
    )


def _layer(
    traits: Mapping[str, str],
    palette: Sequence[PaletteEntry],
    seeds: tuple[int, int],
    choice: Choice,
) -> Layer:
    pattern, direction = traits["pattern"], traits.get("gradient_direction") or ""
    if pattern == "solid" or len(palette) == 1:
        return ColourLayer(id=_LAYER, kind="colour", paint=ColourPaint(palette=palette[0].id))
    if pattern == "gradient":
        return ColourLayer(id=_LAYER, kind="colour", paint=_gradient(palette, direction, choice))
    family = FAMILIES[pattern]
    paints = _paints(palette, direction, choice)
    forms = _forms(family, len(paints) - 1, stream(*seeds, _LAYER, "form"))
    change = stream(*seeds, _LAYER, "scale").uniform(-_VARIATION, _VARIATION)
    return FamilyLayer(
        id=_LAYER,
        kind="family",
        family=family.drawing,
        form=forms[choice.form % len(forms)],
        scale_mm=_scale_mm(family, traits, change),
        density=_shifted(_DENSITIES.get(traits.get("density", ""), 0.5), choice.shift),
        line_weight=_shifted(_LINE_WEIGHTS.get(traits.get("line_weight", ""), 0.5), choice.shift),
        paints=paints,
    )


def _shifted(value: float, shift: float) -> float:
    return round(min(1.0, max(0.0, value + shift)), 2)


def _forms(family: Family, accents: int, random: Random) -> list[str]:
    """Return the family's forms in random order, those first that show so many accents.

    The first form, which the family's name stands for, comes first in one half of all designs.
    """
    first, *others = family.forms
    random.shuffle(others)
    forms = [first, *others] if not others or random.random() < 0.5 else [*others, first]
    return sorted(forms, key=lambda form: max(0, accents - family.spec.most_accents(form)))


def _scale_mm(family: Family, traits: Mapping[str, str], change: float) -> float:
    scale = traits.get("scale") or "medium"
    repeats = family.repeats[_SCALES.index(scale)]
    return round(_REFERENCE_MM / repeats * (1 + change), 2)


def _paints(
    palette: Sequence[PaletteEntry], direction: str, choice: Choice
) -> tuple[Paint | None, ...]:
    """Return the layer's paints; with a direction, one of them fades to the last colour.

    The ground fades, which covers most, unless it would come near the other colours.
    """
    if not direction or len(palette) < 3:
        return tuple(ColourPaint(palette=entry.id) for entry in palette)
    *own, last = palette
    ground, hero = (_contrast(own, index, last) for index in (0, 1))
    faded = (0 if ground >= min(_CLEAR, hero) else 1) ^ choice.fade
    paints: list[Paint] = [ColourPaint(palette=entry.id) for entry in own]
    first, second = own[faded].id, last.id
    stops = (first, first, second, second) if choice.held else (first, second)
    paints[faded] = GradientPaint(gradient=stops, direction=_direction(direction))
    return tuple(paints)


def _contrast(own: Sequence[PaletteEntry], index: int, last: PaletteEntry) -> float:
    """Return the least difference of the other colours from the fade of one colour to the last."""
    rows = lab_from_rgb(np.array([list(bytes.fromhex(entry.hex[1:])) for entry in (*own, last)]))
    fade = np.linspace(rows[index], rows[-1], 5)
    others = np.delete(rows[:-1], index, axis=0)
    return float(np.linalg.norm(fade[:, None] - others, axis=-1).min())


_HELD: Mapping[tuple[int, bool], tuple[int, ...]] = {
    (2, True): (0, 0, 1, 1),
    (3, False): (0, 0, 1, 2, 2),
    (3, True): (0, 0, 1, 2, 2),
    (4, False): (0, 0, 1, 1, 2, 2, 3, 3),
    (4, True): (0, 0, 0, 1, 2, 3, 3, 3),
    (5, False): (0, 0, 1, 2, 3, 4, 4),
    (5, True): (0, 0, 1, 2, 3, 4, 4),
}
"""Order of stops by the number of colours and whether the gradient is radial.

Colours are held where they would take little room: those at the ends, and in a radial gradient
those in the middle and in the corners of the tile.
"""


def _gradient(palette: Sequence[PaletteEntry], direction: str, choice: Choice) -> GradientPaint:
    """Return a gradient through all colours."""
    order = tuple(range(len(palette)))
    if choice.held:
        order = _HELD.get((len(palette), direction == "radial"), order)
    ids = tuple(palette[index].id for index in order)
    return GradientPaint(gradient=ids, direction=_direction(direction))


def _direction(direction: str) -> Any:
    return direction or "vertical"


def with_named_colours(palette: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return a palette in which each named colour is present.

    A colour that is missing replaces the most similar one that was not named, or is added.

    Args:
        palette: hex colours, the ground first, then by importance.
        names: colours of the brief; more than fit are left out. Those that are given by numbers
            are taken over exactly.
    """
    colours = [list(bytes.fromhex(colour[1:])) for colour in palette]
    wanted = [list(colour_rgb(name)) for name in names]
    free, missing = list(range(len(colours))), []
    for name, rgb in zip(names, wanted, strict=True):
        away = _differences(rgb, colours)
        nearest = min(free, key=lambda index: float(away[index]), default=None)
        if nearest is not None and away[nearest] < _NAMED:
            free.remove(nearest)
            if is_exact(name) or away[nearest] > _SHADE:
                colours[nearest] = rgb
        elif away.min() >= _NAMED:
            missing.append(rgb)
    for rgb in missing:
        if free:
            away = _differences(rgb, colours)
            nearest = min(free, key=lambda index: float(away[index]))
            free.remove(nearest)
            colours[nearest] = rgb
        elif len(colours) < len(_ROLES):
            colours.append(rgb)
    return tuple("#{:02X}{:02X}{:02X}".format(*rgb) for rgb in colours)


def _differences(rgb: Sequence[int], others: Sequence[Sequence[int]]) -> Floats:
    return delta_e(lab_from_rgb(np.array(others)), lab_from_rgb(np.array(rgb)))
