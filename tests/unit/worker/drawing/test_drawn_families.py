"""Drawings of families that are kept serve other windows as new ones do."""

import numpy as np
import pytest

from tests.unit.worker.drawing.test_families_scattered import parameters
from worker.drawing.drawn_families import draw_family
from worker.drawing.families import FAMILIES
from worker.drawing.sheet import Sheet, SheetFull, Window

TILE = Window(left=0.0, top=0.0, right=60.0, bottom=60.0)
WIDER = Window(left=-7.5, top=-7.5, right=67.5, bottom=67.5)


@pytest.mark.parametrize("name", FAMILIES)
def test_other_windows_have_the_shapes_of_a_new_drawing(name: str) -> None:
    family = FAMILIES[name]
    for form in family.forms:
        p = parameters(form, accents=2)
        for window in (WIDER, TILE, WIDER):
            kept, new = Sheet(60.0, 60.0, window), Sheet(60.0, 60.0, window)
            draw_family(family.draw, kept, p)
            family.draw(new, p)
            assert kept.points == new.points
            for one, other in zip(kept.shapes, new.shapes, strict=True):
                assert vars(one).keys() == vars(other).keys()
                assert (one.slot, one.width, one.even_odd) == (
                    *(other.slot, other.width, other.even_odd),
                )
                for (codes, points), (same, places) in zip(one.parts, other.parts, strict=True):
                    assert codes == same
                    assert np.array_equal(points, places)


def test_a_family_is_drawn_once_for_two_windows() -> None:
    drawn = []

    def draw(sheet: Sheet, p: object) -> None:
        drawn.append(p)
        FAMILIES["dots"].draw(sheet, parameters())

    for window in (WIDER, TILE, WIDER):
        draw_family(draw, Sheet(60.0, 60.0, window), parameters())
    assert len(drawn) == 1


def test_a_kept_drawing_may_be_too_much_for_another_sheet() -> None:
    draw = FAMILIES["dots"].draw
    draw_family(draw, Sheet(60.0, 60.0, TILE), parameters())
    with pytest.raises(SheetFull):
        draw_family(draw, Sheet(60.0, 60.0, TILE, capacity=3), parameters())
