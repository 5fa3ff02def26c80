"""Held-out briefs that name things, with their labels.

`worker/evaluation/motif_briefs_heldout.jsonl` has one brief a line: its text, the things that it
names (in English), its ground and colours as written, and its pattern family, all labelled by
hand. It is for measuring only. `labels.toml` has other names of the things.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from shared.briefs.vocabulary import COLOURS

__all__ = ["MotifBrief", "Thing", "colour_keys", "motif_briefs"]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A thing that a brief names."""

    name: str
    """In English, singular."""
    same: tuple[str, ...] = ()
    """Other English names of it."""
    wider: tuple[str, ...] = ()
    """English names of what may be drawn for it but need not."""
    zh: tuple[str, ...] = ()
    """Its words in Chinese briefs, where they are labelled."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names that mean exactly it."""
        return (self.name, *self.same)


@dataclass(frozen=True, kw_only=True)
class MotifBrief:
    """A labelled brief."""

    text: str
    language: Literal["en", "zh"]
    things: tuple[Thing, ...]
    ground: str | None
    """Colour of the ground, as written."""
    colours: tuple[str, ...]
    """Named colours, as written, the ground's among them."""
    family: str | None
    """Name of a pattern, where the brief is about one."""
    category: str


def motif_briefs(count: int | None = None) -> list[MotifBrief]:
    """Return the held-out briefs, or `count` that are spread evenly over them."""
    text = (resources.files("worker.evaluation") / "motif_briefs_heldout.jsonl").read_text("utf-8")
    lines = text.splitlines()
    if count is not None and count < len(lines):
        lines = [lines[index * len(lines) // count] for index in range(count)]
    return [_brief(line) for line in lines]


def _brief(line: str) -> MotifBrief:
    document = json.loads(line)
    things = tuple(Thing(name=name, **_labels().get(name, {})) for name in document.pop("things"))
    return MotifBrief(**document | {"things": things, "colours": tuple(document["colours"])})


@cache
def _labels() -> dict[str, dict[str, tuple[str, ...]]]:
    path = resources.files("worker.evaluation.motifs") / "labels.toml"
    document = tomllib.loads(path.read_text("utf-8"))
    return {
        name: {field: tuple(words) for field, words in row.items()}
        for name, row in document.items()
    }


@cache
def colour_keys(label: str) -> tuple[str, ...]:
    """Return the keys of the vocabulary's colours that a label means; empty if there is none.

    A label that is no name of the vocabulary means the longest name at its end: "dusty teal" is
    teal. English ones may also begin with a colour: "rust brown" is rust or brown.
    """
    names = colour_names()
    text = label.lower()
    english = text.isascii()
    for spelling in (text, text.replace("-", " ")):
        if spelling in names:
            return (names[spelling],)
    text = text.replace("-", " ")
    parts, joint = (text.split(), " ") if english else (list(text), "")
    ends = (joint.join(parts[start:]) for start in range(1, len(parts)))
    starts = (joint.join(parts[:end]) for end in range(len(parts) - 1, 0, -1)) if english else ()
    found = [
        next((names[part] for part in tried if part in names), None) for tried in (ends, starts)
    ]
    return tuple(dict.fromkeys(key for key in found if key is not None))


@cache
def colour_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, colour in COLOURS.items():
        for name in (*colour.en, *colour.zh, *colour.en_synonyms, *colour.zh_synonyms):
            spellings = {name} if name.isascii() else {name, name.removesuffix("色"), f"{name}色"}
            for spelling in spellings - {""}:
                if spelling == name or spelling not in found:
                    found[spelling] = key
    return found
