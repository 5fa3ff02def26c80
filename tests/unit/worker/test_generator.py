"""Tiles are seamless, of any size, and the same for the same seed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.unit.worker import tiny
from worker.models import generator as generator_model
from worker.models.fusion import BadShape

CODE = torch.linspace(-1, 1, 9 * 32).reshape(9, 32)


def test_the_same_seed_gives_the_same_bytes_whatever_is_drawn_beside_it() -> None:
    drawer = tiny.generator()
    alone = drawer.draw(CODE[None], [7], 64)
    beside = drawer.draw(torch.stack([CODE.flip(0), CODE]), [1, 7], 64)
    assert alone[0].tobytes() == beside[1].tobytes()
    assert alone.dtype == np.uint8
    assert alone.shape == (1, 64, 64, 3)


def test_seed_variant_and_code_each_change_the_tile() -> None:
    drawer = tiny.generator()
    first = drawer.draw(CODE[None], [7], 32)
    assert not np.array_equal(first, drawer.draw(CODE[None], [8], 32))
    assert not np.array_equal(first, drawer.draw(CODE[None], [7], 32, [1]))
    assert not np.array_equal(first, drawer.draw(-3 * CODE[None], [7], 32))


@pytest.mark.parametrize("size", [16, 64, 96, 300])
def test_a_tile_continues_at_the_opposite_edge(size: int) -> None:
    drawer = tiny.generator()
    tile = drawer.draw(CODE[None], [3], size)[0].astype(float)
    inside = np.abs(np.diff(tile, axis=1)).mean()
    seam = np.abs(tile[:, 0] - tile[:, -1]).mean()
    assert inside > 0
    assert seam < 4 * inside + 1


def test_the_seam_is_no_place_of_its_own() -> None:
    """Noise that is moved around the torus gives the tile that is moved: there is no border."""
    drawer = tiny.generator()
    drawn = drawer.design(CODE, 3)
    moved = generator_model.Drawn(
        logits=drawn.logits.roll((16, 5), (2, 3)), present=drawn.present, colours=drawn.colours
    )
    plain = drawer.render(drawn, 64).astype(int)
    assert np.abs(np.roll(plain, (32, 10), (0, 1)) - drawer.render(moved, 64)).max() <= 1


def test_at_least_one_colour_is_there_and_areas_sum_to_one() -> None:
    drawer = tiny.generator()
    for seed in range(6):
        drawn = drawer.design(CODE, seed)
        assert drawn.present.any()
        torch.testing.assert_close(drawn.masks().mean((2, 3)).sum(), torch.tensor(1.0))


def test_large_sizes_are_drawn_in_bands_that_fit_together() -> None:
    drawer = tiny.generator()
    drawn = drawer.design(CODE, 5)
    large = drawer.render(drawn, 600)  # three bands
    rows = np.abs(np.diff(large.astype(float), axis=0)).mean(axis=(1, 2))
    assert rows[[255, 511]].max() <= rows.max()
    small = drawer.render(drawn, 60).astype(float)
    shrunk = large.reshape(60, 10, 60, 10, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - small).mean() < 12


@pytest.mark.parametrize("size", [0, 15, 4097])
def test_refuses_sizes_that_are_no_tile(size: int) -> None:
    drawer = tiny.generator()
    with pytest.raises(ValueError, match="16 to 4096"):
        drawer.draw(CODE[None], [1], size)


def test_refuses_a_code_of_another_fusion() -> None:
    with pytest.raises(BadShape, match="belong together"):
        tiny.generator().draw(torch.zeros(1, 9, 64), [1], 32)


def test_loads_what_was_saved(tmp_path: Path) -> None:
    loaded = generator_model.load(tiny.saved(tmp_path)["generator"], tiny.CPU)
    expected = tiny.generator().draw(CODE[None], [7], 48)
    assert np.array_equal(loaded.draw(CODE[None], [7], 48), expected)
