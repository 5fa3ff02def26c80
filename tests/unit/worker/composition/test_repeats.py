"""Tests of how the cells of compositions are set."""

from dataclasses import replace

import pytest

from shared.briefs.parser import parse_brief
from shared.designs.record import Design, MotifsLayer
from worker.composition.motif_design import drawable, motif_design
from worker.drawing.layout.torus import Torus
from worker.evaluation.layout_metrics import measure_evenness
from worker.evaluation.motifs.evenness import placed_outline


def designs() -> list[Design]:
    understood = drawable(parse_brief("foxes and mushrooms in mustard, rust and navy"))
    return [motif_design(understood, understood.colours, (), (3, v))[0] for v in range(8)]


def test_seed_chooses_between_straight_repeats_and_half_drops() -> None:
    found = designs()
    assert {design.repeat for design in found} == {"straight", "half-drop"}
    assert [design.repeat for design in found] == [design.repeat for design in designs()]
    for design in found:
        assert design.tile_mm[0] == pytest.approx(design.tile_mm[1])  # as products expect


def test_motifs_keep_apart_across_the_edges_of_shifted_cells() -> None:
    for design in designs():
        assert _check_apart(design) < 3


def _motifs(design: Design) -> MotifsLayer:
    (layer,) = (each for each in design.layers if isinstance(each, MotifsLayer))
    return layer


def _check_apart(design: Design) -> float:
    """Check that no motif overlaps or is cut; return the largest hole."""
    width, height = design.cell_mm
    torus = Torus(width=width, height=height, repeat=design.repeat)
    outlines = [placed_outline(element, {}.__getitem__) for element in _motifs(design).elements]
    measured = measure_evenness(torus, outlines)
    assert measured.overlap == 0
    assert measured.cut == 0
    return measured.hole


@pytest.mark.parametrize("repeat", ["straight", "half-drop", "half-brick"])
def test_brief_sets_the_cells(repeat: str) -> None:
    understood = replace(parse_brief("foxes in rust"), repeat=repeat)
    for variant in range(3):
        design, _ = motif_design(understood, understood.colours, (), (3, variant))
        assert design.repeat == repeat
        assert design.tile_mm[0] == pytest.approx(design.tile_mm[1])
        _check_apart(design)


@pytest.mark.parametrize("layout", ["tossed", "one-way", "two-way", "rows"])
def test_brief_lays_things_out(layout: str) -> None:
    understood = replace(parse_brief("sparse foxes in rust"), layout=layout)
    for variant in range(3):
        design, _ = motif_design(understood, understood.colours, (), (3, variant))
        assert _motifs(design).recipe.layout == layout


@pytest.mark.parametrize(
    ("brief", "repeat", "layouts"),
    [
        ("foxes, no half drop", {"straight"}, None),
        ("leaves and foxes, not one-way, not tossed", None, {"two-way"}),
    ],
)
def test_what_is_refused_is_not_chosen(
    brief: str, repeat: set[str] | None, layouts: set[str] | None
) -> None:
    understood = drawable(parse_brief(brief))
    found = [motif_design(understood, understood.colours, (), (3, v))[0] for v in range(6)]
    assert repeat is None or {design.repeat for design in found} == repeat
    assert layouts is None or {_motifs(design).recipe.layout for design in found} == layouts
