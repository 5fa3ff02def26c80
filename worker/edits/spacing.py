"""Edits of how close motifs lie, and how many of one there are."""

from __future__ import annotations

from shared.designs.edits.facts import Facts, motif_of
from shared.designs.edits.kinds import Change, DensityEdit, NumberEdit
from shared.designs.edits.palettes import rebuilt
from shared.designs.edits.plain import Applied
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import Design, Layer, MotifsLayer
from worker.drawing.images import GetBytes
from worker.edits.choosing import chosen_of, layers_of, placed_anew
from worker.edits.relaying import covered_mm2, layer_recipe, relaid

__all__ = ["dense_motifs", "more_motifs"]

_VISIBLE = 0.04
"""Least change of the covered area, as a share."""
_TRIES = 4
_DENSITY = 0.7


def dense_motifs(design: Design, edit: DensityEdit, get: GetBytes | None) -> Applied:
    """Return a design whose motifs lie closer or wider, laid out anew by the same recipe.

    Raises:
        EditRefused: nothing would change.
    """
    changes: list[Change] = []
    layers: list[Layer] = []
    wanted = layers_of(design, edit)
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
        before = len(chosen_of(layer, edit.motifs))
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
            number = len(chosen_of(after, edit.motifs))
            if number > before:
                name = ", ".join(edit.motifs)
                change = Change(what=f"elements of {name}", before=before, after=number)
                new = [after if each.id == layer.id else each for each in design.layers]
                return rebuilt(design, new), (change, *placed_anew(layer, after))
    raise EditRefused("no_room")
