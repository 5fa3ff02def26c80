"""Runs the held-out briefs that say exactly what is to be done, and returns rows and details."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.briefs.notices import brief_notices
from shared.briefs.parser import parse_brief
from worker.evaluation.instructions.briefs import Instruction, instructions
from worker.evaluation.instructions.edits import edit_faults
from worker.evaluation.instructions.parsing import parse_faults
from worker.evaluation.instructions.pictures import picture_faults
from worker.evaluation.motifs.run import generated, tile_of
from worker.evaluation.report import Row
from worker.execution.contracts import Models

__all__ = ["InstructionEvaluation", "evaluate_instructions", "measure_parsing"]

_DRAWN = ("refusal", "exact", "amount", "ground", "whole")
_GOAL = 0.97


@dataclass(frozen=True, kw_only=True)
class InstructionEvaluation:
    """Result of the briefs that say exactly what is to be done."""

    rows: Sequence[Row]
    details: Mapping[str, Any]


def measure_parsing(briefs: Sequence[Instruction]) -> dict[int, list[str]]:
    """Return the faults of each brief by its number; edits are read of a design at hand."""
    return {
        brief.id: edit_faults(brief)
        if brief.kind == "edit"
        else parse_faults(brief, parse_brief(brief.text))
        for brief in briefs
    }


def evaluate_instructions(
    models: Models, count: int, report: Callable[[str, float], None]
) -> InstructionEvaluation:
    """Parse all briefs, and run up to `count` of them, every other one, through the stages."""
    briefs = instructions()
    parsed = measure_parsing(briefs)
    drawn = [brief for brief in briefs if brief.kind in _DRAWN][::2][:count]
    pictures: dict[int, list[str]] = {}
    for index, brief in enumerate(drawn):
        report("instructions", index / len(drawn))
        try:
            call = generated(models, brief.text, brief.id)
            pictures[brief.id] = picture_faults(
                brief, tile_of(call, brief_notices(call.understood))
            )
        except ValueError as error:
            pictures[brief.id] = [f"failed: {error}"]
    report("instructions", 1.0)
    return InstructionEvaluation(
        rows=[
            _row("instructions_read", "briefs that are read as they say", parsed, briefs),
            _row("instructions_drawn", "briefs that are drawn as they say", pictures, briefs),
        ],
        details={
            "read": _details(parsed, briefs),
            "drawn": _details(pictures, briefs),
        },
    )


def _row(
    name: str, what: str, faults: Mapping[int, list[str]], briefs: Sequence[Instruction]
) -> Row:
    kinds = Counter(brief.kind for brief in briefs if brief.id in faults)
    right = Counter(brief.kind for brief in briefs if faults.get(brief.id) == [])
    note = ", ".join(f"{kind} {right[kind]} of {count}" for kind, count in kinds.items())
    value = sum(right.values()) / max(1, len(faults))
    return Row(name=name, what=what, value=value, goal=_GOAL, at_least=True, unit="%", note=note)


def _details(faults: Mapping[int, list[str]], briefs: Sequence[Instruction]) -> dict[str, Any]:
    texts = {brief.id: brief.text for brief in briefs}
    return {texts[number]: found for number, found in faults.items() if found}
