"""Draws a design so that its colours cover the areas that a brief asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from shared.designs.edits.facts import family_of
from shared.designs.record import (
    ColourLayer,
    ColourPaint,
    Design,
    FamilyLayer,
    GradientPaint,
    Layer,
)
from worker.drawing.families import FAMILIES
from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import Choice, design_of_traits
from worker.drawing.visibility import area_shares

__all__ = ["AreaGoal", "area_error", "design_with_areas", "measured_areas"]

_SIZE_PX = 128
_FORMS = 4
_MOST_ACCENTS = 5
"""Accents that one layer is given; several of them may have the same colour."""
_MOST_STOPS = 8
_KEPT = 4
"""Layers that are tuned."""
_DENSITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
_LINE_WEIGHTS = (0.0, 0.5, 1.0)
_HALVINGS = 4
_GOOD = 0.001
"""Error at which the search ends: within the limits, and 2 points from the aims in sum."""
_AIM_WEIGHT = 0.05
"""Cost of a point between area and aim, beside a point outside the limits."""


@dataclass(frozen=True, kw_only=True)
class AreaGoal:
    """The share of the tile that a colour is to cover, 0 to 1."""

    low: float
    high: float
    aim: float


def area_error(areas: Sequence[float], goals: Sequence[AreaGoal | None]) -> float:
    """Return how far areas lie outside their limits in sum, and a little for missing the aims."""
    return sum(
        max(0.0, goal.low - area, area - goal.high) + _AIM_WEIGHT * abs(area - goal.aim)
        for area, goal in zip(areas, goals, strict=True)
        if goal is not None
    )


def measured_areas(design: Design) -> NDArray[np.float64]:
    """Return the share of the tile that is nearest to each colour of the palette."""
    return area_shares(draw_pixels(design, _SIZE_PX), [entry.hex for entry in design.palette])


def design_with_areas(
    traits: Mapping[str, str],
    palette: Sequence[str],
    goals: Mapping[str, AreaGoal],
    *,
    seed: int,
    variant: int,
) -> Design:
    """Return the record whose colours come nearest to the areas that are asked for.

    Accents may repeat a colour, so that a family of fixed proportions can show less of another.

    Args:
        traits: as of `design_of_traits`.
        palette: hex colours, the ground first.
        goals: by hex colour.
        seed, variant: of the record.
    """
    limits = [goals.get(colour.upper()) for colour in palette]

    def rated(design: Design) -> tuple[float, Design]:
        return area_error(measured_areas(design).tolist(), limits[: len(design.palette)]), design

    candidates: list[tuple[float, Design]] = []
    for form in range(_FORMS):
        choice = Choice(form=form, held=False)
        design = design_of_traits(traits, palette, seed=seed, variant=variant, choice=choice)
        for repeated in _with_repeated_colours(design):
            candidates.append(rated(repeated))
            if candidates[-1][0] < _GOOD:
                return repeated
    candidates.sort(key=lambda each: each[0])
    best = candidates[0]
    for _, design in candidates[:_KEPT]:
        best = min([best, *map(rated, _tunings(design))], key=lambda each: each[0])
        if best[0] < _GOOD:
            return best[1]
    step = 0.125
    for _ in range(_HALVINGS):
        best = min([best, *map(rated, _steps(best[1], step))], key=lambda each: each[0])
        step /= 2
    return best[1]


def _replaced(design: Design, layer: Layer) -> Design:
    return design.model_copy(update={"layers": (layer, *design.layers[1:])})


def _with_repeated_colours(design: Design) -> Iterator[Design]:
    """Yield the design, and those whose layer has some of its colours more than once."""
    layer = design.layers[0]
    ids = [entry.id for entry in design.palette]
    if isinstance(layer, FamilyLayer) and layer.paints[0] is not None:
        family = FAMILIES[family_of(layer)]
        most = min(_MOST_ACCENTS, max(family.spec.most_accents(layer.form or ""), len(ids) - 1))
        for accents in _multisets(ids, ids[1:], most):
            paints = (layer.paints[0], *(ColourPaint(palette=each) for each in accents))
            yield _replaced(design, layer.model_copy(update={"paints": paints}))
    elif isinstance(layer, ColourLayer) and isinstance(layer.paint, GradientPaint):
        for stops in _multisets(ids, ids, _MOST_STOPS):
            paint = layer.paint.model_copy(update={"gradient": tuple(stops)})
            yield _replaced(design, layer.model_copy(update={"paint": paint}))
    else:
        yield design


def _multisets(ids: Sequence[str], needed: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """Yield lists of ids of up to a length that have each of those needed, in their order."""
    for extra in range(most - len(needed) + 1):
        for more in combinations_with_replacement(ids, extra):
            yield tuple(sorted((*needed, *more), key=ids.index))
    if most < len(needed):
        yield tuple(needed)


def _tunings(design: Design) -> Iterator[Design]:
    layer = design.layers[0]
    if isinstance(layer, FamilyLayer):
        for density in _DENSITIES:
            for weight in _LINE_WEIGHTS:
                tuned = layer.model_copy(update={"density": density, "line_weight": weight})
                yield _replaced(design, tuned)


def _steps(design: Design, step: float) -> Iterator[Design]:
    layer = design.layers[0]
    if isinstance(layer, FamilyLayer):
        for name in ("density", "line_weight"):
            for change in (-step, step):
                value = min(1.0, max(0.0, getattr(layer, name) + change))
                yield _replaced(design, layer.model_copy(update={name: value}))
