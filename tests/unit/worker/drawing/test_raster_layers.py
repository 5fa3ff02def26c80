"""Tests of picture and field layers, and of drawing in strips."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.designs.record import Design
from shared.errors import InvalidRequest
from tests.unit.worker.drawing.records import FILES, design, element, family, png
from worker.drawing.images import compose_separations, read_picture
from worker.drawing.raster import draw_pixels

IMAGE: dict[str, Any] = {"kind": "image", "sha256": "a" * 64}
FIELD: dict[str, Any] = {
    "kind": "field",
    "release": "base",
    "separations": ["a" * 64, "b" * 64],
    "paints": ["p0", "p1"],
}


def noise(rows: int, columns: int, seed: int = 3) -> NDArray[np.uint8]:
    """Return a picture whose pixels are all different."""
    return np.random.default_rng(seed).integers(0, 255, (rows, columns, 3), np.uint8)


def drawn(record: Design, size_px: int, *contents: bytes) -> NDArray[np.int_]:
    """Return the tile's pixels without alpha; files are named aaa..., bbb... in turn."""
    files = dict(zip(("a" * 64, "b" * 64), contents, strict=False))
    return draw_pixels(record, size_px, files.__getitem__)[..., :3].astype(int)


@pytest.mark.parametrize(
    "repeat", ["straight", "half-drop", "half-brick", "mirror", "border", "none"]
)
def test_picture_repeats_with_the_cells(repeat: str) -> None:
    pixels = noise(32, 32)
    record = design(IMAGE, repeat=repeat)
    longer = 32 if max(record.tile_mm) == 80 else 64
    sides = np.concatenate([pixels, pixels[:, ::-1]], axis=1)
    expected = {
        "half-drop": np.concatenate([pixels, np.roll(pixels, 16, axis=0)], axis=1),
        "half-brick": np.concatenate([pixels, np.roll(pixels, 16, axis=1)], axis=0),
        "mirror": np.concatenate([sides, sides[::-1]], axis=0),
    }.get(repeat, pixels)
    assert np.abs(drawn(record, longer, png(pixels)) - expected).max() <= 1


@pytest.mark.parametrize(("repeat", "size"), [("half-drop", (1, 2)), ("half-brick", (2, 1))])
def test_field_repeats_straight_under_shifted_cells(repeat: str, size: tuple[int, int]) -> None:
    share = noise(32, 32)[..., 0]
    shown = drawn(design(FIELD, repeat=repeat), 64, png(share), png(255 - share))
    cell = drawn(design(FIELD), 32, png(share), png(255 - share))
    assert np.abs(shown - np.tile(cell, (*size, 1))).max() <= 1


def test_odd_picture_is_shifted_by_half_a_pixel() -> None:
    wave = 128 + 100 * np.sin(2 * np.pi * 3 * np.arange(31) / 31)
    pixels = np.broadcast_to(wave.astype(np.uint8)[:, None, None], (31, 31, 3))
    shown = drawn(design(IMAGE, repeat="half-drop"), 62, png(pixels))
    between = (
        np.roll(pixels.astype(int), 15, axis=0) + np.roll(pixels.astype(int), 16, axis=0)
    ) / 2
    assert np.abs(shown[:, 2:29] - pixels[:, 2:29]).max() <= 4
    assert np.abs(shown[:, 33:60] - between[:, 2:29]).max() <= 4


def test_covering_picture_keeps_its_proportions() -> None:
    pixels = noise(20, 60)
    record = design(IMAGE | {"fit": "cover"})
    assert np.abs(drawn(record, 20, png(pixels)) - pixels[:, 20:40]).max() <= 3
    stretched = drawn(design(IMAGE, cell_mm=(90, 30)), 60, png(pixels))
    assert np.abs(stretched - pixels).max() <= 3


def test_reduced_picture_is_the_mean_of_its_pixels() -> None:
    pixels = noise(256, 256)
    expected = pixels.reshape(32, 8, 32, 8, 3).mean(axis=(1, 3))
    assert np.abs(drawn(design(IMAGE), 32, png(pixels)) - expected).max() <= 3


def test_large_picture_is_reduced() -> None:
    assert read_picture(png(np.zeros((10, 5000, 3), np.uint8))).shape == (8, 4096, 4)


def test_separations_without_any_share_are_transparent() -> None:
    first = np.array([[255, 0], [100, 50]], np.uint8)
    second = np.array([[0, 0], [100, 0]], np.uint8)
    pixels = compose_separations([png(first), png(second)], ["#FF0000", "#0000FF"])
    assert pixels.tolist() == [
        [[255, 0, 0, 255], [0, 0, 0, 0]],
        [[128, 0, 128, 255], [255, 0, 0, 255]],
    ]


@pytest.mark.parametrize(
    ("layer", "contents", "message"),
    [
        (IMAGE, [b""], "cannot be read"),
        (IMAGE, [png(noise(8, 8))[:60]], "cannot be read"),
        (IMAGE, [png(np.zeros((1, 67_200_000), np.uint8))], "67200000 x 1 pixels are too many"),
        (IMAGE, [png(np.zeros((14_000, 14_000), np.uint8))], "decompression bomb"),
        (FIELD, [png(noise(8, 8)), b"no picture"], "cannot be read"),
        (FIELD, [png(noise(8, 8)), png(noise(8, 9))], "the separations differ in size"),
        (FIELD, [png(np.zeros((6000, 6000), np.uint8))] * 2, "6000 x 6000 pixels are too many"),
    ],
)
def test_unusable_file_is_refused_with_the_path(
    layer: dict[str, Any], contents: list[bytes], message: str
) -> None:
    with pytest.raises(InvalidRequest, match=message) as refused:
        drawn(design(family(), layer), 32, *contents)
    assert [each.field for each in refused.value.fields] == ["layers.1"]
    assert str(refused.value).count("cannot be read") <= 1


@pytest.mark.parametrize(
    "record",
    [
        design(family("waves", turn=26.6), {"kind": "image", "sha256": "c" * 64, "opacity": 0.5}),
        design(family("dots", paints=[None, {"palette": "p1"}]), repeat="half-drop"),
        design(family("waves", turn=26.6), IMAGE | {"sha256": "c" * 64}, repeat="mirror"),
        design({"kind": "motifs", "elements": [element("e0", 3, 3, 40)]}, repeat="none"),
    ],
)
def test_strips_give_the_same_picture(record: Design) -> None:
    whole = draw_pixels(record, 256, FILES.__getitem__).astype(int)
    strips = draw_pixels(record, 256, FILES.__getitem__, strip_pixels=256 * 50).astype(int)
    away = np.abs(whole - strips).max(-1)
    assert (away > 60).mean() < 1e-3
    assert (away > 3).mean() < 5e-3
