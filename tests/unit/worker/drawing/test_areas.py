"""Colours cover the areas that a brief asks for, whatever the pattern."""

import pytest

from worker.drawing.areas import AreaGoal, area_error, design_with_areas, measured_areas

NAVY, GOLD, CREAM = "#1B2A5B", "#E3A72F", "#FBEFC3"
TRAITS = {"scale": "medium", "density": "", "line_weight": "", "gradient_direction": ""}


def _goal(share: float) -> AreaGoal:
    return AreaGoal(low=share - 0.05, high=share + 0.05, aim=share)


@pytest.mark.parametrize(
    ("pattern", "share"),
    [("stripes", 0.9), ("checks", 0.7), ("dots", 0.3), ("waves", 0.5), ("houndstooth", 0.9)],
)
def test_two_colours(pattern: str, share: float) -> None:
    palette = [NAVY, GOLD] if share >= 0.5 else [GOLD, NAVY]
    goals = {NAVY: _goal(share), GOLD: _goal(1 - share)}
    design = design_with_areas({**TRAITS, "pattern": pattern}, palette, goals, seed=5, variant=0)
    areas = dict(zip(palette, measured_areas(design).tolist(), strict=True))
    assert areas[NAVY] == pytest.approx(share, abs=0.05)


def test_three_colours() -> None:
    palette = [NAVY, CREAM, GOLD]
    goals = {NAVY: _goal(0.6), CREAM: _goal(0.3), GOLD: _goal(0.1)}
    traits = {**TRAITS, "pattern": "stripes"}
    design = design_with_areas(traits, palette, goals, seed=5, variant=0)
    assert measured_areas(design).tolist() == pytest.approx([0.6, 0.3, 0.1], abs=0.05)


def test_the_same_request_gives_the_same_record() -> None:
    traits = {**TRAITS, "pattern": "terrazzo"}
    goals = {GOLD: AreaGoal(low=0.01, high=0.2, aim=0.08)}
    first, second = (
        design_with_areas(traits, [CREAM, GOLD], goals, seed=9, variant=1) for _ in range(2)
    )
    assert first == second


def test_error_counts_points_outside_the_limits() -> None:
    goal = AreaGoal(low=0.5, high=0.7, aim=0.6)
    assert area_error([0.6, 0.4], [goal, None]) == 0
    assert area_error([0.8, 0.2], [goal, None]) > area_error([0.7, 0.3], [goal, None]) > 0
