"""Edits that depend on how much is seen of a colour: main colours of motifs, fewer, one more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.designs.edits.colour import hex_of, lab_of
from shared.designs.edits.facts import Facts, motif_of
from shared.designs.edits.kinds import Change, ColourNumberEdit, MotifColourEdit
from shared.designs.edits.palettes import merged, rebuilt, with_entry
from shared.designs.edits.plain import Applied
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import ColourPaint, Design, Element, FamilyLayer, Layer, MotifsLayer
from shared.motifs.catalog import own_motifs
from worker.drawing.images import GetBytes
from worker.drawing.raster import draw_pixels
from worker.drawing.recolour import anatomy_of
from worker.drawing.visibility import area_shares
from worker.edits.bodies import shapes_of_element

__all__ = ["numbered_colours", "painted_motifs"]

_SIZE_PX = 160
_DETAILS = frozenset(
    ("leaf", "stem", "vein", "wing", "detail", "eye", "beak", "shine", "light", "highlight",
     "centre", "spot", "stripe", "seed", "branch", "second", "belly", "throat", "rim")
)  # fmt: skip
"""Roles of colours that are not called a motif's colour where it has others."""
_MAX_PAINTS = 8


def painted_motifs(design: Design, edit: MotifColourEdit, get: GetBytes | None) -> Applied:
    """Return a design in which the main colour of some motifs is another one.

    Raises:
        EditRefused: it is that colour already, or there is no room for another one.
    """
    design, entry_id = with_entry(design, edit.to, "hero", edit.name)
    slots = _main_slots(design, get)
    changes: list[Change] = []
    layers: list[Layer] = []
    for layer in design.layers:
        if not isinstance(layer, MotifsLayer):
            layers.append(layer)
            continue
        elements = []
        before: dict[str, int] = {}
        for element in layer.elements:
            is_meant = motif_of(element.motif) in edit.motifs
            main = element.paints[slots[element.motif]] if is_meant else None
            if main is None or main == entry_id:
                elements.append(element)
                continue
            before[main] = before.get(main, 0) + 1
            paints = tuple(entry_id if name == main else name for name in element.paints)
            elements.append(element.model_copy(update={"paints": paints}))
        changes += [
            Change(
                what=f"colour of {', '.join(edit.motifs)}",
                before=design.colour(main),
                after=edit.to,
                count=number,
            )
            for main, number in before.items()
        ]
        layers.append(layer.model_copy(update={"elements": tuple(elements)}))
    if not changes:
        raise EditRefused("same_colour", colour=edit.name or edit.to)
    return rebuilt(design, layers), tuple(changes)


def _main_slots(design: Design, get: GetBytes | None) -> dict[str, int]:
    """Return by drawing which of its colours is the main one: of its body, seen most in all views.

    Paints of one colour are one: the first of them stands for all.
    """
    seen: dict[tuple[str, int], list[float]] = {}
    for layer in Facts(design).motif_layers:
        for element in layer.elements:
            if (element.motif, element.view) not in seen:
                seen[element.motif, element.view] = _slot_shares(element, get)
    totals: dict[str, list[float]] = {}
    for (motif, _view), shares in seen.items():
        before = totals.get(motif, [0.0] * len(shares))
        totals[motif] = [one + other for one, other in zip(before, shares, strict=True)]
    return {motif: int(np.argmax(shares)) for motif, shares in totals.items()}


def _slot_shares(element: Element, get: GetBytes | None) -> list[float]:
    """Return how much is seen of each of an element's colours; details count little."""
    shapes = shapes_of_element(element, get)
    count = len(element.paints)
    entry = own_motifs().get(motif_of(element.motif)) if element.sha256 is None else None
    colours = [colour.hex for colour in entry.colours] if entry else ["#808080"] * count
    roles = [colour.role for colour in entry.colours] if entry else ["body"] * count
    shares = anatomy_of(shapes, colours[:count], roles[:count]).shares.tolist()
    return [
        share * (0.3 if role in _DETAILS else 1.0)
        for share, role in zip(shares, roles, strict=True)
    ]


def numbered_colours(design: Design, edit: ColourNumberEdit, get: GetBytes | None) -> Applied:
    """Return a design in so many colours.

    Raises:
        EditRefused: it has so many already, or cannot have them.
    """
    used = Facts(design).used
    if Facts(design).has_pixels and len(design.layers) == 1:
        raise EditRefused("no_palette")
    if edit.number == len(used):
        raise EditRefused("same_number", number=edit.number)
    if edit.number > len(used):
        return _added(design, edit, get)
    shares = dict(
        zip([e.id for e in used], _shares(design, [e.hex for e in used], get), strict=True)
    )
    ground = Facts(design).ground
    order = sorted(shares, key=lambda name: (name == ground, shares[name]))
    return merged(design, order[: len(used) - edit.number])


def _shares(design: Design, colours: Sequence[str], get: GetBytes | None) -> list[float]:
    shares: list[float] = area_shares(draw_pixels(design, _SIZE_PX, get), colours).tolist()
    return shares


def _added(design: Design, edit: ColourNumberEdit, get: GetBytes | None) -> Applied:
    """Add one colour: to a pattern as a further accent, to motifs as the colour of every second."""
    used = Facts(design).used
    if edit.to is not None and any(entry.hex == edit.to for entry in used):
        raise EditRefused("same_colour", colour=edit.name or edit.to)
    colour = edit.to or _between([entry.hex for entry in used])
    before = len(used)
    design, entry_id = with_entry(design, colour, "secondary", edit.name)
    layers = _with_colour(design, entry_id, get)
    changes = (
        Change(what="palette", before=before, after=before + 1),
        Change(what=f"palette.{entry_id}.hex", before=None, after=colour),
    )
    return rebuilt(design, layers), changes


def _between(colours: Sequence[str]) -> str:
    """Return a colour that differs from all others and lies among them in lightness."""
    labs = [lab_of(colour) for colour in colours]
    chroma = max(20.0, float(np.mean([np.hypot(lab[1], lab[2]) for lab in labs])))
    hues = np.radians(np.arange(0, 360, 15))
    candidates = [
        (lightness, chroma * float(np.cos(hue)), chroma * float(np.sin(hue)))
        for lightness in (35.0, 55.0, 75.0)
        for hue in hues
    ]
    best = max(
        candidates,
        key=lambda each: min(float(np.linalg.norm(np.subtract(each, lab))) for lab in labs),
    )
    return hex_of(best)


def _with_colour(design: Design, entry_id: str, get: GetBytes | None) -> list[Layer]:
    layers = list(design.layers)
    for index, layer in enumerate(layers):
        if isinstance(layer, MotifsLayer) and layer.elements:
            slots = _main_slots(design, get)
            elements = list(layer.elements)
            for place in range(0, len(elements), 2 if len(elements) > 1 else 1):
                main = elements[place].paints[slots[elements[place].motif]]
                paints = tuple(
                    entry_id if name == main else name for name in elements[place].paints
                )
                elements[place] = elements[place].model_copy(update={"paints": paints})
            layers[index] = layer.model_copy(update={"elements": tuple(elements)})
            return layers
    for index, layer in enumerate(layers):
        if isinstance(layer, FamilyLayer) and len(layer.paints) < _MAX_PAINTS:
            accents = (*layer.paints, ColourPaint(palette=entry_id))
            shares = layer.shares and (*layer.shares, max(layer.shares))
            layers[index] = layer.model_copy(update={"paints": accents, "shares": shares})
            return layers
    raise EditRefused("no_family")
