"""Tests that hold for every motif of Codesigner's own."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict

import numpy as np
import pytest

from shared.motifs.catalog import own_motifs
from tests.unit.worker.drawing.motif_pixels import pixels
from worker.drawing.motifs.catalog import motif_shapes, own_drawings
from worker.drawing.motifs.shapes import extent

MOTIFS = own_motifs()
NAMES = sorted(MOTIFS)


def test_every_entry_has_a_drawing_and_every_drawing_an_entry() -> None:
    assert set(own_drawings()) == set(MOTIFS)


@pytest.mark.parametrize("name", NAMES)
def test_shapes_are_finite_and_fill_the_unit_box(name: str) -> None:
    views = MOTIFS[name].views
    for view in range(views + 1):
        shapes = motif_shapes(name, view)
        for shape in shapes:
            counts = {"M": 1, "L": 1, "C": 3, "Z": 0}
            assert len(shape.path.points) == sum(counts[code] for code in shape.path.codes)
            assert shape.path.codes.startswith("M")
            assert np.isfinite(shape.path.points).all()
            assert shape.width is None or shape.width > 0
        left, top, right, bottom = extent(shapes)
        assert max(right - left, bottom - top) == pytest.approx(1)
        assert (left + right, top + bottom) == pytest.approx((0, 0), abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_views_use_all_the_colours_and_no_others(name: str) -> None:
    entry = MOTIFS[name]
    used = {shape.slot for view in range(entry.views) for shape in motif_shapes(name, view)}
    assert used == set(range(len(entry.colours)))


@pytest.mark.parametrize("name", NAMES)
def test_views_differ_visibly(name: str) -> None:
    """At 48 px at least one in 25 pixels has clearly another colour."""
    every = [pixels(name, view) for view in range(MOTIFS[name].views)]
    for one, other in itertools.combinations(every, 2):
        assert (np.abs(one - other).max(-1) > 40).mean() > 0.04


@pytest.mark.parametrize("name", NAMES)
def test_views_beyond_the_last_repeat_them_with_other_details(name: str) -> None:
    views = MOTIFS[name].views
    same = 0
    for view in range(views):
        base, again = motif_shapes(name, view), motif_shapes(name, view + views)
        assert {shape.slot for shape in again} <= set(range(len(MOTIFS[name].colours)))
        same += len(base) == len(again) and all(
            np.array_equal(a.path.points, b.path.points) for a, b in zip(base, again, strict=True)
        )
    assert same < views


@pytest.mark.parametrize("name", NAMES)
def test_drawings_are_deterministic(name: str) -> None:
    draw, views = own_drawings()[name], MOTIFS[name].views
    for view in range(views):
        one, other = (draw(view, np.random.default_rng([7])) for _ in range(2))
        assert [shape.slot for shape in one] == [shape.slot for shape in other]
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a.path.points, b.path.points)


@pytest.mark.parametrize("name", NAMES)
def test_names_and_keywords_are_words_of_their_language(name: str) -> None:
    entry = MOTIFS[name]
    for word in (*entry.english, *entry.keywords_english, *entry.wider):
        assert re.fullmatch(r"[A-Za-z][A-Za-z' -]*", word), word
    for word in (*entry.chinese, *entry.keywords_chinese):
        assert re.fullmatch(r"[\u4e00-\u9fff]+", word), word
    for words in (entry.english, entry.chinese, entry.keywords_english, entry.keywords_chinese):
        assert len(set(words)) == len(words)
    assert not set(entry.english) & set(entry.keywords_english)
    assert not set(entry.chinese) & set(entry.keywords_chinese)


def test_usual_names_are_unique() -> None:
    for names in ([MOTIFS[name].english[0].lower() for name in NAMES],
                  [MOTIFS[name].chinese[0] for name in NAMES]):  # fmt: skip
        assert sorted(set(names)) == sorted(names)


def test_motifs_share_a_name_only_if_they_are_of_one_kind() -> None:
    """A crane may fly or stand; no word means an animal and an object."""
    users = defaultdict(list)
    for entry in MOTIFS.values():
        for word in (*entry.english, *entry.chinese):
            users[word.lower()].append(entry)
    for word, entries in users.items():
        for one, other in itertools.combinations(entries, 2):
            assert one.category == other.category, word
            assert set(one.wider) & set(other.wider), word
