"""Sphere tracing of signed distance functions in numpy.

Lengths are mm; x runs right, y down, z towards the viewer. A distance function takes x, y, z of
one shape and returns a lower bound of the signed distance, negative inside (Hart, "Sphere
tracing", 1996).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.present.canvas import SUPER, Floats

__all__ = [
    "Distance",
    "Hit",
    "Rays",
    "View",
    "edges",
    "norm",
    "rays_of",
    "rounded_box",
    "rounded_rectangle",
    "trace",
]

Distance = Callable[[Floats, Floats, Floats], Floats]


class Rays(NamedTuple):
    """Rays of a window in object space: one origin (3,) and unit directions (h, w) each."""

    origin: tuple[float, float, float]
    dx: Floats
    dy: Floats
    dz: Floats


class Hit(NamedTuple):
    """Intersections of rays with a solid, in object space; arrays (h, w)."""

    x: Floats
    y: Floats
    z: Floats
    alpha: Floats  # 0 to 1: coverage of the sample
    nx: Floats  # unit normal in object space
    ny: Floats
    nz: Floats


@dataclass(frozen=True, kw_only=True)
class View:
    """A camera looking at a product that is rotated about its centre."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    distance_mm: float = 800.0
    px_per_mm: float
    x_px: float
    """Projection of the object's origin."""
    y_px: float

    def rotation(self) -> Floats:
        """Return the (3, 3) rotation from object space to camera space."""
        a, b, c = np.deg2rad([self.yaw_deg, self.pitch_deg, self.roll_deg])
        yaw = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
        pitch = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
        roll = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        return (roll @ pitch @ yaw).astype(np.float32)

    def rays(self, top: int, left: int, height: int, width: int) -> Rays:
        """Return the camera rays through the pixels of a window."""
        xs = left + np.arange(width, dtype=np.float32) + np.float32(0.5)
        ys = top + np.arange(height, dtype=np.float32) + np.float32(0.5)
        return self.rays_at(xs[None, :], ys[:, None])

    def rays_at(self, x_px: Floats, y_px: Floats) -> Rays:
        """Return the camera rays through points of the picture."""
        px, py = (x_px - self.x_px) / self.px_per_mm, (y_px - self.y_px) / self.px_per_mm
        length = np.sqrt(px * px + py * py + self.distance_mm**2)
        rotation = self.rotation()
        ox, oy, oz = (float(value) for value in rotation.T @ np.array([0, 0, self.distance_mm]))
        axes = [
            (
                (rotation[0, i] * px + rotation[1, i] * py - rotation[2, i] * self.distance_mm)
                / length
            )
            for i in range(3)
        ]
        dx, dy, dz = (axis.astype(np.float32) for axis in axes)
        return Rays((ox, oy, oz), dx, dy, dz)

    def project(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Project a point of object space to px."""
        cx, cy, cz = self.rotation() @ np.array([x, y, z], np.float32)
        near = self.distance_mm / (self.distance_mm - cz)
        return self.x_px + cx * near * self.px_per_mm, self.y_px + cy * near * self.px_per_mm


def norm(x: Floats, y: Floats) -> Floats:
    """Return the length of (x, y), several times faster than `np.hypot`; it can overflow."""
    return np.asarray(np.sqrt(x * x + y * y))


def rounded_rectangle(x: Floats, y: Floats, half: tuple[float, float], radius: float) -> Floats:
    """Return the signed distance to a rectangle of half sizes (x, y) with rounded corners."""
    qx = np.abs(x) - np.float32(half[0] - radius)
    qy = np.abs(y) - np.float32(half[1] - radius)
    outside = norm(np.maximum(qx, 0), np.maximum(qy, 0))
    return np.asarray(outside + np.minimum(np.maximum(qx, qy), 0) - np.float32(radius))


def rounded_box(outline: Floats, z: Floats, half_depth: float, edge: float) -> Floats:
    """Return the signed distance to a 2D outline (distances) extruded along z, edges rounded."""
    a, b = outline + np.float32(edge), np.abs(z) - np.float32(half_depth - edge)
    outside = norm(np.maximum(a, 0), np.maximum(b, 0))
    return np.asarray(outside + np.minimum(np.maximum(a, b), 0) - np.float32(edge))


def edges(hit: Hit, view: View) -> NDArray[np.intp]:
    """Return the covered pixels at which the surface has an edge, as positions in the window."""
    planes = hit.x, hit.y, hit.z
    normals = hit.nx, hit.ny, hit.nz
    found = np.zeros(hit.alpha.shape, bool)
    for axis in (0, 1):
        near = [slice(None)] * 2
        far = [slice(None)] * 2
        near[axis], far[axis] = slice(None, -1), slice(1, None)
        this, that = (tuple(near), tuple(far))
        step = sum((p[that] - p[this]) * n[this] for p, n in zip(planes, normals, strict=True))
        turn = sum(n[that] * n[this] for n in normals)
        edge = (np.abs(step) > 1.0 / view.px_per_mm) | (turn < _TURN)
        found[this] |= edge
        found[that] |= edge
    return np.flatnonzero(found & (hit.alpha == 1.0))


def rays_of(view: View, window: tuple[int, int, int, int], pixels: NDArray[np.intp]) -> Rays:
    """Return the rays (n, SUPER**2) through the samples of a window's pixels."""
    top, left, _, width = window
    rows, columns = np.divmod(pixels, width)
    down, right = np.divmod(np.arange(SUPER**2), SUPER)
    ys = top + rows[:, None] + (down + 0.5) / SUPER
    xs = left + columns[:, None] + (right + 0.5) / SUPER
    return view.rays_at(xs.astype(np.float32), ys.astype(np.float32))


def trace(distance: Distance, rays: Rays, view: View, *, reach_mm: float, steps: int = 26) -> Hit:
    """Intersect rays with a solid that lies within `reach_mm` of the origin.

    Edges are antialiased by the smallest distance along a ray that misses the solid.
    """
    settings = _MarchSettings(view.distance_mm, 0.5 / view.px_per_mm, reach_mm, steps)
    grid = rays.dx.shape[1] > SUPER**2  # neighbours in a list of samples have little in common
    start = (
        _conservative_start(distance, rays, settings)
        if grid
        else np.zeros(rays.dx.shape, np.float32)
    )
    flat = [axis.reshape(-1) for axis in (rays.dx, rays.dy, rays.dz, start)]
    parts = [
        _trace(
            distance,
            Rays(rays.origin, *(axis[at : at + _BATCH] for axis in flat[:3])),
            flat[3][at : at + _BATCH],
            settings,
        )
        for at in range(0, max(flat[0].size, 1), _BATCH)
    ]
    planes = (np.concatenate(plane) for plane in zip(*parts, strict=True))
    return Hit(*(plane.reshape(rays.dx.shape) for plane in planes))


_TURN = 0.7
"""Cosine of the angle between neighbouring normals, below which there is an edge."""
_BATCH = 1 << 17
"""Rays traced together, so that the working set fits the processor's cache."""
_CELL = 12
"""Side, in px, of the cells whose rays share their first steps."""


class _MarchSettings(NamedTuple):
    distance_mm: float  # from the camera to the origin
    sample_mm: float  # half the side of a sample
    reach_mm: float
    steps: int


def _conservative_start(distance: Distance, rays: Rays, settings: _MarchSettings) -> Floats:
    """Return the distance (h, w) that all rays of a cell can advance without touching the solid."""
    height, width = rays.dx.shape
    rows = np.minimum(np.arange(0, height, _CELL) + _CELL // 2, height - 1)
    columns = np.minimum(np.arange(0, width, _CELL) + _CELL // 2, width - 1)
    (ox, oy, oz), *axes = rays
    dx, dy, dz = (axis[np.ix_(rows, columns)] for axis in axes)
    travel, far = _bounding_span(Rays(rays.origin, dx, dy, dz), settings)
    cell_radius = np.float32(1.2 * 2 * settings.sample_mm * _CELL / np.sqrt(2))
    for _ in range(settings.steps):
        clearance = distance(ox + dx * travel, oy + dy * travel, oz + dz * travel) - cell_radius
        travel = np.where(travel < far, travel + np.maximum(clearance, 0), travel)
    upsampled = np.repeat(np.repeat(travel, _CELL, axis=0), _CELL, axis=1)
    return np.ascontiguousarray(upsampled[:height, :width])


def _bounding_span(rays: Rays, settings: _MarchSettings) -> tuple[Floats, Floats]:
    """Return where rays enter and leave the bounding sphere; equal where they miss it."""
    (ox, oy, oz), dx, dy, dz = rays
    closest_approach = -(ox * dx + oy * dy + oz * dz)
    miss2 = np.float32(settings.distance_mm**2) - closest_approach * closest_approach
    half = np.sqrt(np.maximum(settings.reach_mm**2 - miss2, 0)).astype(np.float32)
    return closest_approach - half, closest_approach + half


def _trace(
    distance: Distance, rays: Rays, start: Floats, settings: _MarchSettings
) -> tuple[Floats, ...]:
    """Trace a batch of rays from their start distances; return the planes of a `Hit`, flat."""
    (ox, oy, oz), dx, dy, dz = rays
    near, far = _bounding_span(rays, settings)
    travel = np.maximum(near, start)
    live = np.flatnonzero(travel < far)
    closest, nearest = np.full(dx.shape, 1e3, np.float32), travel.copy()
    for _ in range(settings.steps):
        if not live.size:
            break
        t = travel[live]
        d = distance(ox + dx[live] * t, oy + dy[live] * t, oz + dz[live] * t)
        nearer = d < closest[live]
        closest[live[nearer]], nearest[live[nearer]] = d[nearer], t[nearer]
        moving = d > 0.02
        live, t = live[moving], t[moving] + d[moving]
        travel[live] = t
        live = live[t < far[live]]
    alpha = np.clip(1.0 - (closest - 0.02) / np.float32(2 * settings.sample_mm), 0, 1)
    x, y, z = ox + dx * nearest, oy + dy * nearest, oz + dz * nearest
    covered = alpha > 0
    normals = np.zeros((3, dx.size), np.float32)
    normals[2] = 1.0
    if covered.any():
        normals[:, covered] = _gradient(distance, x[covered], y[covered], z[covered])
    return tuple(plane.astype(np.float32) for plane in (x, y, z, alpha, *normals))


def _gradient(distance: Distance, x: Floats, y: Floats, z: Floats) -> Floats:
    """Return the unit gradient (3, n) by finite differences at the corners of a tetrahedron."""
    e = np.float32(0.12)
    total = np.zeros((3, x.size), np.float32)
    for sx, sy, sz in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
        d = distance(x + sx * e, y + sy * e, z + sz * e)
        total += np.array([[sx], [sy], [sz]], np.float32) * d
    return np.asarray(total / np.maximum(np.sqrt((total**2).sum(axis=0)), 1e-6))
