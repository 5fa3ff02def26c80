"""Tests of the generator that draws design records."""

import html
import json
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import save

from shared.briefs.parser import ParsedBrief
from shared.designs.parsing import parse_design, record_json
from tests.unit.worker import tiny
from worker.drawing.families import FAMILIES
from worker.drawing.files import DESIGN_KEYWORD
from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import design_of_traits
from worker.execution.contracts import DesignOptions, Models, StageCall
from worker.models.generator import model as generator_model
from worker.models.generator.records import RecordGenerator, area_shares, visible_design
from worker.models.generator.tile import TileRequest
from worker.stages import generate

CODE = torch.linspace(-1, 1, 9 * 32).reshape(9, 32)


def generator(pattern: str) -> RecordGenerator:
    """Return a tiny generator that always samples this pattern, and three colours."""
    field = tiny.generator()
    with torch.no_grad():
        for name, key in (("pattern", pattern), ("count", "3"), ("gradient_direction", "")):
            head = cast(torch.nn.Linear, field.network.reader.heads[name])
            head.weight.zero_()
            head.bias.fill_(-20.0)
            head.bias[tiny.KEYS.keys[name].index(key)] = 20.0
    return RecordGenerator(field=field)


def request(size: int = 64) -> TileRequest:
    return TileRequest(
        code=CODE, description="", understood=ParsedBrief(), reference=None,
        reference_strength=0.0, seed=4, size_px=size,
    )  # fmt: skip


def test_tile_is_drawn_from_its_record() -> None:
    tile = generator("dots").tile(request(), 2)
    assert tile.design is not None
    assert (tile.design.seed, tile.design.variant) == (4, 2)
    assert np.array_equal(tile.pixels, draw_pixels(tile.design, 64)[..., :3])
    assert set(tile.palette) == {entry.hex for entry in tile.design.palette}
    assert tile.traits["pattern"] == "dots"
    assert list(tile.areas) == sorted(tile.areas, reverse=True)
    assert sum(tile.areas) == pytest.approx(1.0, abs=0.01)


def test_tile_depends_on_variant_and_not_on_other_requests() -> None:
    drawer = generator("dots")
    first = drawer.tile(request(), 0)
    other = drawer.tile(request(), 1)
    assert not np.array_equal(first.pixels, other.pixels)
    assert np.array_equal(drawer.tile(request(), 0).pixels, first.pixels)


def test_size_changes_no_choice() -> None:
    drawer = generator("stripes")
    assert drawer.tile(request(64), 0).design == drawer.tile(request(512), 0).design


def test_pattern_that_is_no_family_is_drawn_by_the_field() -> None:
    unknown = next(key for key in tiny.KEYS.keys["pattern"] if key not in FAMILIES)
    tile = generator(unknown).tile(request(), 0)
    assert tile.design is None or tile.design.layers[0].kind != "family"
    assert tile.pixels.shape == (64, 64, 3)


def test_loaded_generator_draws_records(tmp_path: Path) -> None:
    loaded = generator_model.load(tiny.saved(tmp_path)["generator"], tiny.CPU)
    assert isinstance(loaded, RecordGenerator)


def test_area_shares_count_the_nearest_colour() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:1, :, :3] = 250
    assert area_shares(pixels, ["#000000", "#FFFFFF"]).tolist() == [0.75, 0.25]


def test_form_is_chosen_in_which_every_colour_is_visible() -> None:
    palette = ("#F4EBDD", "#1B2A5B", "#E3A72F", "#C8553D")
    traits = {"pattern": "damask", "scale": "medium"}
    least = [
        area_shares(draw_pixels(design, 128), palette).min()
        for attempt in range(len(FAMILIES["damask"].forms))
        for design in [design_of_traits(traits, palette, seed=3, variant=0, attempt=attempt)]
    ]
    design, shares = visible_design(traits, palette, 3, 0)
    assert [entry.hex for entry in design.palette] == list(palette)
    assert shares.min() == pytest.approx(max(least)) or shares.min() >= 0.09


def test_generate_stage_gives_tile_record_and_vector_of_each_variant() -> None:
    call = StageCall(
        job_id="1",
        brief="dots",
        options=DesignOptions(
            variants=2,
            seed=7,
            product="mug",
            reference_strength=0.6,
            size=64,
            variant=None,
            dpi=None,
        ),
        understood=ParsedBrief(),
        reference=None,
        outputs={
            "caption": json.dumps({"description": "dots"}).encode(),
            "fusion": save({"code": CODE[None].numpy()}),
        },
        artifacts={},
        job_url="http://127.0.0.1:8000/jobs/1",
    )
    (result,) = generate.run([call], cast("Models", SimpleNamespace(generator=generator("dots"))))
    assert [(each.kind, each.variant) for each in result.artifacts] == [
        (kind, variant) for variant in (0, 1) for kind in ("tile", "design", "vector")
    ]
    files = {(each.kind, each.variant): each.content for each in result.artifacts}
    for variant in (0, 1):
        design = parse_design(files["design", variant])
        assert (design.seed, design.variant) == (7, variant)
        assert record_json(design) in html.unescape(files["vector", variant].decode())
        with Image.open(BytesIO(files["tile", variant])) as tile:
            assert parse_design(tile.text[DESIGN_KEYWORD].encode()) == design  # type: ignore[attr-defined]
            assert np.array_equal(np.asarray(tile), draw_pixels(design, 64)[..., :3])
