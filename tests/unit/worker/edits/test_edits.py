"""Edits change one respect of a record; all else is equal, and the change is seen."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.designs.edits.facts import motif_of
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.said import read_said
from shared.designs.parsing import record_json
from shared.designs.record import Design, Element, MotifsLayer
from shared.motifs.library import open_library
from shared.motifs.names import motif_names
from tests.unit.shared.edits.examples import dots_design, motif_design
from worker.drawing.raster import draw_pixels
from worker.edits.apply import Edited, apply_edit
from worker.edits.bodies import Neighbours
from worker.imaging.colour import lab_from_rgb

MOTIFS, DOTS = motif_design(), dots_design()


def edited(design: Design, say: str) -> Edited:
    """Return the design with an edit that is said."""
    return apply_edit(design, read_said(say, design, motif_names()))


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Return the values of a document by path; parts of lists with ids by their ids."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, each in value.items():
            found |= leaves(each, f"{path}.{key}" if path else key)
        return found
    if isinstance(value, list):
        found = {}
        for index, each in enumerate(value):
            name = each["id"] if isinstance(each, dict) and "id" in each else index
            found |= leaves(each, f"{path}.{name}")
        return found
    return {path: value}


def changed_paths(before: Design, after: Design) -> set[str]:
    """Return the paths of all values that are not the same in two records."""
    one, other = leaves(before.to_document()), leaves(after.to_document())
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def only(before: Design, after: Design, pattern: str) -> None:
    """Check that records differ, and only at paths of this pattern."""
    changed = changed_paths(before, after)
    assert changed
    assert [path for path in sorted(changed) if not re.fullmatch(pattern, path)] == []


def pixels(design: Design) -> NDArray[np.float64]:
    """Return a design's picture in Lab, (N, 3)."""
    return lab_from_rgb(draw_pixels(design, 160)[..., :3].reshape(-1, 3))


def spread(design: Design) -> float:
    """Return the standard deviation of the lightness of a design's picture."""
    return float(pixels(design)[:, 0].std())


def lightness(design: Design) -> float:
    """Return the mean lightness of a design's picture."""
    return float(pixels(design)[:, 0].mean())


def chroma(design: Design) -> float:
    """Return the mean chroma of a design's picture."""
    return float(np.hypot(*pixels(design)[:, 1:].T).mean())


def warmth(design: Design) -> float:
    """Return the mean of b, from blue to yellow, of a design's picture."""
    return float(pixels(design)[:, 2].mean())


def elements(design: Design, motif: str = "") -> list[Element]:
    """Return the elements of a design, of all motifs or one."""
    return [
        element
        for layer in design.layers
        if isinstance(layer, MotifsLayer)
        for element in layer.elements
        if motif in ("", motif_of(element.motif))
    ]


def size(design: Design, motif: str = "") -> float:
    """Return the mean size of elements, mm."""
    return float(np.mean([element.size_mm for element in elements(design, motif)]))


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


@pytest.mark.parametrize("say", ["smaller motifs", "图案小一点", "everything 20% smaller"])
def test_smaller_motifs_keep_their_places(say: str) -> None:
    after = edited(MOTIFS, say).design
    only(MOTIFS, after, r"layers\.l2\.elements\.e\d+\.size_mm")
    assert size(after) < 0.9 * size(MOTIFS)


@pytest.mark.parametrize("say", ["bigger foxes", "狐狸再大一些", "make the foxes larger"])
def test_one_motif_grows_at_its_places(say: str) -> None:
    after = edited(MOTIFS, say)
    only(MOTIFS, after.design, r"layers\.l2\.elements\.e\d+\.size_mm")
    assert size(after.design, "fox") > 1.2 * size(MOTIFS, "fox")
    assert elements(after.design, "cat") == elements(MOTIFS, "cat")
    assert after.changes[0].count == 4


def test_grown_motifs_do_not_touch() -> None:
    after = edited(MOTIFS, "foxes twice as big").design
    layer = after.layers[1]
    assert isinstance(layer, MotifsLayer)
    neighbours = Neighbours(after, layer, 0.5, None)
    assert all(neighbours.is_clear(index) for index in range(len(layer.elements)))


def test_layer_without_room_is_laid_out_anew_and_that_is_said() -> None:
    crowded = edited(edited(MOTIFS, "denser").design, "more space").design
    after = edited(crowded, "much bigger motifs")
    assert "placed_anew" in {change.note for change in after.changes}
    assert after.design.layers[0] == crowded.layers[0]
    assert after.design.palette == crowded.palette
    assert {motif_of(e.motif) for e in elements(after.design)} == {"fox", "cat", "daisy"}


@pytest.mark.parametrize(
    ("say", "sign"), [("denser", 1), ("密一点", 1), ("sparser", -1), ("稀疏一点", -1)]
)
@pytest.mark.parametrize("design", [MOTIFS, DOTS], ids=["motifs", "dots"])
def test_density(design: Design, say: str, sign: int) -> None:
    after = edited(design, say).design
    only(design, after, r"layers\.l\d\.(elements|recipe|density|scale_mm).*")
    ground = pixels(design)[0] * 0 + lab_from_rgb(list(bytes.fromhex(design.palette[0].hex[1:])))
    if design is MOTIFS:
        ground_share = _plain(after) - _plain(design)
    else:
        ground_share = (_near(after, ground) - _near(design, ground)).item()
    assert sign * ground_share < 0


def _near(design: Design, colour: NDArray[np.float64]) -> NDArray[np.float64]:
    return (np.linalg.norm(pixels(design) - colour, axis=1) < 6).mean()


def _plain(design: Design) -> float:
    """Return the share of the picture that shows the colours of the layer behind the motifs."""
    behind = [design.palette[index].hex for index in (0, 4)]
    rows = lab_from_rgb([list(bytes.fromhex(each[1:])) for each in behind])
    return float((np.linalg.norm(pixels(design)[:, None] - rows[None], axis=-1).min(1) < 6).mean())


@pytest.mark.parametrize("say", ["without the stripes", "去掉条纹", "no stripes please"])
def test_layer_is_removed(say: str) -> None:
    after = edited(MOTIFS, say).design
    assert [layer.kind for layer in after.layers] == ["colour", "motifs"]
    assert after.layers[1] == MOTIFS.layers[1]
    assert after.palette == MOTIFS.palette


@pytest.mark.parametrize("say", ["remove the foxes", "不要狐狸", "把狐狸删掉"])
def test_motif_is_removed_and_the_others_stay(say: str) -> None:
    after = edited(MOTIFS, say).design
    assert elements(after, "fox") == []
    assert elements(after) == [e for e in elements(MOTIFS) if motif_of(e.motif) != "fox"]
    assert after.layers[0] == MOTIFS.layers[0]


@pytest.mark.parametrize(
    "say", ["owls instead of cats", "猫换成猫头鹰", "replace the cats with owls"]
)
def test_motif_is_swapped_at_its_places(say: str) -> None:
    after = edited(MOTIFS, say).design
    only(
        MOTIFS,
        after,
        r"layers\.l2\.(elements\.e\d+\.(motif|view|turn|paints\.\d+)|recipe\.items\..*)",
    )
    assert len(elements(after, "owl")) == 4
    assert [(e.id, e.x_mm, e.size_mm) for e in elements(after)] == [
        (e.id, e.x_mm, e.size_mm) for e in elements(MOTIFS)
    ]


@pytest.mark.skipif(not open_library(None).sets, reason="the motif library is not installed")
def test_motif_of_the_library_comes_with_its_file() -> None:
    after = edited(MOTIFS, "rockets instead of cats")
    assert len(after.files) >= 1
    assert all(element.sha256 for element in elements(after.design, "rocket"))
    again = apply_edit(
        after.design,
        read_said("rockets smaller", after.design, motif_names()),
        {e.sha256: after.files[0] for e in elements(after.design, "rocket")}.__getitem__,
    )
    assert size(again.design, "rocket") < size(after.design, "rocket")


@pytest.mark.parametrize("say", ["rotate 45°", "旋转45度"])
def test_rotation_turns_motifs_and_patterns(say: str) -> None:
    turned = edited(MOTIFS, say).design
    only(MOTIFS, turned, r"layers\.l2\.elements\.e\d+\.(turn|size_mm)")
    assert [
        round(b.turn - a.turn) for a, b in zip(elements(MOTIFS), elements(turned), strict=True)
    ] == [45] * 12
    pattern = edited(DOTS, say)
    only(DOTS, pattern.design, r"layers\.l1\.turn")
    assert pattern.changes[0].note is None


def test_angle_that_does_not_repeat_is_said() -> None:
    change = edited(DOTS, "rotate by 30 degrees").changes[0]
    assert (change.note, change.after) == ("nearest_angle", 26.565)


@pytest.mark.parametrize("say", ["mirror it", "左右翻转"])
def test_mirror(say: str) -> None:
    after = edited(MOTIFS, say).design
    only(MOTIFS, after, r"layers\.l2\.elements\.e\d+\.(x_mm|turn|flip)")
    plain = edited(MOTIFS, "without the stripes").design
    flipped = edited(plain, say).design
    difference = np.abs(
        draw_pixels(plain, 160)[:, ::-1].astype(int) - draw_pixels(flipped, 160).astype(int)
    )
    assert difference.mean() < 1.5


@pytest.mark.parametrize("say", ["half-drop repeat", "改成半跳接"])
def test_repeat(say: str) -> None:
    after = edited(MOTIFS, say).design
    only(MOTIFS, after, r"repeat|layers\.l2\.elements\.e\d+\.size_mm")
    assert after.repeat == "half-drop"


@pytest.mark.parametrize(
    ("say", "sign"), [("bigger dots", 1), ("圆点小一点", -1), ("dots a bit larger", 1)]
)
def test_pattern_scale(say: str, sign: int) -> None:
    after = edited(DOTS, say).design
    only(DOTS, after, r"layers\.l1\.scale_mm")
    assert sign * (after.layers[0].scale_mm - DOTS.layers[0].scale_mm) > 0  # type: ignore[union-attr]


@pytest.mark.parametrize("say", ["make the foxes blue", "把狐狸改成蓝色", "blue foxes"])
def test_motif_gets_another_main_colour(say: str) -> None:
    after = edited(MOTIFS, say).design
    only(MOTIFS, after, r"palette\.p6\.\w+|layers\.l2\.elements\.e\d+\.paints\.\d")
    assert elements(after, "cat") == elements(MOTIFS, "cat")


@pytest.mark.parametrize("say", ["fewer foxes", "狐狸少一点"])
def test_fewer_of_one_motif(say: str) -> None:
    after = edited(MOTIFS, say).design
    assert 1 <= len(elements(after, "fox")) < 4
    assert elements(after, "cat") == elements(MOTIFS, "cat")


def test_same_edit_gives_the_same_record() -> None:
    one, other = (record_json(edited(MOTIFS, "denser").design) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    ("design", "say", "reason"),
    [
        (DOTS, "mirror it", "no_mirror"),
        (DOTS, "half-drop repeat", "no_cells"),
        (DOTS, "rotate 5°", "same_angle"),
        (MOTIFS, "background #1F4A44", "same_colour"),
        (DOTS, "three colours only", "same_number"),
        (MOTIFS, "without the dots", "no_such_thing"),
        (MOTIFS, "foxes instead of owls", "no_such_thing"),
        (MOTIFS, "bigger foxes and a darker background", "several"),
    ],
)  # fmt: skip
def test_refusals(design: Design, say: str, reason: str) -> None:
    with pytest.raises(EditRefused) as refused:
        edited(design, say)
    assert refused.value.reason == reason
