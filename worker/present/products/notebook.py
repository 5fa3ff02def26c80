"""Notebook renderer: a hardcover lying on the paper, with page block, elastic band and ribbon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.present.canvas import SUPER, Floats, Sheet
from worker.present.details import draw_droplets
from worker.present.fields import noise, sample, smoothstep
from worker.present.ink import contour
from worker.present.lighting import (
    camera_normals,
    diffuse_light,
    face_reflection,
    iridescence,
    linear,
    specular_highlights,
    texture_factor,
)
from worker.present.look import Look
from worker.present.materials import Surface
from worker.present.printing import Plate
from worker.present.products.geometry import traced
from worker.present.solids import (
    Hit,
    View,
    edges,
    norm,
    rays_of,
    rounded_box,
    rounded_rectangle,
    trace,
)
from worker.present.studio import Frame, Scene, cast_shadow, compose_plate, place_icons

__all__ = ["plate"]

HALF = (70.0, 104.0)
DEPTH = 11.0
BOARD = 1.35
"""Half the thickness of the cover boards, mm."""
BAND = (52.0, 3.1)
"""The elastic band's centre x and half width, mm."""
TILE_MM = 70.0
_RIBBON = ((-3.0, 91.0, -5.0), (15.0, 134.0, 1.0))
"""Two opposite corners of the ribbon's bounding box, mm."""
_BOX = (48.0, 10.0, 690.0, 930.0)


class Body(NamedTuple):
    """The traced notebook."""

    view: View
    hit: Hit
    pages: Floats  # (h, w) 0 to 1: mask of the page block
    window: tuple[int, int, int, int]
    edges: NDArray[np.intp] | None = None  # pixels that `samples` replace
    samples: Body | None = None  # the body at the samples of these pixels


def plate(look: Look, size: tuple[int, int]) -> Plate:
    """Return the plate of the product: everything but the tile. `size` is (W, H) px."""
    frame = Frame(width=size[0], height=size[1])
    body = traced(_body, size)
    surface = look.surface
    sheet = Sheet(height=body.hit.x.shape[0], width=body.hit.x.shape[1])
    _draw_ribbon(sheet, body)
    _draw_surface(sheet, body, look, surface)
    if body.samples is not None and body.edges is not None:
        fine = Sheet(height=body.edges.size, width=SUPER**2)
        _draw_surface(fine, body.samples, look, surface)
        sheet.refine(body.edges, fine)
    sheet.shade(1.0 - 0.5 * contour(sheet.alpha, width=0.85 * frame.unit + 0.2))
    top, left, _, _ = body.window
    layers = (
        (4, 6, 4, 0.5),
        (14, 20, 16, 0.34),
        (34, 46, 40, 0.16),
    )
    shadow = cast_shadow(frame, sheet.alpha, layers, top=top, left=left)
    lines = place_icons(
        frame, look.functions, _leader_targets(body.view), _fallback_targets(body.view)
    )
    scene = Scene(
        shadow=shadow,
        lines=lines,
        repeat_px=TILE_MM * body.view.px_per_mm,
        relief=look.surface.relief,
    )
    return compose_plate(sheet, frame, scene, top=top, left=left)


def _cover_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    outline = rounded_rectangle(x, y, HALF, 5.0)
    plates = rounded_box(outline, np.abs(z) - np.float32(DEPTH - BOARD), BOARD, 0.9)
    spine = rounded_box(
        rounded_rectangle(x + np.float32(HALF[0] - 2.2), z, (2.2, DEPTH), 2.1), y, HALF[1], 0.9
    )
    return np.minimum(plates, spine)


def _pages_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    outline = rounded_rectangle(x + 0.5, y, (HALF[0] - 1.5, HALF[1] - 1.2), 4.0)
    return rounded_box(outline, z, DEPTH - BOARD, 0.2)


def _notebook_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    return np.minimum(_cover_distance(x, y, z), _pages_distance(x, y, z))


def _ribbon_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    sway = x - np.float32(6.0) - 4.0 * np.sin((y - 96.0) * 0.07)
    sink = z + 0.5 + 0.012 * np.maximum(y - 100.0, 0) ** 1.6
    notch = 3.2 * np.maximum(1.0 - np.abs(sway) / 3.0, 0.0)
    qx, qy, qz = np.abs(sway) - 3.0, np.maximum(y + notch - 132.0, 92.0 - y), np.abs(sink) - 0.35
    return np.asarray(np.maximum(np.maximum(qx, qy), qz) * 0.8, np.float32)


def _body(size: tuple[int, int]) -> Body:
    frame = Frame(width=size[0], height=size[1])
    view = View(
        yaw_deg=-23,
        pitch_deg=20,
        roll_deg=-9,
        distance_mm=760,
        px_per_mm=3.42 * frame.unit,
        x_px=frame.x(364),
        y_px=frame.y(450),
    )
    window = frame.window(_BOX)
    hit = trace(_notebook_distance, view.rays(*window), view, reach_mm=128.0, steps=46)
    body = _shape(view, hit, window)
    pixels = np.union1d(edges(hit, view), np.flatnonzero((body.pages > 0) & (hit.alpha == 1.0)))
    rays = rays_of(view, window, pixels)
    samples = _shape(view, trace(_notebook_distance, rays, view, reach_mm=128.0, steps=46), window)
    return body._replace(edges=pixels, samples=samples)


def _shape(view: View, hit: Hit, window: tuple[int, int, int, int]) -> Body:
    pages = smoothstep(
        -0.05, 0.05, _cover_distance(hit.x, hit.y, hit.z) - _pages_distance(hit.x, hit.y, hit.z)
    )
    return Body(view, hit, pages, window)


def _draw_surface(sheet: Sheet, body: Body, look: Look, surface: Surface) -> None:
    hit = body.hit
    nx, ny, nz = camera_normals(hit, body.view)
    flat = smoothstep(0.7, 0.98, hit.nz) * (1 - body.pages)
    groove = np.exp(-(((hit.x + 57.5) / 1.7) ** 2)) * flat
    slope = np.float32(0.5) * groove * (hit.x + 57.5)
    light = diffuse_light(nx + slope, ny, np.sqrt(np.maximum(1 - slope**2, 0.1)) * nz)
    light = light * texture_factor(surface, hit.x, hit.y) * (1.0 - 0.22 * groove)
    highlights = specular_highlights(nx, ny, nz, surface) * (1 - 0.9 * flat)
    highlights += flat * face_reflection(hit.x / HALF[0], hit.y / HALF[1], surface)
    if look.has("shockproof", "durable"):
        corner = smoothstep(-26, -25.4, np.abs(hit.x) - HALF[0] + np.abs(hit.y) - HALF[1])
    uv = (
        hit.x / np.float32(TILE_MM) + 0.5,
        (hit.y + (DEPTH - hit.z) * hit.ny) / np.float32(TILE_MM) + 0.5,
    )
    multiply = light[..., None] * linear(surface.wash)
    add = highlights[..., None] * np.ones(3, np.float32)
    if surface.pearl:
        add = add * iridescence(0.01 * hit.x + 0.012 * hit.y) + 0.05 * (
            iridescence(0.008 * hit.x - 0.01 * hit.y) - 0.6
        )
    sheet.over(hit.alpha, multiply=multiply, add=add, uv=uv)
    _draw_pages(sheet, hit, body.pages, light)
    if surface.stitched:
        _draw_stitches(sheet, hit, flat)
    if look.has("shockproof", "durable"):
        _draw_corners(sheet, hit, corner * (1 - body.pages), light, nx, ny, nz)
    if look.has("non-slip"):
        dots = norm(np.mod(hit.x, 3.0) - 1.5, np.mod(hit.y, 3.0) - 1.5)
        grip_mask = (
            flat
            * hit.alpha
            * smoothstep(9.0, 8.6, np.abs(hit.x + 63.5 - 1.0))
            * smoothstep(-58, -58.5, hit.x)
        )
        sheet.shade(1.0 - grip_mask * (0.35 * smoothstep(1.0, 0.6, dots)))
        sheet.light(
            grip_mask
            * 0.25
            * smoothstep(0.6, 0.2, norm(np.mod(hit.x, 3) - 1.1, np.mod(hit.y, 3) - 1.0))
        )
    _draw_elastic(sheet, hit, light)
    if look.has("waterproof"):
        draw_droplets(
            sheet,
            hit.x,
            hit.y,
            hit.alpha * smoothstep(0.9, 0.98, hit.nz) * (1 - body.pages),
            _DROPS,
        )


_DROPS = (
    (-14, -40, 5.0),
    (-3, -46, 2.6),
    (-22, -31, 2.2),
    (18, -12, 3.6),
    (26, -20, 2.0),
    (-38, 18, 4.4),
    (-30, 25, 2.2),
    (8, 38, 3.2),
    (16, 44, 1.8),
    (-12, 66, 4.6),
    (-2, 74, 2.4),
    (30, 70, 3.0),
    (34, -70, 3.4),
    (26, -78, 1.9),
    (-40, -74, 2.8),
    (62, 8, 2.4),
    (-8, 6, 1.9),
)


def _draw_pages(sheet: Sheet, hit: Hit, pages: Floats, light: Floats) -> None:
    leaves = sample(noise(7, 160.0, 1.6), hit.x / 300 + hit.y / 300, hit.z / 22.0)
    tone = (
        linear((0.955, 0.93, 0.865)) * ((0.42 + 0.58 * light) * (0.97 + 0.10 * leaves))[..., None]
    )
    lid = (
        1.0
        - 0.5 * smoothstep(2.2, 0.0, DEPTH - 2 * BOARD - hit.z)
        - 0.2 * smoothstep(2.0, 0.0, hit.z + DEPTH - 2 * BOARD)
    )
    sheet.over(hit.alpha * pages, add=tone * lid[..., None] * 0.96)


def _draw_elastic(sheet: Sheet, hit: Hit, light: Floats) -> None:
    centre, half = BAND
    offset = hit.x - np.float32(centre)
    outer = smoothstep(half, half - 0.35, np.abs(offset)) * (
        np.abs(hit.z) > DEPTH - 2 * BOARD - 0.3
    )
    wrapped = smoothstep(half, half - 0.35, np.abs(offset)) * smoothstep(0.5, 0.9, np.abs(hit.ny))
    strap = np.maximum(outer, wrapped) * hit.alpha
    shadow = smoothstep(half + 3.4, half - 0.2, np.abs(offset - 1.3)) * smoothstep(
        0.7, 0.98, hit.nz
    )
    sheet.shade(1.0 - 0.40 * shadow * hit.alpha)
    rounding = 1.02 - 0.22 * (offset / half) ** 2 - 0.10 * offset / half
    ribs = 1.0 + 0.10 * np.sin(offset * 5.2)
    sheet.over(strap, accent=light * rounding * ribs * 0.86, add=0.02)


def _draw_ribbon(sheet: Sheet, body: Body) -> None:
    top, left, height, width = _ribbon_window(body)
    hit = trace(
        _ribbon_distance, body.view.rays(top, left, height, width), body.view, reach_mm=140.0,
        steps=46,
    )  # fmt: skip
    nx, ny, nz = camera_normals(hit, body.view)
    light = diffuse_light(nx, ny, nz)
    thread = 1.0 + 0.06 * np.sin(hit.x * 9.0)
    first_row, first_column = top - body.window[0], left - body.window[1]
    at = (
        slice(first_row, first_row + height),
        slice(first_column, first_column + width),
    )
    sheet.over(hit.alpha, accent=light * thread * 0.9, add=0.012, at=at)


def _ribbon_window(body: Body) -> tuple[int, int, int, int]:
    """Return the window (top, left, height, width), px, that covers the ribbon."""
    (x0, y0, z0), (x1, y1, z1) = _RIBBON
    points = [body.view.project(x, y, z) for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)]
    xs, ys = zip(*points, strict=True)
    top, left, height, width = body.window
    first_row, first_column = max(int(min(ys)) - 2, top), max(int(min(xs)) - 2, left)
    last_row, last_column = min(int(max(ys)) + 3, top + height), min(int(max(xs)) + 3, left + width)
    return first_row, first_column, last_row - first_row, last_column - first_column


def _draw_stitches(sheet: Sheet, hit: Hit, flat: Floats) -> None:
    edge = rounded_rectangle(hit.x, hit.y, HALF, 5.0)
    along = np.where(np.abs(hit.x) / HALF[0] > np.abs(hit.y) / HALF[1], hit.y, hit.x)
    dash = smoothstep(-0.25, 0.25, np.sin(along * np.float32(2 * np.pi / 4.6)) + 0.35)
    line = smoothstep(0.75, 0.45, np.abs(edge + 4.6)) * flat * hit.alpha
    sheet.shade(1.0 - 0.42 * smoothstep(1.3, 0.5, np.abs(edge + 4.6)) * flat * hit.alpha)
    sheet.over(line * dash, add=linear((0.93, 0.88, 0.78)) * 0.92)


def _draw_corners(
    sheet: Sheet, hit: Hit, corner: Floats, light: Floats, nx: Floats, ny: Floats, nz: Floats
) -> None:
    brass = Surface(bare=(0.80, 0.70, 0.46), gloss=0.8, specular=0.7, metal=0.8)
    right = corner * hit.alpha * (hit.x > 0)
    wave = 0.92 + 0.20 * np.sin(0.17 * (hit.x - hit.y))
    tone = (
        linear(brass.bare) * (light * wave)[..., None]
        + specular_highlights(nx, ny, nz, brass)[..., None] * 0.4
    )
    sheet.over(right, add=tone)


def _leader_targets(view: View) -> dict[str, tuple[float, float]]:
    return {
        "waterproof": view.project(18, -12, DEPTH),
        "durable": view.project(66, 100, DEPTH),
        "shockproof": view.project(66, 100, DEPTH),
        "non-slip": view.project(-64, 40, DEPTH),
    }


def _fallback_targets(view: View) -> tuple[tuple[float, float], ...]:
    return tuple(view.project(x, y, DEPTH) for x, y in ((40, -70), (34, 20), (36, 62)))
