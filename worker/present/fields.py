"""Periodic noise and material textures, cached and sampled by surface coordinates."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from worker.present.canvas import Floats

__all__ = ["SIDE", "TEXTURES", "noise", "sample", "smoothstep", "texture"]

SIDE = 512
"""Side of every field in samples."""


def smoothstep(low: float, high: float, value: Floats) -> Floats:
    """Interpolate smoothly from 0 at `low` to 1 at `high`, clamped."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    return (t * t * (3.0 - 2.0 * t)).astype(np.float32)


@lru_cache(maxsize=32)
def noise(seed: int, across: float, along: float) -> Floats:
    """Return a (SIDE, SIDE) periodic noise field of mean 0 and standard deviation 1.

    `across` and `along` are the horizontal and vertical feature sizes in samples.
    """
    white = np.random.Generator(np.random.PCG64(seed)).standard_normal((SIDE, SIDE))
    fy = np.fft.fftfreq(SIDE)[:, None] * along
    fx = np.fft.rfftfreq(SIDE)[None, :] * across
    soft = np.fft.irfft2(np.fft.rfft2(white) * np.exp(-4.0 * (fx**2 + fy**2)), (SIDE, SIDE))
    soft -= soft.mean()
    field = (soft / soft.std()).astype(np.float32)
    field.setflags(write=False)
    return field


def sample(field: Floats, u: Floats, v: Floats) -> Floats:
    """Sample a periodic field at (u, v), in repeats of the field; nearest neighbour."""
    columns = np.floor(u * SIDE).astype(np.int32) & (SIDE - 1)
    rows = np.floor(v * SIDE).astype(np.int32) & (SIDE - 1)
    return field.reshape(-1)[rows * SIDE + columns]


def _brushed() -> Floats:
    return 0.6 * noise(11, 240.0, 1.2) + 0.5 * noise(12, 90.0, 2.6)


def _leather() -> Floats:
    cells = np.abs(noise(21, 9.0, 9.0))
    creases = 1.0 - np.clip(cells / 0.55, 0.0, 1.0)
    return np.asarray(0.35 * noise(22, 24.0, 24.0) - 1.5 * creases**1.5 + 0.55, np.float32)


def _wood() -> Floats:
    rows = np.arange(SIDE, dtype=np.float32)[:, None] / SIDE
    wander = 0.16 * noise(31, 260.0, 34.0)
    rings = np.sin(2 * np.pi * (9.0 * rows + wander * 5.0))
    pores = np.clip(noise(32, 60.0, 1.4) - 1.0, 0.0, 2.0)
    return np.asarray(0.62 * rings + 0.25 * noise(33, 120.0, 2.0) - 0.8 * pores, np.float32)


def _weave() -> Floats:
    step = 2 * np.pi * np.arange(SIDE, dtype=np.float32) / SIDE * 64
    across, along = np.sin(step)[None, :], np.sin(step)[:, None]
    over = np.sign(np.sin(step / 2)[None, :] * np.sin(step / 2)[:, None])
    threads = np.where(over > 0, np.abs(across), np.abs(along))
    slubs = 0.35 * noise(41, 60.0, 2.0) + 0.35 * noise(42, 2.0, 60.0)
    return np.asarray(1.5 * (threads - 0.64) + slubs, np.float32)


def _knit() -> Floats:
    step = 2 * np.pi * np.arange(SIDE, dtype=np.float32) / SIDE
    slant = np.sin(96 * step[:, None] + 1.2 * np.abs(np.sin(48 * step[None, :])))
    return np.asarray(0.7 * slant + 0.4 * noise(43, 3.0, 3.0), np.float32)


def _fibre() -> Floats:
    flecks = np.clip(noise(51, 14.0, 1.5) - 1.3, 0, 2) + np.clip(noise(52, 1.5, 14.0) - 1.3, 0, 2)
    return np.asarray(
        0.55 * noise(53, 3.0, 3.0) + 0.35 * noise(54, 40.0, 40.0) - flecks, np.float32
    )


def _fine() -> Floats:
    return np.asarray(0.8 * noise(61, 1.6, 1.6) + 0.4 * noise(62, 5.0, 5.0), np.float32)


def _smooth() -> Floats:
    return noise(71, 120.0, 120.0)


def _carbon() -> Floats:
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] // 8
    twill = ((rows + columns) % 4 < 2).astype(np.float32) * 2.0 - 1.0
    return np.asarray(twill + 0.3 * noise(81, 2.0, 2.0), np.float32)


def _specks() -> Floats:
    return np.asarray(np.clip(noise(91, 4.0, 4.0) - 1.7, 0.0, 1.0) * -4.0, np.float32)


TEXTURES: MappingProxyType[str, Callable[[], Floats]] = MappingProxyType(
    {
        "brushed": _brushed,
        "leather": _leather,
        "wood": _wood,
        "weave": _weave,
        "knit": _knit,
        "fibre": _fibre,
        "fine": _fine,
        "smooth": _smooth,
        "carbon": _carbon,
        "specks": _specks,
    }
)


@lru_cache(maxsize=16)
def texture(name: str) -> Floats:
    """Return the named (SIDE, SIDE) texture, about -2 to 2 around 0.

    A pixel covers about two samples each way, so they are averaged by pairs.

    Raises:
        KeyError: there is no texture of that name.
    """
    field = TEXTURES[name]()
    for axis in (0, 1):
        field = (field + np.roll(field, -1, axis)) * np.float32(0.5)
    field.setflags(write=False)
    return field
