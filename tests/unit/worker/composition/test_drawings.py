"""Tests of the choice of drawings."""

from random import Random

import pytest

from shared.briefs.parser import parse_brief
from shared.motifs.curation import framed_scenes, motif_sets
from shared.motifs.library import open_library
from worker.composition.drawings import (
    MotifDrawing,
    choose_drawings,
    has_drawing,
    meant_subjects,
    set_order,
)
from worker.drawing.layout.outlines import outline_of
from worker.drawing.motifs.stored import stored_shapes

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


def chosen(brief: str, seed: int = 1) -> list[MotifDrawing]:
    (mention,) = parse_brief(brief).motifs
    subjects = meant_subjects(mention.subjects, mention.word)
    return choose_drawings(subjects, set_order(Random(seed)), Random(seed), 3)


@needs_library
@pytest.mark.parametrize(
    ("brief", "other"),
    [("strawberries on pink", "own:strawberry-plant"), ("lemons on teal", "own:lemon-branch"),
     ("气球，蓝底", "own:hot-air-balloon"), ("umbrellas on teal", "own:umbrella"),
     ("圣诞树，红底", "own:fir-tree")],
)  # fmt: skip
def test_own_drawing_of_something_else_is_not_preferred(brief: str, other: str) -> None:
    for seed in range(6):
        assert other not in {drawing.name.partition("@")[0] for drawing in chosen(brief, seed)}


@needs_library
@pytest.mark.parametrize("brief", ["cats on teal", "roses on teal", "蜜蜂，蓝底", "foxes on teal"])
def test_own_drawing_of_the_thing_is_preferred(brief: str) -> None:
    assert all(drawing.name.startswith("own:") for drawing in chosen(brief))


@needs_library
def test_framed_scene_is_not_taken_for_the_thing() -> None:
    for seed in range(12):
        for brief in ("tents on teal", "volcanoes on teal", "neckties on teal", "ships on teal"):
            for drawing in chosen(brief, seed):
                name, _, subject = drawing.name.partition("@")[0].partition(":")
                assert (name, subject) not in framed_scenes()


@needs_library
def test_framed_scenes_are_drawings_of_the_library() -> None:
    library = open_library(None)
    for name, subject in framed_scenes():
        assert subject in library.subjects_of(name), (name, subject)


@needs_library
def test_landscapes_that_fill_a_square_are_listed_as_scenes() -> None:
    library = open_library(None)
    squares = {
        (drawing.set, drawing.subject)
        for subject in library.subjects()
        if subject.category in ("sky", "landscape")
        for drawing in library.drawings_of(subject.id, ("flat",))
        if drawing.set != "park" and len(drawing.colours) > 2 and _filled(drawing.content) > 0.985
    }
    things = {"bus", "brick", "office-building", "railway-car", "world-map", "window"}
    assert {each for each in squares if each[1] not in things} <= framed_scenes()


def _filled(content: bytes) -> float:
    """Return the share of its bounding box that a drawing fills."""
    parts = outline_of(stored_shapes(content))
    area = sum(
        abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(part, [*part[1:], part[0]], strict=True)))
        for part in parts
    ) / 2  # fmt: skip
    points = [tuple(point) for part in parts for point in part]
    width, height = (max(p[i] for p in points) - min(p[i] for p in points) for i in (0, 1))
    return float(area / (width * height))


def test_icons_come_after_all_sets_of_coloured_areas() -> None:
    for seed in range(6):
        own, first, *others = set_order(Random(seed))
        assert own == "own"
        assert motif_sets()[first].style == "flat"
        crude = [name == "park" or motif_sets()[name].style != "flat" for name in others]
        assert crude == sorted(crude)
