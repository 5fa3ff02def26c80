"""Drafts of the learned field: colour separations and their record."""

import itertools
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from shared.briefs.understood import ParsedBrief
from shared.designs.parsing import parse_design, record_json
from shared.designs.record import FieldLayer
from tests.unit.worker import tiny
from tests.unit.worker.records import pixels_of
from worker.drawing.raster import draw_pixels
from worker.models.generator.draft import Draft, DraftRequest
from worker.models.generator.model import Generator
from worker.models.generator.separations import field_draft

CODE = torch.linspace(-1, 1, 9 * 32).reshape(9, 32)


def drafted(field: Generator, size_px: int = 64, seed: int = 4, variant: int = 0) -> Draft:
    request = DraftRequest(
        code=CODE, description="", understood=ParsedBrief(), reference=None,
        reference_strength=0.0, seed=seed, size_px=size_px,
    )  # fmt: skip
    return field_draft(field, "tiny-1", request, variant)


def layer_of(draft: Draft) -> FieldLayer:
    (layer,) = draft.design.layers
    assert isinstance(layer, FieldLayer)
    return layer


def masks(draft: Draft) -> NDArray[np.uint8]:
    """Return the separations, (K, H, W)."""
    return np.stack([pixels_of(content) for content in draft.files])


def test_record_refers_to_one_separation_for_each_colour() -> None:
    field = tiny.generator()
    draft = drafted(field, variant=3)
    sampled = field.design(CODE, 4, 3)
    layer = layer_of(draft)
    assert parse_design(record_json(draft.design).encode()) == draft.design
    assert (draft.design.seed, draft.design.variant, layer.release) == (4, 3, "tiny-1")
    assert layer.separations == tuple(sha256(each).hexdigest() for each in draft.files)
    assert len(draft.files) == len(sampled.areas) == len(draft.design.palette)
    assert layer.paints == tuple(entry.id for entry in draft.design.palette)
    assert draft.traits == field.named(sampled)
    assert layer.traits == {name: value for name, value in draft.traits.items() if value}


def test_palette_is_sorted_by_area() -> None:
    for seed in range(4):
        draft = drafted(tiny.generator(), seed=seed)
        areas = masks(draft).mean(axis=(1, 2))
        # Areas were estimated on points, so that nearly equal ones may change places.
        assert all(later <= area + 8 for area, later in itertools.pairwise(areas))
        sampled = tiny.generator().design(CODE, seed)
        order = np.argsort(-np.array(sampled.areas), kind="stable")
        colours = sampled.colours.numpy().astype(int)[order]
        expected = ["#{:02X}{:02X}{:02X}".format(*each) for each in colours]
        assert [entry.hex for entry in draft.design.palette] == expected


def test_separations_cover_each_pixel_once() -> None:
    separations = masks(drafted(tiny.generator())).astype(int)
    assert np.abs(separations.sum(0) - 255).max() <= len(separations)


@pytest.mark.parametrize(("size_px", "drawn_px"), [(64, 512), (640, 640), (4096, 1024)])
def test_size_of_the_separations_is_bounded(size_px: int, drawn_px: int) -> None:
    assert masks(drafted(tiny.generator(), size_px)).shape[1:] == (drawn_px, drawn_px)


def test_record_draws_the_picture_that_the_field_renders() -> None:
    field = tiny.generator()
    draft = drafted(field, size_px=512)
    drawn = draw_pixels(draft.design, 512, draft.get)[..., :3].astype(int)
    rendered = field.render(field.design(CODE, 4), 512).astype(int)
    assert np.abs(drawn - rendered).max() <= 3  # separations have eight bits


def test_drawn_tile_is_seamless() -> None:
    draft = drafted(tiny.generator(), size_px=512)
    drawn = draw_pixels(draft.design, 512, draft.get)[..., :3].astype(float)
    for turned in (drawn, drawn.transpose(1, 0, 2)):
        inside = np.abs(np.diff(turned, axis=0)).mean(axis=(1, 2))
        assert np.abs(turned[0] - turned[-1]).mean() <= inside.max() * 1.1


def test_draft_depends_on_seed_and_variant_alone() -> None:
    field = tiny.generator()
    first = drafted(field)
    drafted(field, seed=9, variant=5)
    assert drafted(field) == first
    assert drafted(field, variant=1).files != first.files
    assert drafted(field, seed=5).files != first.files


def test_progress_is_reported_to_the_end() -> None:
    field = tiny.generator()
    field = replace(field, sampling=replace(field.sampling, most_px=512))
    shares: list[float] = []
    request = DraftRequest(
        code=CODE, description="", understood=ParsedBrief(), reference=None,
        reference_strength=0.0, seed=4, size_px=64,
    )  # fmt: skip
    field_draft(field, "tiny-1", request, 0, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    # Pixels rendered between two points at which the computation can be interrupted.
    assert np.diff([0.0, *shares]).max() * 2 * 512**2 <= 2**17


def test_file_without_a_hash_is_missing() -> None:
    with pytest.raises(KeyError):
        drafted(tiny.generator()).get("0" * 64)
