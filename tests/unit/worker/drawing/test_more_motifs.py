"""Tests of the motifs that the sets of the library lack, or have as heads or icons alone."""

from __future__ import annotations

import pytest

from shared.motifs.catalog import own_motifs
from shared.motifs.library import folded
from tests.unit.worker.drawing.motif_pixels import pixels
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.own.animals import (
    climbers,
    dogs,
    fables,
    legends,
    northland,
    pets,
    prowlers,
)
from worker.drawing.motifs.own.aquatic import pond, whales
from worker.drawing.motifs.own.flying import courtly, songbirds, waterside
from worker.drawing.motifs.own.objects import blessings, bygone, yuletide
from worker.drawing.motifs.own.plants import harvest, orchard, tea_garden
from worker.drawing.motifs.own.scenery import outings

MODULES = (blessings, bygone, climbers, courtly, dogs, fables, harvest, legends, northland, orchard,
           outings, pets, pond, prowlers, songbirds, tea_garden, waterside, whales,
           yuletide)  # fmt: skip
NAMES = sorted(name for module in MODULES for name in module.DRAWINGS)
SHAPES, POINTS = 75, 3600
"""Bounds of a view: what it costs to draw a tile follows them."""


def called(word: str) -> list[str]:
    """Return the own motifs that have a word as one of their names."""
    return [name for name, entry in own_motifs().items()
        if folded(word) in {folded(each) for each in (*entry.english, *entry.chinese)}]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_view_is_bounded(name: str) -> None:
    for view in range(own_motifs()[name].views):
        shapes = motif_shapes(name, view)
        assert len(shapes) <= SHAPES
        assert sum(len(shape.path.points) for shape in shapes) <= POINTS


@pytest.mark.parametrize("name", NAMES)
def test_a_motif_covers_enough_to_be_seen_at_48_px(name: str) -> None:
    for view in range(own_motifs()[name].views):
        assert (pixels(name, view)[..., 3] > 128).mean() > 0.09


@pytest.mark.parametrize("name", NAMES)
def test_two_colours_are_both_seen(name: str) -> None:
    """Recoloured by turns in two colours, a motif does not become a silhouette."""
    entry = own_motifs()[name]
    colours = [("#FF0000", "#0000FF")[index % 2] for index in range(len(entry.colours))]
    shares = []
    for view in range(entry.views):
        found = pixels(name, view, colours, 64)
        red, blue = ((found[..., channel] > 150).sum() for channel in (0, 2))
        shares.append(min(red, blue) / (red + blue))
    assert max(shares) > 0.08


@pytest.mark.parametrize("name", NAMES)
def test_entries_are_complete(name: str) -> None:
    entry = own_motifs()[name]
    assert 2 <= entry.views <= 4
    assert 2 <= len(entry.colours) <= 6
    assert len({colour.role for colour in entry.colours}) == len(entry.colours)
    assert len(entry.english) >= 2
    assert len(entry.chinese) >= 2
    assert entry.keywords_english
    assert entry.keywords_chinese
    assert entry.wider


@pytest.mark.parametrize(
    ("word", "motif"),
    [("heron", "heron"), ("reindeer", "reindeer"), ("驯鹿", "reindeer"), ("peacock", "peacock"),
     ("鸳鸯", "mandarin-duck"), ("龙", "dragon"), ("凤凰", "phoenix")],
)  # fmt: skip
def test_a_name_belongs_to_the_animal_itself(word: str, motif: str) -> None:
    """A crane is no heron, and a deer no reindeer."""
    assert called(word) == [motif]


@pytest.mark.parametrize(
    "word", ["ladybird", "ladybug", "瓢虫", "oak tree", "poplar", "白杨", "cypress"]
)
def test_a_motif_does_not_borrow_the_name_of_another_kind(word: str) -> None:
    """The library has a ladybird; the drawings of trees are of no certain kind."""
    assert called(word) == []
