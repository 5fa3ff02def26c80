"""Tests of the generator that drafts design records."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from safetensors.numpy import save

from shared.briefs.understood import ParsedBrief
from shared.designs.parsing import parse_design
from tests.unit.worker import tiny
from worker.drawing.raster import draw_pixels
from worker.drawing.visibility import area_shares, visible_design
from worker.execution.contracts import DesignOptions, Models, StageCall, StageResult
from worker.models.fusion import ShapeMismatch
from worker.models.generator import model as generator_model
from worker.models.generator.draft import DraftRequest
from worker.models.generator.records import RecordGenerator
from worker.models.generator.traits import TraitKeys
from worker.stages import generate

CODE = torch.linspace(-1, 1, 9 * 32).reshape(9, 32)
UNKNOWN = "loom"
"""A pattern of another vocabulary, which is no family."""


def generator(pattern: str) -> RecordGenerator:
    """Return a tiny generator that always samples this pattern, and three colours."""
    field = tiny.generator()
    patterns = (*tiny.KEYS.keys["pattern"][:-1], UNKNOWN)
    keys = TraitKeys(keys={**tiny.KEYS.keys, "pattern": patterns})
    field.network.keys = keys
    with torch.no_grad():
        for name, key in (("pattern", pattern), ("count", "3"), ("gradient_direction", "")):
            head = cast(torch.nn.Linear, field.network.reader.heads[name])
            head.weight.zero_()
            head.bias.fill_(-20.0)
            head.bias[keys.keys[name].index(key)] = 20.0
    return RecordGenerator(field=field, release="tiny-1")


def request(size: int = 64) -> DraftRequest:
    return DraftRequest(
        code=CODE, description="", understood=ParsedBrief(), reference=None,
        reference_strength=0.0, seed=4, size_px=size,
    )  # fmt: skip


def test_drafts_of_a_job_are_those_that_are_drafted_alone() -> None:
    """Batches are of four; the requests take turns."""
    drawer, other = generator("dots"), replace(request(), code=CODE.flip(0))
    requests = [request(), other]
    drafts = drawer.drafts(requests, 6)
    assert drafts == [drawer.draft(requests[variant % 2], variant) for variant in range(6)]
    assert len({draft.design.palette for draft in drafts}) == 6
    assert drafts[:1] == drawer.drafts(requests, 1)


def test_draft_has_the_sampled_traits_and_palette() -> None:
    drawer = generator("dots")
    draft = drawer.draft(request(), 2)
    ((traits, palette),) = drawer.field.sample([CODE], 4, [2])
    assert (draft.design.seed, draft.design.variant) == (4, 2)
    assert draft.design == visible_design(traits, palette, 4, 2)[0]
    assert [entry.hex for entry in draft.design.palette] == list(palette)
    assert draft.traits == traits
    assert draft.traits["pattern"] == "dots"
    assert draft.files == ()


def test_draft_depends_on_variant_and_not_on_other_requests() -> None:
    drawer = generator("dots")
    first = drawer.draft(request(), 0)
    other = drawer.draft(request(), 1)
    assert not np.array_equal(draw_pixels(first.design, 64), draw_pixels(other.design, 64))
    assert drawer.draft(request(), 0) == first


def test_size_changes_no_choice() -> None:
    drawer = generator("stripes")
    assert drawer.draft(request(64), 0) == drawer.draft(request(512), 0)


def test_pattern_that_is_no_family_is_drafted_by_the_field() -> None:
    draft = generator(UNKNOWN).draft(request(), 0)
    (layer,) = draft.design.layers
    assert layer.kind == "field"
    assert layer.release == "tiny-1"
    assert layer.traits["pattern"] == UNKNOWN
    assert draw_pixels(draft.design, 64, draft.get).shape == (64, 64, 4)


@pytest.mark.parametrize("pattern", ["dots", UNKNOWN])
def test_progress_ends_at_one(pattern: str) -> None:
    shares: list[float] = []
    generator(pattern).draft(request(), 0, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("pattern", ["dots", UNKNOWN])
def test_code_of_another_fusion_is_rejected(pattern: str) -> None:
    misfit = DraftRequest(**vars(request()) | {"code": torch.zeros(9, 64)})
    with pytest.raises(ShapeMismatch, match="fusion of the same release"):
        generator(pattern).draft(misfit, 0)


def test_loaded_generator_drafts_records(tmp_path: Path) -> None:
    source = tiny.saved(tmp_path)["generator"]
    loaded = generator_model.load(source, tiny.CPU)
    assert isinstance(loaded, RecordGenerator)
    assert loaded.release == source.name


def test_area_shares_count_the_nearest_colour() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[:1, :, :3] = 250
    assert area_shares(pixels, ["#000000", "#FFFFFF"]).tolist() == [0.75, 0.25]


def test_transparent_pixels_are_no_area_of_any_colour() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    assert area_shares(pixels, ["#000000", "#FFFFFF"]).tolist() == [0, 0]
    pixels[:1] = 255
    assert area_shares(pixels, ["#000000", "#FFFFFF"]).tolist() == [0, 1]


def generated(pattern: str) -> StageResult:
    """Run the generate stage for two variants of this pattern."""
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
            "caption": json.dumps({"description": "calm dots"}).encode(),
            "fusion": save({"code": CODE[None].numpy()}),
        },
        artifacts={},
        job_url="http://127.0.0.1:8000/jobs/1",
    )
    (result,) = generate.run([call], cast("Models", SimpleNamespace(generator=generator(pattern))))
    return result


def test_generate_stage_gives_the_record_of_each_variant() -> None:
    result = generated("dots")
    assert [(each.kind, each.variant) for each in result.artifacts] == [
        ("design", 0),
        ("design", 1),
    ]
    for variant, each in enumerate(result.artifacts):
        design = parse_design(each.content)
        assert (design.seed, design.variant, each.media_type) == (7, variant, "application/json")
    told = json.loads(result.output)["variants"]
    assert [each["variant"] for each in told] == [0, 1]
    assert {each["traits"]["pattern"] for each in told} == {"dots"}
    assert {each["description"] for each in told} == {"calm dots"}
    assert (result.details["seed"], result.details["variants"]) == (7, 2)


def test_generate_stage_gives_the_files_of_field_layers() -> None:
    files = {(each.kind, each.variant): each for each in generated(UNKNOWN).artifacts}
    for variant in (0, 1):
        (layer,) = parse_design(files["design", variant].content).layers
        assert layer.kind == "field"
        made = [files[f"layer-{n + 1}", variant] for n in range(len(layer.separations))]
        assert [sha256(each.content).hexdigest() for each in made] == list(layer.separations)
        assert {each.media_type for each in made} == {"image/png"}
        assert ("layer-4", variant) not in files  # three colours
