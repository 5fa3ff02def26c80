"""Another drawing in the place of some motifs."""

from __future__ import annotations

from shared.designs.edits.facts import Facts, motif_of
from shared.designs.edits.kinds import Change, SwapEdit
from shared.designs.edits.palettes import rebuilt
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import Design, Element, Layer, MotifsLayer
from shared.designs.streams import stream
from worker.composition.drawings import MotifDrawing, choose_drawings, set_order
from worker.drawing.recolour import Wishes, assign_colours

__all__ = ["swapped_motifs"]

_TILT = 12.0
"""Greatest turn of a motif that must not stand on its head."""


def swapped_motifs(
    design: Design, edit: SwapEdit
) -> tuple[Design, tuple[Change, ...], list[bytes]]:
    """Return a design with another motif in the place of some, the changes, and new files.

    Places, sizes and ids stay; a motif that must stand upright is turned back.

    Raises:
        EditRefused: there is no such drawing, or it is there already.
    """
    before = tuple(dict.fromkeys(edit.motifs))
    if before == (edit.to.rpartition(":")[2],):
        raise EditRefused("same_thing", word=motif_of(edit.to))
    number = len({e.motif for layer in Facts(design).motif_layers for e in layer.elements
                  if motif_of(e.motif) in before})  # fmt: skip
    random = stream(design.seed, design.variant, "edit", edit.to)
    drawings = choose_drawings((edit.to,), set_order(random), random, max(1, number))
    if not drawings:
        raise EditRefused("no_such_motif", word=edit.to)
    layers: list[Layer] = []
    changes: list[Change] = []
    for layer in design.layers:
        if isinstance(layer, MotifsLayer):
            after, count = _swapped_layer(design, layer, before, drawings)
            layers.append(after)
            if count:
                changes.append(
                    Change(
                        what=f"motifs of layer {layer.id}",
                        before=", ".join(before),
                        after=drawings[0].motif,
                        count=count,
                    )
                )
        else:
            layers.append(layer)
    if not changes:
        raise EditRefused("nothing_changes")
    files = [drawing.content for drawing in drawings if drawing.content is not None]
    return rebuilt(design, layers), tuple(changes), files


def _swapped_layer(
    design: Design, layer: MotifsLayer, gone: tuple[str, ...], drawings: list[MotifDrawing]
) -> tuple[MotifsLayer, int]:
    elements, count = [], 0
    for element in layer.elements:
        if motif_of(element.motif) not in gone:
            elements.append(element)
            continue
        drawing = drawings[count % len(drawings)]
        elements.append(_swapped(design, element, drawing))
        count += 1
    items = []
    for item in layer.recipe.items:
        kept = tuple(name for name in item.drawings if motif_of(name) not in gone)
        if kept == item.drawings:
            items.append(item)
            continue
        names = dict.fromkeys((*kept, *(drawing.name for drawing in drawings)))
        items.append(
            item.model_copy(update={"subject": drawings[0].motif, "drawings": tuple(names)})
        )
    recipe = layer.recipe.model_copy(update={"items": tuple(items)})
    return layer.model_copy(update={"recipe": recipe, "elements": tuple(elements)}), count


def _swapped(design: Design, element: Element, drawing: MotifDrawing) -> Element:
    turn = element.turn if drawing.may_turn else max(-_TILT, min(_TILT, element.turn))
    view = element.view % drawing.views
    return Element.model_validate(
        {
            **dict(element),
            "motif": drawing.name,
            "sha256": drawing.sha256,
            "view": view,
            "turn": turn,
            "paints": _paints(design, element, drawing, view),
        }
    )


def _paints(design: Design, element: Element, drawing: MotifDrawing, view: int) -> tuple[str, ...]:
    """Return palette entries for a drawing's colours: those that the old motif had come first."""
    facts = Facts(design)
    ids = [entry.id for entry in design.palette if entry in facts.used]
    own = [name for name in dict.fromkeys(element.paints) if name in ids]
    colours = [design.colour(name) for name in ids]
    ground = ids.index(facts.ground) if facts.ground in ids else None
    wishes = Wishes(hero=ids.index(own[0]) if own else None)
    chosen = assign_colours(drawing.anatomy(view), colours, ground, wishes)
    return tuple(ids[index] for index in chosen)
