"""The palette of a pattern family follows what the brief says of its colours."""

from collections.abc import Sequence

import pytest

from shared.briefs.parser import parse_brief
from worker.composition.tones import deep_tone, pale_tint
from worker.models.generator.palettes import area_goals, family_palette
from worker.models.generator.refusals import permitted_traits

SAMPLED = ("#D3202B", "#1B2B55", "#FAFAF8", "#D0A94A")  # red, navy, white, gold


def _palette(sampled: Sequence[str], brief: str) -> tuple[str, ...]:
    understood = parse_brief(brief)
    return family_palette(sampled, understood, understood.colours)


def test_a_single_colour_has_a_tint_or_shade_beside_it() -> None:
    assert _palette(("#1B2B55", "#FAFAF8"), "navy dots") == ("#1B2B55", pale_tint("#1B2B55"))
    assert _palette(("#F48FB1", "#1B2B55"), "pink dots") == ("#F48FB1", deep_tone("#F48FB1"))


@pytest.mark.parametrize(
    ("brief", "first"),
    [
        ("gold dots on navy", "#1B2B55"),
        ("白底红花", "#FAFAF8"),
        ("red and gold, mostly gold", "#D0A94A"),
        ("10 % red, the rest navy, stripes", "#1B2B55"),
        ("red and navy stripes", "#D3202B"),
        ("stripes on #0b7a75, red", "#0B7A75"),
    ],
)
def test_the_ground_comes_first(brief: str, first: str) -> None:
    assert _palette(SAMPLED, brief)[0] == first


@pytest.mark.parametrize(
    ("brief", "colours"),
    [
        ("only navy and gold, dots", {"#1B2B55", "#D0A94A"}),
        ("navy, gold and white dots", {"#1B2B55", "#D0A94A", "#FAFAF8"}),
        ("navy and gold dots", {"#1B2B55", "#D0A94A"}),
        ("navy dots, sunset mood", set(SAMPLED)),
    ],
)
def test_other_colours_are_left_out_of_a_full_palette(brief: str, colours: set[str]) -> None:
    assert set(_palette(SAMPLED, brief)) == colours


def test_numbers_are_taken_over_exactly() -> None:
    palette = _palette(("#C9102F", "#1B2B55"), "rgb(200, 16, 46) dots, #1a2b54")
    assert palette == ("#C8102E", "#1A2B54")


def test_goals_have_the_colours_of_the_palette() -> None:
    understood = parse_brief("70 % navy, 30 % gold, dots")
    goals = area_goals(("#1D2C57", "#D0A94A"), understood)
    assert {colour: goal.aim for colour, goal in goals.items()} == {"#1D2C57": 0.7, "#D0A94A": 0.3}


@pytest.mark.parametrize("brief", ["no stripes, mug", "mug without flowers", "不要渐变，杯子"])
def test_refused_patterns_are_replaced(brief: str) -> None:
    understood = parse_brief(brief)
    refused = {part.key for part in understood.refused}
    for pattern in ("stripes", "diagonal-stripes", "flowers", "porcelain", "gradient"):
        traits = permitted_traits(
            {"pattern": pattern, "gradient_direction": "radial"}, understood, 3, 0
        )
        assert traits["pattern"] not in refused
        assert ("gradient" in refused) == (traits["gradient_direction"] == "")
