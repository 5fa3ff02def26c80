"""The present stage: its files, their metadata and rejected tiles."""

from __future__ import annotations

import json
from io import BytesIO
from types import MappingProxyType
from typing import cast

import numpy as np
import pytest
from PIL import Image

from shared.briefs.parser import ParsedBrief
from worker.execution.contracts import DesignOptions, Models, StageCall
from worker.imaging.png import read_metadata
from worker.stages.present import SKETCH_SIZE, THUMBNAIL_SIZE, BadTile, run

NO_MODELS = cast("Models", None)


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


def test_each_variant_yields_a_sketch_and_a_thumbnail() -> None:
    (result,) = run([_call([_tile(60), _tile(200)])], NO_MODELS)
    assert [(file.kind, file.variant) for file in result.artifacts] == [
        ("sketch", 0),
        ("thumbnail", 0),
        ("sketch", 1),
        ("thumbnail", 1),
    ]
    for file in result.artifacts:
        with Image.open(BytesIO(file.content)) as image:
            assert image.size == (file.width, file.height)
            assert image.get_format_mimetype() == file.media_type
    assert {(file.width, file.height) for file in result.artifacts} == {SKETCH_SIZE, THUMBNAIL_SIZE}
    assert result.artifacts[0].content != result.artifacts[2].content


def test_sketch_has_metadata() -> None:
    (result,) = run([_call([_tile(), _tile(30)])], NO_MODELS)
    metadata = read_metadata(result.artifacts[2].content)
    assert metadata.brief == "一个防水的手机壳 & more"
    assert (metadata.seed, metadata.variant) == (11, 1)
    assert metadata.job_url == "http://127.0.0.1:8000/jobs/1"


def test_same_call_yields_the_same_bytes() -> None:
    understood = ParsedBrief(material="aluminium", functions=("waterproof", "non-slip"))
    first, second = run([_call([_tile()], understood), _call([_tile()], understood)], NO_MODELS)
    assert first.artifacts == second.artifacts
    assert first.output == second.output


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
