"""Composes motifs so that colours cover the areas that a brief asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from shared.briefs.colours.names import colour_hex
from shared.briefs.understood import ParsedBrief
from shared.designs.record import Design, Element, MotifsLayer
from worker.composition.compose import MOTIFS, Composition, compose
from worker.composition.drawings import MotifDrawing
from worker.composition.tones import lab_of
from worker.drawing.areas import AreaGoal, area_error
from worker.drawing.recolour import Wishes, assign_colours
from worker.imaging.colour import Floats, delta_e

__all__ = ["compose_with_areas", "ground_by_area", "motif_goals"]

_FILLINGS = (((0.25, 1.4), 1.0), ((0.8, 1.2), 1.4), ((1.0, 0.8), 9.9))
"""Density and gap, mm, and about how much more they cover than the first; the last: what can be."""
_LEAST_GROUND = 40.0
"""Per cent of the tile from which a colour is the ground, if none is named."""
_MARGIN = 0.03
"""By how much motifs cover less than their colours may."""
_SMALLEST = 0.4
"""Factor down to which motifs are made smaller."""
_ROUNDS = 3
_CHANGE = 2e-4
"""Cost of another colour of an element, so that none changes for nothing."""
_SAME = 12.0
"""CIEDE2000 up to which a colour of the palette is the one of a goal."""


def ground_by_area(understood: ParsedBrief) -> str:
    """Return the colour of the ground: the named one, else that which is to cover most."""
    if understood.ground or not understood.shares:
        return understood.ground
    most = max(understood.shares, key=lambda share: share.aim)
    return most.colour if most.aim >= _LEAST_GROUND else ""


def motif_goals(understood: ParsedBrief, palette: Sequence[str]) -> tuple[AreaGoal | None, ...]:
    """Return the area that the brief asks for, for each hex colour of a palette."""
    goals: list[AreaGoal | None] = [None] * len(palette)
    lab = lab_of(palette)
    for share in understood.shares:
        away = delta_e(lab, lab_of([colour_hex(share.colour)])[0])
        if away.min() < _SAME:
            goals[int(away.argmin())] = AreaGoal(
                low=share.low / 100, high=share.high / 100, aim=share.aim / 100
            )
    return tuple(goals)


def compose_with_areas(
    composition: Composition, goals: Sequence[AreaGoal | None]
) -> tuple[Design, tuple[bytes, ...]]:
    """Return the record whose colours come nearest to the areas, and its drawings as files.

    The density follows from the area of the ground; motifs of one kind may then differ in colour.

    Args:
        goals: for each colour of the composition's palette.

    Raises:
        ValueError: as `compose`.
    """
    drawings = {drawing.name: drawing for found in composition.drawings for drawing in found}
    design, files = _with_covered(composition, goals, drawings)
    layer = next(each for each in design.layers if each.id == MOTIFS)
    if not composition.natural and isinstance(layer, MotifsLayer):
        elements = _repainted(composition, design, layer, drawings, goals)
        layers = (*design.layers[:-1], layer.model_copy(update={"elements": elements}))
        design = design.model_copy(update={"layers": layers})
    return design, files


def _with_covered(
    composition: Composition,
    goals: Sequence[AreaGoal | None],
    drawings: Mapping[str, MotifDrawing],
) -> tuple[Design, tuple[bytes, ...]]:
    """Return the composition whose motifs cover what the ground leaves."""
    ground = goals[0]
    if ground is None:
        known = sum(goal.aim for goal in goals if goal is not None)
        ground = AreaGoal(low=0, high=1, aim=1 - known) if known > 0.3 else None
    if ground is None or composition.density:
        return compose(composition)
    aim = 1 - ground.aim
    others = goals[1 : 1 + composition.palette.named]
    if others and all(goal is not None for goal in others):
        most = sum(goal.high for goal in others if goal is not None) - _MARGIN
        aim = min(aim, max(1 - ground.high, most))
    (loose, _), *denser = _FILLINGS
    made = compose(replace(composition, filling=loose))
    covered = sum(_covered(made[0], drawings).values())
    if covered < aim:
        filling = next(each for each, more in denser if aim <= more * covered)
        made = compose(replace(composition, filling=filling))
        covered = sum(_covered(made[0], drawings).values())
    return (_smaller(made[0], max(_SMALLEST, (aim / max(covered, aim)) ** 0.5)), made[1])


def _smaller(design: Design, factor: float) -> Design:
    """Return the design with all motifs smaller by a factor, at the same places."""
    layers = tuple(
        layer.model_copy(
            update={
                "elements": tuple(
                    element.model_copy(update={"size_mm": round(element.size_mm * factor, 2)})
                    for element in layer.elements
                )
            }
        )
        if isinstance(layer, MotifsLayer)
        else layer
        for layer in design.layers
    )
    return design.model_copy(update={"layers": layers})


def _covered(design: Design, drawings: Mapping[str, MotifDrawing]) -> dict[str, float]:
    """Return the share of the cell that each element covers, by its id."""
    width, height = design.cell_mm
    return {
        element.id: element.size_mm**2
        * drawings[element.motif].anatomy(element.view).filled
        / (width * height)
        for layer in design.layers
        if isinstance(layer, MotifsLayer)
        for element in layer.elements
    }


def _repainted(
    composition: Composition,
    design: Design,
    layer: MotifsLayer,
    drawings: Mapping[str, MotifDrawing],
    goals: Sequence[AreaGoal | None],
) -> tuple[Element, ...]:
    """Return the elements, some of them in other colours, so that areas come near to the goals."""
    ids = [entry.id for entry in design.palette]
    covered = _covered(design, drawings)
    own = {
        name: bool(item.colours)
        for item in (layer.recipe.items if layer.recipe else ())
        for name in item.drawings
    }
    chosen = {
        element.id: tuple(ids.index(name) for name in element.paints) for element in layer.elements
    }
    options: dict[tuple[str, int], list[tuple[int, ...]]] = {}
    seen = np.zeros(len(ids))
    seen[0] = 1.0
    for element in layer.elements:
        seen += _area(element, chosen[element.id], drawings, covered, len(ids))
    for _ in range(_ROUNDS):
        for element in sorted(layer.elements, key=lambda each: -covered[each.id]):
            if own.get(element.motif):
                continue
            view = (element.motif, element.view)
            if view not in options:
                options[view] = _options(drawings[element.motif], element.view, composition)
            before = _area(element, chosen[element.id], drawings, covered, len(ids))
            rated = [
                (_error(seen - before + _area(element, each, drawings, covered, len(ids)), goals)
                 + _CHANGE * (each != chosen[element.id]), each)
                for each in (chosen[element.id], *options[view])
            ]  # fmt: skip
            best = min(rated, key=lambda each: each[0])[1]
            seen += _area(element, best, drawings, covered, len(ids)) - before
            chosen[element.id] = best
    return tuple(
        element.model_copy(update={"paints": tuple(ids[index] for index in chosen[element.id])})
        for element in layer.elements
    )


def _options(drawing: MotifDrawing, view: int, composition: Composition) -> list[tuple[int, ...]]:
    """Return the colours of a drawing with each of the palette's colours as the main one."""
    palette = composition.palette
    found = []
    for index in range(1, 1 + palette.named):
        wishes = Wishes(wanted=(index,), hero=index, added=palette.added, details=True)
        found.append(assign_colours(drawing.anatomy(view), palette.colours, 0, wishes))
    return list(dict.fromkeys(found))


def _area(
    element: Element,
    paints: Sequence[int],
    drawings: Mapping[str, MotifDrawing],
    covered: Mapping[str, float],
    count: int,
) -> Floats:
    """Return what an element adds to the share of each colour, less of the ground."""
    area = np.zeros(count)
    shares = drawings[element.motif].anatomy(element.view).shares
    np.add.at(area, list(paints), covered[element.id] * shares)
    area[0] -= covered[element.id]
    return area


def _error(seen: Floats, goals: Sequence[AreaGoal | None]) -> float:
    return area_error(seen.tolist()[: len(goals)], goals)
