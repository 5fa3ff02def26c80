"""Tests of the choice of drawings."""

from random import Random

import pytest

from shared.motifs.library import open_library
from worker.composition.drawings import choose_drawings, has_drawing, set_order

needs_library = pytest.mark.skipif(
    not open_library(None).sets, reason="the motif library is not installed"
)


@needs_library
def test_every_subject_of_the_library_is_drawn() -> None:
    sets = set_order(Random(1))
    subjects = [subject.id for subject in open_library(None).subjects()]
    assert len(subjects) > 1_000
    assert all(has_drawing((subject,)) for subject in subjects)
    assert all(choose_drawings((subject,), sets, Random(1), 2) for subject in subjects)


@needs_library
def test_a_drawing_in_colour_is_preferred_to_an_icon() -> None:
    lemons = choose_drawings(("lemon",), set_order(Random(1)), Random(1), 2)
    campfires = choose_drawings(("campfire",), set_order(Random(1)), Random(1), 2)
    assert all(len(drawing.colours) > 2 for drawing in lemons)
    assert [drawing.name.partition(":")[0] for drawing in campfires] == ["duotone"]


def test_what_nobody_draws_has_no_drawing() -> None:
    assert not has_drawing(("nowhere:ghoti",))
    assert choose_drawings(("nowhere:ghoti",), set_order(Random(1)), Random(1), 2) == []
