"""Solids by their distance functions, seen by a camera: sphere tracing in numpy.

Lengths are mm; x runs right, y down, z to the viewer. A distance function takes x, y, z of any
one shape and gives lower bounds of the distance, negative inside (Hart, Sphere tracing, 1996).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from worker.present.canvas import SUPER, Floats

__all__ = ["Distance", "Hit", "Rays", "View", "norm", "rounded_box", "rounded_rectangle", "trace"]

Distance = Callable[[Floats, Floats, Floats], Floats]


class Rays(NamedTuple):
    """Rays of a window in the product's own axes: origin (3,), directions (h, w) each, unit."""

    origin: tuple[float, float, float]
    dx: Floats
    dy: Floats
    dz: Floats


class Hit(NamedTuple):
    """Where rays met a solid, in the product's own axes; arrays (h, w)."""

    x: Floats
    y: Floats
    z: Floats
    alpha: Floats  # 0 to 1: how much of the sample is covered
    nx: Floats  # unit normal in the product's axes
    ny: Floats
    nz: Floats
    depth: Floats  # distance along the ray


@dataclass(frozen=True, kw_only=True)
class View:
    """A camera that looks at a product which is turned about its centre."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    distance_mm: float = 800.0
    px_per_mm: float
    x_px: float
    """Where the product's origin is seen."""
    y_px: float

    def turn(self) -> Floats:
        """Give the (3, 3) rotation from the product's axes to the camera's."""
        a, b, c = np.deg2rad([self.yaw_deg, self.pitch_deg, self.roll_deg])
        yaw = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
        pitch = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
        roll = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        return (roll @ pitch @ yaw).astype(np.float32)

    def rays(self, top: int, left: int, height: int, width: int) -> Rays:
        """Cast the rays of a window of px, SUPER samples per px and axis."""
        step = 1.0 / SUPER
        xs = left + (np.arange(width * SUPER, dtype=np.float32) + 0.5) * step
        ys = top + (np.arange(height * SUPER, dtype=np.float32) + 0.5) * step
        px = ((xs - self.x_px) / self.px_per_mm)[None, :]
        py = ((ys - self.y_px) / self.px_per_mm)[:, None]
        length = np.sqrt(px * px + py * py + self.distance_mm**2)
        turn = self.turn()
        ox, oy, oz = (float(value) for value in turn.T @ np.array([0, 0, self.distance_mm]))
        axes = [
            ((turn[0, i] * px + turn[1, i] * py - turn[2, i] * self.distance_mm) / length)
            for i in range(3)
        ]
        dx, dy, dz = (axis.astype(np.float32) for axis in axes)
        return Rays((ox, oy, oz), dx, dy, dz)

    def project(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Give the px at which a point of the product is seen."""
        cx, cy, cz = self.turn() @ np.array([x, y, z], np.float32)
        near = self.distance_mm / (self.distance_mm - cz)
        return self.x_px + cx * near * self.px_per_mm, self.y_px + cy * near * self.px_per_mm


def norm(x: Floats, y: Floats) -> Floats:
    """Length of (x, y); several times as fast as `np.hypot`, for lengths that cannot overflow."""
    return np.asarray(np.sqrt(x * x + y * y))


def rounded_rectangle(x: Floats, y: Floats, half: tuple[float, float], radius: float) -> Floats:
    """Distance to a rectangle of half sizes (x, y) with rounded corners."""
    qx = np.abs(x) - np.float32(half[0] - radius)
    qy = np.abs(y) - np.float32(half[1] - radius)
    outside = norm(np.maximum(qx, 0), np.maximum(qy, 0))
    return np.asarray(outside + np.minimum(np.maximum(qx, qy), 0) - np.float32(radius))


def rounded_box(outline: Floats, z: Floats, half_depth: float, edge: float) -> Floats:
    """Distance to a plate with a 2D outline (its distances), thickened along z, edges rounded."""
    a, b = outline + np.float32(edge), np.abs(z) - np.float32(half_depth - edge)
    outside = norm(np.maximum(a, 0), np.maximum(b, 0))
    return np.asarray(outside + np.minimum(np.maximum(a, b), 0) - np.float32(edge))


def trace(distance: Distance, rays: Rays, view: View, *, reach_mm: float, steps: int = 26) -> Hit:
    """Find where rays meet a solid that lies within `reach_mm` of the origin.

    Edges are smoothed by the closest distance that a passing ray came to.
    """
    march = _March(view.distance_mm, 0.5 / (view.px_per_mm * SUPER), reach_mm, steps)
    start = _approach(distance, rays, march)
    flat = [axis.reshape(-1) for axis in (rays.dx, rays.dy, rays.dz, start)]
    parts = [
        _trace(
            distance,
            Rays(rays.origin, *(axis[at : at + _BATCH] for axis in flat[:3])),
            flat[3][at : at + _BATCH],
            march,
        )
        for at in range(0, flat[0].size, _BATCH)
    ]
    planes = (np.concatenate(plane) for plane in zip(*parts, strict=True))
    return Hit(*(plane.reshape(rays.dx.shape) for plane in planes))


_BATCH = 1 << 15
"""Rays that are traced together: what they need fits the processor's cache."""
_CELL = 8
"""Samples on a side of the cells whose rays share their first steps."""


class _March(NamedTuple):
    distance_mm: float  # of the camera
    sample_mm: float  # half a sample's side
    reach_mm: float
    steps: int


def _approach(distance: Distance, rays: Rays, march: _March) -> Floats:
    """Give how far all rays of a cell may go before one of them can touch the solid, (h, w)."""
    height, width = rays.dx.shape
    rows = np.minimum(np.arange(0, height, _CELL) + _CELL // 2, height - 1)
    columns = np.minimum(np.arange(0, width, _CELL) + _CELL // 2, width - 1)
    (ox, oy, oz), *axes = rays
    dx, dy, dz = (axis[np.ix_(rows, columns)] for axis in axes)
    travel, far = _span(Rays(rays.origin, dx, dy, dz), march)
    around = np.float32(1.2 * 2 * march.sample_mm * _CELL / np.sqrt(2))
    for _ in range(march.steps):
        room = distance(ox + dx * travel, oy + dy * travel, oz + dz * travel) - around
        travel = np.where(travel < far, travel + np.maximum(room, 0), travel)
    whole = np.repeat(np.repeat(travel, _CELL, axis=0), _CELL, axis=1)
    return np.ascontiguousarray(whole[:height, :width])


def _span(rays: Rays, march: _March) -> tuple[Floats, Floats]:
    """Give where rays enter and leave the sphere around the solid; twice the same where not."""
    (ox, oy, oz), dx, dy, dz = rays
    middle = -(ox * dx + oy * dy + oz * dz)
    miss2 = np.float32(march.distance_mm**2) - middle * middle
    half = np.sqrt(np.maximum(march.reach_mm**2 - miss2, 0)).astype(np.float32)
    return middle - half, middle + half


def _trace(distance: Distance, rays: Rays, start: Floats, march: _March) -> tuple[Floats, ...]:
    """Trace a batch of rays from where they start; gives the planes of a `Hit`, flat."""
    (ox, oy, oz), dx, dy, dz = rays
    near, far = _span(rays, march)
    travel = np.maximum(near, start)
    live = np.flatnonzero(travel < far)
    closest = np.full(dx.shape, 1e3, np.float32)
    for _ in range(march.steps):
        if not live.size:
            break
        t = travel[live]
        d = distance(ox + dx[live] * t, oy + dy[live] * t, oz + dz[live] * t)
        closest[live] = np.minimum(closest[live], d)
        moving = d > 0.02
        live, t = live[moving], t[moving] + d[moving]
        travel[live] = t
        live = live[t < far[live]]
    alpha = np.clip(1.0 - (closest - 0.02) / np.float32(2 * march.sample_mm), 0, 1)
    x, y, z = ox + dx * travel, oy + dy * travel, oz + dz * travel
    seen = alpha > 0
    normals = np.zeros((3, dx.size), np.float32)
    normals[2] = 1.0
    if seen.any():
        normals[:, seen] = _gradient(distance, x[seen], y[seen], z[seen])
    return tuple(plane.astype(np.float32) for plane in (x, y, z, alpha, *normals, travel))


def _gradient(distance: Distance, x: Floats, y: Floats, z: Floats) -> Floats:
    """Give the (3, n) unit gradient by differences at a tetrahedron's corners."""
    e = np.float32(0.12)
    total = np.zeros((3, x.size), np.float32)
    for sx, sy, sz in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
        d = distance(x + sx * e, y + sy * e, z + sz * e)
        total += np.array([[sx], [sy], [sz]], np.float32) * d
    return np.asarray(total / np.maximum(np.sqrt((total**2).sum(axis=0)), 1e-6))
