"""Tests of how the cells of compositions are set."""

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
        (layer,) = (each for each in design.layers if isinstance(each, MotifsLayer))
        width, height = design.cell_mm
        torus = Torus(width=width, height=height, repeat=design.repeat)
        outlines = [placed_outline(element, {}.__getitem__) for element in layer.elements]
        measured = measure_evenness(torus, outlines)
        assert measured.overlap == 0
        assert measured.cut == 0
        assert measured.hole < 3
