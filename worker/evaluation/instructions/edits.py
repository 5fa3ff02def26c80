"""Checks whether changes of a finished design are read as they are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.briefs.colours.names import colour_hex
from shared.briefs.parser import parse_brief
from shared.designs.edits.kinds import edit_document
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.said import read_said
from shared.designs.record import Design
from shared.motifs.names import motif_names
from worker.composition.motif_design import drawable, motif_design
from worker.drawing.resolve import design_of_traits
from worker.evaluation.instructions.briefs import Instruction
from worker.evaluation.instructions.parsing import pattern_keys

__all__ = ["edit_faults"]

_KINDS: Mapping[str, frozenset[str]] = {
    "contrast": frozenset(("tone",)),
    "lightness": frozenset(("tone",)),
    "saturation": frozenset(("tone",)),
    "mood": frozenset(("tone", "colourway")),
    "scale": frozenset(("scale",)),
    "density": frozenset(("density", "number")),
    "ground": frozenset(("recolour",)),
    "colours": frozenset(
        ("recolour", "paint", "interchange", "colourway", "merge-colour", "colours", "tone")
    ),
    "motif": frozenset(("swap", "remove", "number", "paint", "scale")),
    "pattern": frozenset(("pattern", "remove", "scale", "line-weight")),
    "rotation": frozenset(("rotate",)),
    "mirror": frozenset(("mirror", "repeat")),
    "ink_count": frozenset(("colours", "merge-colour")),
}
"""Kinds of typed edits that may stand for each field of the labels."""
_TRAITS = {"scale": "medium", "density": "balanced", "line_weight": "medium"}
_PALETTE = ("#FBEFC3", "#1B2B55", "#D3202B", "#3DA33B", "#D0A94A")
_BRIEF = "{things} in navy, red, green and gold on cream"


def edit_faults(brief: Instruction) -> list[str]:
    """Return how the edit that is read differs from what is expected; empty if not at all.

    The design at hand has the thing or the pattern that the words are about.
    """
    expected = brief.expect["edit"]
    try:
        edit = read_said(brief.text, _design(expected.get("target")), motif_names())
    except EditRefused as error:
        return [f"refused: {error.reason}"]
    document = edit_document(edit)
    if document["kind"] not in _KINDS[expected["field"]]:
        return [f"{expected['field']} became {document['kind']}"]
    if expected.get("direction") and not _goes(document, expected["direction"]):
        return [f"{expected['direction']} {expected['field']} became {_amount(document)}"]
    angle = expected.get("value") if expected["field"] == "rotation" else None
    if isinstance(angle, int | float) and abs(abs(document["angle"]) - abs(angle)) > 1:
        return [f"{expected['value']} became {document['angle']} degrees"]
    return []


def _design(target: str | None) -> Design:
    if target and (keys := pattern_keys(target)) and not parse_brief(target).motifs:
        pattern = min(keys)
        traits = {**_TRAITS, "pattern": pattern, "gradient_direction": ""}
        return design_of_traits(traits, _PALETTE, seed=1, variant=0)
    things = ", ".join(dict.fromkeys((target or "foxes", "flowers", "foxes")))
    understood = drawable(parse_brief(_BRIEF.format(things=things)))
    colours = [colour_hex(colour) for colour in understood.colours]
    return motif_design(understood, understood.colours, colours, (1, 0))[0]


def _goes(document: Mapping[str, Any], direction: str) -> bool:
    amount = _amount(document)
    if document.get("of") == "softness":
        amount = -amount if amount is not None else None
    return amount is None or (amount > 0) == (direction == "more")


def _amount(document: Mapping[str, Any]) -> float | None:
    """Return the signed amount of an edit; None: it has none."""
    if "factor" in document:
        return float(document["factor"]) - 1
    if "amount" in document:
        return float(document["amount"])
    return {"remove": -1.0, "merge-colour": -1.0}.get(str(document["kind"]))
