"""Move a tile on the torus to a standard place: where a tile starts tells nothing of a design."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["standard_shift", "standardised"]


def standard_shift(mask: NDArray[np.float32]) -> tuple[int, int]:
    """Find the shift (rows, columns) that brings a mask's two main waves to phase zero.

    A regular pattern then starts at few places of its motif, so that a generator has few pictures
    of it to learn and not one for every shift; which of the waves' common periods it starts in is
    left open.
    """
    side = mask.shape[0]
    spectrum = np.fft.rfft2(mask)
    rows = np.fft.fftfreq(side, 1 / side)[:, None] + np.zeros(spectrum.shape)
    columns = np.arange(spectrum.shape[1])[None, :] + np.zeros(spectrum.shape)
    strength = np.round(np.abs(spectrum) / (1e-9 + np.abs(spectrum).max()), 4)
    strength[0, 0] = 0
    # Of equals, the slowest wave: its phase says the most.
    strength = strength - 1e-6 * (rows**2 + columns**2)
    first = np.unravel_index(strength.argmax(), strength.shape)
    one = rows[first], columns[first]
    if one[0] == one[1] == 0:  # one colour all over: there is nothing to shift
        return 0, 0
    aside = np.where(np.abs(one[0] * columns - one[1] * rows) > 0, strength, -1)
    second = np.unravel_index(aside.argmax(), aside.shape)
    waves = np.array([one, (rows[second], columns[second])])
    phases = np.angle([spectrum[first], spectrum[second]]) / (2 * np.pi) * side
    # Symmetric motifs lie on half pixels: not the place to round up here and down there.
    shift = np.floor(np.linalg.solve(waves, phases) + 0.37).astype(int) % side
    return int(shift[0]), int(shift[1])


def standardised(masks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shift (K, S, S) so that the largest separation's main waves start at the corner."""
    moved: NDArray[np.float32] = np.roll(masks, standard_shift(masks[0]), axis=(1, 2))
    return moved
