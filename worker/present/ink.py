"""Line work on the paper: contours, construction lines, leader lines and function icons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageDraw

from worker.present.canvas import Floats
from worker.present.fields import noise, sample
from worker.present.lighting import blur

__all__ = ["FINE", "ICONS", "Callout", "Lines", "contour", "draw_lines"]

FINE = 3
"""Supersampling of lines: samples per px and axis."""

Stroke = tuple[str, tuple[float, ...]]

_DROP = (
    50,
    14,
    34,
    40,
    27,
    55,
    27,
    64,
    32,
    76,
    41,
    84,
    50,
    86,
    59,
    84,
    68,
    76,
    73,
    64,
    73,
    55,
    66,
    40,
    50,
    14,
)
_SHIELD = (50, 14, 78, 24, 78, 48, 73, 64, 63, 77, 50, 87, 37, 77, 27, 64, 22, 48, 22, 24, 50, 14)

ICONS: Mapping[str, tuple[Stroke, ...]] = MappingProxyType(
    {
        "waterproof": (("line", _DROP), ("arc", (50, 62, 14, 90, 170))),
        "non-slip": tuple(
            (
                "line",
                (20 + dx, y + 9, 35 + dx, y - 5, 50 + dx, y + 9, 65 + dx, y - 5, 80 + dx, y + 9),
            )
            for dx, y in ((0, 32), (0, 48), (0, 64))
        ),
        "shockproof": (
            ("line", _SHIELD),
            ("line", (54, 30, 42, 50, 56, 52, 46, 70)),
        ),
        "dustproof": (
            ("line", _SHIELD),
            ("dot", (40, 38, 3.4)),
            ("dot", (58, 34, 3.4)),
            ("dot", (50, 52, 3.4)),
            ("dot", (62, 56, 3.4)),
            ("dot", (40, 62, 3.4)),
        ),
        "scratch-resistant": (
            ("line", _SHIELD),
            ("line", (38, 58, 58, 34)),
            ("line", (44, 66, 64, 42)),
        ),
        "fingerprint-resistant": (
            ("arc", (50, 52, 10, 180, 360)),
            ("arc", (50, 52, 20, 170, 370)),
            ("arc", (50, 52, 30, 160, 380)),
            ("line", (40, 52, 40, 70)),
            ("line", (60, 52, 60, 74)),
            ("line", (50, 50, 50, 80)),
        ),
        "breathable": tuple(
            ("line", (22, y, 34, y - 8, 48, y, 62, y + 8, 78, y)) for y in (34, 52, 70)
        ),
        "sealed-ports": (
            ("line", (26, 40, 74, 40, 80, 50, 74, 60, 26, 60, 20, 50, 26, 40)),
            ("line", (34, 50, 66, 50)),
        ),
        "heat-dissipating": (
            ("line", (24, 78, 76, 78)),
            ("line", (32, 68, 27, 52, 36, 40, 31, 22)),
            ("line", (50, 68, 45, 52, 54, 40, 49, 22)),
            ("line", (68, 68, 63, 52, 72, 40, 67, 22)),
        ),
        "heat-resistant": (
            (
                "line",
                (
                    50,
                    14,
                    64,
                    34,
                    72,
                    52,
                    70,
                    70,
                    60,
                    83,
                    50,
                    86,
                    40,
                    83,
                    30,
                    70,
                    30,
                    56,
                    38,
                    44,
                    44,
                    52,
                    50,
                    14,
                ),
            ),
            ("arc", (50, 68, 11, 20, 160)),
        ),
        "wireless-charging": (
            ("ring", (50, 50, 32)),
            ("line", (54, 28, 41, 52, 52, 52, 46, 72, 60, 46, 49, 46, 54, 28)),
        ),
        "stand": (
            ("line", (34, 18, 58, 76)),
            ("line", (50, 56, 70, 76)),
            ("line", (20, 78, 80, 78)),
        ),
        "card-slot": (
            ("line", (18, 30, 82, 30, 82, 72, 18, 72, 18, 30)),
            ("line", (18, 43, 82, 43)),
            ("line", (28, 60, 46, 60)),
        ),
        "lightweight": (
            ("line", (76, 18, 50, 26, 32, 46, 28, 68, 48, 64, 66, 48, 76, 18)),
            ("line", (20, 82, 60, 40)),
        ),
        "washable": (
            ("line", (16, 34, 26, 76, 74, 76, 84, 34)),
            ("line", (18, 42, 29, 36, 40, 44, 50, 36, 60, 44, 71, 36, 82, 42)),
        ),
        "antibacterial": (
            ("line", _SHIELD),
            ("line", (50, 34, 50, 64)),
            ("line", (35, 49, 65, 49)),
        ),
        "uv-resistant": (
            ("ring", (50, 50, 15)),
            *(
                ("line", tuple(50 + r * f for r in (23, 34) for f in (np.cos(a), np.sin(a))))
                for a in np.arange(8) * np.pi / 4
            ),
        ),
        "recyclable": (
            ("arc", (50, 52, 28, 200, 300)),
            ("arc", (50, 52, 28, 320, 60)),
            ("arc", (50, 52, 28, 80, 180)),
            ("line", (58, 18, 66, 28, 53, 31)),
            ("line", (72, 76, 61, 78, 62, 66)),
            ("line", (14, 56, 22, 48, 31, 57)),
        ),
        "durable": (
            ("line", (50, 16, 80, 33, 80, 67, 50, 84, 20, 67, 20, 33, 50, 16)),
            ("line", (35, 50, 46, 61, 66, 39)),
        ),
        "soft-touch": (
            ("line", (22, 62, 26, 44, 40, 36, 54, 40, 66, 34, 78, 44, 80, 60)),
            ("line", (18, 74, 34, 68, 50, 74, 66, 68, 82, 74)),
        ),
        "glow": (
            (
                "line",
                (
                    62,
                    18,
                    44,
                    24,
                    32,
                    40,
                    32,
                    58,
                    42,
                    74,
                    58,
                    80,
                    74,
                    76,
                    60,
                    68,
                    52,
                    54,
                    51,
                    38,
                    62,
                    18,
                ),
            ),
            ("line", (74, 30, 74, 46)),
            ("line", (66, 38, 82, 38)),
        ),
    }
)
"""Strokes of each function's icon in a square of 100: polylines, rings, arcs (degrees), dots."""


@dataclass(frozen=True, kw_only=True)
class Callout:
    """An icon beside the product and a leader line to the feature it refers to, px."""

    icon: str
    at: tuple[float, float]
    target: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Lines:
    """The line work on the paper around a product."""

    callouts: Sequence[Callout] = ()
    pencil: Sequence[tuple[float, float, float, float]] = ()
    """Faint construction lines: x, y, x, y in px."""
    radius: float = 24.0
    """Radius of an icon's ring, px."""


def contour(alpha: Floats, *, width: float = 0.75, seed: int = 5) -> Floats:
    """Return a pen line, 0 to 1, of varying pressure along the edge of an (h, w) mask."""
    soft = blur(alpha, width)
    edge = np.clip(4.0 * soft * (1.0 - soft), 0.0, 1.0) ** 1.5
    height, width_px = alpha.shape
    rows = (np.arange(height, dtype=np.float32) / 550)[:, None]
    columns = (np.arange(width_px, dtype=np.float32) / 550)[None, :]
    pressure = sample(noise(seed, 90.0, 90.0), columns, rows)
    return np.asarray(edge * np.clip(0.72 + 0.22 * pressure, 0.25, 1.0), np.float32)


def draw_lines(width: int, height: int, lines: Lines) -> Floats:
    """Return the darkness of the lines on the paper, (height, width), 0 to 1."""
    image = Image.new("L", (width * FINE, height * FINE))
    pen = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in lines.pencil:
        pen.line([x0 * FINE, y0 * FINE, x1 * FINE, y1 * FINE], fill=62, width=FINE)
    for callout in lines.callouts:
        _draw_callout(pen, callout, lines.radius)
    return np.asarray(image.reduce(FINE), np.float32) / np.float32(255.0)


def _draw_callout(pen: ImageDraw.ImageDraw, callout: Callout, radius: float) -> None:
    (x, y), (tx, ty) = callout.at, callout.target
    angle = np.arctan2(ty - y, tx - x)
    start = (x + np.cos(angle) * radius, y + np.sin(angle) * radius)
    pen.line([start[0] * FINE, start[1] * FINE, tx * FINE, ty * FINE], fill=190, width=FINE + 1)
    _draw_disc(pen, tx, ty, 3.2, fill=235)
    ring = [(x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE, (y + radius) * FINE]
    pen.ellipse(ring, outline=215, width=round(1.5 * FINE))
    side = 1.42 * radius
    for kind, coordinates in ICONS[callout.icon]:
        _draw_stroke(pen, kind, coordinates, (x - side / 2, y - side / 2, side / 100))


def _draw_stroke(
    pen: ImageDraw.ImageDraw,
    kind: str,
    coordinates: tuple[float, ...],
    frame: tuple[float, float, float],
) -> None:
    left, top, scale = frame
    width = round(1.7 * FINE)
    if kind == "line":
        points = [
            ((left + x * scale) * FINE, (top + y * scale) * FINE)
            for x, y in zip(coordinates[::2], coordinates[1::2], strict=True)
        ]
        pen.line(points, fill=235, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            _draw_disc(pen, x / FINE, y / FINE, width / FINE / 2, fill=235)
        return
    x, y, r = left + coordinates[0] * scale, top + coordinates[1] * scale, coordinates[2] * scale
    bounds = [(x - r) * FINE, (y - r) * FINE, (x + r) * FINE, (y + r) * FINE]
    if kind == "dot":
        pen.ellipse(bounds, fill=235)
    elif kind == "ring":
        pen.ellipse(bounds, outline=235, width=width)
    else:
        pen.arc(bounds, coordinates[3], coordinates[4], fill=235, width=width)


def _draw_disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, *, fill: int) -> None:
    pen.ellipse(
        [(x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE, (y + radius) * FINE],
        fill=fill,
    )
