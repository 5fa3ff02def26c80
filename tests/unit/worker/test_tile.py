"""Pictures made seamless, and seamless tiles resized."""

import numpy as np
import pytest

from worker.models.generator.tile import crossfade, resize_tile


def _ramp(height: int, width: int) -> np.ndarray:
    """Return a gradient, dark at the top left and light at the bottom right: not seamless."""
    across = np.linspace(0, 120, width)[None, :] + np.linspace(0, 120, height)[:, None]
    return np.repeat(across[:, :, None], 3, axis=2).astype(np.uint8)


def _jump(pixels: np.ndarray) -> tuple[int, int]:
    """Return the largest step across the border, left to right and top to bottom."""
    value = pixels.astype(int)
    across = np.abs(value[:, 0] - value[:, -1]).max()
    return int(across), int(np.abs(value[0] - value[-1]).max())


def test_blended_borders_are_seamless() -> None:
    ramp = _ramp(64, 96)
    assert min(_jump(ramp)) > 100
    tile = crossfade(ramp, 12)
    assert tile.shape == (52, 84, 3)
    assert max(_jump(tile)) <= 14  # one of twelve steps of the whole range
    assert np.array_equal(tile[12:, 12:], ramp[12:52, 12:84])


def test_borders_are_blended_in_equal_steps() -> None:
    """Each of the pixels lies between the borders, none repeats one of them."""
    pixels = np.full((8, 20, 3), 200, np.uint8)
    pixels[:, 17:] = 0
    tile = crossfade(pixels, 3)
    assert tile[0, :, 0].tolist() == [50, 100, 150] + 14 * [200]


def test_overlap_beyond_the_middle_is_rejected() -> None:
    with pytest.raises(ValueError, match="exceeds half"):
        crossfade(_ramp(20, 40), 11)


@pytest.mark.parametrize("size_px", [16, 40, 150])
def test_resized_tile_is_seamless(size_px: int) -> None:
    """Cyclic shifting and resizing commute."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (10, 10, 3), dtype=np.uint8)
    tile = np.kron(coarse, np.ones((4, 4, 1), dtype=np.uint8))
    moved = resize_tile(np.roll(tile, (20, 20), (0, 1)), size_px)
    half = size_px // 2
    resized = np.roll(resize_tile(tile, size_px), (half, half), (0, 1))
    assert resized.shape == (size_px, size_px, 3)
    assert np.abs(resized.astype(int) - moved).max() <= 2


def test_resizing_to_the_same_size_keeps_every_pixel() -> None:
    ramp = _ramp(32, 32)
    assert np.array_equal(resize_tile(ramp, 32), ramp)
