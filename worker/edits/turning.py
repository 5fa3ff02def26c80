"""Motifs and patterns turned, and designs in another repeat."""

from __future__ import annotations

from shared.designs.edits.facts import family_of
from shared.designs.edits.kinds import Change, RepeatEdit, RotateEdit
from shared.designs.edits.palettes import changed, rebuilt
from shared.designs.edits.plain import Applied, family_targets
from shared.designs.edits.refusals import EditRefused
from shared.designs.families import FAMILY_SPECS
from shared.designs.record import Design, FamilyLayer, Layer, MotifsLayer
from worker.drawing.images import GetBytes
from worker.drawing.repeats import Layout, turned_sheet
from worker.edits.bodies import Neighbours
from worker.edits.choosing import chosen_of, layers_of

__all__ = ["repeated", "turned_families", "turned_motifs"]

_MANY_POINTS = 1e9
_EXACT = 0.05
"""Degrees."""
_SHRINK = 0.95
_LEAST_GAP = 0.5
"""Of the recipe's smallest gap."""
_SMALLEST = 0.55
"""Of its size, that a motif is shrunk to where it would touch others."""


def turned_families(design: Design, edit: RotateEdit) -> Applied:
    """Return a design whose patterns are turned by the nearest angle at which they repeat.

    Raises:
        EditRefused: a pattern cannot be turned, or would look the same.
    """
    wanted = {layer.id for layer in family_targets(design, edit.layers)}
    layout = Layout.of(design)
    layers: list[Layer] = []
    changes: list[Change] = []
    for layer in design.layers:
        if not (isinstance(layer, FamilyLayer) and layer.id in wanted):
            layers.append(layer)
            continue
        if not FAMILY_SPECS[family_of(layer)].turns:
            raise EditRefused("no_turns", family=family_of(layer))
        before = turned_sheet(layout, layer.turn, _MANY_POINTS)[1]
        asked = (layer.turn + edit.angle + 180) % 360 - 180
        after = turned_sheet(layout, asked, _MANY_POINTS)[1]
        if abs((after - before + 180) % 360 - 180) < _EXACT:
            raise EditRefused("same_angle", angle=round(after, 1))
        exact = abs((after - asked + 180) % 360 - 180) < _EXACT
        turn = round(asked if exact else after, 3)
        note = None if exact else "nearest_angle"
        changes.append(
            Change(what=f"layers.{layer.id}.turn", before=layer.turn, after=turn, note=note)
        )
        layers.append(changed(layer, turn=turn))
    return rebuilt(design, layers), tuple(changes)


def repeated(design: Design, edit: RepeatEdit, get: GetBytes | None) -> Applied:
    """Return a design with another repeat; motifs that would touch across edges shrink or go."""
    after = changed(design, repeat=edit.repeat)
    changes = [Change(what="repeat", before=design.repeat, after=edit.repeat)]
    layers: list[Layer] = []
    for layer in after.layers:
        if isinstance(layer, MotifsLayer) and layer.elements:
            cleared, count, gone = _cleared(after, layer, get)
            layers.append(cleared)
            if count:
                changes.append(
                    Change(what=f"elements of layer {layer.id}", count=count, note="smaller_to_fit")
                )
            if gone:
                total = len(layer.elements)
                changes.append(
                    Change(
                        what=f"elements of layer {layer.id}",
                        before=total,
                        after=total - gone,
                        count=gone,
                        note="left_out",
                    )
                )
        else:
            layers.append(layer)
    return rebuilt(after, layers), tuple(changes)


def _cleared(
    design: Design, layer: MotifsLayer, get: GetBytes | None
) -> tuple[MotifsLayer, int, int]:
    """Return the layer with motifs that touch others made smaller, the smaller one of each pair.

    Also how many were made smaller, and how many are left out.
    """
    neighbours = Neighbours(design, layer, _LEAST_GAP * layer.recipe.gap_mm, get)
    order = sorted(range(len(layer.elements)), key=lambda n: layer.elements[n].size_mm)
    shrunk, gone = 0, set()
    for index in order:
        full = neighbours.elements[index]
        size = full.size_mm
        while not neighbours.is_clear(index) and size > _SMALLEST * full.size_mm:
            size *= _SHRINK
            neighbours.replace(index, full.model_copy(update={"size_mm": round(size, 2)}))
        if size == full.size_mm:
            continue
        if neighbours.is_clear(index):
            shrunk += 1
        else:
            gone.add(index)
            neighbours.replace(index, full.model_copy(update={"size_mm": 0.1}))
    elements = tuple(e for n, e in enumerate(neighbours.elements) if n not in gone)
    return layer.model_copy(update={"elements": elements}), shrunk, len(gone)


def turned_motifs(design: Design, edit: RotateEdit, get: GetBytes | None) -> Applied:
    """Return a design whose motifs are turned where they are; those that would touch shrink."""
    changes: list[Change] = []
    layers: list[Layer] = []
    wanted = layers_of(design, edit)
    if edit.angle % 360 == 0:
        raise EditRefused("nothing_changes")
    for layer in design.layers:
        if not (isinstance(layer, MotifsLayer) and layer.id in wanted):
            layers.append(layer)
            continue
        neighbours = Neighbours(design, layer, _LEAST_GAP * layer.recipe.gap_mm, get)
        neighbours.remember()
        chosen = chosen_of(layer, edit.motifs)
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
        size *= _SHRINK
        neighbours.replace(index, full.model_copy(update={"size_mm": round(size, 2)}))
    return size < full.size_mm
