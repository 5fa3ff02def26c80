"""The present stage: its files, their metadata and rejected tiles."""

from __future__ import annotations

import json
from io import BytesIO
from types import MappingProxyType

import numpy as np
import pytest
from PIL import Image

from shared.briefs.understood import ParsedBrief
from tests.unit.worker.records import NO_MODELS, Published, noise, png
from worker.execution.contracts import DesignOptions, StageCall
from worker.imaging.jpeg import read_jpeg_metadata
from worker.models.cpu_threads import allowed_threads
from worker.present.products.catalog import plate_of
from worker.stages.present import (
    SKETCH_SIZE,
    THUMBNAIL_SIZE,
    BadTile,
    read_tile,
    run,
    squared,
)  # fmt: skip

PREVIEW_SIZE = (512, 640)


def _tile(shade: int = 90, size: tuple[int, int] = (64, 64)) -> bytes:
    x = np.indices((size[1], size[0]))[1]
    picture = np.stack([x % 64 * 3, np.full_like(x, shade), 200 - x % 64], axis=-1).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, format="PNG")
    return buffer.getvalue()


def _call(tiles: list[bytes | None], understood: ParsedBrief | None = None) -> StageCall:
    files = {("tile", i): tile for i, tile in enumerate(tiles) if tile is not None}
    return StageCall(
        job_id="1",
        brief="一个防水的手机壳 & more",
        options=DesignOptions(
            variants=len(tiles), seed=11, product="phone-case", reference_strength=0.5, size=256
        ),
        understood=understood or ParsedBrief(),
        reference=None,
        outputs={},
        artifacts=MappingProxyType(files),
        job_url="http://127.0.0.1:8000/jobs/1",
    )


def test_each_variant_yields_a_sketch_and_small_copies() -> None:
    (result,) = run([_call([_tile(60), _tile(200)])], NO_MODELS)
    assert [(file.kind, file.variant) for file in result.artifacts] == [
        ("sketch", 0),
        ("thumbnail", 0),
        ("preview", 0),
        ("sketch", 1),
        ("thumbnail", 1),
        ("preview", 1),
    ]
    for file in result.artifacts:
        with Image.open(BytesIO(file.content)) as image:
            assert image.size == (file.width, file.height)
            assert image.get_format_mimetype() == file.media_type
    sizes = [(file.width, file.height) for file in result.artifacts]
    assert sizes == [SKETCH_SIZE, THUMBNAIL_SIZE, PREVIEW_SIZE] * 2
    assert result.artifacts[0].content != result.artifacts[3].content


@pytest.mark.parametrize("shade", [None, 90])
def test_preview_is_a_small_copy_of_the_sketch(shade: int | None) -> None:
    tile = png(noise(256, 256, 3)) if shade is None else _tile(shade)  # noise: the largest file
    sketch, _, small = run([_call([tile])], NO_MODELS)[0].artifacts
    assert small.media_type == "image/webp"
    assert len(small.content) < 60_000
    with Image.open(BytesIO(sketch.content)) as full, Image.open(BytesIO(small.content)) as image:
        expected = np.asarray(full.convert("RGB").resize(PREVIEW_SIZE), np.int16)
        difference = np.abs(np.asarray(image.convert("RGB"), np.int16) - expected)
    assert difference.mean() < 8


def test_sketch_has_metadata() -> None:
    (result,) = run([_call([_tile(), _tile(30)])], NO_MODELS)
    metadata = read_jpeg_metadata(result.artifacts[3].content)
    assert metadata.brief == "一个防水的手机壳 & more"
    assert (metadata.seed, metadata.variant) == (11, 1)
    assert metadata.job_url == "http://127.0.0.1:8000/jobs/1"


def test_each_variant_is_published_once_it_is_rendered() -> None:
    reporter = Published()
    (result,) = run([_call([_tile(60), _tile(200)])], NO_MODELS, reporter)
    assert reporter.log == [
        "sketch 0+thumbnail 0+preview 0",
        "0.5",
        "sketch 1+thumbnail 1+preview 1",
        "1",
    ]
    assert [each for _, files in reporter.files for each in files] == list(result.artifacts)


def test_what_is_transparent_becomes_white() -> None:
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[:8] = (200, 30, 60, 255)
    pixels[12:] = (200, 30, 60, 51)
    tile = read_tile(png(pixels), 0)
    assert tile.shape == (16, 16, 3)
    assert tile[0, 0].tolist() == [200, 30, 60]
    assert tile[8, 0].tolist() == [255, 255, 255]
    assert tile[12, 0].tolist() == [244, 210, 216]


def test_palette_image_with_a_transparent_colour_is_read() -> None:
    buffer = BytesIO()
    image = Image.new("P", (16, 16), 0)
    image.putpalette([200, 30, 60, 0, 0, 0])
    image.save(buffer, format="PNG", transparency=0)
    assert np.all(read_tile(buffer.getvalue(), 0) == 255)


@pytest.mark.parametrize(
    ("size", "squared_size"),
    [
        ((64, 64), (64, 64)),
        ((64, 32), (64, 64)),
        ((32, 64), (64, 64)),
        ((96, 64), (192, 192)),
        ((90, 30), (90, 90)),
        ((100, 8), (100, 32)),  # at most four copies
        ((64, 60), (64, 60)),
    ],
)
def test_tile_is_repeated_until_it_is_nearly_square(
    size: tuple[int, int], squared_size: tuple[int, int]
) -> None:
    width, height = size
    tile = noise(height, width, 3)
    repeated = squared(tile)
    assert repeated.shape == (squared_size[1], squared_size[0], 3)
    for top in range(0, repeated.shape[0], height):
        for left in range(0, repeated.shape[1], width):
            assert np.array_equal(repeated[top : top + height, left : left + width], tile)


def test_tile_that_is_not_square_is_rendered_as_its_repetition() -> None:
    wide = noise(32, 64, 3)
    shown = [run([_call([png(each)])], NO_MODELS)[0] for each in (wide, np.tile(wide, (2, 1, 1)))]
    assert shown[0].artifacts == shown[1].artifacts


def test_same_call_yields_the_same_bytes() -> None:
    understood = ParsedBrief(material="aluminium", functions=("waterproof", "non-slip"))
    first, second = run([_call([_tile()], understood), _call([_tile()], understood)], NO_MODELS)
    assert first.artifacts == second.artifacts
    assert first.output == second.output


def test_number_of_threads_does_not_change_the_files() -> None:
    """Not even while their plate, which all variants share, is still to be made."""
    call = _call([_tile(shade) for shade in (40, 90, 140, 190, 240)])
    (alone,) = run([call], NO_MODELS)
    plate_of.cache_clear()
    token = allowed_threads.set(lambda: 2)
    try:
        (together,) = run([call], NO_MODELS)
    finally:
        allowed_threads.reset(token)
    assert together.artifacts == alone.artifacts
    assert plate_of.cache_info().misses == 1


def test_result_lists_the_options_and_the_defaults_used() -> None:
    understood = ParsedBrief(
        material="aluminium",
        materials=("aluminium", "translucent"),
        finish="brushed",
        functions=("waterproof",),
    )
    asked, silent = run([_call([_tile()], understood), _call([_tile()])], NO_MODELS)
    assert json.loads(asked.output)["materials"] == ["aluminium", "translucent"]
    assert asked.details["defaults"] == []
    assert silent.details["defaults"] == ["material"]
    assert silent.details["materials"] == ["plastic"]


@pytest.mark.parametrize(
    ("tile", "told"),
    [
        (None, "variant 0 has no tile"),
        (b"", "not a readable PNG"),
        (b"GIF89a not a png", "not a readable PNG"),
        (_tile()[:90], "not a readable PNG"),
        (_tile(size=(4, 4)), "4 x 4 px"),
    ],
)
def test_invalid_tile_is_rejected(tile: bytes | None, told: str) -> None:
    with pytest.raises(BadTile, match=told):
        run([_call([tile])], NO_MODELS)
