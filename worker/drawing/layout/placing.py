"""First places of motifs: each where its outline has most room."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from worker.drawing.layout.bodies import Body, turned
from worker.drawing.layout.flow import Flow
from worker.drawing.layout.raster import Field, Raster, Spectrum
from worker.drawing.path import Points

__all__ = ["Placer"]

_ANGLES = 5
_SPACING_PX = 1.2
"""Distance of the points by which an outline is fitted in, pixels."""
_SOFT_PX = 0.7
_APART = 2.5
"""How strongly motifs of the same role or of the same drawing are kept apart."""
_FLOW_LEEWAY = 16.0
SMALLEST, LARGEST = 0.4, 1.15
_TRIES = 6
"""Holes that are tried for each small motif."""
_LEAST_PX = 1.5
"""Holes below this radius are left empty, pixels."""
_ROWS = 0.8
"""The same for motifs that are in one row or column."""
_WHIM = 0.5
"""Amplitude of the random waves, as exponents: variants differ by them."""


class Placer:
    """Places bodies among those that are already there.

    Args:
        reach_mm: distances beyond it are all the same.
    """

    def __init__(self, raster: Raster, random: Random, flow: Flow | None, reach_mm: float) -> None:
        self._raster = raster
        self._random = random
        self.flow = flow
        self._limit = max(4, round(reach_mm / raster.pixel_mm))
        self.mask = np.zeros(raster.shape, bool)
        self._centres = raster.centres()
        self._placed: list[Body] = []
        self._bells: dict[int, Spectrum] = {}
        self._waves = self._long_waves()

    def _long_waves(self) -> Field:
        """Return the longest waves that repeat with the cell, (n, nx, ny)."""
        dual = np.linalg.inv(self._raster.torus.vectors)
        numbers = np.array(((1, 0), (0, 1), (1, 1), (1, -1)), float) @ dual.T
        phases = 2 * np.pi * np.tensordot(numbers, self._centres, (1, 2))
        return np.concatenate([np.cos(phases), np.sin(phases)]).astype(np.float32)

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
        if self.flow is not None and body.item.may_turn:
            off = np.radians(angles[:, None, None] - self.flow.angles(self._centres))
            energy *= 1 + 6 * (1 - np.cos(off)).astype(np.float32)
        self._forbid_walls(energy, outlines)
        best = int(energy.argmin())
        if not np.isfinite(energy.flat[best]):
            return False
        which, x, y = np.unravel_index(best, energy.shape)
        at = np.array((x, y), float)
        if self._placed:
            index = raster.flat_index(np.rint(raster.pixels(outlines[which]) + at).astype(np.int64))
            if self.distances().ravel()[index].min() < 1:
                return False
        body.x, body.y = raster.points(at).tolist()
        body.turn = float(angles[which])
        self._follow(body)
        self.add(body)
        return True

    def _follow(self, body: Body) -> None:
        """Turn a body that may turn into the flow's direction at its place."""
        if self.flow is None or not body.item.may_turn:
            return
        body.heading = float(self.flow.angles(np.array((body.x, body.y))))
        body.leeway = _FLOW_LEEWAY
        off = (body.turn - body.heading + 180) % 360 - 180
        body.turn = body.heading + min(max(off, -_FLOW_LEEWAY), _FLOW_LEEWAY)

    def _angles(self, body: Body) -> NDArray[np.float64]:
        if self.flow is not None and body.item.may_turn:
            first = self._random.uniform(0, 45)
            return np.linspace(first, first + 315, 8)
        middle = body.heading + self._random.uniform(-0.2, 0.2) * body.leeway
        return np.linspace(middle - 0.8 * body.leeway, middle + 0.8 * body.leeway, _ANGLES)

    def _energy(self, outlines: Points) -> Field:
        """Return, for each turn and place, how crowded the outline would be."""
        raster = self._raster
        if not self._placed and all(raster.torus.joined):
            # All places are equal but for the random waves.
            return np.ones((len(outlines), *raster.shape), np.float32)
        crowding = (1 / (self.distances() + _SOFT_PX) ** 2).astype(np.float32)
        inner = np.concatenate([outlines * 0.66, outlines * 0.33], 1)
        rims = raster.spectrum(0.9 * raster.splat(outlines) + 0.1 * raster.splat(inner))
        found = raster.correlation(raster.spectrum(crowding), rims)
        return np.maximum(found, 1e-6)

    def _company(self, body: Body) -> Field:
        """Return a factor for each place: above 1 near motifs of the same role or drawing."""
        total = np.ones(self._raster.shape, np.float32)
        peers = [other for other in self._placed if other.item.role == body.item.role]
        if peers:
            marks = np.zeros(total.shape, np.float32)
            places = self._raster.pixels(np.array([(other.x, other.y) for other in peers]))
            index = self._raster.flat_index(np.floor(places).astype(np.int64))
            same = np.array([other.item.key == body.item.key for other in peers])
            np.add.at(marks.ravel(), np.maximum(index, 0), _APART * (0.4 + 0.6 * same))
            bells = self._raster.correlation(self._raster.spectrum(marks), self._bell(len(peers)))
            total += np.maximum(bells, 0)
        amplitudes = [self._random.uniform(-_WHIM, _WHIM) for _ in self._waves]
        whim = np.tensordot(np.array(amplitudes, np.float32), self._waves, 1)
        return total * np.exp(whim)

    def _bell(self, peers: int) -> Spectrum:
        """Return the spectrum of a bell around the first pixel, narrower the more peers.

        It has arms to the sides, up and down, so that peers form no rows.
        """
        if peers not in self._bells:
            torus = self._raster.torus
            across, down = torus.width / (peers + 1), torus.height / (peers + 1)
            width = 0.5 * np.sqrt(torus.width * torus.height / (peers + 1))
            shapes = [
                (1.0, width, width),
                (_ROWS, torus.width / 2, 0.3 * down),
                (_ROWS, 0.3 * across, torus.height / 2),
            ]
            near = np.zeros(self._raster.shape)
            for shift in torus.translations:
                off = self._centres - self._centres[0, 0] - shift
                for height, x, y in shapes:
                    near += height * np.exp(-((off / (x, y)) ** 2).sum(-1) / 2)
            self._bells[peers] = self._raster.spectrum(near.astype(np.float32))
        return self._bells[peers]

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

    def replace(self, body: Body, others: Sequence[Body]) -> None:
        """Place a body anew among others; if there is no room it stays where it is."""
        self.mask[:] = False
        self._placed = []
        for other in others:
            self.add(other)
        before = body.x, body.y, body.turn
        if not self.place(body):
            body.x, body.y, body.turn = before

    def refill(
        self, bodies: Sequence[Body], more: Sequence[Body], gap_mm: float, smallest: float
    ) -> list[Body]:
        """Place further small bodies in the holes among bodies that have been moved."""
        self.mask[:] = False
        self._placed = []
        for body in bodies:
            self.add(body)
        return self.fill_holes(more, gap_mm, smallest)

    def fill_holes(
        self, bodies: Sequence[Body], gap_mm: float, smallest: float = SMALLEST
    ) -> list[Body]:
        """Place small bodies, each in the largest hole that is left, and return those placed.

        Args:
            gap_mm: room that must be left around each.
        """
        raster = self._raster
        field = self.distances().ravel()
        placed: list[Body] = []
        for body in bodies:
            radius = body.nominal * np.sqrt(body.form.area / np.pi)
            for _ in range(_TRIES):
                hole = int(field.argmax())
                share = float(field[hole] * raster.pixel_mm - gap_mm) / radius
                if share < smallest or field[hole] < _LEAST_PX:
                    return placed
                body.nominal = body.size = body.nominal * min(share, LARGEST)
                at = np.array(divmod(hole, raster.shape[1]), float) + 0.5
                if self._fit(body, at, field):
                    placed.append(body)
                    break
                field[hole] = 0
        return placed

    def _fit(self, body: Body, at: Points, field: Field) -> bool:
        """Turn a body so that it fits a hole, and mark it in the field of distances."""
        raster = self._raster
        body.x, body.y = raster.points(at).tolist()
        self._follow(body)
        unit = body.samples(_SPACING_PX * raster.pixel_mm)
        angles = body.heading + np.linspace(-1, 1, _ANGLES) * body.leeway
        rims = np.stack([turned(unit, angle) for angle in angles]) * body.size
        for shrink in (1.0, 0.88):
            pixels = raster.pixels(rims * shrink) + at
            index = raster.flat_index(np.floor(pixels).astype(np.int64))
            room = np.where(index >= 0, field[index], 0)
            clear = room.min(1) >= _LEAST_PX / 2
            if clear.any():
                break
        else:
            return False
        crowding = (1 / (room + _SOFT_PX) ** 2).mean(1)
        best = int(np.where(clear, crowding, np.inf).argmin())
        body.turn = float(angles[best])
        body.size *= shrink
        body.nominal *= shrink
        self._stamp(pixels[best], at, field)
        return True

    def _stamp(self, rim: Points, at: Points, field: Field) -> None:
        """Lower a field of distances around a body.

        Args:
            rim: points on its outline, pixels.
            at: its middle.
        """
        solid = np.concatenate([rim, (rim + at) / 2, at[None]])
        low = np.floor(rim.min(0)).astype(np.int64) - self._limit
        high = np.ceil(rim.max(0)).astype(np.int64) + self._limit
        columns, rows = np.arange(low[0], high[0]), np.arange(low[1], high[1])
        x = ((columns + 0.5 - solid[:, :1]) ** 2).astype(np.float32)
        y = ((rows + 0.5 - solid[:, 1:]) ** 2).astype(np.float32)
        near = np.sqrt((x[:, :, None] + y[:, None, :]).min(0))
        index = self._raster.flat_index(np.stack(np.meshgrid(columns, rows, indexing="ij"), -1))
        inside = index >= 0
        np.minimum.at(field, index[inside], near[inside])
