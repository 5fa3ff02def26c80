"""What became of each part of a brief is measured in the tile."""

from dataclasses import replace

import pytest

from shared.briefs.parser import parse_brief
from worker.drawing.areas import measured_areas
from worker.drawing.outcomes import Outcome, outcomes_of
from worker.drawing.resolve import design_of_traits

NAVY, GOLD = "#1B2B55", "#D0A94A"
TRAITS = {"pattern": "dots", "scale": "medium", "density": "sparse", "line_weight": ""}


def _outcomes(
    brief: str, palette: tuple[str, ...] = (NAVY, GOLD)
) -> dict[tuple[str, str], Outcome]:
    design = design_of_traits(TRAITS, palette, seed=1, variant=0)
    found = outcomes_of(parse_brief(brief), design, measured_areas(design))
    return {(outcome.part, outcome.key): outcome for outcome in found}


def test_what_is_seen_is_done() -> None:
    found = _outcomes("gold dots on navy, mostly navy, no red, no flowers")
    assert {key: outcome.status for key, outcome in found.items()} == {
        ("pattern", "dots"): "done",
        ("refused", "flowers"): "done",
        ("colours", "gold"): "done",
        ("colours", "navy"): "done",
        ("shares", "navy"): "done",
        ("ground", "navy"): "done",
        ("excluded_colours", "red"): "done",
    }
    assert found["colours", "navy"].area > 0.5


@pytest.mark.parametrize(
    ("brief", "part", "status", "why"),
    [
        ("navy dots on gold", ("ground", "gold"), "not_done", "another_ground"),
        ("gold and teal dots", ("colours", "teal"), "not_done", "not_in_the_palette"),
        ("90 % gold, 10 % navy, dots", ("shares", "gold"), "partly", "area_not_reached"),
        ("dots, no gold", ("excluded_colours", "gold"), "partly", "still_seen"),
        ("only gold, dots", ("only", "only"), "partly", "other_colours"),
        ("stripes", ("pattern", "stripes"), "not_done", "another_pattern"),
        ("dots and stripes", ("pattern", "stripes"), "not_done", "another_pattern"),
        ("stripes, no dots", ("refused", "dots"), "not_done", "still_seen"),
        ("foxes in gold", ("motifs", "own:fox"), "not_done", "no_drawing_or_place"),
        ("dots with a gradient", ("gradient", "gradient"), "not_done", "no_gradient"),
        ("dots on a light background", ("ground_tone", "light"), "not_done", "another_ground"),
        ("dots, half drop", ("repeat", "half-drop"), "not_done", "no_things"),
        ("dots, one-way", ("layout", "one-way"), "not_done", "no_things"),
        ("dots, RAL 5015", ("unknown", "RAL 5015"), "not_done", "not_understood"),
    ],
)
def test_what_is_not_seen_is_said(brief: str, part: tuple[str, str], status: str, why: str) -> None:
    outcome = _outcomes(brief)[part]
    assert (outcome.status, outcome.why) == (status, why)


def test_a_part_that_is_not_mentioned_has_no_outcome() -> None:
    understood = replace(parse_brief("a mug"), colours=())
    design = design_of_traits(TRAITS, (NAVY, GOLD), seed=1, variant=0)
    assert outcomes_of(understood, design, measured_areas(design)) == ()
