"""First places of motifs: each where its outline has most room."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from worker.drawing.layout.bodies import Body, turned
from worker.drawing.layout.flow import Flow
from worker.drawing.layout.raster import Field, Raster
from worker.drawing.path import Points

__all__ = ["Placer"]

_ANGLES = 5
_SPACING_PX = 1.2
"""Distance of the points by which an outline is fitted in, pixels."""
_SOFT_PX = 0.7
_APART = 2.5
"""How strongly motifs of the same role or of the same drawing are kept apart."""
_WHIM = 0.25
"""Greatest random change of the attraction of a place: variants differ by it."""


class Placer:
    """Places bodies among those that are already there.

    Args:
        reach_mm: distances beyond it are all the same.
    """

    def __init__(
        self, raster: Raster, random: Random, flow: Flow | None, reach_mm: float
    ) -> None:
        self._raster = raster
        self._random = random
        self._flow = flow
        self._limit = max(4, round(reach_mm / raster.pixel_mm))
        self.mask = np.zeros(raster.shape, bool)
        self._centres = raster.centres()
        self._placed: list[Body] = []

    def add(self, body: Body) -> None:
        """Add a body that has its place."""
        for polygon in body.polygons():
            self._raster.fill(self.mask, polygon)
        self._placed.append(body)

    def distances(self) -> Field:
        """Return the distance of each pixel from all bodies, in pixels."""
        return self._raster.distances(self.mask, self._limit)

    def place(self, body: Body) -> bool:
        """Place a body where its outline has most room, and add it.

        Returns:
            Whether there is a place for it between the walls.
        """
        raster = self._raster
        angles = self._angles(body)
        points = [turned(body.samples(_SPACING_PX * raster.pixel_mm), a) for a in angles]
        outlines = np.stack(points) * body.size
        energy = self._energy(outlines)
        energy *= self._company(body)
        if self._flow is not None and body.item.may_turn:
            off = np.radians(angles[:, None, None] - self._flow.angles(self._centres))
            energy *= 1 + 6 * (1 - np.cos(off)).astype(np.float32)
        self._forbid_walls(energy, outlines)
        best = int(energy.argmin())
        if not np.isfinite(energy.flat[best]):
            return False
        which, x, y = np.unravel_index(best, energy.shape)
        body.x, body.y = raster.points(np.array((x, y), float)).tolist()
        body.turn = float(angles[which])
        if self._flow is not None and body.item.may_turn:
            here = float(self._flow.angles(np.array((body.x, body.y))))
            body.heading, body.leeway = here, 14.0
            body.turn = here + float(np.clip((body.turn - here + 180) % 360 - 180, -14, 14))
        self.add(body)
        return True

    def _angles(self, body: Body) -> NDArray[np.float64]:
        if self._flow is not None and body.item.may_turn:
            return self._random.uniform(0, 45) + np.arange(8) * 45.0
        steps = np.linspace(-0.8, 0.8, _ANGLES) + self._random.uniform(-0.2, 0.2)
        return body.heading + steps * body.leeway

    def _energy(self, outlines: Points) -> Field:
        """Return, for each turn and place, how crowded the outline would be."""
        raster = self._raster
        if not self._placed and all(raster.torus.joined):
            values = np.array([self._random.random() for _ in range(64)], np.float32)
            sides = [np.linspace(0, 7.99, count).astype(int) for count in raster.shape]
            return values.reshape(8, 8)[np.ix_(*sides)][None] + np.zeros(
                (len(outlines), 1, 1), np.float32
            )
        crowding = 1 / (self.distances() + _SOFT_PX) ** 2
        inner = np.concatenate([outlines * 0.66, outlines * 0.33], 1)
        rims = raster.spectrum(0.9 * raster.splat(outlines) + 0.1 * raster.splat(inner))
        found = raster.correlation(raster.spectrum(crowding), rims)
        return np.maximum(found, 1e-6)

    def _company(self, body: Body) -> Field:
        """Return a factor for each place: above 1 near motifs of the same role or drawing."""
        torus = self._raster.torus
        total = np.ones(self._raster.shape, np.float32)
        peers = [other for other in self._placed if other.item.role == body.item.role]
        for other in peers:
            strength = _APART * (0.4 + 0.6 * (other.item.key == body.item.key))
            width = 0.5 * np.sqrt(torus.width * torus.height / (len(peers) + 1))
            total += strength * self._bump(other, width)
        noise = np.array([self._random.uniform(-1, 1) for _ in range(8)], np.float32)
        grid = self._centres / (torus.width, torus.height)
        for k, (i, j) in enumerate(((1, 0), (0, 1), (1, 1), (1, -1))):
            if torus.repeat == "half-drop":
                i *= 2
            elif torus.repeat == "half-brick":
                j *= 2
            phase = 2 * np.pi * (grid @ (float(i), float(j)))
            total *= 1 + _WHIM / 2 * (
                noise[2 * k] * np.cos(phase) + noise[2 * k + 1] * np.sin(phase)
            ).astype(np.float32)
        return total

    def _bump(self, body: Body, width: float) -> Field:
        """Return a bell around a body and its copies."""
        found = np.zeros(self._raster.shape, np.float32)
        flat = self._centres[0, :, :], self._centres[:, 0, :]
        del flat
        for shift in self._raster.torus.translations:
            off = self._centres - (np.array((body.x, body.y)) + shift)
            found += np.exp(-(off**2).sum(-1) / (2 * width**2)).astype(np.float32)
        return found

    def _forbid_walls(self, energy: Field, outlines: Points) -> None:
        """Make places infinite at which an outline would cross a wall."""
        torus = self._raster.torus
        low, high = outlines.min(1), outlines.max(1)
        for axis, length in enumerate((torus.width, torus.height)):
            if torus.joined[axis]:
                continue
            at = self._centres[..., axis]
            for index in range(len(outlines)):
                outside = (at + low[index, axis] < 0) | (at + high[index, axis] > length)
                energy[index][outside] = np.inf

    def fill_holes(self, bodies: Sequence[Body]) -> list[Body]:
        """Place small bodies, each in the middle of the largest hole, and return those placed."""
        raster = self._raster
        distances = self.distances()
        window = np.arange(-self._limit, self._limit + 1)
        offsets = np.stack(np.meshgrid(window, window, indexing="ij"), -1).reshape(-1, 2)
        far = np.hypot(offsets[:, 0], offsets[:, 1]).astype(np.float32)
        flat = distances.ravel()
        placed = []
        for body in bodies:
            hole = int(flat.argmax())
            at = np.array(divmod(hole, raster.shape[1]))
            if flat[hole] < 1:
                break
            body.x, body.y = raster.points(at + 0.5).tolist()
            if self._flow is not None and body.item.may_turn:
                body.heading = body.turn = float(self._flow.angles(np.array((body.x, body.y))))
                body.leeway = 20.0
            radius = body.size * np.sqrt(body.form.area / np.pi) / raster.pixel_mm
            index = raster.flat_index(at + offsets)
            inside = index >= 0
            reached = index[inside]
            stamped = np.maximum(far[inside] - np.float32(radius), 0)
            flat[reached] = np.minimum(flat[reached], stamped)
            placed.append(body)
        return placed
