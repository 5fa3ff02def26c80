"""Edits of colours change the palette alone, and the change is seen."""

from collections.abc import Callable

import numpy as np
import pytest

from shared.designs.record import Design
from tests.unit.worker.edits.comparing import (
    DOTS,
    MOTIFS,
    chroma,
    edited,
    lightness,
    only,
    spread,
    warmth,
)
from worker.drawing.raster import draw_pixels
from worker.imaging.colour import lab_from_rgb


@pytest.mark.parametrize("design", [MOTIFS, DOTS], ids=["motifs", "dots"])
@pytest.mark.parametrize(
    ("say", "measure", "sign"),
    [
        ("less contrast", spread, -1), ("对比度低一点", spread, -1),
        ("more contrast", spread, 1), ("加强对比", spread, 1),
        ("lighter", lightness, 1), ("亮一点", lightness, 1),
        ("make it darker", lightness, -1), ("整体暗一些", lightness, -1),
        ("more saturated", chroma, 1), ("再鲜艳一点", chroma, 1),
        ("less saturated", chroma, -1), ("饱和度降低", chroma, -1),
        ("softer", spread, -1), ("颜色再柔和些", chroma, -1),
        ("warmer", warmth, 1), ("暖一点", warmth, 1), ("cooler", warmth, -1),
        ("冷一点", warmth, -1),
    ],
)  # fmt: skip
def test_tones_move_the_palette_alone(
    design: Design, say: str, measure: Callable[[Design], float], sign: int
) -> None:
    after = edited(design, say).design
    only(design, after, r"palette\.p\d\.(hex|name)")
    assert sign * (measure(after) - measure(design)) > 0.5
    before_l, after_l = (
        lab_from_rgb([list(bytes.fromhex(entry.hex[1:])) for entry in each.palette])[:, 0]
        for each in (design, after)
    )
    assert (np.argsort(before_l) == np.argsort(after_l, kind="stable")).all()


@pytest.mark.parametrize(
    "say", ["background deep red", "底色改成深红", "深红底", "on a deep red ground"]
)
@pytest.mark.parametrize("design", [MOTIFS, DOTS], ids=["motifs", "dots"])
def test_ground_gets_another_colour(design: Design, say: str) -> None:
    after = edited(design, say)
    only(design, after.design, r"palette\.p1\.(hex|name)")
    assert after.design.palette[0].hex == "#A3132F"
    assert [change.to_document() for change in after.changes] == [
        {"what": "palette.p1.hex", "from": design.palette[0].hex, "to": "#A3132F"}
    ]
    seen = draw_pixels(after.design, 120)[..., :3].reshape(-1, 3)
    share = (np.abs(seen.astype(int) - (0xA3, 0x13, 0x2F)).max(1) < 8).mean()
    assert share > 0.3


@pytest.mark.parametrize("say", ["gold instead of silver", "把银色换成金色", "银色用金色代替"])
def test_one_colour_is_replaced(say: str) -> None:
    only(MOTIFS, edited(MOTIFS, say).design, r"palette\.p4\.(hex|name)")


@pytest.mark.parametrize("say", ["in winter colours", "冬天的颜色", "换成冬季配色"])
@pytest.mark.parametrize("design", [MOTIFS, DOTS], ids=["motifs", "dots"])
def test_colourway_keeps_roles_and_order(design: Design, say: str) -> None:
    after = edited(design, say).design
    only(design, after, r"palette\.p\d\.(hex|name)")
    before_l, after_l = (
        [lab_from_rgb(list(bytes.fromhex(entry.hex[1:])))[0] for entry in each.palette]
        for each in (design, after)
    )
    assert np.argsort(before_l).tolist() == np.argsort(after_l).tolist()
    assert len({entry.hex for entry in after.palette}) == len(after.palette)
    assert max(after_l) - min(after_l) > 0.7 * (max(before_l) - min(before_l))


@pytest.mark.parametrize("say", ["one colour less", "少一种颜色", "use one fewer colour"])
@pytest.mark.parametrize("design", [MOTIFS, DOTS], ids=["motifs", "dots"])
def test_one_colour_less(design: Design, say: str) -> None:
    after = edited(design, say).design
    assert len(after.palette) == len(design.palette) - 1
    only(
        design,
        after,
        r"palette\.p\d\.\w+|layers\.l\d\.(elements\.e\d+\.paints\.\d|paints\.\d\.palette)",
    )
    assert after.palette[0] == design.palette[0]


@pytest.mark.parametrize("say", ["one more colour", "多一种颜色", "add some gold"])
@pytest.mark.parametrize("design", [MOTIFS, DOTS], ids=["motifs", "dots"])
def test_one_colour_more(design: Design, say: str) -> None:
    if "gold" in say and design is DOTS:
        pytest.skip("it has gold already")
    after = edited(design, say).design
    assert len(after.palette) == len(design.palette) + 1
    only(
        design, after, r"palette\.p\d\.\w+|layers\.l\d\.(elements\.e\d+\.paints\.\d|paints\.\d\..*)"
    )


@pytest.mark.parametrize("say", ["swap orange and silver", "橙色和银色对调"])
def test_two_colours_change_places(say: str) -> None:
    after = edited(MOTIFS, say).design
    only(MOTIFS, after, r"palette\.p[24]\.(hex|name)")
    assert (after.palette[1].hex, after.palette[3].hex) == (
        MOTIFS.palette[3].hex,
        MOTIFS.palette[1].hex,
    )
