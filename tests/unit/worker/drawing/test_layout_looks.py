"""Tests of how layouts look: evenness, sizes, directions, views."""

import numpy as np
import pytest

from tests.unit.worker.drawing.layout_requests import (
    evenness,
    item,
    random_request,
    request,
    torus,
)
from worker.drawing.layout import outline_of, solve
from worker.drawing.layout.flow import Flow
from worker.drawing.layout.outlines import MAX_POINTS, area
from worker.drawing.motifs.catalog import motif_shapes, own_drawings
from worker.drawing.motifs.shapes import MotifShape, flattened
from worker.drawing.path import circle


def test_gaps_are_even_over_random_designs() -> None:
    figures = []
    for seed in range(24):
        asked = random_request(seed)
        figures.append(evenness(asked, solve(asked)))
    variations = np.array([each.variation for each in figures])
    holes = np.array([each.hole for each in figures])
    assert max(each.overlap for each in figures) == 0
    assert np.median(variations) < 0.24
    assert np.quantile(variations, 0.9) < 0.27
    assert np.median(holes) < 1.75
    assert np.quantile(holes, 0.9) < 1.95


def test_heroes_form_no_rows() -> None:
    aligned = []
    for seed in range(12):
        placed = solve(request(seed, counts={"hero": 3 + seed % 3}, density=0.6))
        heroes = [each for each in placed if each.role == "hero"]
        for places in ([each.x_mm for each in heroes], [each.y_mm for each in heroes]):
            gaps = np.diff([*sorted(places), min(places) + 80])
            aligned.append(gaps.min() * len(heroes) / 80 < 0.15)
    assert np.mean(aligned) < 0.12  # a quarter where only distances count


def test_density_narrows_the_gap() -> None:
    gaps = [evenness(r, solve(r)).gap_mm for r in (request(density=d) for d in (0.0, 0.5, 1.0))]
    assert gaps[0] > 1.5 * gaps[1] > 2 * gaps[2]


def test_sizes_form_a_hierarchy() -> None:
    placed = solve(request())
    means = [
        np.mean([each.size_mm for each in placed if each.role == role])
        for role in ("hero", "secondary", "filler")
    ]
    assert means[0] == pytest.approx(24, rel=0.1)
    assert means[1] / means[0] == pytest.approx(0.6, abs=0.12)
    assert 0.08 < means[2] / means[0] < 0.3


def test_directions_follow_the_layout() -> None:
    def turns(layout: str, key: str) -> np.ndarray:
        asked = request(layout=layout, items=[item(key)], hero_mm=12.0)
        return np.radians([each.turn for each in solve(asked)])

    assert abs(np.exp(1j * turns("tossed", "leaf")).mean()) < 0.4
    assert np.cos(turns("one-way", "leaf")).min() > 0.9
    two_way = np.cos(turns("two-way", "leaf"))
    assert np.abs(two_way).min() > 0.9
    assert abs((two_way > 0).mean() - 0.5) < 0.1
    assert np.cos(turns("tossed", "fish")).min() > 0.98  # it may not be turned


@pytest.mark.parametrize("repeat", ["straight", "half-drop", "half-brick"])
def test_the_flow_repeats_with_the_cell_and_motifs_follow_it(repeat: str) -> None:
    asked = request(repeat=repeat, flow=True, items=[item("leaf")], hero_mm=10.0)
    flow = Flow(torus(asked), asked.random, all_round=True)
    points = np.random.default_rng(0).uniform(0, 80, (40, 2))
    for vector in torus(asked).vectors:
        off = flow.angles(points + vector) - flow.angles(points)
        assert np.cos(np.radians(off)) == pytest.approx(1)
    placed = solve(request(repeat=repeat, flow=True, items=[item("leaf")], hero_mm=10.0))
    turns = np.exp(1j * np.radians([each.turn for each in placed]))
    places = np.array([(each.x_mm, each.y_mm) for each in placed])
    near = np.hypot(*(places[:, None] - places).T) + 1e9 * np.eye(len(places))
    nearest = near.argmin(1)
    assert (turns * turns[nearest].conj()).real.mean() > 0.7


def test_views_and_mirrors_of_a_motif_are_mixed() -> None:
    placed = solve(request(items=[item("leaf")], hero_mm=14.0))
    looks = [(each.view, each.flip) for each in placed]
    assert {look: looks.count(look) for look in looks}.keys() >= {(0, True), (1, False)} or len(
        set(looks)
    ) == min(6, len(looks))
    assert max(looks.count(look) for look in looks) <= -(-len(looks) // 6)
    views = [view for view, _ in looks]
    assert max(views.count(view) for view in views) <= -(-len(views) // 3)


def test_neighbours_of_the_same_motif_are_avoided() -> None:
    asked = [request(seed, items=[item("flower"), item("star")], hero_mm=16.0) for seed in range(6)]
    alike = []
    for each in asked:
        placed = solve(each)
        places = np.array([(p.x_mm, p.y_mm) for p in placed])
        off = (places[:, None] - places + 40) % 80 - 40
        near = np.hypot(off[..., 0], off[..., 1]) + 1e9 * np.eye(len(places))
        keys = np.array([p.key for p in placed])
        alike += (keys == keys[near.argmin(1)]).tolist()
    assert np.mean(alike) < 0.45


@pytest.mark.parametrize("name", sorted(own_drawings()))
def test_an_outline_encloses_its_motif(name: str) -> None:
    shapes = motif_shapes(name, 0)
    outline = outline_of(shapes)
    corners = np.concatenate(outline)
    assert len(corners) <= MAX_POINTS
    drawn = np.concatenate([each for shape in shapes for each in flattened(shape.path)])
    assert (corners.min(0) < drawn.min(0) + 0.01).all()
    assert (corners.max(0) > drawn.max(0) - 0.01).all()
    assert np.abs(corners).max() < 0.54
    assert 0.03 < area(outline) < 1.05


def test_the_outline_of_a_disc_is_round() -> None:
    outline = outline_of([MotifShape(slot=0, path=circle(0, 0, 0.5))])
    radii = np.hypot(*outline[0].T)
    assert len(outline) == 1
    assert radii.min() > 0.495
    assert radii.max() < 0.525
