"""T-shirt renderer: a flat-lay shirt with printed body and sleeves, collar, seams and folds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from worker.present.canvas import Floats, Sheet, box
from worker.present.cloth import (
    Drape,
    Fold,
    Points,
    bezier,
    drape,
    fill,
    mirror,
    spline,
    stitch,
    stroke,
)
from worker.present.details import draw_droplets
from worker.present.fields import smoothstep
from worker.present.ink import contour
from worker.present.lighting import blur, iridescence, linear, texture_factor
from worker.present.look import Look
from worker.present.materials import Surface
from worker.present.printing import Plate
from worker.present.studio import Frame, Scene, cast_shadow, compose_plate, place_icons

__all__ = ["plate"]

Window = tuple[int, int, int, int]

TILE_PX = 150.0
"""Size of one repeat of the tile, layout px; the shirt is about 400 px wide."""
_BOX = (24.0, 70.0, 744.0, 870.0)
_NECK, _SHOULDER, _PIT = (306.0, 126.0), (182.0, 166.0), (188.0, 336.0)
_CUFF_OUT, _CUFF_IN = (44.0, 330.0), (124.0, 398.0)

_SIDE = spline([_PIT, (191, 430), (190, 560), (184, 690), (182, 786)])
_HEM = bezier((182, 786), (384, 812), (586, 786))
_ARMHOLE = bezier(_SHOULDER, (206, 250), _PIT)
_THROAT = bezier(_NECK, (384, 246), (462, 126))
_NAPE = bezier(_NECK, (384, 150), (462, 126))
_SHOULDER_LINE = bezier(_NECK, (246, 138), _SHOULDER)

_LEFT_FOLDS: tuple[Fold, ...] = (
    (210, 345, 340, 500, 24, 9),
    (226, 400, 320, 620, 26, -8),
    (190, 336, 250, 372, 10, 7),
    (188, 500, 290, 545, 18, 6),
    (320, 240, 290, 340, 22, 4),
    (160, 200, 104, 360, 16, 8),
    (186, 250, 140, 392, 12, -7),
    (130, 210, 70, 320, 14, 6),
    (190, 338, 130, 312, 9, -5),
)
_LOWER_FOLDS: tuple[Fold, ...] = (
    (300, 540, 250, 780, 30, 9),
    (384, 480, 400, 800, 34, 8),
    (480, 560, 520, 780, 28, 9),
    (336, 600, 322, 800, 22, -7),
    (446, 600, 452, 800, 22, -7),
)
_FOLDS = (
    *_LEFT_FOLDS,
    *(
        (768 - a, b + 6, 768 - c, d + 10, half * 0.9, high)
        for a, b, c, d, half, high in _LEFT_FOLDS
    ),
    *_LOWER_FOLDS,
)


def plate(look: Look, size: tuple[int, int]) -> Plate:
    """Return the plate of the product: everything but the tile. `size` is (W, H) px."""
    frame = Frame(width=size[0], height=size[1])
    window = frame.window(_BOX)
    top, left, height, width = window
    sheet = Sheet(height=height, width=width)
    x = (left + np.arange(width, dtype=np.float32) + 0.5 - frame.x(384))[None, :] / np.float32(
        frame.unit
    )
    y = (top + np.arange(height, dtype=np.float32) + 0.5 - frame.y(480))[:, None] / np.float32(
        frame.unit
    )
    surface = _as_jersey(look.surface)
    body, sleeves = _piece_masks(frame, window)
    whole = np.maximum(body, np.maximum(*sleeves))
    folds = drape(_FOLDS, whole, frame, window)
    _draw_nape(sheet, frame, window, x, y)
    for alpha, angle, pivot in zip(sleeves, (0.86, -0.86), (-180.0, 180.0), strict=True):
        _draw_piece(sheet, alpha, folds, surface, (x, y), (angle, pivot))
    _draw_piece(sheet, body, folds, surface, (x, y), (0.0, 0.0))
    _draw_seams(sheet, frame, window, whole)
    _draw_collar(sheet, frame, window, folds)
    _draw_functions(sheet, look, x, y, frame, window)
    sheet.shade(1.0 - 0.5 * contour(sheet.alpha, width=0.80 * frame.unit + 0.2))
    layers = (
        (3, 4, 4, 0.45),
        (10, 14, 14, 0.30),
        (24, 34, 34, 0.12),
    )
    shadow = cast_shadow(frame, sheet.alpha, layers, top=top, left=left)
    targets = {
        "breathable": (frame.x(520), frame.y(520)),
        "soft-touch": (frame.x(470), frame.y(640)),
    }
    fallbacks = tuple((frame.x(a), frame.y(b)) for a, b in ((640, 300), (520, 440), (530, 700)))
    lines = place_icons(frame, look.functions, targets, fallbacks, (706, 470, 0, 82))
    scene = Scene(
        shadow=shadow, lines=lines, repeat_px=TILE_PX * frame.unit, relief=look.surface.relief
    )
    return compose_plate(sheet, frame, scene, top=top, left=left)


def _as_jersey(surface: Surface) -> Surface:
    """Replace a woven texture by a knitted one, because shirts are made of jersey."""
    if surface.texture != "weave" or surface.depth > 0.08:
        return surface
    return replace(surface, texture="knit", texture_mm=66, depth=0.035)


def _outline() -> Points:
    """Return the closed outline of the body piece."""
    left = [*_SHOULDER_LINE, *_ARMHOLE, *_SIDE]
    right = mirror(left)
    return [*left, *_HEM, *right, *reversed(_THROAT)]


def _piece_masks(frame: Frame, window: Window) -> tuple[Floats, tuple[Floats, Floats]]:
    sleeve = [
        *bezier(_SHOULDER, (98, 214), _CUFF_OUT),
        *bezier(_CUFF_OUT, (76, 376), _CUFF_IN),
        *bezier(_CUFF_IN, (160, 352), _PIT),
        *reversed(_ARMHOLE),
    ]
    left, right = (fill(points, frame, window) for points in (sleeve, mirror(sleeve)))
    return fill(_outline(), frame, window), (left, right)


def _draw_piece(
    sheet: Sheet,
    alpha: Floats,
    folds: Drape,
    surface: Surface,
    at: tuple[Floats, Floats],
    rotation: tuple[float, float],
) -> None:
    """Draw one piece of printed cloth, its print rotated about a pivot.

    `rotation` is the angle in radians and the x of the pivot, layout px from the centre.
    """
    part = box(alpha)
    alpha = alpha[part]
    folds = Drape(*(plane[part] for plane in folds))
    angle, pivot = rotation
    x = at[0][:, part[1]] + folds.right_px - np.float32(pivot)
    y = at[1][part[0]] + folds.down_px
    u = np.cos(angle) * x + np.sin(angle) * y + np.float32(pivot)
    v = -np.sin(angle) * x + np.cos(angle) * y
    weave = texture_factor(surface, u * 0.9, v * 0.9)
    light = folds.light * weave
    highlights = (
        surface.specular * 0.9 * smoothstep(1.02, 1.30, folds.light) * (0.2 + surface.gloss)
    )
    add: Floats = highlights[..., None] * np.ones(3, np.float32)
    if surface.pearl:
        add = add + 0.06 * iridescence(0.004 * u + 0.2 * folds.light) - 0.03
    uv = (u / np.float32(TILE_PX) + 0.5, v / np.float32(TILE_PX) + 0.5)
    sheet.over(alpha, multiply=light[..., None] * linear(surface.wash), add=add, uv=uv, at=part)


def _draw_nape(sheet: Sheet, frame: Frame, window: Window, x: Floats, y: Floats) -> None:
    """Draw the inside of the back, visible through the neck, in shade."""
    inside = fill([*_NAPE, *reversed(_THROAT)], frame, window)
    at = box(inside)
    inside = inside[at]
    shade = smoothstep(-390.0, -270.0, y[at[0]]) * 0.35 + 0.40 + 0.0 * x[:, at[1]]
    sheet.over(inside, accent=shade * 0.75, add=0.10 * shade[..., None], at=at)
    tape = stroke([[(px, py + 9) for px, py in _NAPE]], 9, frame, window)[at]
    sheet.over(tape * inside, accent=0.55, add=0.03, at=at)
    label = fill([(366, 158), (402, 158), (402, 184), (366, 184)], frame, window)[at]
    sheet.over(label * inside, add=linear((0.93, 0.92, 0.90)) * 0.85, at=at)
    mark = stroke([[(373, 171), (395, 171)]], 2, frame, window)[at]
    sheet.over(mark * inside, add=0.12, at=at)


def _draw_collar(sheet: Sheet, frame: Frame, window: Window, folds: Drape) -> None:
    """Draw the ribbed collar."""
    band = stroke([[(px, py + 6) for px, py in _THROAT]], 17, frame, window)
    at = box(fill([(280, 106), (488, 106), (488, 276), (280, 276)], frame, window))
    band = (band * fill([(300, 120), (468, 120), (468, 260), (300, 260)], frame, window))[at]
    soft = blur(band, 2.5 * frame.unit)
    sheet.shade(1.0 - 0.30 * soft * (1 - band), at=at)
    height, width = band.shape
    first_row, first_column = window[0] + at[0].start, window[1] + at[1].start
    rows = ((first_row + (np.arange(height, dtype=np.float32)) - frame.y(60)) / frame.unit)[:, None]
    columns = ((first_column + (np.arange(width, dtype=np.float32)) - frame.x(384)) / frame.unit)[
        None, :
    ]
    ribs = 0.93 + 0.10 * np.sin(np.arctan2(columns, rows) * 150.0)
    sheet.over(
        band,
        accent=(folds.light[at] * ribs * (0.72 + 0.28 * soft)).astype(np.float32) * 0.92,
        add=0.015,
        at=at,
    )
    edge = np.clip(contour(band, width=0.6 * frame.unit + 0.15), 0, 1)
    sheet.shade(1.0 - 0.35 * edge, at=at)


def _draw_seams(sheet: Sheet, frame: Frame, window: Window, whole: Floats) -> None:
    """Draw the armhole seams and the double stitching of the hems."""
    seams = [_ARMHOLE, mirror(_ARMHOLE)]
    line = stroke(seams, 2.2, frame, window)
    sheet.shade(1.0 - 0.42 * blur(line, 0.4) - 0.50 * blur(line, 4.5 * frame.unit))
    shifted = [[(px + 2.2, py + 1.0) for px, py in points] for points in seams]
    sheet.light(0.05 * blur(stroke(shifted, 2.0, frame, window), 0.5))
    cuff = bezier(_CUFF_OUT, (76, 376), _CUFF_IN)
    inner = [(px + 10.0, py - 13.0) for px, py in cuff]
    hems = [[(px, py - 15) for px, py in _HEM], inner, mirror(inner)]
    double = [[(px, py + offset) for px, py in hem] for hem in hems for offset in (0.0, 4.5)]
    dashes = stitch(double, frame, window, dash=5.5, gap=2.6, width=1.2)
    below = [[(px, py + 2) for px, py in hem] for hem in hems]
    fold = blur(stroke(below, 7, frame, window), 1.5 * frame.unit)
    sheet.shade((1.0 - 0.38 * dashes * whole) * (1.0 - 0.10 * fold * whole))


_DROPS = (
    (-96, -20, 8),
    (-82, -32, 4),
    (-108, -4, 3.4),
    (30, 30, 7),
    (44, 42, 3.6),
    (86, -60, 6),
    (78, -74, 3.2),
    (-40, 120, 8),
    (-54, 134, 4),
    (110, 150, 7),
    (98, 164, 3.4),
    (10, 210, 6),
    (-120, 220, 5),
    (60, 250, 5),
    (-20, -110, 5),
    (-232, -190, 5),
    (236, -200, 5),
    (220, -180, 3),
)


def _draw_functions(
    sheet: Sheet, look: Look, x: Floats, y: Floats, frame: Frame, window: Window
) -> None:
    if look.has("breathable", "heat-dissipating"):
        panel = fill([*_SIDE, (226, 786), (232, 430)], frame, window)
        panel = np.maximum(panel, fill(mirror([*_SIDE, (226, 786), (232, 430)]), frame, window))
        holes = np.hypot(np.mod(x + 3 * np.floor(y / 6), 6.0) - 3.0, np.mod(y, 6.0) - 3.0)
        sheet.shade(1.0 - 0.45 * panel * smoothstep(1.9, 1.1, holes))
    if look.has("glow"):
        strip = fill([(205, 372), (563, 372), (563, 392), (205, 392)], frame, window) * fill(
            _outline(), frame, window
        )
        sheet.over(strip * 0.85, add=linear((0.86, 0.98, 0.78)))
    if look.has("waterproof", "washable"):
        xs, ys = (np.ascontiguousarray(a) for a in np.broadcast_arrays(x, y))
        draw_droplets(sheet, xs, ys, sheet.alpha.copy(), _DROPS)
