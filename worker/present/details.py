"""Visible details of functions: droplets, grip ridges, corner pads, magnet ring, internals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.present.canvas import Floats, Sheet, box
from worker.present.fields import smoothstep
from worker.present.lighting import linear
from worker.present.solids import Hit, norm, rounded_rectangle

__all__ = [
    "draw_corner_pads",
    "draw_droplets",
    "draw_magnet_ring",
    "grip_ridges",
    "phone_internals",
]


_STEP = 4
"""Distance, px, of the points at which drops are looked for."""


def grip_ridges(y: Floats, edge: Floats) -> Floats:
    """Return the surface tilt of grip ridges along the long sides, (h, w).

    `edge` is the signed distance to the outline, negative inside, mm.
    """
    along = smoothstep(46.0, 43.5, np.abs(y - 6.0))
    band = smoothstep(-3.2, -2.5, edge)
    return np.asarray(0.75 * np.sin(y * np.float32(2 * np.pi / 3.1)) * along * band, np.float32)


def draw_droplets(
    sheet: Sheet, x: Floats, y: Floats, mask: Floats, drops: Sequence[tuple[float, float, float]]
) -> None:
    """Draw water drops (x, y, radius in the units of `x` and `y`) on a face.

    A drop magnifies the print under it, is dark towards the light, bright away from it, and has
    a highlight. `mask` (h, w) limits the drops to the face.
    """
    step = _STEP if min(x.shape) > _STEP else 1
    coarse_x, coarse_y = x[::step, ::step], y[::step, ::step]
    for cx, cy, radius in drops:
        extent = radius * 1.9
        near = (np.abs(coarse_x - cx) < extent) & (np.abs(coarse_y - cy) < extent)
        if not near.any():
            continue
        rows, columns = box(near)
        at = (
            slice(max((rows.start - 1) * step, 0), rows.stop * step),
            slice(max((columns.start - 1) * step, 0), columns.stop * step),
        )
        _draw_drop(sheet, at, (x[at] - cx) / radius, (y[at] - cy) / radius, mask[at])


def _draw_drop(sheet: Sheet, at: tuple[slice, slice], dx: Floats, dy: Floats, mask: Floats) -> None:
    wobble = 1.0 + 0.06 * np.cos(3 * np.arctan2(dy, dx) + dx)
    distance = norm(dx, dy * 0.96) / wobble
    inside = smoothstep(-1.04, -0.96, -distance) * mask
    shadow = smoothstep(1.5, 0.75, norm(dx - 0.30, dy - 0.38)) * (1 - inside) * mask
    sheet.shade(1.0 - 0.34 * shadow, at=at)
    if not (inside > 0.5).any():
        return
    lens = inside > 0.5
    for plane, offset in ((sheet.u, dx), (sheet.v, dy)):
        window = plane[at]
        window[lens] -= (0.055 * offset * (1.0 - distance**2 * 0.5))[lens]
    tilt = dx * 0.62 + dy * 0.78
    body = 0.94 + 0.22 * tilt * distance
    rim = smoothstep(0.72, 1.0, distance)
    sheet.shade(1.0 + inside * (body - 1.0) - inside * rim * (0.22 - 0.16 * tilt), at=at)
    pool = smoothstep(0.55, 0.05, norm(dx - 0.42, dy - 0.50)) * 0.16
    spark = smoothstep(0.25, 0.12, norm((dx + 0.36) * 0.8, dy + 0.42)) * 0.85
    sheet.light(inside * (pool + spark), at=at)


def draw_magnet_ring(sheet: Sheet, hit: Hit) -> None:
    """Draw the magnet ring for wireless charging, just under the surface."""
    distance = norm(hit.x, hit.y - 16.0)
    tail = rounded_rectangle(hit.x, hit.y - 48.0, (2.0, 6.5), 1.9)
    ring = np.maximum(smoothstep(2.1, 1.8, np.abs(distance - 25.0)), smoothstep(0.2, -0.2, tail))
    edge = smoothstep(0.55, 0.1, np.abs(np.abs(distance - 25.0) - 2.0))
    front = hit.alpha * smoothstep(0.9, 0.98, hit.nz)
    sheet.over(front * ring * 0.42, add=linear((0.93, 0.94, 0.95)))
    sheet.shade(1.0 - 0.22 * edge * front)


def draw_corner_pads(
    sheet: Sheet, hit: Hit, edge: Floats, half: tuple[float, float], light: Floats
) -> None:
    """Draw soft bumpers with grooves around the four corners."""
    ax, ay = np.abs(hit.x) - half[0], np.abs(hit.y) - half[1]
    corner = smoothstep(-25.0, -24.2, ax + ay) * smoothstep(-5.2, -4.8, edge)
    pad = hit.alpha * corner
    tone = linear((0.17, 0.18, 0.20)) * (light * (1.0 + 0.10 * np.sin((ax - ay) * 2.6)))[..., None]
    sheet.over(pad, add=tone)
    rim = smoothstep(0.9, 0.2, np.abs(edge + 4.6)) * smoothstep(-25.0, -24.2, ax + ay) * hit.alpha
    sheet.light(0.10 * rim)


def phone_internals(x: Floats, y: Floats, half: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return a phone's internals behind a clear back: (h, w) light factor and added light."""
    factor, added = np.ones_like(x), np.zeros_like(x)
    battery = rounded_rectangle(x - 6.0, y - 24.0, (22.0, 37.0), 3.0)
    board = rounded_rectangle(x - 20.0, y + 42.0, (13.0, 24.0), 2.0)
    speaker = rounded_rectangle(x, y - 69.0, (27.0, 4.5), 2.0)
    for shape, tone in ((battery, 0.60), (board, 0.46), (speaker, 0.52)):
        factor -= np.float32(1 - tone) * smoothstep(0.25, -0.25, shape)
        added += 0.16 * smoothstep(0.5, 0.1, np.abs(shape))
    distance = norm(x - 2.0, y - 16.0)
    windings = np.abs(np.mod(distance - 13.0 + 0.7, 1.4) - 0.7)
    coil = smoothstep(0.2, -0.2, np.abs(distance - 18.0) - 5.6)
    added += 0.13 * coil * smoothstep(0.5, 0.2, windings)
    factor -= 0.10 * coil
    chips = ((14, -52, 5, 4), (25, -50, 3.5, 6), (18, -36, 7, 5), (25, -26, 4, 3))
    for cx, cy, hx, hy in chips:
        shape = rounded_rectangle(x - cx, y - cy, (hx, hy), 0.6)
        factor -= 0.14 * smoothstep(0.2, -0.2, shape)
        added += 0.15 * smoothstep(0.4, 0.1, np.abs(shape))
    for sx in (-1, 1):
        for sy in (-1, 1):
            screw = norm(x - sx * (half[0] - 7.5), y - sy * (half[1] - 8.0))
            added += 0.22 * smoothstep(1.7, 1.4, screw) - 0.16 * smoothstep(0.8, 0.5, screw)
    glow = np.exp(-((x / 30.0) ** 2) - ((y - 8.0) / 62.0) ** 2)
    return np.clip(factor + 0.16 * glow, 0.4, 1.2), (added + 0.07 * glow + 0.015).astype(np.float32)
