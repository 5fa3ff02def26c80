"""Tells which drawings a design record has, and under which licences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shared.designs.record import Design, MotifsLayer
from shared.motifs.catalog import OWN_AUTHOR, OWN_LICENCE, OWN_SET
from shared.motifs.curation import motif_sets

__all__ = ["UNKNOWN", "DrawingUsed", "drawings_used", "licence_report"]

UNKNOWN = "unknown"
"""Author and licence of a drawing of a set that this version does not know."""


@dataclass(frozen=True, kw_only=True)
class DrawingUsed:
    """A drawing of a design, with what its licence asks to be named."""

    drawing: str
    """As the record names it: set:subject@version."""
    set: str
    title: str
    """Title of the set."""
    subject: str
    version: str
    author: str
    licence: str
    """SPDX expression."""
    sha256: str | None
    """Hash of the drawing's file; None: Codesigner draws it itself."""
    number: int
    """How often the record has it."""

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-serialisable dictionary."""
        return asdict(self)

    @property
    def line(self) -> str:
        """Return it as one line of a text."""
        return f"{self.drawing}: {self.title}, {self.author}, {self.licence}"


def drawings_used(design: Design) -> list[DrawingUsed]:
    """Return the drawings that the record's motif layers have, each once, by name."""
    elements = [
        (element.motif, element.sha256)
        for layer in design.layers
        if isinstance(layer, MotifsLayer)
        for element in layer.elements
    ]
    return [
        _drawing_used(name, sha256, number)
        for (name, sha256), number in sorted(
            Counter(elements).items(), key=lambda row: (row[0][0], row[0][1] or "")
        )
    ]


def _drawing_used(name: str, sha256: str | None, number: int) -> DrawingUsed:
    drawing, _, version = name.partition("@")
    set_name, _, subject = drawing.rpartition(":")
    each = motif_sets().get(set_name)
    if each is not None:
        title, author, licence = each.title, each.author, each.licence
    elif set_name in (OWN_SET, ""):
        title, author, licence = "Codesigner's own motifs", OWN_AUTHOR, OWN_LICENCE
    else:
        title, author, licence = set_name, UNKNOWN, UNKNOWN
    return DrawingUsed(
        drawing=name,
        set=set_name or OWN_SET,
        title=title,
        subject=subject,
        version=version,
        author=author,
        licence=licence,
        sha256=sha256,
        number=number,
    )


def licence_report(drawings: Sequence[DrawingUsed], source: str) -> str:
    """Return the licences of a design's drawings as a text, by set.

    Args:
        source: what has the drawings, such as a job's URL and the variant.
    """
    lines = [f"Drawings used in {source}", ""]
    for title in dict.fromkeys(each.title for each in drawings):
        own = [each for each in drawings if each.title == title]
        lines += [f"{title}, by {own[0].author}", f"  SPDX-License-Identifier: {own[0].licence}"]
        lines += [f"  {each.drawing}{_times(each.number)}" for each in own]
        lines += ["  The colours were changed.", ""]
    return "\n".join(lines)


def _times(number: int) -> str:
    return "" if number == 1 else f", {number} times"
