"""Edits of placed motifs: larger or smaller, closer or wider, turned, in another repeat."""

from __future__ import annotations

from collections.abc import Sequence

from shared.designs.edits.facts import Facts, motif_of
from shared.designs.edits.kinds import Change, DensityEdit, NumberEdit, RotateEdit, ScaleEdit
from shared.designs.edits.palettes import rebuilt
from shared.designs.edits.plain import Applied
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import Design, Element, Layer, MotifRecipe, MotifsLayer, RecipeItem
from worker.drawing.images import GetBytes
from worker.edits.bodies import Neighbours
from worker.edits.relaying import covered_mm2, layer_recipe, relaid

__all__ = ["dense_motifs", "mean_size", "more_motifs", "scaled_motifs", "turned_motifs"]

_ENOUGH = 0.6
"""Part of the wanted growth from which motifs stay where they are."""
_LEAST_GAP = 0.5
"""Of the recipe's smallest gap, that grown motifs keep."""
_LEAST_GROWTH = 1.06
_VISIBLE = 0.04
"""Least change of the covered area, as a share."""
_TRIES = 4
_DENSITY = 0.7
_LITTLE = 1e-6
"""Weight of motifs that are there already."""
_SMALLEST = 0.7
"""Of its size, that a turned motif is shrunk to where it would touch others."""


def _layers(design: Design, edit: ScaleEdit | DensityEdit | RotateEdit) -> list[str]:
    found = [
        layer.id
        for layer in Facts(design).motif_layers
        if layer.elements and (edit.motifs or not edit.layers or layer.id in edit.layers)
    ]
    if not found:
        raise EditRefused("no_motifs")
    return found


def _chosen(layer: MotifsLayer, motifs: Sequence[str] | None) -> list[int]:
    return [
        index
        for index, element in enumerate(layer.elements)
        if not motifs or motif_of(element.motif) in motifs
    ]


def mean_size(elements: Sequence[Element]) -> float:
    """Return the mean size of elements by their area, so that small fillers count little; mm."""
    area = sum(element.size_mm**2 for element in elements)
    return round(sum(element.size_mm**3 for element in elements) / max(area, 1e-9), 2)


def scaled_motifs(design: Design, edit: ScaleEdit, get: GetBytes | None) -> Applied:
    """Return a design with motifs of another size.

    Smaller ones keep their places. Larger ones do as far as their outlines allow; where that is
    too little, the layer is laid out anew by the same recipe.

    Raises:
        EditRefused: there is no room, or nothing changes.
    """
    changes: list[Change] = []
    layers: list[Layer] = []
    wanted = _layers(design, edit)
    for layer in design.layers:
        if isinstance(layer, MotifsLayer) and layer.id in wanted and _chosen(layer, edit.motifs):
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
    chosen = _chosen(layer, edit.motifs)
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
    chosen = [layer.elements[index] for index in _chosen(layer, edit.motifs)]
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
    old = [before.elements[index] for index in _chosen(before, motifs)]
    new = [after.elements[index] for index in _chosen(after, motifs)]
    if mean_size(old) == mean_size(new):
        return []
    name = ", ".join(motifs) if motifs else "motifs"
    found = [
        Change(
            what=f"size of {name}, mm", before=mean_size(old), after=mean_size(new), count=len(new)
        )
    ]
    return found + placed_anew(before, after)


def placed_anew(before: MotifsLayer, after: MotifsLayer) -> list[Change]:
    """Return the change that says how many elements were placed anew, if any were."""
    known = {(e.id, e.motif, e.x_mm, e.y_mm) for e in before.elements}
    moved = [e for e in after.elements if (e.id, e.motif, e.x_mm, e.y_mm) not in known]
    if not moved:
        return []
    return [
        Change(
            what=f"elements of layer {before.id}",
            before=len(before.elements),
            after=len(after.elements),
            count=len(moved),
            note="placed_anew",
        )
    ]


def dense_motifs(design: Design, edit: DensityEdit, get: GetBytes | None) -> Applied:
    """Return a design whose motifs lie closer or wider, laid out anew by the same recipe.

    Raises:
        EditRefused: nothing would change.
    """
    changes: list[Change] = []
    layers: list[Layer] = []
    wanted = _layers(design, edit)
    for layer in design.layers:
        if isinstance(layer, MotifsLayer) and layer.id in wanted:
            after = _dense_layer(design, layer, edit.amount, get)
            layers.append(after)
            covered = [round(covered_mm2(each, get)) for each in (layer, after)]
            changes.append(
                Change(what=f"area of layer {layer.id}, mm²", before=covered[0], after=covered[1])
            )
            changes += placed_anew(layer, after)
        else:
            layers.append(layer)
    return rebuilt(design, layers), tuple(changes)


def _dense_layer(
    design: Design, layer: MotifsLayer, amount: float, get: GetBytes | None
) -> MotifsLayer:
    before = covered_mm2(layer, get)
    recipe = layer_recipe(layer)
    present = {motif_of(element.motif) for element in layer.elements}
    for attempt in range(1, _TRIES + 1):
        density = round(min(1.0, max(0.0, recipe.density + _DENSITY * amount * attempt)), 3)
        gap = round(max(0.3, recipe.gap_mm * (1 - 0.5 * amount) ** attempt), 3)
        after = relaid(
            design, layer, recipe.model_copy(update={"density": density, "gap_mm": gap}), get
        )
        share = covered_mm2(after, get) / before - 1
        complete = {motif_of(element.motif) for element in after.elements} == present
        if complete and share * (1 if amount > 0 else -1) >= _VISIBLE:
            return after
    if amount > 0:
        raise EditRefused("no_room")
    factor = 1 - 0.4 * abs(amount)  # wider gaps around smaller motifs at the same places
    elements = tuple(
        element.model_copy(update={"size_mm": round(max(0.1, element.size_mm * factor), 2)})
        for element in layer.elements
    )
    return layer.model_copy(update={"elements": elements})


def more_motifs(design: Design, edit: NumberEdit, get: GetBytes | None) -> Applied:
    """Return a design with more of some motifs, laid out anew with a greater weight of theirs.

    Raises:
        EditRefused: there is no room for more.
    """
    for layer in Facts(design).motif_layers:
        before = len(_chosen(layer, edit.motifs))
        if not before:
            continue
        recipe = layer_recipe(layer)
        for attempt in range(1, _TRIES + 1):
            items = tuple(
                item.model_copy(
                    update={"weight": min(100.0, item.weight * (1 + 2 * edit.amount) ** attempt)}
                )
                if any(motif_of(name) in edit.motifs for name in item.drawings)
                else item
                for item in recipe.items
            )
            heavier = recipe.model_copy(update={"items": items})
            after = relaid(design, layer, heavier, get)
            number = len(_chosen(after, edit.motifs))
            if number > before:
                name = ", ".join(edit.motifs)
                change = Change(what=f"elements of {name}", before=before, after=number)
                new = [after if each.id == layer.id else each for each in design.layers]
                return rebuilt(design, new), (change, *placed_anew(layer, after))
    raise EditRefused("no_room")


def turned_motifs(design: Design, edit: RotateEdit, get: GetBytes | None) -> Applied:
    """Return a design whose motifs are turned where they are; those that would touch shrink."""
    changes: list[Change] = []
    layers: list[Layer] = []
    wanted = _layers(design, edit)
    if edit.angle % 360 == 0:
        raise EditRefused("nothing_changes")
    for layer in design.layers:
        if not (isinstance(layer, MotifsLayer) and layer.id in wanted):
            layers.append(layer)
            continue
        neighbours = Neighbours(design, layer, _LEAST_GAP * layer.recipe.gap_mm, get)
        neighbours.remember()
        chosen = _chosen(layer, edit.motifs)
        for index in chosen:
            element = neighbours.elements[index]
            turn = round((element.turn + edit.angle + 180) % 360 - 180, 3)
            neighbours.replace(index, element.model_copy(update={"turn": turn}))
        shrunk = sum(_shrunk(neighbours, index) for index in chosen)
        changes.append(
            Change(what="turn of motifs, degrees", before=None, after=edit.angle, count=len(chosen))
        )
        if shrunk:
            changes.append(
                Change(what="size of turned motifs", count=shrunk, note="smaller_to_fit")
            )
        layers.append(layer.model_copy(update={"elements": tuple(neighbours.elements)}))
    return rebuilt(design, layers), tuple(changes)


def _shrunk(neighbours: Neighbours, index: int) -> bool:
    """Shrink an element until it is clear of others; return whether it was changed."""
    full = neighbours.elements[index]
    size = full.size_mm
    while not neighbours.is_clear(index) and size > _SMALLEST * full.size_mm:
        size *= 0.95
        neighbours.replace(index, full.model_copy(update={"size_mm": round(size, 2)}))
    return size < full.size_mm
