"""Directions of motifs: a smooth field of angles that repeats with the cell."""

from __future__ import annotations

from random import Random

import numpy as np
from numpy.typing import NDArray

from worker.drawing.layout.torus import Torus
from worker.drawing.path import Points

__all__ = ["Flow"]

_SWING = 1.1
"""Amplitude of the waves, radians."""


class Flow:
    """A direction at each place of a cell: a few long waves, and in all directions one full turn.

    The turn gives every direction its equal part, as tossed layouts have it.

    Args:
        all_round: whether all directions come up; else they wave about straight up.
    """

    def __init__(self, torus: Torus, random: Random, *, all_round: bool) -> None:
        dual = np.linalg.inv(torus.vectors)
        choices = [(0, 1), (1, 0), (1, 1), (1, -1)]
        kinds = random.sample(choices, 3)
        self._waves = np.array(kinds, float) @ dual.T
        self._phases = np.array([random.uniform(0, 2 * np.pi) for _ in kinds])
        self._swings = np.array([random.uniform(0.5, 1.0) for _ in kinds]) * (_SWING / len(kinds))
        joined = [index for index in (0, 1) if torus.joined[index]]
        self._winding = np.zeros(2)
        if all_round and joined:
            steps = np.zeros(2)
            steps[random.choice(joined)] = random.choice((-1, 1))
            self._winding = steps @ dual.T
        self._start = random.uniform(0, 360) if all_round else 0.0

    def angles(self, points: Points) -> NDArray[np.float64]:
        """Return the directions at points (..., 2), degrees clockwise from upright."""
        waves = np.sin(2 * np.pi * (points @ self._waves.T) + self._phases) @ self._swings
        return self._start + np.degrees(waves) + 360 * (points @ self._winding)
