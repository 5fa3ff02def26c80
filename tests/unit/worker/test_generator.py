"""Tiles are seamless at any size and reproducible."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.unit.worker import tiny
from worker.models.fusion import ShapeMismatch
from worker.models.generator import model as generator_model

CODE = torch.linspace(-1, 1, 9 * 32).reshape(9, 32)


def test_tile_depends_only_on_its_own_inputs() -> None:
    drawer = tiny.generator()
    alone = drawer.draw(CODE[None], [7], 64)
    beside = drawer.draw(torch.stack([CODE.flip(0), CODE]), [1, 7], 64)
    assert alone[0].tobytes() == beside[1].tobytes()
    assert alone.dtype == np.uint8
    assert alone.shape == (1, 64, 64, 3)


def test_tile_depends_on_seed_variant_and_code() -> None:
    drawer = tiny.generator()
    first = drawer.draw(CODE[None], [7], 32)
    assert not np.array_equal(first, drawer.draw(CODE[None], [8], 32))
    assert not np.array_equal(first, drawer.draw(CODE[None], [7], 32, [1]))
    assert not np.array_equal(first, drawer.draw(-3 * CODE[None], [7], 32))


@pytest.mark.parametrize("size", [16, 64, 96, 300])
def test_tile_continues_at_the_opposite_edge(size: int) -> None:
    drawer = tiny.generator()
    tile = drawer.draw(CODE[None], [3], size)[0].astype(float)
    inside = np.abs(np.diff(tile, axis=1)).mean()
    seam = np.abs(tile[:, 0] - tile[:, -1]).mean()
    assert inside > 0
    assert seam < 4 * inside + 1


def test_shifted_design_yields_the_shifted_picture() -> None:
    """The generator has no border: it is equivariant to cyclic shifts."""
    drawer = tiny.generator()
    drawn = replace(drawer.design(CODE, 3), shift=(0.0, 0.0))
    moved = replace(drawn, shift=(0.25, 0.5))
    plain = drawer.render(drawn, 64).astype(int)
    shifted = np.roll(plain, (-32, -16), (0, 1))
    different = np.abs(shifted - drawer.render(moved, 64)).max(-1) > 2
    assert different.mean() < 0.01  # rounding may change points on a border


def test_areas_sum_to_one_and_match_the_colours() -> None:
    drawer = tiny.generator()
    for seed in range(6):
        drawn = drawer.design(CODE, seed)
        assert 1 <= int(drawn.present.sum()) == len(drawn.areas) <= 5
        assert sum(drawn.areas) == pytest.approx(1.0, abs=1e-3)
        assert drawer.named(drawn)["count"] == str(len(drawn.areas))


def test_unlikely_traits_are_never_sampled() -> None:
    drawer = tiny.generator()
    head = drawer.network.reader.heads["pattern"]
    with torch.no_grad():
        head.weight.zero_()
        head.bias.zero_()
        head.bias[[3, 7]] = 5.0
    seen = {drawer.named(drawer.design(CODE, seed))["pattern"] for seed in range(12)}
    keys = tiny.KEYS.keys["pattern"]
    assert seen == {keys[3], keys[7]}


def test_large_sizes_are_rendered_in_matching_bands() -> None:
    drawer = tiny.generator()
    drawn = drawer.design(CODE, 5)
    large = drawer.render(drawn, 600)  # six bands of 109 rows
    rows = np.abs(np.diff(large.astype(float), axis=0)).mean(axis=(1, 2))
    borders = np.arange(108, 599, 109)
    assert rows[borders].max() <= np.delete(rows, borders).max()


@pytest.mark.parametrize("size", [512, 1024])
def test_rendering_can_be_interrupted_at_short_intervals(size: int) -> None:
    small = tiny.generator()
    drawer = replace(small, sampling=replace(small.sampling, most_px=size))
    shares: list[float] = []
    drawer.render(drawer.design(CODE, 5), size, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    steps = np.diff([0.0, *shares])
    # Pixels rendered between two points at which the computation can be interrupted.
    assert steps.max() * 2 * size**2 <= 2**17


@pytest.mark.parametrize("size", [0, 15, 4097])
def test_invalid_sizes_are_rejected(size: int) -> None:
    drawer = tiny.generator()
    with pytest.raises(ValueError, match="16 to 4096"):
        drawer.draw(CODE[None], [1], size)


def test_code_of_another_fusion_is_rejected() -> None:
    with pytest.raises(ShapeMismatch, match="fusion of the same release"):
        tiny.generator().draw(torch.zeros(1, 9, 64), [1], 32)


def test_generator_round_trips_through_its_file(tmp_path: Path) -> None:
    loaded = generator_model.load_field(tiny.saved(tmp_path)["generator"], tiny.CPU)
    expected = tiny.generator().draw(CODE[None], [7], 48)
    assert np.array_equal(loaded.draw(CODE[None], [7], 48), expected)
