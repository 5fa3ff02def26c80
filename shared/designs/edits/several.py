"""Tells whether words ask for several changes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.designs.edits.kinds import Edit, edit_document
from shared.designs.edits.qualities import complains
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.scan import Mark
from shared.designs.edits.targets import has

__all__ = ["check_is_one"]

_JOINS = frozenset(
    ("and", "then", "plus", "also", "并且", "同时", "然后", "而且", "另外", "并", "接着", "和")
)
_GONE = ("remove", "merge-colour")
_EXCHANGES = ("swap", "recolour", "paint", "pattern")
_ONE = ({"lightness", "saturation"},)
"""Tones that are said together for one."""


def check_is_one(
    marks: Sequence[Mark], edit: Edit, edit_of: Callable[[Sequence[Mark]], Edit | None]
) -> None:
    """Check that the parts of a sentence ask for no other changes than its edit.

    Args:
        edit: of the whole.
        edit_of: returns the edit of a part.

    Raises:
        EditRefused: there are several.
    """
    found: dict[str, str] = {}
    first_kind = ""
    for part in _parts(marks):
        if complains(part):
            continue
        try:
            each = edit_of(part)
        except EditRefused:
            continue
        if each is None or (each.kind == "colourway" and edit.kind != "colourway"):
            continue
        first_kind = first_kind or each.kind
        found.setdefault(_key(each), _called(each))
    if len(found) < 2 or set(found.values()) in _ONE:
        return
    if first_kind in _GONE and edit.kind in _EXCHANGES:
        return  # no cats, foxes instead
    raise EditRefused("several", found=tuple(dict.fromkeys(found.values())))


def _parts(marks: Sequence[Mark]) -> list[list[Mark]]:
    parts: list[list[Mark]] = [[]]
    for mark in marks:
        if parts[-1] and (mark.text in _JOINS or mark.clause != parts[-1][-1].clause):
            parts.append([])
        if mark.text not in _JOINS:
            parts[-1].append(mark)
    return [part for part in parts if part and not has(part, "instead")]


def _called(edit: Edit) -> str:
    return str(edit_document(edit).get("of", edit.kind))


def _key(edit: Edit) -> str:
    """Return what tells edits apart: all but how far they go."""
    document = edit_document(edit)
    amount = document.pop("amount", 0.0)
    factor = document.pop("factor", 1.0)
    return f"{sorted(document.items())} {amount > 0} {factor > 1}"
