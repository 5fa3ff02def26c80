"""What functions add to a product: drops on it, ridges, pads, a magnet ring, its insides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.present.canvas import Floats, Sheet
from worker.present.fields import smoothstep
from worker.present.lighting import linear
from worker.present.solids import Hit, norm, rounded_rectangle

__all__ = ["bead_droplets", "corner_pads", "internals", "magnet_ring", "ridges"]


def ridges(y: Floats, edge: Floats) -> Floats:
    """Give how far grip ridges along the long sides tilt the surface, (h, w).

    `edge` is the distance to the outline, negative inside, mm.
    """
    along = smoothstep(46.0, 43.5, np.abs(y - 6.0))
    band = smoothstep(-3.2, -2.5, edge)
    return np.asarray(0.75 * np.sin(y * np.float32(2 * np.pi / 3.1)) * along * band, np.float32)


def bead_droplets(
    sheet: Sheet, x: Floats, y: Floats, where: Floats, drops: Sequence[tuple[float, float, float]]
) -> None:
    """Set water drops (x, y, radius in the surface's own lengths) on a face.

    A drop shows the print under it enlarged, is dark towards the light, bright away from it, and
    carries a highlight.
    """
    for cx, cy, radius in drops:
        reach = radius * 1.9
        near = (np.abs(x - cx) < reach) & (np.abs(y - cy) < reach)
        rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
        if not rows.size:
            continue
        at = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        _drop(sheet, at, (x[at] - cx) / radius, (y[at] - cy) / radius, where[at])


def _drop(sheet: Sheet, at: tuple[slice, slice], dx: Floats, dy: Floats, where: Floats) -> None:
    wobble = 1.0 + 0.06 * np.cos(3 * np.arctan2(dy, dx) + dx)
    far = norm(dx, dy * 0.96) / wobble
    inside = smoothstep(-1.04, -0.96, -far) * where
    shadow = smoothstep(1.5, 0.75, norm(dx - 0.30, dy - 0.38)) * (1 - inside) * where
    sheet.shade(1.0 - 0.34 * shadow, at=at)
    if not (inside > 0.5).any():
        return
    lens = inside > 0.5
    for plane, offset in ((sheet.u, dx), (sheet.v, dy)):
        window = plane[at]
        window[lens] -= (0.055 * offset * (1.0 - far**2 * 0.5))[lens]
    tilt = dx * 0.62 + dy * 0.78
    body = 0.94 + 0.22 * tilt * far
    rim = smoothstep(0.72, 1.0, far)
    sheet.shade(1.0 + inside * (body - 1.0) - inside * rim * (0.22 - 0.16 * tilt), at=at)
    pool = smoothstep(0.55, 0.05, norm(dx - 0.42, dy - 0.50)) * 0.16
    spark = smoothstep(0.25, 0.12, norm((dx + 0.36) * 0.8, dy + 0.42)) * 0.85
    sheet.light(inside * (pool + spark), at=at)


def magnet_ring(sheet: Sheet, hit: Hit) -> None:
    """Draw the ring of magnets for wireless charging, just under the surface."""
    far = norm(hit.x, hit.y - 16.0)
    tail = rounded_rectangle(hit.x, hit.y - 48.0, (2.0, 6.5), 1.9)
    ring = np.maximum(smoothstep(2.1, 1.8, np.abs(far - 25.0)), smoothstep(0.2, -0.2, tail))
    edge = smoothstep(0.55, 0.1, np.abs(np.abs(far - 25.0) - 2.0))
    front = hit.alpha * smoothstep(0.9, 0.98, hit.nz)
    sheet.over(front * ring * 0.42, add=linear((0.93, 0.94, 0.95)))
    sheet.shade(1.0 - 0.22 * edge * front)


def corner_pads(
    sheet: Sheet, hit: Hit, edge: Floats, half: tuple[float, float], light: Floats
) -> None:
    """Draw soft bumpers around the four corners, with the grooves that let them give way."""
    ax, ay = np.abs(hit.x) - half[0], np.abs(hit.y) - half[1]
    corner = smoothstep(-25.0, -24.2, ax + ay) * smoothstep(-5.2, -4.8, edge)
    pad = hit.alpha * corner
    tone = linear((0.17, 0.18, 0.20)) * (light * (1.0 + 0.10 * np.sin((ax - ay) * 2.6)))[..., None]
    sheet.over(pad, add=tone)
    rim = smoothstep(0.9, 0.2, np.abs(edge + 4.6)) * smoothstep(-25.0, -24.2, ax + ay) * hit.alpha
    sheet.light(0.10 * rim)


def internals(x: Floats, y: Floats, half: tuple[float, float]) -> tuple[Floats, Floats]:
    """Give what is seen of a phone through a clear back: (h, w) light kept and light added."""
    inner, lift = np.ones_like(x), np.zeros_like(x)
    battery = rounded_rectangle(x - 6.0, y - 24.0, (22.0, 37.0), 3.0)
    board = rounded_rectangle(x - 20.0, y + 42.0, (13.0, 24.0), 2.0)
    speaker = rounded_rectangle(x, y - 69.0, (27.0, 4.5), 2.0)
    for shape, tone in ((battery, 0.60), (board, 0.46), (speaker, 0.52)):
        inner -= np.float32(1 - tone) * smoothstep(0.25, -0.25, shape)
        lift += 0.16 * smoothstep(0.5, 0.1, np.abs(shape))
    far = norm(x - 2.0, y - 16.0)
    turns = np.abs(np.mod(far - 13.0 + 0.7, 1.4) - 0.7)
    wound = smoothstep(0.2, -0.2, np.abs(far - 18.0) - 5.6)
    lift += 0.13 * wound * smoothstep(0.5, 0.2, turns)
    inner -= 0.10 * wound
    chips = ((14, -52, 5, 4), (25, -50, 3.5, 6), (18, -36, 7, 5), (25, -26, 4, 3))
    for cx, cy, hx, hy in chips:
        shape = rounded_rectangle(x - cx, y - cy, (hx, hy), 0.6)
        inner -= 0.14 * smoothstep(0.2, -0.2, shape)
        lift += 0.15 * smoothstep(0.4, 0.1, np.abs(shape))
    for sx in (-1, 1):
        for sy in (-1, 1):
            screw = norm(x - sx * (half[0] - 7.5), y - sy * (half[1] - 8.0))
            lift += 0.22 * smoothstep(1.7, 1.4, screw) - 0.16 * smoothstep(0.8, 0.5, screw)
    glow = np.exp(-((x / 30.0) ** 2) - ((y - 8.0) / 62.0) ** 2)
    return np.clip(inner + 0.16 * glow, 0.4, 1.2), (lift + 0.07 * glow + 0.015).astype(np.float32)
