"""Edits of placed motifs: larger or smaller."""

from __future__ import annotations

from collections.abc import Sequence

from shared.designs.edits.facts import motif_of
from shared.designs.edits.kinds import Change, ScaleEdit
from shared.designs.edits.palettes import rebuilt
from shared.designs.edits.plain import Applied
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import Design, Layer, MotifRecipe, MotifsLayer, RecipeItem
from worker.drawing.images import GetBytes
from worker.edits.bodies import Neighbours
from worker.edits.choosing import chosen_of, layers_of, mean_size, placed_anew
from worker.edits.relaying import layer_recipe, relaid

__all__ = ["scaled_motifs"]

_ENOUGH = 0.6
"""Part of the wanted growth from which motifs stay where they are."""
_LEAST_GAP = 0.5
"""Of the recipe's smallest gap, that grown motifs keep."""
_LEAST_GROWTH = 1.06
_TRIES = 4
_LITTLE = 1e-6
"""Weight of motifs that are there already."""


def scaled_motifs(design: Design, edit: ScaleEdit, get: GetBytes | None) -> Applied:
    """Return a design with motifs of another size.

    Smaller ones keep their places. Larger ones do as far as their outlines allow; where that is
    too little, the layer is laid out anew by the same recipe.

    Raises:
        EditRefused: there is no room, or nothing changes.
    """
    changes: list[Change] = []
    layers: list[Layer] = []
    wanted = layers_of(design, edit)
    for layer in design.layers:
        if isinstance(layer, MotifsLayer) and layer.id in wanted and chosen_of(layer, edit.motifs):
            after = _scaled_layer(design, layer, edit, get)
            changes += _size_changes(layer, after, edit.motifs)
            layers.append(after)
        else:
            layers.append(layer)
    if not changes:
        raise EditRefused("nothing_changes")
    return rebuilt(design, layers), tuple(changes)


def _scaled_layer(
    design: Design, layer: MotifsLayer, edit: ScaleEdit, get: GetBytes | None
) -> MotifsLayer:
    chosen = chosen_of(layer, edit.motifs)
    if edit.factor < 1:
        elements = list(layer.elements)
        for index in chosen:
            size = round(elements[index].size_mm * edit.factor, 2)
            elements[index] = elements[index].model_copy(update={"size_mm": max(0.1, size)})
        return layer.model_copy(update={"elements": tuple(elements)})
    neighbours = Neighbours(design, layer, _LEAST_GAP * layer.recipe.gap_mm, get)
    neighbours.remember()
    factors = dict.fromkeys(chosen, edit.factor)
    reached = neighbours.resized(chosen, factors)
    areas = [layer.elements[index].size_mm ** 2 for index in chosen]
    mean = sum(a * r for a, r in zip(areas, reached, strict=True)) / sum(areas)
    if mean - 1 >= _ENOUGH * (edit.factor - 1):
        return layer.model_copy(update={"elements": tuple(neighbours.elements)})
    recipe = layer_recipe(layer)
    if edit.motifs is None:
        return _larger_layer(design, layer, recipe, edit.factor, get)
    after = _around_larger(design, layer, recipe, edit, get)
    if after is None and mean < _LEAST_GROWTH:
        raise EditRefused("no_room")
    return after or layer.model_copy(update={"elements": tuple(neighbours.elements)})


def _larger_layer(
    design: Design,
    layer: MotifsLayer,
    recipe: MotifRecipe,
    factor: float,
    get: GetBytes | None,
) -> MotifsLayer:
    """Return the layer laid out with larger motifs, all of which are still there."""
    present = {motif_of(element.motif) for element in layer.elements}
    before = mean_size(layer.elements)
    for _ in range(_TRIES):
        larger = recipe.model_copy(update={"hero_mm": round(recipe.hero_mm * factor, 2)})
        after = relaid(design, layer, larger, get)
        if {motif_of(element.motif) for element in after.elements} == present:
            if mean_size(after.elements) > _LEAST_GROWTH * before:
                return after
            break
        factor = 1 + (factor - 1) * 0.75
    raise EditRefused("no_room")


def _around_larger(
    design: Design,
    layer: MotifsLayer,
    recipe: MotifRecipe,
    edit: ScaleEdit,
    get: GetBytes | None,
) -> MotifsLayer | None:
    """Return the layer with the chosen motifs larger at their places, the others placed anew.

    None: the chosen ones would touch each other, or another motif would be gone.
    """
    chosen = [layer.elements[index] for index in chosen_of(layer, edit.motifs)]
    alone = layer.model_copy(update={"elements": tuple(chosen)})
    neighbours = Neighbours(design, alone, _LEAST_GAP * layer.recipe.gap_mm, get)
    neighbours.remember()
    everyone = range(len(chosen))
    reached = neighbours.resized(everyone, dict.fromkeys(everyone, edit.factor))
    if sum(reached) / len(reached) - 1 < 0.5 * (edit.factor - 1):
        return None
    grown = set(edit.motifs or ())
    if grown >= {motif_of(name) for item in recipe.items for name in item.drawings}:
        return None
    around = relaid(design, layer, _for_others(recipe, grown), get, neighbours.elements)
    kept = tuple(
        element
        for index, element in enumerate(around.elements)
        if index < len(chosen) or motif_of(element.motif) not in grown
    )
    present = {motif_of(element.motif) for element in layer.elements}
    if {motif_of(element.motif) for element in kept} != present:
        return None
    return around.model_copy(update={"elements": kept, "recipe": layer.recipe})


def _for_others(recipe: MotifRecipe, grown: set[str]) -> MotifRecipe:
    """Return a recipe that places other motifs: each grown one in one role, with little weight."""
    items: list[RecipeItem] = []
    seen: set[str] = set()
    for item in recipe.items:
        mine = tuple(n for n in item.drawings if motif_of(n) in grown and n not in seen)
        others = tuple(n for n in item.drawings if motif_of(n) not in grown)
        seen |= set(mine)
        if mine:
            items.append(item.model_copy(update={"drawings": mine, "weight": _LITTLE}))
        if others:
            items.append(item.model_copy(update={"drawings": others}))
    return recipe.model_copy(update={"items": tuple(items)})


def _size_changes(
    before: MotifsLayer, after: MotifsLayer, motifs: Sequence[str] | None
) -> list[Change]:
    """Return the changes of mean sizes, and what became of other elements."""
    old = [before.elements[index] for index in chosen_of(before, motifs)]
    new = [after.elements[index] for index in chosen_of(after, motifs)]
    if mean_size(old) == mean_size(new):
        return []
    name = ", ".join(motifs) if motifs else "motifs"
    found = [
        Change(
            what=f"size of {name}, mm", before=mean_size(old), after=mean_size(new), count=len(new)
        )
    ]
    return found + placed_anew(before, after)
