"""Changes of a record's palette and of the paints that refer to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from shared.designs.edits.colour import nearest
from shared.designs.edits.facts import Facts, motif_of
from shared.designs.edits.kinds import Change
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import (
    MAX_PALETTE,
    ColourLayer,
    ColourPaint,
    Design,
    FamilyLayer,
    FieldLayer,
    GradientPaint,
    Layer,
    MotifsLayer,
    Paint,
    PaletteEntry,
    Role,
)

__all__ = [
    "changed",
    "colour_change",
    "merged",
    "private_entries",
    "rebuilt",
    "recoloured",
    "repainted_layer",
    "with_entry",
]

_T = TypeVar("_T", Design, FamilyLayer, MotifsLayer, PaletteEntry)


def changed(part: _T, **fields: object) -> _T:
    """Return a copy of a part of a record with other fields, validated."""
    return type(part).model_validate({**dict(part), **fields})


def rebuilt(design: Design, layers: Iterable[Layer], **fields: object) -> Design:
    """Return a design with other layers, validated."""
    return changed(design, layers=tuple(layers), **fields)


def colour_change(entry_id: str, before: str, after: str) -> Change:
    """Return the change of one palette entry."""
    return Change(what=f"palette.{entry_id}.hex", before=before, after=after)


def recoloured(
    design: Design, colours: Mapping[str, str], names: Mapping[str, str | None] | None = None
) -> tuple[Design, tuple[Change, ...]]:
    """Return a design with other colours for some palette entries, and the changes.

    Args:
        colours: hex by palette id.
        names: what they are called, by palette id.
    """
    entries, changes = [], []
    for entry in design.palette:
        after = colours.get(entry.id, entry.hex)
        if after == entry.hex:
            entries.append(entry)
            continue
        entries.append(changed(entry, hex=after, name=(names or {}).get(entry.id)))
        changes.append(colour_change(entry.id, entry.hex, after))
    if not changes:
        raise EditRefused("nothing_changes")
    return changed(design, palette=tuple(entries)), tuple(changes)


def with_entry(
    design: Design, colour: str, role: Role, name: str | None = None
) -> tuple[Design, str]:
    """Return a design whose palette has a colour, and the id of its entry.

    Raises:
        EditRefused: the palette is full, or the number of inks is used up.
    """
    for entry in design.palette:
        if entry.hex == colour:
            return design, entry.id
    most = MAX_PALETTE if design.inks is None else design.inks
    if len(design.palette) >= most:
        raise EditRefused("too_many_colours", most=MAX_PALETTE, inks=most)
    known = {entry.id for entry in design.palette}
    number = next(n for n in range(1, MAX_PALETTE + 2) if f"p{n}" not in known)
    entry = PaletteEntry.model_validate(
        {"id": f"p{number}", "hex": colour, "name": name, "role": role, "from": "brief"}
    )
    return changed(design, palette=(*design.palette, entry)), entry.id


def repainted_layer(layer: Layer, ids: Mapping[str, str]) -> Layer:
    """Return a layer whose paints refer to other palette entries."""

    def paint(old: Paint) -> Paint:
        if isinstance(old, GradientPaint):
            stops = tuple(ids.get(name, name) for name in old.gradient)
            return old.model_copy(update={"gradient": stops})
        return ColourPaint(palette=ids.get(old.palette, old.palette))

    if isinstance(layer, ColourLayer):
        return layer.model_copy(update={"paint": paint(layer.paint)})
    if isinstance(layer, FamilyLayer):
        paints = tuple(None if each is None else paint(each) for each in layer.paints)
        return layer.model_copy(update={"paints": paints})
    if isinstance(layer, FieldLayer):
        named = tuple(ids.get(name, name) for name in layer.paints)
        return layer.model_copy(update={"paints": named})
    if isinstance(layer, MotifsLayer):
        elements = tuple(
            element.model_copy(
                update={"paints": tuple(ids.get(name, name) for name in element.paints)}
            )
            if ids.keys() & set(element.paints)
            else element
            for element in layer.elements
        )
        items = tuple(
            item.model_copy(
                update={
                    "colours": tuple(dict.fromkeys(ids.get(name, name) for name in item.colours))
                }
            )
            for item in layer.recipe.items
        )
        recipe = layer.recipe.model_copy(update={"items": items})
        return layer.model_copy(update={"elements": elements, "recipe": recipe})
    return layer


def merged(design: Design, gone: Sequence[str]) -> tuple[Design, tuple[Change, ...]]:
    """Return a design without some colours, each replaced by the nearest one that stays.

    The ground takes the place of another colour only where there is no other.

    Raises:
        EditRefused: no colour would stay.
    """
    facts = Facts(design)
    stays = [entry for entry in facts.used if entry.id not in gone]
    if not stays:
        raise EditRefused("last_colour")
    candidates = [entry for entry in stays if entry.id != facts.ground] or stays
    ids, changes = {}, []
    for entry_id in gone:
        before = design.colour(entry_id)
        ids[entry_id] = candidates[nearest(before, [entry.hex for entry in candidates])].id
        changes.append(colour_change(entry_id, before, design.colour(ids[entry_id])))
    layers = tuple(repainted_layer(layer, ids) for layer in design.layers)
    palette = tuple(entry for entry in design.palette if entry.id not in gone)
    return rebuilt(design, layers, palette=palette), tuple(changes)


def private_entries(
    design: Design, motifs: Sequence[str], layers: Sequence[str], new_hex: Callable[[str], str]
) -> tuple[Design, tuple[Change, ...]]:
    """Return a design in which the colours of some motifs and layers are others.

    A colour that is used elsewhere, too, stays there: a further entry is added.

    Raises:
        EditRefused: nothing changes, or there is no room for further colours.
    """
    wanted = _colours_of(design, motifs, layers)
    changes: list[Change] = []
    ids: dict[str, str] = {}
    for entry_id in wanted:
        before = design.colour(entry_id)
        after = new_hex(before)
        if after == before:
            continue
        role = next(entry.role for entry in design.palette if entry.id == entry_id)
        design, ids[entry_id] = with_entry(design, after, role)
        changes.append(colour_change(entry_id, before, after))
    if not changes:
        raise EditRefused("nothing_changes")
    repainted: list[Layer] = []
    for layer in design.layers:
        if isinstance(layer, MotifsLayer) and motifs:
            repainted.append(_repainted_motifs(layer, motifs, ids))
        elif layer.id in layers:
            repainted.append(_repainted_accents(layer, ids))
        else:
            repainted.append(layer)
    return _without_unused(rebuilt(design, repainted), set(ids)), tuple(changes)


def _without_unused(design: Design, candidates: set[str]) -> Design:
    used = {entry.id for entry in Facts(design).used}
    palette = tuple(
        entry for entry in design.palette if entry.id in used or entry.id not in candidates
    )
    return changed(design, palette=palette)


def _colours_of(design: Design, motifs: Sequence[str], layers: Sequence[str]) -> list[str]:
    found: list[str] = []
    for layer in design.layers:
        if isinstance(layer, MotifsLayer):
            for element in layer.elements:
                if motif_of(element.motif) in motifs:
                    found += element.paints
        elif layer.id in layers:
            found += Facts(design).accents(layer.id)
    return list(dict.fromkeys(found))


def _repainted_motifs(
    layer: MotifsLayer, motifs: Sequence[str], ids: Mapping[str, str]
) -> MotifsLayer:
    elements = tuple(
        element.model_copy(update={"paints": tuple(ids.get(name, name) for name in element.paints)})
        if motif_of(element.motif) in motifs
        else element
        for element in layer.elements
    )
    return layer.model_copy(update={"elements": elements})


def _repainted_accents(layer: Layer, ids: Mapping[str, str]) -> Layer:
    if not isinstance(layer, FamilyLayer):
        return layer
    whole = repainted_layer(layer, ids)
    assert isinstance(whole, FamilyLayer)
    return layer.model_copy(update={"paints": (layer.paints[0], *whole.paints[1:])})
