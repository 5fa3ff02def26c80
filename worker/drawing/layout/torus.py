"""The surface that a cell forms with its repeat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shared.designs.record import Repeat
from worker.drawing.path import Points

__all__ = ["Torus"]


@dataclass(frozen=True, kw_only=True)
class Torus:
    """A cell whose edges are joined as its repeat says, or are walls.

    A mirrored cell has walls: a motif that crossed them would overlap its own mirror image.
    """

    width: float
    height: float
    repeat: Repeat = "straight"

    @property
    def joined(self) -> tuple[bool, bool]:
        """Return whether the cell goes on to its right and below; else there are walls."""
        if self.repeat in ("mirror", "none"):
            return False, False
        return True, self.repeat != "border"

    @property
    def vectors(self) -> NDArray[np.float64]:
        """Return the translations of the next cell to the right and of that below, (2, 2)."""
        drop = self.height / 2 if self.repeat == "half-drop" else 0.0
        offset = self.width / 2 if self.repeat == "half-brick" else 0.0
        return np.array([(self.width, drop), (offset, self.height)])

    @property
    def translations(self) -> NDArray[np.float64]:
        """Return the translations of the cell and of those around it, (n, 2), itself first."""
        steps = [
            (i, j)
            for i in ((0, -1, 1) if self.joined[0] else (0,))
            for j in ((0, -2, -1, 1, 2) if self.joined[1] else (0,))
        ]
        found = np.array(steps, float) @ self.vectors
        near = (np.abs(found) < 1.6 * np.array((self.width, self.height))).all(1)
        return found[near]

    def wrapped(self, points: ArrayLike) -> Points:
        """Return points moved into the cell, (..., 2); across walls they stay where they are."""
        array = np.array(points, float)
        (width, drop), (offset, height) = self.vectors
        if self.joined[0]:
            across = np.floor(array[..., 0] / width) if not offset else 0.0
            array = array - np.multiply.outer(across, (width, drop)) if not offset else array
        if self.joined[1]:
            down = np.floor(array[..., 1] / height)
            array = array - np.multiply.outer(down, (offset, height))
        if self.joined[0] and offset:
            across = np.floor(array[..., 0] / width)
            array = array - np.multiply.outer(across, (width, drop))
        return array

    def walls(self, points: Points) -> tuple[NDArray[np.float64], Points]:
        """Return each point's distance from the nearest wall and the direction away from it."""
        distance = np.full(len(points), np.inf)
        inward = np.zeros_like(points)
        for axis, length in enumerate((self.width, self.height)):
            if self.joined[axis]:
                continue
            for sign, to_wall in ((1, points[:, axis]), (-1, length - points[:, axis])):
                nearer = to_wall < distance
                distance[nearer] = to_wall[nearer]
                inward[nearer] = 0
                inward[nearer, axis] = sign
        return distance, inward
