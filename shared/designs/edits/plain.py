"""Edits that need neither outlines nor pictures: applied without NumPy."""

from __future__ import annotations

from shared.briefs.vocabulary import PATTERNS
from shared.designs.edits.facts import Facts, family_of, motif_of
from shared.designs.edits.kinds import (
    Change,
    ColourwayEdit,
    DensityEdit,
    Edit,
    InterchangeEdit,
    LineWeightEdit,
    MergeColourEdit,
    MirrorEdit,
    NumberEdit,
    PatternEdit,
    RecolourEdit,
    RemoveEdit,
    RepeatEdit,
    ScaleEdit,
    ToneEdit,
)
from shared.designs.edits.palettes import changed, merged, rebuilt, recoloured
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.tones import apply_colourway, apply_tone
from shared.designs.families import FAMILY_SPECS
from shared.designs.record import ColourLayer, Design, FamilyLayer, Layer, MotifsLayer

__all__ = ["Applied", "apply_plain", "check_edit", "concerns_motifs", "family_targets"]

Applied = tuple[Design, tuple[Change, ...]]
_DENSER = 0.7
_MAX_MM = 2000.0
_FEWER = 0.8


def check_edit(design: Design, edit: Edit) -> None:
    """Check as far as that needs no drawing that an edit can be done, and changes something.

    Raises:
        EditRefused: it cannot be done, or changes nothing.
    """
    facts = Facts(design)
    motifs = getattr(edit, "motifs", None)
    for motif in motifs or ():
        if motif not in facts.motifs:
            raise EditRefused("no_such_thing", word=motif, present=facts.described_motifs())
    for layer in getattr(edit, "layers", None) or ():
        if all(each.id != layer for each in design.layers):
            raise EditRefused("no_such_layer", word=layer)
    if isinstance(edit, RepeatEdit):
        if edit.repeat == design.repeat:
            raise EditRefused("same_repeat", repeat=edit.repeat)
        if not facts.motifs and edit.repeat not in ("mirror", "none", "border"):
            raise EditRefused("no_cells")
    apply_plain(design, edit)


def concerns_motifs(design: Design, motifs: object, layers: object) -> bool:
    """Return whether an edit of these targets is one of placed motifs, not of a pattern."""
    if motifs:
        return True
    motif_ids = {layer.id for layer in Facts(design).motif_layers if layer.elements}
    if isinstance(layers, tuple) and layers:
        return bool(motif_ids & set(layers))
    return bool(motif_ids)


def apply_plain(design: Design, edit: Edit) -> Applied | None:
    """Return the edited design and the changes; None for what needs outlines or pictures.

    Raises:
        EditRefused: it cannot be done, or changes nothing.
    """
    if isinstance(edit, ToneEdit):
        return apply_tone(design, edit)
    if isinstance(edit, ColourwayEdit):
        return apply_colourway(design, edit)
    if isinstance(edit, RecolourEdit):
        return _recolour(design, edit)
    if isinstance(edit, InterchangeEdit):
        return _interchange(design, edit)
    if isinstance(edit, MergeColourEdit):
        return _merge(design, edit)
    if isinstance(edit, RemoveEdit):
        return _remove(design, edit)
    if isinstance(edit, PatternEdit):
        return _pattern(design, edit)
    if isinstance(edit, MirrorEdit):
        return _mirror(design, edit)
    if isinstance(edit, NumberEdit) and edit.amount < 0:
        return _fewer(design, edit)
    if isinstance(edit, LineWeightEdit):
        return _of_families(design, edit)
    if isinstance(edit, ScaleEdit | DensityEdit) and not concerns_motifs(
        design, edit.motifs, edit.layers
    ):
        return _of_families(design, edit)
    return None


def _recolour(design: Design, edit: RecolourEdit) -> Applied:
    entry = next((entry for entry in design.palette if entry.id == edit.colour), None)
    if entry is None:
        raise EditRefused(
            "no_such_colour", word=edit.colour, present=Facts(design).described_colours()
        )
    if entry.hex == edit.to:
        raise EditRefused("same_colour", colour=edit.name or edit.to)
    return recoloured(design, {edit.colour: edit.to}, {edit.colour: edit.name})


def _interchange(design: Design, edit: InterchangeEdit) -> Applied:
    entries = {entry.id: entry for entry in design.palette}
    for name in edit.colours:
        if name not in entries:
            raise EditRefused(
                "no_such_colour", word=name, present=Facts(design).described_colours()
            )
    one, other = (entries[name] for name in edit.colours)
    colours = {one.id: other.hex, other.id: one.hex}
    return recoloured(design, colours, {one.id: other.name, other.id: one.name})


def _merge(design: Design, edit: MergeColourEdit) -> Applied:
    facts = Facts(design)
    if all(entry.id != edit.colour for entry in facts.used):
        raise EditRefused("no_such_colour", word=edit.colour, present=facts.described_colours())
    return merged(design, [edit.colour])


def _remove(design: Design, edit: RemoveEdit) -> Applied:
    gone = set(edit.motifs or ())
    layers: list[Layer] = []
    changes: list[Change] = []
    for layer in design.layers:
        if layer.id in (edit.layers or ()):
            kept = _ground_alone(layer)
            name = family_of(layer) if isinstance(layer, FamilyLayer) else layer.kind
            changes.append(Change(what=f"layers.{layer.id}", before=name, after=None))
            layers += [kept] if kept is not None else []
        elif isinstance(layer, MotifsLayer) and gone:
            left = _without(layer, gone)
            for motif in sorted({motif_of(e.motif) for e in layer.elements} & gone):
                number = sum(motif_of(e.motif) == motif for e in layer.elements)
                changes.append(
                    Change(what=f"elements of {motif}", before=number, after=0, count=number)
                )
            layers += [left] if left.elements or not layer.elements else []
        else:
            layers.append(layer)
    if not changes:
        raise EditRefused("nothing_changes")
    if not layers:
        raise EditRefused("last_layer")
    return rebuilt(design, layers), tuple(changes)


def _ground_alone(layer: Layer) -> ColourLayer | None:
    """Return a layer of the ground that a pattern paints, in the pattern's place."""
    if isinstance(layer, FamilyLayer) and layer.paints[0] is not None:
        return ColourLayer(id=layer.id, kind="colour", opacity=layer.opacity, paint=layer.paints[0])
    return None


def _without(layer: MotifsLayer, gone: set[str]) -> MotifsLayer:
    elements = tuple(e for e in layer.elements if motif_of(e.motif) not in gone)
    items = []
    for item in layer.recipe.items:
        drawings = tuple(name for name in item.drawings if motif_of(name) not in gone)
        if drawings:
            items.append(item.model_copy(update={"drawings": drawings}))
    recipe = layer.recipe.model_copy(update={"items": tuple(items)})
    return layer.model_copy(update={"elements": elements, "recipe": recipe})


def _pattern(design: Design, edit: PatternEdit) -> Applied:
    spec = FAMILY_SPECS.get(edit.family)
    if spec is None or edit.family not in PATTERNS:
        raise EditRefused("no_such_family", word=edit.family)
    layers: list[Layer] = []
    changes: list[Change] = []
    for layer in design.layers:
        if layer.id == edit.layer and isinstance(layer, FamilyLayer):
            if family_of(layer) == edit.family:
                raise EditRefused("same_thing", word=edit.family)
            turn = layer.turn if spec.turns else 0.0
            layers.append(changed(layer, family=spec.drawing, form=None, turn=turn))
            changes.append(
                Change(what=f"layers.{layer.id}.family", before=family_of(layer), after=edit.family)
            )
        else:
            layers.append(layer)
    if not changes:
        raise EditRefused("no_such_layer", word=edit.layer)
    return rebuilt(design, layers), tuple(changes)


def _mirror(design: Design, edit: MirrorEdit) -> Applied:
    facts = Facts(design)
    if not facts.motifs:
        raise EditRefused("no_mirror")
    width, height = design.cell_mm
    layers: list[Layer] = []
    for layer in design.layers:
        if not isinstance(layer, MotifsLayer):
            layers.append(layer)
            continue
        elements = []
        for element in layer.elements:
            if edit.motifs and motif_of(element.motif) not in edit.motifs:
                elements.append(element)
                continue
            turn = -element.turn
            if edit.axis == "vertical":
                turn = (180 - element.turn + 180) % 360 - 180
            place = (
                {"x_mm": round(width - element.x_mm, 3)}
                if edit.axis == "horizontal"
                else {"y_mm": round(height - element.y_mm, 3)}
            )
            if edit.motifs:
                place = {}
            elements.append(
                element.model_copy(update={**place, "turn": turn, "flip": not element.flip})
            )
        layers.append(layer.model_copy(update={"elements": tuple(elements)}))
    number = sum(n for motif, n in facts.motifs.items() if not edit.motifs or motif in edit.motifs)
    change = Change(what="elements mirrored", before=None, after=edit.axis, count=number)
    return rebuilt(design, layers), (change,)


def _fewer(design: Design, edit: NumberEdit) -> Applied:
    """Remove some elements of each motif, evenly along their order; one stays at least."""
    share = 1 - _FEWER * min(1.0, abs(edit.amount))
    changes: list[Change] = []
    layers: list[Layer] = []
    for layer in design.layers:
        if not isinstance(layer, MotifsLayer):
            layers.append(layer)
            continue
        gone: set[str] = set()
        for motif in edit.motifs:
            mine = [e.id for e in layer.elements if motif_of(e.motif) == motif]
            keep = max(1, round(share * len(mine)))
            if keep >= len(mine):
                continue
            kept = {mine[int((n + 0.5) * len(mine) / keep)] for n in range(keep)}
            gone |= set(mine) - kept
            changes.append(
                Change(what=f"elements of {motif}", before=len(mine), after=len(kept),
                       count=len(mine) - len(kept))
            )  # fmt: skip
        elements = tuple(e for e in layer.elements if e.id not in gone)
        layers.append(layer.model_copy(update={"elements": elements}))
    if not changes:
        raise EditRefused("at_the_limit", what=", ".join(edit.motifs))
    return rebuilt(design, layers), tuple(changes)


def family_targets(design: Design, layers: tuple[str, ...] | None) -> tuple[FamilyLayer, ...]:
    """Return the pattern layers that an edit concerns.

    Raises:
        EditRefused: there is none.
    """
    found = tuple(
        layer
        for layer in design.layers
        if isinstance(layer, FamilyLayer) and (not layers or layer.id in layers)
    )
    if not found:
        raise EditRefused("no_family")
    return found


def _of_families(design: Design, edit: ScaleEdit | DensityEdit | LineWeightEdit) -> Applied:
    wanted = {layer.id for layer in family_targets(design, edit.layers)}
    changes: list[Change] = []
    layers: list[Layer] = []
    for layer in design.layers:
        if isinstance(layer, FamilyLayer) and layer.id in wanted:
            after, change = _family_edited(layer, edit)
            layers.append(after)
            changes.append(change)
        else:
            layers.append(layer)
    return rebuilt(design, layers), tuple(changes)


def _family_edited(
    layer: FamilyLayer, edit: ScaleEdit | DensityEdit | LineWeightEdit
) -> tuple[FamilyLayer, Change]:
    spec = FAMILY_SPECS[family_of(layer)]
    if isinstance(edit, LineWeightEdit):
        if "line_weight" not in spec.traits:
            raise EditRefused("no_trait", family=spec.name, trait="line weight")
        return _moved(layer, "line_weight", edit.amount)
    if isinstance(edit, DensityEdit):
        limit = 1.0 if edit.amount > 0 else 0.0
        if "density" in spec.traits and layer.density != limit:
            return _moved(layer, "density", edit.amount)
        return _scaled(layer, 1 / (1 + edit.amount) if edit.amount > 0 else 1 - edit.amount)
    return _scaled(layer, edit.factor)


def _moved(layer: FamilyLayer, trait: str, amount: float) -> tuple[FamilyLayer, Change]:
    before = float(getattr(layer, trait))
    after = round(min(1.0, max(0.0, before + _DENSER * amount)), 3)
    if after == before:
        raise EditRefused("at_the_limit", what=trait.replace("_", " "))
    change = Change(what=f"layers.{layer.id}.{trait}", before=before, after=after)
    return changed(layer, **{trait: after}), change


def _scaled(layer: FamilyLayer, factor: float) -> tuple[FamilyLayer, Change]:
    after = round(layer.scale_mm * factor, 2)
    if not 0.1 <= after <= _MAX_MM:
        raise EditRefused("out_of_range", what=f"layers.{layer.id}.scale_mm", value=after)
    if after == layer.scale_mm:
        raise EditRefused("nothing_changes")
    change = Change(what=f"layers.{layer.id}.scale_mm", before=layer.scale_mm, after=after)
    return changed(layer, scale_mm=after), change
