"""Tells whether a brief is nothing but an edit of a design that is not at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from shared.designs.edits.facts import Facts
from shared.designs.edits.kinds import (
    ColourNumberEdit,
    DensityEdit,
    Edit,
    InterchangeEdit,
    LineWeightEdit,
    MergeColourEdit,
    MirrorEdit,
    MotifColourEdit,
    NumberEdit,
    PatternEdit,
    RecolourEdit,
    RemoveEdit,
    RepeatEdit,
    RotateEdit,
    ScaleEdit,
    SwapEdit,
    ToneEdit,
)
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.said import edit_of
from shared.designs.edits.scan import Mark, scan
from shared.designs.edits.targets import has, things_in
from shared.designs.record import Design
from shared.motifs.names import MotifNames

__all__ = ["is_only_edit"]

_MAX_CHARS = 120
_CHANGING = ("再", "更", "调", "变", "加", "放", "缩", "提", "减", "压")
"""Beginnings of Chinese words that say that something is to change."""
_VERBS = frozenset(
    ("shrink", "enlarge", "widen", "lighten", "darken", "brighten", "soften", "deepen", "tone down",
     "scale up", "scale down", "spread out", "thin out", "desaturate", "saturate", "thicken",
     "brighten up", "warm up", "cool down", "tone it down", "tone them down", "grow")
)  # fmt: skip
_PLAIN = frozenset(
    (
        "high",
        "low",
        "strong",
        "weak",
        "extra",
        "up",
        "down",
        "高",
        "低",
        "强",
        "弱",
        "多",
        "少",
        "lift",
    )
)
"""Words that describe as well as change: high contrast."""


class _AnyDesign(Facts):
    """A design that has all that a text may name."""

    def __init__(self) -> None:
        super().__init__(_dummy())
        self.__dict__["motifs"] = Counter({"any": 1})
        self.__dict__["families"] = {"l1": "stripes"}

    def layers_called(self, family: str) -> tuple[str, ...]:
        return ("l1",) if family else ()

    def motifs_called(self, subjects: Iterable[str]) -> tuple[str, ...]:
        return tuple(subject.rpartition(":")[2] for subject in subjects)[:1]

    def colour_called(self, colour: str, name: str | None) -> str | None:
        return "p1" if colour or name else None

    def accents(self, layer_id: str) -> tuple[str, ...]:
        return ("p2",) if layer_id else ()


@lru_cache(maxsize=1)
def _dummy() -> Design:
    return Design.model_validate(
        {
            "seed": 0,
            "palette": [
                {"id": f"p{n}", "hex": f"#{n}{n}{n}{n}{n}{n}", "role": "hero", "from": "chosen"}
                for n in range(1, 5)
            ],
            "layers": [
                {
                    "id": "l1",
                    "kind": "family",
                    "family": "dots@1",
                    "scale_mm": 8,
                    "paints": [{"palette": f"p{n}"} for n in range(1, 5)],
                }
            ],
        }
    )


def is_only_edit(text: str, names: MotifNames) -> bool:
    """Return whether a brief describes no design, only a change of one."""
    if len(text) > _MAX_CHARS:
        return False
    marks = scan(text, names, corrects=False)
    if any(mark.product or not mark.known for mark in marks):
        return False
    try:
        edit = edit_of(marks, _AnyDesign(), names)
    except EditRefused:
        return False
    return edit is not None and _is_explicit(edit, marks)


def _is_explicit(edit: Edit, marks: Sequence[Mark]) -> bool:
    colours = [mark for mark in marks if mark.colour]
    things = [mark for mark in things_in(marks) if not mark.word("quality", "noun", "more", "less")]
    moods = [mark for mark in marks if mark.mood and not mark.word("quality")]
    exchanges = has(marks, "instead") or has(marks, "becomes") or _has_verb_and_to(marks)
    few = len(things) + len(colours) + len(moods) <= 2
    if isinstance(edit, ToneEdit | ScaleEdit | DensityEdit | LineWeightEdit | NumberEdit):
        return len(things) + len(colours) <= 1 and not moods and _compares(marks)
    if isinstance(edit, SwapEdit | PatternEdit):
        return exchanges and few and len(things) == 2
    if isinstance(edit, MotifColourEdit):
        return exchanges and few and len(things) == 1 and len(colours) == 1
    if isinstance(edit, RecolourEdit):
        if has(marks, "ground") and not things:
            return len(colours) == 1 and not moods
        return exchanges and few and len(things) + len(colours) == 2
    if isinstance(edit, RemoveEdit | MergeColourEdit | InterchangeEdit):
        return (
            has(marks, "remove", "interchange") and few and not moods and not (things and colours)
        )
    if isinstance(edit, RotateEdit | MirrorEdit):
        turns = any(mark.unit == "degrees" for mark in marks) or has(marks, "mirror", "angle")
        return turns and not colours and not moods and len(things) <= 1
    if isinstance(edit, RepeatEdit):
        named = has(marks, "repeat", "exchange", "becomes") or any(
            mark.word("repeat-kind") and " " in mark.text for mark in marks
        )
        return named and not colours and not moods and not things
    if isinstance(edit, ColourNumberEdit):
        return has(marks, "less", "more") and not things and not colours
    return False


def _has_verb_and_to(marks: Sequence[Mark]) -> bool:
    return has(marks, "exchange") and has(marks, "to")


def _compares(marks: Sequence[Mark]) -> bool:
    """Return whether something is compared with what it is: less, bigger, 再大一些."""
    has_degree = has(marks, "degree")
    for index, mark in enumerate(marks):
        if mark.word("too", "not-so"):
            return True
        if mark.word("less", "more") and (mark.text not in _PLAIN or has_degree):
            return True
        if mark.word("quality") and not mark.colour:
            words = mark.text.split()
            if mark.text in _VERBS or words[0] == "more" or any(w.endswith("er") for w in words):
                return True
            before = marks[index - 1].text if index else ""
            if mark.text[0] in _CHANGING or (before and before[0] in _CHANGING):
                return True
            if has_degree and not mark.text.isascii():
                return True
    return False
