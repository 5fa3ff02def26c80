"""Poster renderer: a framed poster on a wall, in the shadow of leaves outside a window."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from worker.present.canvas import Floats, Sheet
from worker.present.fields import noise, sample, smoothstep, texture
from worker.present.lighting import (
    blur,
    face_reflection,
    iridescence,
    linear,
    texture_factor,
)
from worker.present.look import Look
from worker.present.materials import MATERIALS, Surface
from worker.present.printing import Plate
from worker.present.solids import rounded_rectangle
from worker.present.studio import Frame, Scene, cast_shadow, compose_plate, place_icons

__all__ = ["plate"]

HALF = (250.0, 350.0)
"""Outer half sizes of the frame, mm."""
MOULDING = 15.0
MAT = 42.0
TILE_MM = 190.0
_BOX = (110.0, 70.0, 640.0, 850.0)
_CENTRE = (372.0, 446.0)
_PX_PER_MM = 1.04


def plate(look: Look, size: tuple[int, int]) -> Plate:
    """Return the plate of the product: everything but the tile. `size` is (W, H) px."""
    frame = Frame(width=size[0], height=size[1])
    window = frame.window(_BOX)
    top, left, height, width = window
    scale = _PX_PER_MM * frame.unit
    x = ((left + (np.arange(width, dtype=np.float32) + 0.5) - frame.x(_CENTRE[0])) / scale)[None, :]
    y = ((top + (np.arange(height, dtype=np.float32) + 0.5) - frame.y(_CENTRE[1])) / scale)[:, None]
    x, y = (np.ascontiguousarray(axis) for axis in np.broadcast_arrays(x, y))
    leaves = _leaf_light(frame)
    sheet = Sheet(height=height, width=width)
    _draw_print(sheet, x, y, look.surface)
    _draw_frame(sheet, x, y, look)
    sheet.shade(0.74 + 0.32 * leaves[top : top + height, left : left + width])
    wall = _wall_light(frame) * (0.74 + 0.32 * leaves)
    layers = (
        (3, 4, 3, 0.5),
        (12, 16, 10, 0.38),
        (30, 40, 34, 0.2),
    )
    shadow = cast_shadow(frame, sheet.alpha, layers, top=top, left=left)
    lines = place_icons(frame, look.functions, {}, _fallback_targets(frame))
    scene = Scene(
        shadow=shadow, lines=lines, repeat_px=TILE_MM * scale, relief=look.surface.relief, wall=wall
    )
    return compose_plate(sheet, frame, scene, top=top, left=left)


def _draw_print(sheet: Sheet, x: Floats, y: Floats, surface: Surface) -> None:
    """Draw the mat and the print behind the glass."""
    inner = (HALF[0] - MOULDING, HALF[1] - MOULDING)
    inside = smoothstep(0.6, -0.6, rounded_rectangle(x, y, inner, 0.5))
    grain = texture_factor(MATERIALS["paper"], x * 0.3, y * 0.3)
    lit = grain * (1.0 - 0.10 * (x / HALF[0] * 0.3 + y / HALF[1] * 0.5))
    recess = _recess_shade(x, y, inner, 16.0)
    sheet.over(inside, add=linear((0.965, 0.955, 0.935)) * (lit * recess)[..., None])
    half = (inner[0] - MAT, inner[1] - MAT)
    edge = rounded_rectangle(x, y, half, 0.5)
    bevel = smoothstep(3.4, 2.6, np.abs(edge - 1.2))
    lean = np.where(np.abs(x) - half[0] > np.abs(y) - half[1], np.sign(x), np.sign(y))
    sheet.shade(1.0 + bevel * inside * (0.05 + 0.09 * lean - 0.06))
    ink = smoothstep(0.5, -0.5, edge)
    light = (1.0 - 0.09 * (x / HALF[0] * 0.3 + y / HALF[1] * 0.5)) * _recess_shade(x, y, half, 7.0)
    light = light * texture_factor(surface, x * 0.35, y * 0.35)
    gloss = face_reflection(x / HALF[0], y / HALF[1], surface)
    add = gloss[..., None] * np.ones(3, np.float32)
    if surface.pearl:
        add = add * iridescence(0.003 * x) + 0.05 * (iridescence(0.002 * x - 0.003 * y) - 0.6)
    if surface.metal > 0.5:
        bands = 0.80 + 0.35 * (0.5 + 0.5 * np.cos(0.012 * x - 0.004 * y)) ** 2
        light = light * bands
    if surface.clarity > 0:
        pool = np.exp(-((x / 170.0) ** 2) - (y / 240.0) ** 2)
        light = light * (0.92 + 0.22 * surface.clarity * pool)
        add = add + (0.08 * surface.clarity * pool)[..., None]
    uv = (x / np.float32(TILE_MM) + 0.5, y / np.float32(TILE_MM) + 0.5)
    sheet.over(ink, multiply=light[..., None] * linear(surface.wash), add=add, uv=uv)
    glass = MATERIALS["glass"]
    sheet.light(inside * 0.30 * face_reflection(x / HALF[0], y / HALF[1], glass))


def _recess_shade(x: Floats, y: Floats, half: tuple[float, float], reach: float) -> Floats:
    """Return the light factor of the shadow cast by the upper and left edge of an opening."""
    from_left, from_top = x + half[0], y + half[1]
    left = np.exp(-np.maximum(from_left, 0) / (0.45 * reach))
    top = np.exp(-np.maximum(from_top, 0) / (0.65 * reach))
    return np.asarray((1.0 - 0.30 * left) * (1.0 - 0.38 * top), np.float32)


def _draw_frame(sheet: Sheet, x: Floats, y: Floats, look: Look) -> None:
    """Draw the mitred frame in oak, or in metal for a metal poster."""
    outer = rounded_rectangle(x, y, HALF, 1.5)
    inner = rounded_rectangle(x, y, (HALF[0] - MOULDING, HALF[1] - MOULDING), 0.5)
    body = smoothstep(0.5, -0.5, outer) * smoothstep(-0.5, 0.5, inner)
    upright = (np.abs(x) - HALF[0]) > (np.abs(y) - HALF[1])
    across = np.where(upright, -outer, -outer)
    metal = look.surface.metal > 0.5
    tone = linear((0.20, 0.20, 0.21)) if metal else linear((0.70, 0.53, 0.36))
    grain = sample(texture("wood"), np.where(upright, y, x) / 420, np.where(upright, x, y) / 70)
    faces = np.where(upright, np.where(x < 0, 1.06, 0.80), np.where(y < 0, 1.16, 0.70))
    light = faces * (1.0 + (0.02 if metal else 0.11) * grain)
    light = light * (
        0.92
        + 0.25 * smoothstep(5.0, 0.0, np.abs(across - 4.0))
        - 0.22 * smoothstep(3.5, 0.0, across)
    )
    mitre = smoothstep(0.9, 0.2, np.abs((np.abs(x) - HALF[0]) - (np.abs(y) - HALF[1])))
    sheet.over(body, add=tone * (light * (1.0 - 0.35 * mitre))[..., None])
    sheet.shade(
        1.0
        - 0.55 * smoothstep(1.6, 0.4, np.abs(inner))
        - 0.35 * smoothstep(1.5, 0.3, np.abs(outer))
    )


def _wall_light(frame: Frame) -> Floats:
    """Return the light on the plaster wall, (H, W)."""
    x = ((np.arange(frame.width, dtype=np.float32) + 0.5) / frame.width)[None, :]
    y = ((np.arange(frame.height, dtype=np.float32) + 0.5) / frame.height)[:, None]
    plaster = sample(noise(17, 46.0, 46.0), x * 1.5, y * 1.9)
    fall = 1.10 - 0.26 * np.hypot(x - 0.2, (y - 0.1) * 0.9) ** 1.4
    return np.asarray(fall + 0.006 * plaster, np.float32)


_STEMS = (
    ((812.0, 40.0), (-0.86, 0.42), 10, 118.0),
    ((800.0, 330.0), (-0.93, 0.22), 9, 100.0),
    ((470.0, -70.0), (-0.42, 0.90), 8, 104.0),
)
"""Stems of the plant outside: root, direction, pairs of leaves, leaf length; layout px."""


@lru_cache(maxsize=1)
def _leaf_light(frame: Frame) -> Floats:
    """Return the sunlight between the leaves, (H, W), 0 to 1."""
    image = Image.new("L", (frame.width, frame.height), 255)
    pen = ImageDraw.Draw(image)
    for (x, y), (right, down), pairs, long in _STEMS:
        for i in range(pairs):
            reach = 26.0 + 38.0 * i
            at = (x + reach * right, y + reach * down + 0.5 * i * i)
            angle = np.arctan2(down, right) + 0.035 * i
            for side in (-1, 1):
                length = long * (1.0 - 0.075 * abs(i - 2.5))
                _draw_leaf(pen, frame, at, angle + side * (0.95 - 0.06 * i), length)
    return blur(np.asarray(image, np.float32) / np.float32(255.0), 7.0 * frame.unit)


def _draw_leaf(
    pen: ImageDraw.ImageDraw, frame: Frame, at: tuple[float, float], angle: float, length: float
) -> None:
    t = np.linspace(0.0, 1.0, 14)
    half = 0.14 * length * np.sin(np.pi * t**0.75)
    right, down = np.cos(angle), np.sin(angle)
    x, y = at[0] + t * length * right, at[1] + t * length * down
    one, two = (
        list(zip(x - side * half * down, y + side * half * right, strict=True)) for side in (1, -1)
    )
    outline = [(frame.x(float(a)), frame.y(float(b))) for a, b in [*one, *reversed(two)]]
    pen.polygon(outline, fill=50)


def _fallback_targets(frame: Frame) -> tuple[tuple[float, float], ...]:
    return tuple((frame.x(x), frame.y(y)) for x, y in ((560, 240), (540, 420), (555, 590)))
