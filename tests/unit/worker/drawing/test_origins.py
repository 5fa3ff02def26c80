"""Tests of the origins of a design's colours."""

import numpy as np
from PIL import Image

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from worker.drawing.origins import with_origins
from worker.drawing.resolve import design_of_traits
from worker.imaging.palette import palette_of

NAVY, CREAM, ORANGE = "#1F2A55", "#F6ECD8", "#E8862A"


def origins(
    understood: ParsedBrief, reference: Image.Image | None = None
) -> list[tuple[str | None, str]]:
    design = design_of_traits({"pattern": "dots"}, (CREAM, NAVY, ORANGE), seed=1, variant=0)
    seen = np.zeros((0, 3)) if reference is None else palette_of(reference)[0]
    found = with_origins(design, understood, seen)
    assert [entry.hex for entry in found.palette] == [CREAM, NAVY, ORANGE]
    return [(entry.name, entry.origin) for entry in found.palette]


def test_named_colours_come_from_the_brief() -> None:
    assert origins(parse_brief("navy dots")) == [
        (None, "chosen"), ("navy", "brief"), (None, "chosen"),
    ]  # fmt: skip


def test_colours_of_the_reference_come_from_it() -> None:
    found = origins(parse_brief("navy dots"), Image.new("RGB", (40, 40), ORANGE))
    assert found == [(None, "chosen"), ("navy", "brief"), (None, "reference")]


def test_without_named_colours_the_mood_chooses() -> None:
    assert {origin for _, origin in origins(parse_brief("cosy dots"))} == {"mood"}
    assert {origin for _, origin in origins(ParsedBrief())} == {"chosen"}
