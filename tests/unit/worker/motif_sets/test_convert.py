"""SVG drawings become shapes that look the same."""

from pathlib import Path

import numpy as np
import pytest

from worker.drawing.motifs.shapes import extent
from worker.motif_sets.convert import MAX_COLOURS, convert, difference, shapes_svg
from worker.motif_sets.flatten import Unconvertible, flatten
from worker.motif_sets.outline import MAX_POINTS, outline
from worker.motif_sets.roles import guessed_roles

DRAWINGS = Path(__file__).parent / "drawings"
PATHS = sorted(DRAWINGS.glob("*.svg"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_shapes_look_like_the_drawing(path: Path) -> None:
    converted = convert(path.read_text(), tints=path.stem == "duotone")
    assert converted.difference < (2.0 if path.stem == "shaded" else 0.7)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_larger_side_is_one_and_middle_is_the_origin(path: Path) -> None:
    left, top, right, bottom = extent(convert(path.read_text()).shapes)
    assert max(right - left, bottom - top) == pytest.approx(1, abs=1e-6)
    assert (left + right, top + bottom) == pytest.approx((0, 0), abs=1e-6)


def test_colours_are_kept_and_ordered_by_area() -> None:
    converted = convert((DRAWINGS / "fish.svg").read_text())
    assert converted.colours[0] == "#E8772E"
    assert set(converted.colours) == {"#E8772E", "#C2541B", "#FFFFFF", "#222222", "#FFD29A"}
    assert sorted(converted.areas, reverse=True) == list(converted.areas)
    assert sum(converted.areas) == pytest.approx(1)


def test_near_colours_become_the_larger_one() -> None:
    assert convert((DRAWINGS / "near-colours.svg").read_text()).colours == ("#2E8B57", "#C0392B")


def test_many_colours_are_merged() -> None:
    cells = "".join(
        f'<rect x="{x}" width="1" height="9" fill="rgb({x * 12},{255 - x * 9},{(x * 61) % 256})"/>'
        for x in range(20)
    )
    document = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 9">{cells}</svg>'
    assert len(convert(document).colours) == MAX_COLOURS


def test_shadow_on_nothing_is_left_out_and_tint_is_kept() -> None:
    assert len(convert((DRAWINGS / "shaded.svg").read_text()).shapes) == 2
    duotone = (DRAWINGS / "duotone.svg").read_text()
    assert convert(duotone).colours == ("#000000",)
    assert set(convert(duotone, tints=True).colours) == {"#000000", "#CCCCCC"}


def test_translucent_shape_gets_the_colour_that_is_seen() -> None:
    converted = convert((DRAWINGS / "shaded.svg").read_text())
    red, green, blue = bytes.fromhex(converted.colours[1][1:])
    assert (red, green, blue) == pytest.approx((248, 194, 156), abs=5)


@pytest.mark.parametrize(
    "body",
    [
        '<mask id="m"><rect width="9" height="9" fill="#fff"/></mask><rect width="9" height="9"/>',
        '<filter id="f"/><rect width="9" height="9" filter="url(#f)"/>',
        '<text y="9">a</text>',
        '<image href="data:,"/>',
        '<use href="https://example.org/a.svg#b"/>',
        '<rect width="9" height="9" fill="nothing-known"/>',
        "",
        '<rect width="9" height="9" fill="none"/>',
    ],
)
def test_what_paths_cannot_express_is_refused(body: str) -> None:
    document = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{body}</svg>'
    with pytest.raises(Unconvertible):
        convert(document)


def test_drawing_outside_of_the_view_box_is_clipped() -> None:
    document = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
        '<circle cx="0" cy="5" r="4" fill="#808"/></svg>'
    )
    points = np.concatenate([leaf.path.points for leaf in flatten(document).leaves])
    assert points[:, 0].min() >= -1e-6


def test_difference_tells_another_drawing() -> None:
    fish, ring = ((DRAWINGS / f"{name}.svg").read_text() for name in ("fish", "ring"))
    assert difference(fish, fish) == 0
    assert difference(fish, ring) > 20


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_outline_encloses_the_drawing(path: Path) -> None:
    shapes = convert(path.read_text()).shapes
    polygon = outline(shapes)
    assert 3 <= len(polygon) <= MAX_POINTS
    box = (-0.65, -0.65, 1.3, 1.3)
    inside = shapes_svg(shapes, ["#000000"] * 12, box)
    points = " ".join(f"{x * 1000:.0f},{y * 1000:.0f}" for x, y in polygon)
    both = inside.replace("</svg>", f'<polygon points="{points}"/></svg>')
    alone = inside[: inside.index("<path")] + f'<polygon points="{points}"/></svg>'
    assert difference(both, alone) < 2.5


def test_outline_of_separate_pieces_is_one_polygon() -> None:
    document = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">'
        '<rect width="4" height="4"/><rect x="16" y="16" width="4" height="4"/></svg>'
    )
    polygon = outline(convert(document).shapes)
    assert len(polygon) <= 8


def test_roles_are_guessed() -> None:
    assert guessed_roles(["#E8772E", "#FFFFFF", "#222222"], [0.8, 0.17, 0.03], "animal", "") == [
        "body",
        "second",
        "eye",
    ]
    assert guessed_roles(["#E23B3B", "#3FA34D"], [0.7, 0.3], "food", "food-fruit") == [
        "fruit",
        "leaf",
    ]
    assert guessed_roles(["#E55A8A", "#F7D046"], [0.9, 0.1], "plant", "plant-flower") == [
        "petal",
        "centre",
    ]
