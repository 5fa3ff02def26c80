"""Edits of motifs, layers and repeats change one respect; all else in the record is equal."""

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.designs.edits.facts import motif_of
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.said import read_said
from shared.designs.parsing import record_json
from shared.designs.record import Design, MotifsLayer
from shared.motifs.library import open_library
from shared.motifs.names import motif_names
from tests.unit.worker.edits.comparing import (
    DOTS,
    MOTIFS,
    edited,
    elements,
    only,
    pixels,
    size,
)
from worker.drawing.raster import draw_pixels
from worker.edits.apply import apply_edit
from worker.edits.bodies import Neighbours
from worker.imaging.colour import lab_from_rgb


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
