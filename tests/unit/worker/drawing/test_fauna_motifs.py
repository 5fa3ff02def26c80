"""Tests of the motifs of animals, landscape, sky and objects, and of the pen that draws them."""

from __future__ import annotations

import numpy as np
import pytest

from shared.motifs.catalog import own_motifs
from tests.unit.worker.drawing.motif_pixels import drawn, pixels
from worker.drawing.motifs import pen
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.own.animals import bears, beasts, wildlife
from worker.drawing.motifs.own.aquatic import fish, sea, shore
from worker.drawing.motifs.own.flying import birds, cranes, insects
from worker.drawing.motifs.own.objects import festival, ornaments, teahouse, treasures, voyage
from worker.drawing.motifs.own.scenery import clouds, landscape, sky
from worker.drawing.motifs.shapes import MotifShape, extent, flattened
from worker.drawing.path import circle

MODULES = (bears, beasts, birds, clouds, cranes, festival, fish, insects, landscape, ornaments,
           sea, shore, sky, teahouse, treasures, voyage, wildlife)  # fmt: skip
NAMES = sorted(name for module in MODULES for name in module.DRAWINGS)
SHAPES, POINTS = 60, 2000
"""Bounds of a view: what it costs to draw a tile follows them."""


def share(name: str, view: int, colour: str) -> float:
    """Return the share of a view's pixels that have one of its own colours."""
    found = pixels(name, view, size_px=160)
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    near = np.abs(found[..., :3] - wanted).max(-1) < 8
    return float((near & (found[..., 3] == 255)).mean())


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len(NAMES) >= 40
    for name in NAMES:
        entry = own_motifs()[name]
        assert 2 <= entry.views <= 5
        assert 2 <= len(entry.colours) <= 6
        assert len({colour.role for colour in entry.colours}) == len(entry.colours)
        assert entry.keywords_english
        assert entry.keywords_chinese
        assert entry.wider


@pytest.mark.parametrize("name", NAMES)
def test_a_view_is_bounded_and_has_no_hairlines(name: str) -> None:
    for view in range(own_motifs()[name].views):
        shapes = motif_shapes(name, view)
        assert len(shapes) <= SHAPES
        assert sum(len(shape.path.points) for shape in shapes) <= POINTS
        assert all(shape.width is None or shape.width >= 0.012 for shape in shapes)


@pytest.mark.parametrize("name", NAMES)
def test_a_motif_covers_enough_to_be_seen_at_48_px(name: str) -> None:
    for view in range(own_motifs()[name].views):
        assert (pixels(name, view)[..., 3] > 128).mean() > 0.09


@pytest.mark.parametrize("name", NAMES)
def test_two_colours_are_both_seen(name: str) -> None:
    """Recoloured by turns in two colours, a motif does not become a silhouette."""
    count = len(own_motifs()[name].colours)
    colours = [("#FF0000", "#0000FF")[index % 2] for index in range(count)]
    views = range(own_motifs()[name].views)
    shares = []
    for view in views:
        found = pixels(name, view, colours, 64)
        red, blue = ((found[..., channel] > 150).sum() for channel in (0, 2))
        shares.append(min(red, blue) / (red + blue))
    assert max(shares) > 0.08


def test_cranes_have_a_red_crown_and_long_legs() -> None:
    for name in ("crane-flying", "crane-standing"):
        for view in range(own_motifs()[name].views):
            assert share(name, view, "#C9352B") > 0.0004
            assert share(name, view, "#23262C") > 0.01
    left, top, right, bottom = extent(motif_shapes("crane-standing", 0))
    assert bottom - top > 1.5 * (right - left)


def test_a_coin_has_a_hole() -> None:
    for view in (0, 1):
        found = pixels("coin", view, size_px=64)
        assert found[32, 32, 3] == 0
        assert found[32, 8, 3] == 255


def test_a_crescent_is_open() -> None:
    """Its middle is empty, and the horns reach around it."""
    found = pixels("crescent-moon", 0, size_px=64)
    assert found[32, 40, 3] == 0
    assert found[32, 6, 3] == 255


@pytest.mark.parametrize("view", range(5))
def test_a_snowflake_is_six_fold(view: int) -> None:
    """Turned by 60 degrees it has the same points."""
    found = np.concatenate(
        [p for shape in motif_shapes("snowflake", view)[:2] for p in flattened(shape.path)]
    )
    middle = (found.min(0) + found.max(0)) / 2
    cosine, sine = np.cos(np.pi / 3), np.sin(np.pi / 3)
    around = (found - middle) @ np.array([[cosine, sine], [-sine, cosine]])
    for point in around[::7]:
        assert np.hypot(*(found - middle - point).T).min() < 1e-6


def test_swimming_koi_bend_in_different_ways() -> None:
    bends = []
    for view in range(4):
        left, top, right, bottom = extent(motif_shapes("koi", view))
        bends.append(round((right - left) / (bottom - top), 2))
    assert len(set(bends)) == 4


def test_outline_passes_its_points_and_keeps_corners_sharp() -> None:
    points = [(0.0, 0.0, 0), (1.0, 0.2), (2.0, 0.0, 0), (1.0, 1.0)]
    path = pen.outline(points)
    on = path.points[::3]
    np.testing.assert_allclose(on, [(0, 0), (1, 0.2), (2, 0), (1, 1), (0, 0)])
    before, after = path.points[6] - path.points[5], path.points[7] - path.points[6]
    turn = np.cross([*before, 0], [*after, 0])[2] / np.hypot(*before) / np.hypot(*after)
    assert abs(turn) > 0.5
    smooth = pen.outline([point[:2] for point in points])
    before, after = smooth.points[6] - smooth.points[5], smooth.points[7] - smooth.points[6]
    assert np.cross([*before, 0], [*after, 0])[2] == pytest.approx(0, abs=1e-9)


def test_union_has_no_holes_where_contours_overlap() -> None:
    one, other = circle(-0.2, 0, 0.3), circle(0.2, 0, 0.3).reversed()
    plain = drawn([MotifShape(slot=0, path=one + other)], ["#000000"], 40)
    merged = drawn([MotifShape(slot=0, path=pen.union([one, other]))], ["#000000"], 40)
    assert plain[20, 20, 3] == 0
    assert merged[20, 20, 3] == 255


def test_body_has_places_along_and_across() -> None:
    body = pen.Body.through([(0, 0), (1, 0), (2, 0)], (0.4, 0.4, 0.4))
    np.testing.assert_allclose(
        body.at([(0, 0), (0.5, -1), (0.5, 1), (1, 0.5)]),
        [(0, 0), (1, -0.2), (1, 0.2), (2, 0.1)],
        atol=1e-9,
    )
    assert body.angle(0.5) == pytest.approx(np.pi / 2)


def test_both_sides_are_mirror_images() -> None:
    points = pen.both_sides([(0, -1), (-0.5, 0, 0), (0, 1)])
    assert points == [(0, -1), (-0.5, 0, 0), (0, 1), (0.5, 0, 0)]


def test_turned_mirrors_scales_turns_and_moves() -> None:
    shape = pen.line(0, pen.curve([(0, 0), (1, 0)]), 0.1)
    (found,) = pen.turned([shape], np.pi / 2, 2.0, (3, 4), flip=True)
    np.testing.assert_allclose(found.path.points[[0, -1]], [(3, 4), (3, 2)], atol=1e-9)
    assert found.width == pytest.approx(0.2)
