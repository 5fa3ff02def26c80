"""Lays the motifs of a layer out anew, by its recipe with another size or density."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count

import numpy as np

from shared.designs.edits.facts import motif_of
from shared.designs.record import Design, Element, MotifRecipe, MotifsLayer, RecipeItem
from shared.designs.streams import stream
from shared.motifs.catalog import own_motifs
from worker.drawing.images import GetBytes
from worker.drawing.layout.outlines import area
from worker.drawing.layout.request import Item, MotifRole, Placement, Request
from worker.drawing.layout.solver import solve
from worker.edits.bodies import outline_of_element, views_of

__all__ = ["covered_mm2", "layer_recipe", "relaid"]

_ROLES: tuple[tuple[float, MotifRole], ...] = ((0.75, "hero"), (0.42, "secondary"), (0.0, "filler"))
"""Roles of elements by their size, of the largest one, where a record has no recipe."""


def layer_recipe(layer: MotifsLayer) -> MotifRecipe:
    """Return the recipe of a layer, or one that its elements might come from."""
    present = {element.motif for element in layer.elements}
    items = [
        item.model_copy(update={"drawings": drawings})
        for item in layer.recipe.items
        if (drawings := tuple(name for name in item.drawings if name in present))
    ]
    if items:
        return layer.recipe.model_copy(update={"items": tuple(items)})
    largest = max(element.size_mm for element in layer.elements)
    found: Counter[tuple[str, MotifRole]] = Counter()
    for element in layer.elements:
        role = next(role for least, role in _ROLES if element.size_mm >= least * largest)
        found[element.motif, role] += 1
    guessed = [
        RecipeItem(
            subject=_subject(motif), drawings=(motif,), role=role, weight=min(100, float(number))
        )
        for (motif, role), number in found.items()
    ]
    return layer.recipe.model_copy(update={"items": tuple(guessed[:24]), "hero_mm": largest})


def _subject(drawing: str) -> str:
    name = motif_of(drawing).replace("_", "-")
    return name if name[0].isalpha() else f"m{name}"


def relaid(
    design: Design,
    layer: MotifsLayer,
    recipe: MotifRecipe,
    get: GetBytes | None,
    fixed: Sequence[Element] = (),
) -> MotifsLayer:
    """Return a layer whose elements are placed anew.

    Args:
        recipe: whose drawings are all among the layer's elements.
        fixed: elements that keep their ids and places.
    """
    samples: dict[str, Element] = {}
    views: dict[tuple[str, int], Element] = {}
    for element in layer.elements:
        samples.setdefault(element.motif, element)
        views.setdefault((element.motif, element.view % views_of(element)), element)
    request = Request(
        items=_items(recipe, samples, get),
        cell_mm=design.cell_mm,
        random=stream(design.seed, design.variant, layer.id, "places"),
        repeat=design.repeat,
        layout=recipe.layout,
        density=recipe.density,
        gap_mm=recipe.gap_mm,
        hero_mm=recipe.hero_mm,
        flow=recipe.flow,
    )
    roles = {name: item.role for item in recipe.items[::-1] for name in item.drawings}
    kept = [_placement(element, roles[element.motif]) for element in fixed]
    placements = solve(request, kept)
    taken = {element.id for element in fixed}
    ids = (f"e{number}" for number in count(1) if f"e{number}" not in taken)
    new = []
    for placement in placements:
        sample = views.get((placement.key, placement.view), samples[placement.key])
        new.append(
            Element(
                id=next(ids),
                motif=placement.key,
                sha256=sample.sha256,
                view=placement.view,
                x_mm=placement.x_mm,
                y_mm=placement.y_mm,
                size_mm=placement.size_mm,
                turn=placement.turn,
                flip=placement.flip,
                paints=sample.paints,
            )
        )
    return layer.model_copy(update={"recipe": recipe, "elements": (*fixed, *new)})


def _items(
    recipe: MotifRecipe, samples: dict[str, Element], get: GetBytes | None
) -> tuple[Item, ...]:
    items = []
    for item in recipe.items:
        for name in item.drawings:
            sample = samples[name]
            outlines = tuple(
                outline_of_element(sample.model_copy(update={"view": view}), get)
                for view in range(views_of(sample))
            )
            items.append(
                Item(
                    key=name,
                    outlines=outlines,
                    role=item.role,
                    may_turn=_may_turn(sample),
                    weight=item.weight / len(item.drawings),
                )
            )
    return tuple(items)


def _may_turn(element: Element) -> bool:
    """Return whether a motif may be turned at will; unknown ones may not."""
    entry = own_motifs().get(motif_of(element.motif)) if element.sha256 is None else None
    return entry.turns if entry is not None else False


def _placement(element: Element, role: MotifRole) -> Placement:
    return Placement(
        key=element.motif,
        role=role,
        view=element.view % views_of(element),
        x_mm=element.x_mm,
        y_mm=element.y_mm,
        size_mm=element.size_mm,
        turn=element.turn,
        flip=element.flip,
    )


def covered_mm2(layer: MotifsLayer, get: GetBytes | None) -> float:
    """Return the area of the outlines of a layer's elements."""
    return float(np.sum([area(outline_of_element(e, get)) * e.size_mm**2 for e in layer.elements]))
