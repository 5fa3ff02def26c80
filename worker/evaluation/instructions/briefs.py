"""Held-out briefs that say exactly what is to be done, and what is expected of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal

__all__ = ["Instruction", "instructions"]

Kind = Literal["refusal", "exact", "amount", "ground", "edit", "whole"]
_FILE = "instructions_heldout.jsonl"


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """A brief and what it determines."""

    id: int
    language: Literal["en", "zh"]
    kind: Kind
    text: str
    expect: Mapping[str, Any] = field(default_factory=dict)
    """Only what the brief determines; names are English, exact colours #RRGGBB."""
    doubtful: bool = False
    """Whether its author was not sure of the labels."""


def instructions(name: str = _FILE) -> list[Instruction]:
    """Return the briefs of a file of `worker.evaluation`, in its order."""
    text = (files("worker.evaluation") / name).read_text(encoding="utf-8")
    return [Instruction(**json.loads(line)) for line in text.splitlines()]
