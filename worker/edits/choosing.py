"""Which elements of a record an edit concerns, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from shared.designs.edits.facts import Facts, motif_of
from shared.designs.edits.kinds import Change, DensityEdit, RotateEdit, ScaleEdit
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import Design, Element, MotifsLayer

__all__ = ["chosen_of", "layers_of", "mean_size", "placed_anew"]


def layers_of(design: Design, edit: ScaleEdit | DensityEdit | RotateEdit) -> list[str]:
    """Return the ids of the layers of motifs that an edit concerns.

    Raises:
        EditRefused: there is none.
    """
    found = [
        layer.id
        for layer in Facts(design).motif_layers
        if layer.elements and (edit.motifs or not edit.layers or layer.id in edit.layers)
    ]
    if not found:
        raise EditRefused("no_motifs")
    return found


def chosen_of(layer: MotifsLayer, motifs: Sequence[str] | None) -> list[int]:
    """Return the indices of a layer's elements of some motifs; None: of all."""
    return [
        index
        for index, element in enumerate(layer.elements)
        if not motifs or motif_of(element.motif) in motifs
    ]


def mean_size(elements: Sequence[Element]) -> float:
    """Return the mean size of elements by their area, so that small fillers count little; mm."""
    area = sum(element.size_mm**2 for element in elements)
    return round(sum(element.size_mm**3 for element in elements) / max(area, 1e-9), 2)


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
