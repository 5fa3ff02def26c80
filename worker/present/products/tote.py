"""Tote bag renderer: printed canvas body with folds, webbing handles, hem and stitches."""

from __future__ import annotations

import numpy as np

from worker.present.canvas import Floats, Sheet, box
from worker.present.cloth import (
    Drape,
    Fold,
    bezier,
    drape,
    fill,
    mirror,
    offset,
    spline,
    stitch,
    stroke,
)
from worker.present.details import draw_droplets
from worker.present.fields import smoothstep
from worker.present.ink import contour
from worker.present.lighting import blur, iridescence, linear, texture_factor
from worker.present.look import Look
from worker.present.materials import MATERIALS, Surface
from worker.present.printing import Plate
from worker.present.studio import Frame, Scene, cast_shadow, compose_plate, place_icons

__all__ = ["plate"]

Window = tuple[int, int, int, int]

TILE_PX = 156.0
_BOX = (120.0, 40.0, 660.0, 880.0)
_TOP = bezier((168, 366), (384, 384), (600, 366))
_LEFT = spline([(168, 366), (164, 480), (158, 620), (160, 770), (176, 838)])
_BOTTOM = spline([(176, 838), (250, 846), (384, 849), (518, 846), (592, 838)])
_OUTLINE = [*_TOP, *mirror(_LEFT)[::-1], *reversed(_BOTTOM), *reversed(_LEFT)]
_FRONT = spline(
    [
        (276, 450),
        (274, 380),
        (277, 270),
        (300, 168),
        (340, 112),
        (384, 98),
        (428, 112),
        (468, 168),
        (491, 270),
        (494, 380),
        (492, 450),
    ]
)
_BACK = spline(
    [
        (300, 380),
        (300, 290),
        (318, 186),
        (350, 132),
        (392, 114),
        (436, 134),
        (462, 188),
        (474, 290),
        (474, 380),
    ]
)
_STRAP = 27.0
_FOLDS: tuple[Fold, ...] = (
    (276, 440, 236, 640, 22, 8),
    (492, 440, 530, 640, 22, 8),
    (288, 452, 330, 620, 18, -6),
    (480, 452, 440, 600, 18, -6),
    (190, 400, 214, 560, 16, 5),
    (578, 400, 556, 560, 16, 5),
    (384, 400, 380, 520, 40, 5),
    (172, 820, 270, 690, 18, 8),
    (596, 822, 500, 700, 18, 8),
    (196, 842, 320, 756, 15, -6),
    (572, 842, 450, 764, 15, -6),
    (300, 846, 390, 720, 22, 5),
    (230, 600, 260, 760, 26, 5),
    (540, 590, 512, 750, 26, 5),
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
    surface = look.surface
    webbing = surface if surface.stitched and not surface.soft else MATERIALS["canvas"]
    body = fill(_OUTLINE, frame, window)
    folds = drape(_FOLDS, body, frame, window, round_px=24)
    _draw_strap(sheet, _BACK, webbing, frame, window, 0.72)
    _draw_mouth(sheet, frame, window)
    _draw_body(sheet, body, folds, surface, x, y)
    _draw_hem(sheet, body, frame, window)
    _draw_strap(sheet, _FRONT, webbing, frame, window, 1.0)
    _draw_box_stitches(sheet, frame, window)
    _draw_functions(sheet, look, x, y, body, frame, window)
    sheet.shade(1.0 - 0.5 * contour(sheet.alpha, width=0.80 * frame.unit + 0.2))
    layers = (
        (3, 4, 4, 0.45),
        (12, 16, 14, 0.32),
        (30, 40, 36, 0.14),
    )
    shadow = cast_shadow(frame, sheet.alpha, layers, top=top, left=left)
    targets = {
        "durable": (frame.x(492), frame.y(434)),
        "waterproof": (frame.x(520), frame.y(560)),
        "non-slip": (frame.x(484), frame.y(240)),
    }
    fallbacks = tuple((frame.x(a), frame.y(b)) for a, b in ((560, 640), (540, 480), (552, 760)))
    lines = place_icons(frame, look.functions, targets, fallbacks, (704, 170, 0, 96))
    scene = Scene(
        shadow=shadow, lines=lines, repeat_px=TILE_PX * frame.unit, relief=look.surface.relief
    )
    return compose_plate(sheet, frame, scene, top=top, left=left)


def _draw_body(
    sheet: Sheet, body: Floats, folds: Drape, surface: Surface, x: Floats, y: Floats
) -> None:
    u, v = x + folds.right_px, y + folds.down_px
    light = (
        folds.light
        * texture_factor(surface, u * 0.62, v * 0.62)
        * (1.02 - 0.10 * smoothstep(150, 370, y))
    )
    highlights = (
        surface.specular * 0.9 * smoothstep(1.02, 1.30, folds.light) * (0.2 + surface.gloss)
    )
    add: Floats = highlights[..., None] * np.ones(3, np.float32)
    if surface.pearl:
        add = add + 0.06 * iridescence(0.004 * u + 0.2 * folds.light) - 0.03
    if surface.clarity > 0:
        pool = np.exp(-((x / 150.0) ** 2) - ((y - 120.0) / 180.0) ** 2)
        light = light * (0.86 + 0.22 * surface.clarity * pool)
        add = add + (0.12 * surface.clarity * pool)[..., None]
    uv = (u / np.float32(TILE_PX) + 0.5, v / np.float32(TILE_PX))
    sheet.over(body, multiply=light[..., None] * linear(surface.wash), add=add, uv=uv)


def _draw_mouth(sheet: Sheet, frame: Frame, window: Window) -> None:
    """Draw the visible strip of the bag's inside above the front edge."""
    back = [*bezier((170, 367), (384, 350), (598, 367)), *reversed(_TOP)]
    mouth = fill(back, frame, window)
    at = box(mouth)
    sheet.over(mouth[at], add=linear((0.50, 0.47, 0.42)) * 0.62, at=at)


def _draw_strap(
    sheet: Sheet,
    points: list[tuple[float, float]],
    surface: Surface,
    frame: Frame,
    window: Window,
    level: float,
) -> None:
    """Draw one handle: a band of webbing with rounded edges and a shadow."""
    band = stroke([points], _STRAP, frame, window)
    at = _grown(box(band), round(24 * frame.unit))
    band = band[at]
    shadow = blur(
        np.roll(band, (round(4.5 * frame.unit), round(3.5 * frame.unit)), (0, 1)), 3.5 * frame.unit
    )
    sheet.shade(1.0 - 0.38 * shadow * (sheet.alpha[at] > 0), at=at)
    core = blur(band, 2.5 * frame.unit)
    scale = np.float32(0.40 / frame.unit)
    rows = np.arange(at[0].start, at[0].start + band.shape[0])[:, None] * scale
    columns = np.arange(at[1].start, at[1].start + band.shape[1])[None, :] * scale
    light = texture_factor(surface, columns, rows) * (0.62 + 0.44 * core)
    tone = linear(surface.bare) * (light * np.float32(level))[..., None]
    sheet.over(band, add=tone, at=at)
    edges = [offset(points, side * (_STRAP / 2 - 4.0)) for side in (-1, 1)]
    dashes = stitch(edges, frame, window, dash=5, gap=3, width=1.2)[at]
    sheet.shade(1.0 - 0.34 * dashes * band, at=at)
    sheet.shade(1.0 - 0.34 * contour(band, width=0.55 * frame.unit + 0.15), at=at)


def _grown(at: tuple[slice, slice], margin: int) -> tuple[slice, slice]:
    rows, columns = (slice(max(each.start - margin, 0), each.stop + margin) for each in at)
    return rows, columns


def _draw_hem(sheet: Sheet, body: Floats, frame: Frame, window: Window) -> None:
    double = [[(px, py + drop) for px, py in _TOP] for drop in (26.0, 31.0)]
    dashes = stitch(double, frame, window, dash=6, gap=3, width=1.3)
    sheet.shade(1.0 - 0.40 * dashes * body)
    ridge = blur(stroke([[(px, py + 33) for px, py in _TOP]], 4, frame, window), 1.25 * frame.unit)
    sheet.shade(1.0 - 0.26 * ridge * body)
    lip = blur(stroke([[(px, py + 3) for px, py in _TOP]], 3, frame, window), 0.75 * frame.unit)
    sheet.light(0.06 * lip * body)
    sides = [[(px + 6, py) for px, py in _LEFT], [(px - 6, py) for px, py in mirror(_LEFT)]]
    dashes = stitch(sides, frame, window, dash=6, gap=4, width=1.1)
    sheet.shade(1.0 - 0.20 * dashes * body)


def _draw_box_stitches(sheet: Sheet, frame: Frame, window: Window) -> None:
    """Draw the box stitches at the ends of the handle."""
    lines: list[list[tuple[float, float]]] = []
    for cx in (275.5, 492.5):
        half = _STRAP / 2 - 4
        a, b, c, d = (cx - half, 418), (cx + half, 418), (cx + half, 446), (cx - half, 446)
        lines += [[a, b, c, d, a], [a, c], [b, d]]
    dashes = stitch(lines, frame, window, dash=4, gap=2, width=1.4)
    at = box(dashes)
    sheet.over(dashes[at] * 0.75, accent=0.75, add=0.02, at=at)


_DROPS = (
    (-150, 60, 9),
    (-136, 46, 4.5),
    (-160, 84, 4),
    (-40, 20, 7),
    (-28, 32, 3.6),
    (120, 80, 8),
    (106, 68, 4),
    (60, 180, 9),
    (74, 196, 4),
    (-90, 220, 8),
    (-104, 236, 4),
    (150, 260, 7),
    (-20, 300, 6),
    (10, 110, 5),
    (-170, 300, 5),
    (180, -20, 5),
)


def _draw_functions(
    sheet: Sheet, look: Look, x: Floats, y: Floats, body: Floats, frame: Frame, window: Window
) -> None:
    if look.has("durable", "shockproof", "non-slip"):
        base = fill([(150, 790), (618, 790), (618, 860), (150, 860)], frame, window) * body
        band = linear((0.20, 0.19, 0.19)) * (0.9 + 0.12 * np.sin(y * 2.1 + 0 * x))[..., None]
        sheet.over(base, add=band * np.clip(sheet.alpha, 0, 1)[..., None] * 0.9)
        line = [(164, 796), (384, 802), (604, 796)]
        sheet.over(stitch([line], frame, window, dash=6, gap=3, width=1.4) * base, add=0.55)
    if look.has("waterproof", "washable"):
        xs, ys = (np.ascontiguousarray(a) for a in np.broadcast_arrays(x, y))
        draw_droplets(sheet, xs, ys, body, _DROPS)
