"""Briefs that say exactly what is to be done are read as they say."""

from dataclasses import replace

import pytest

from shared.briefs.parser import parse_brief
from worker.evaluation.instructions.briefs import Instruction, instructions
from worker.evaluation.instructions.parsing import parse_faults
from worker.evaluation.instructions.run import measure_parsing

_LEAST_READ = 0.9


def test_tuning_briefs_are_read() -> None:
    briefs = instructions("instructions_tuning.jsonl")
    faults = measure_parsing(briefs)
    assert len(faults) == len(briefs)
    read = sum(not found for found in faults.values()) / len(briefs)
    assert read >= _LEAST_READ


@pytest.mark.parametrize(
    ("expect", "fault"),
    [
        ({"wanted_colours": ["teal"]}, "colour teal not wanted"),
        ({"refused_colours": ["navy"]}, "colour navy not refused"),
        ({"ground": "gold"}, "ground gold became navy"),
        ({"ground": None}, "ground navy not named"),
        ({"shares": [{"colour": "navy", "low": 5, "high": 20}]}, "area of navy became 70.0"),
        ({"shares": [{"colour": "gold", "low": 5, "high": 20}]}, "area of gold ignored"),
        ({"only": True}, "only these colours ignored"),
        ({"unknown": ["RAL 5015"]}, "RAL 5015 not said to be unknown"),
        ({"wanted_patterns": ["stripes"]}, "pattern stripes not wanted"),
        ({"refused_patterns": ["stripes"]}, "pattern stripes not refused"),
        ({"gradient": True}, "gradient True became False"),
        ({"wanted_things": ["fox"]}, "thing fox not wanted"),
        ({"refused_things": ["owl"]}, "thing owl not refused"),
    ],
)
def test_what_is_read_otherwise_is_a_fault(expect: dict[str, object], fault: str) -> None:
    text = "gold dots on a ground of 70 % navy, no red"
    brief = Instruction(id=1, language="en", kind="whole", text=text, expect=expect)
    understood = parse_brief(text)
    assert fault in parse_faults(brief, understood)
    assert parse_faults(replace(brief, expect={"refused_colours": ["red"]}), understood) == []
