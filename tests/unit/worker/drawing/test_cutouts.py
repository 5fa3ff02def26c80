"""Tests of families without ground: what is cut out of them shows what lies behind."""

import re

import numpy as np
import pytest

from shared.designs.parsing import read_design
from shared.designs.record import Design
from worker.drawing.families import FAMILIES
from worker.drawing.raster import draw_pixels
from worker.drawing.svg import svg_document

COLOURS = ("#FFFFFF", "#D02020", "#208040", "#2040C0")
FORMS = [(name, form) for name, family in FAMILIES.items() for form in family.forms]
_BLOCK = 4
"""Side of the blocks that are compared: blended edges even out."""


def record(name: str, form: str, *, behind: bool, turn: float = 0.0) -> Design:
    """Return a family over a layer in the colour of its ground, or with this colour as ground."""
    family = FAMILIES[name]
    paints: list[dict[str, str] | None] = [{"palette": f"p{n}"} for n in range(len(COLOURS))]
    layers: list[dict[str, object]] = []
    if behind:
        layers.append({"id": "l0", "kind": "colour", "paint": paints[0]})
        paints[0] = None
    layers.append({
        "id": "l1", "kind": "family", "family": family.drawing, "form": form, "turn": turn,
        "scale_mm": 80 / family.repeats[2], "paints": paints,
    })  # fmt: skip
    palette = [
        {"id": f"p{n}", "hex": colour, "role": "hero", "from": "chosen"}
        for n, colour in enumerate(COLOURS)
    ]
    document = {"version": 1, "seed": 3, "cell_mm": [60, 60], "palette": palette, "layers": layers}
    return read_design(document)


def difference(first: Design, second: Design, size_px: int = 240) -> float:
    """Return the greatest difference of the means of blocks, levels."""
    away = draw_pixels(first, size_px).astype(float) - draw_pixels(second, size_px)
    rows = away.reshape(size_px // _BLOCK, _BLOCK, size_px // _BLOCK, _BLOCK, 4)
    return float(np.abs(rows.mean((1, 3))).max())


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_family_without_ground_shows_the_layer_behind_it(name: str, form: str) -> None:
    ground, behind = (record(name, form, behind=each) for each in (False, True))
    assert difference(ground, behind) < 40


def test_turned_family_without_ground_is_cut_out_as_well() -> None:
    ground, behind = (record("ogee", "nested", behind=each, turn=30) for each in (False, True))
    assert difference(ground, behind) < 40


def test_holes_are_transparent_where_nothing_is_behind() -> None:
    document = record("ogee", "nested", behind=True).to_document()
    del document["layers"][0]
    alpha = draw_pixels(read_design(document), 240)[..., 3]
    with_ground = draw_pixels(record("ogee", "nested", behind=False), 240)[..., :3]
    bare = (with_ground == 255).all(-1)
    assert (alpha[bare] == 0).mean() > 0.95


def test_shapes_are_written_once_and_their_ids_are_unique() -> None:
    svg = svg_document(record("quatrefoil", "trellis", behind=True))
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'xlink:href="#([^"]+)"', svg))
    assert used <= set(ids)
    plain = svg_document(record("quatrefoil", "trellis", behind=False))
    assert len(svg) < 1.5 * len(plain)
