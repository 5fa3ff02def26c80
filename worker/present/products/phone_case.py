"""Phone case renderer: the back at an angle, with camera island, buttons and port."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from worker.present.canvas import Floats, Sheet
from worker.present.details import (
    draw_corner_pads,
    draw_droplets,
    draw_magnet_ring,
    grip_ridges,
    phone_internals,
)
from worker.present.fields import smoothstep
from worker.present.ink import contour
from worker.present.lighting import (
    camera_normals,
    diffuse_light,
    face_reflection,
    iridescence,
    linear,
    metal_reflection,
    specular_highlights,
    texture_factor,
)
from worker.present.look import Look
from worker.present.materials import Surface
from worker.present.printing import Plate
from worker.present.products.geometry import traced
from worker.present.solids import (
    Hit,
    Rays,
    View,
    norm,
    rays_of,
    rounded_box,
    rounded_rectangle,
    trace,
)
from worker.present.studio import Frame, Scene, cast_shadow, compose_plate, place_icons

__all__ = ["plate"]

HALF = (38.5, 79.0)
DEPTH = 5.6
CORNER = 12.5
EDGE = 3.4
ISLAND = (-17.0, -56.5, 17.5, 18.5)
"""Centre x, y and half sizes of the camera island, mm."""
LENSES = ((-25.0, -65.0), (-25.0, -48.0), (-9.2, -56.5))
TILE_MM = 46.0
_BOX = (70.0, 20.0, 640.0, 900.0)


class Body(NamedTuple):
    """The traced case."""

    view: View
    hit: Hit
    outline: Floats  # (h, w) signed distance to the outline in the face's plane, mm
    window: tuple[int, int, int, int]
    rays: Rays
    internal_factor: Floats  # (h, w) light factor of the internals behind a clear panel
    internal_light: Floats  # (h, w) light added by the internals


def plate(look: Look, size: tuple[int, int]) -> Plate:
    """Return the plate of the product: everything but the tile. `size` is (W, H) px."""
    frame = Frame(width=size[0], height=size[1])
    body = traced(_body, size)
    surface = look.surface
    sheet = Sheet(height=body.hit.x.shape[0], width=body.hit.x.shape[1])
    _draw_body(sheet, body, look)
    _draw_camera(sheet, body, surface)
    _draw_buttons(sheet, body, look, surface)
    if look.has("waterproof"):
        _draw_surface_droplets(sheet, body)
    ink = contour(sheet.alpha, width=0.85 * frame.unit + 0.2)
    sheet.shade(1.0 - 0.55 * ink)
    return _place_on_paper(sheet, body, frame, look)


def _place_on_paper(sheet: Sheet, body: Body, frame: Frame, look: Look) -> Plate:
    top, left, _, _ = body.window
    layers = (
        (5, 7, 5, 0.5),
        (18, 26, 18, 0.36),
        (40, 56, 44, 0.14),
    )
    shadow = cast_shadow(frame, sheet.alpha, layers, top=top, left=left)
    clarity = look.panel.clarity
    glow = shadow * np.float32(0.45 * clarity) if clarity > 0 else None
    lines = place_icons(
        frame, look.functions, _leader_targets(body.view), _fallback_targets(body.view)
    )
    scene = Scene(
        shadow=shadow * np.float32(1.0 - 0.25 * clarity),
        glow=glow,
        lines=lines,
        repeat_px=TILE_MM * body.view.px_per_mm,
        relief=look.surface.relief,
    )
    return compose_plate(sheet, frame, scene, top=top, left=left)


def _body(size: tuple[int, int]) -> Body:
    frame = Frame(width=size[0], height=size[1])
    view = View(
        yaw_deg=-25,
        pitch_deg=13,
        roll_deg=9,
        distance_mm=620,
        px_per_mm=4.9 * frame.unit,
        x_px=frame.x(356),
        y_px=frame.y(446),
    )
    window = frame.window(_BOX)
    rays = view.rays(*window)

    def case(x: Floats, y: Floats, z: Floats) -> Floats:
        return rounded_box(rounded_rectangle(x, y, HALF, CORNER), z, DEPTH, EDGE)

    hit = trace(case, rays, view, reach_mm=90.0)
    outline = rounded_rectangle(hit.x, hit.y, HALF, CORNER)
    return Body(view, hit, outline, window, rays, *phone_internals(hit.x, hit.y, HALF))


def _draw_body(sheet: Sheet, body: Body, look: Look) -> None:
    hit, view, edge = body.hit, body.view, body.outline
    surface, panel = look.surface, look.panel
    bump = grip_ridges(hit.y, edge) if look.has("non-slip") else 0.0
    nx, ny, nz = camera_normals(hit._replace(ny=hit.ny + bump), view)
    light = diffuse_light(nx, ny, nz) * _island_shade(hit)
    face = smoothstep(0.75, 0.99, hit.nz)
    multiply, add = _panel_light(
        body, panel, specular_highlights(nx, ny, nz, panel) * (1.0 - 0.9 * face)
    )
    over = DEPTH - hit.z
    uv = ((hit.x + over * hit.nx) / TILE_MM + 0.5, (hit.y + over * hit.ny) / TILE_MM + 0.5)
    sheet.over(hit.alpha, multiply=multiply * light[..., None], add=add, uv=uv)
    if surface.metal > 0.5:
        bright = 0.30 * smoothstep(0.5, 0.1, np.abs(edge + 2.5))
        tone = (
            light
            * metal_reflection(nx, ny, nz, surface)
            * texture_factor(surface, hit.y, hit.x + hit.z)
        )
        bare = linear(surface.bare) * tone[..., None]
        add = bare + (bright + 0.35 * specular_highlights(nx, ny, nz, surface))[..., None]
        sheet.over(hit.alpha * smoothstep(-2.7, -2.3, edge), add=add)
        sheet.shade(1.0 - 0.30 * hit.alpha * smoothstep(0.35, 0.1, np.abs(edge + 2.75)))
    _draw_functions(sheet, body, look, light)


def _panel_light(body: Body, panel: Surface, highlights: Floats) -> tuple[Floats, Floats]:
    """Return the light factor and the added light of the printed panel, (h, w, 3) each."""
    hit, edge = body.hit, body.outline
    face = smoothstep(0.75, 0.99, hit.nz)
    highlights = highlights + face * face_reflection(hit.x / HALF[0], hit.y / HALF[1], panel)
    multiply = texture_factor(panel, hit.y, hit.x + hit.z)[..., None] * linear(panel.wash)
    add: Floats = highlights[..., None] * np.ones(3, np.float32)
    if panel.pearl:
        tints = iridescence(0.012 * hit.x - 0.02 * hit.y)
        add = add * iridescence(0.02 * hit.x + 0.013 * hit.y) + 0.05 * panel.pearl * (tints - 0.6)
    if panel.clarity > 0:
        passing = np.float32(panel.clarity) * smoothstep(1.0, 5.0, -edge)
        multiply = multiply * (1.0 - passing * (1.0 - body.internal_factor))[..., None]
        rim = panel.clarity * 0.10 * smoothstep(2.6, 0.4, np.abs(edge + 3))
        add = add + (passing * body.internal_light + rim)[..., None]
    return multiply, add


def _draw_functions(sheet: Sheet, body: Body, look: Look, light: Floats) -> None:
    """Draw the details of functions on the body: gasket, magnet ring, corner pads."""
    hit = body.hit
    if look.has("waterproof", "sealed-ports", "dustproof"):
        seal = smoothstep(0.75, 0.45, np.abs(hit.z - 1.6)) * smoothstep(0.6, 0.3, hit.nz)
        glow = linear((0.16, 0.68, 0.78)) * (0.35 + 0.65 * light)[..., None]
        sheet.over(hit.alpha * seal, add=glow)
    if look.has("wireless-charging"):
        draw_magnet_ring(sheet, hit)
    if look.has("shockproof", "durable"):
        draw_corner_pads(sheet, hit, body.outline, HALF, light)


def _island_shade(hit: Hit) -> Floats:
    """Return the light factor around the camera island: ambient occlusion and shadow."""
    cx, cy, hx, hy = ISLAND
    distance = rounded_rectangle(hit.x - cx, hit.y - cy, (hx, hy), 8.0)
    shadow_distance = rounded_rectangle(hit.x - cx - 1.6, hit.y - cy - 2.2, (hx, hy), 8.0)
    occluded = 1.0 - 0.30 * np.exp(-np.maximum(distance, 0) / 1.2)
    return np.asarray(occluded * (1.0 - 0.35 * smoothstep(1.6, -0.8, shadow_distance)), np.float32)


def _draw_camera(sheet: Sheet, body: Body, surface: Surface) -> None:
    view, rays = body.view, body.rays
    cx, cy, hx, hy = ISLAND
    at = _sample_window(body, (cx - hx - 3, cy - hy - 3, cx + hx + 3, cy + hy + 3))
    part = Rays(rays.origin, rays.dx[at], rays.dy[at], rays.dz[at])

    def island(x: Floats, y: Floats, z: Floats) -> Floats:
        outline = rounded_rectangle(x - cx, y - cy, (hx, hy), 8.0)
        return rounded_box(outline, z - DEPTH, 1.9, 1.1)

    hit = trace(island, part, view, reach_mm=85.0)
    nx, ny, nz = camera_normals(hit, view)
    light = diffuse_light(nx, ny, nz)
    highlights = specular_highlights(nx, ny, nz, surface) + 0.10 * smoothstep(0.9, 0.5, hit.nz)
    inset = rounded_rectangle(hit.x - cx, hit.y - cy, (hx - 2.2, hy - 2.2), 6.2)
    glass = smoothstep(0.12, -0.12, inset)
    tone = linear(surface.bare) * 0.85 if surface.metal > 0.5 else linear((0.20, 0.21, 0.23))
    light = light * metal_reflection(nx, ny, nz, surface)
    sheet.over(hit.alpha, add=tone * light[..., None] + highlights[..., None], at=at)
    slope = smoothstep(-6, 14, hit.x - cx + hit.y - cy)
    glass_tone = linear((0.13, 0.14, 0.16)) * (1.15 - 0.5 * slope)[..., None]
    edge_shade = 1.0 - 0.5 * np.exp(np.minimum(inset, 0) / 1.4)
    sheet.over(hit.alpha * glass, add=glass_tone * edge_shade[..., None], at=at)
    _draw_lenses(sheet, body, part, at)


def _draw_lenses(sheet: Sheet, body: Body, part: Rays, at: tuple[slice, slice]) -> None:
    def barrels(x: Floats, y: Floats, z: Floats) -> Floats:
        near = np.minimum.reduce([norm(x - lx, y - ly) for lx, ly in LENSES])
        return rounded_box(near - np.float32(6.9), z - DEPTH - 1.2, 2.0, 0.7)

    hit = trace(barrels, part, body.view, reach_mm=85.0)
    nx, ny, nz = camera_normals(hit, body.view)
    light = diffuse_light(nx, ny, nz)
    dx = np.choose(_nearest_lens(hit), [hit.x - lx for lx, _ in LENSES])
    dy = np.choose(_nearest_lens(hit), [hit.y - ly for _, ly in LENSES])
    radius = norm(dx, dy)
    metal = (
        linear((0.62, 0.63, 0.66))
        * (light * (0.8 + 0.5 * np.cos(2 * np.arctan2(dy, dx) + 0.8)))[..., None]
    )
    sheet.over(hit.alpha, add=metal, at=at)
    sheet.over(hit.alpha * smoothstep(6.0, 5.7, radius), add=linear((0.035, 0.04, 0.055)), at=at)
    iris = smoothstep(4.6, 4.3, radius) * (0.35 + 0.65 * smoothstep(-5, 5, dy - dx))
    tint = linear((0.16, 0.24, 0.42)) * iris[..., None] * 0.7
    sheet.add[at] += (hit.alpha[..., None]) * tint
    sheet.over(hit.alpha * smoothstep(2.5, 2.2, radius), add=linear((0.02, 0.02, 0.03)), at=at)
    spark = smoothstep(1.5, 0.5, norm(dx + 2.0, dy + 2.4)) * 0.85
    ghost = smoothstep(1.6, 0.4, norm(dx - 1.7, dy - 1.9)) * 0.18
    arc = (
        smoothstep(0.5, 0.1, np.abs(radius - 5.2))
        * smoothstep(0.55, 0.95, -(dx + dy) / (radius * 1.414 + 0.1))
        * 0.5
    )
    sheet.light((spark + ghost + arc) * hit.alpha, at=at)
    _draw_flash(sheet, hit, part, at)


def _nearest_lens(hit: Hit) -> np.ndarray:
    return np.argmin(np.stack([norm(hit.x - lx, hit.y - ly) for lx, ly in LENSES]), axis=0)


def _draw_flash(sheet: Sheet, hit: Hit, part: Rays, at: tuple[slice, slice]) -> None:
    """Draw the flash and the microphone in the plane of the island's glass."""
    travel = (DEPTH + 1.9 - part.origin[2]) / part.dz
    x, y = part.origin[0] + part.dx * travel, part.origin[1] + part.dy * travel
    clear = 1.0 - hit.alpha
    lamp = norm(x + 9.0, y + 69.0)
    sheet.over(clear * smoothstep(2.5, 2.3, lamp), add=linear((0.96, 0.93, 0.84)) * 0.9, at=at)
    sheet.over(clear * smoothstep(1.5, 1.3, lamp), add=linear((0.99, 0.90, 0.66)), at=at)
    sheet.over(clear * smoothstep(0.7, 0.55, norm(x + 9.0, y + 44.5)), add=0.01, at=at)


def _draw_buttons(sheet: Sheet, body: Body, look: Look, surface: Surface) -> None:
    """Draw the volume keys on the right side and the port at the bottom."""
    parts = [(38.6, -36.0, 1.0, 6.6, 1.9), (38.6, -19.5, 1.0, 6.6, 1.9)]
    sealed = look.has("waterproof", "sealed-ports", "dustproof")
    parts.append((0.0, 79.0, 8.2 if sealed else 5.6, 1.1 if sealed else 0.35, 2.6))
    for i, part in enumerate(parts):
        port = i == 2
        hit, at = _trace_key(body, part, upright=not port)
        nx, ny, nz = camera_normals(hit, body.view)
        tone = linear(surface.bare) * 0.9 if surface.metal > 0.5 else linear((0.25, 0.26, 0.28))
        if port:
            tone = linear((0.12, 0.50, 0.60)) if sealed else linear((0.03, 0.03, 0.035))
        light = diffuse_light(nx, ny, nz) * metal_reflection(nx, ny, nz, surface)
        add = tone * light[..., None] + specular_highlights(nx, ny, nz, surface)[..., None]
        shape = sheet.alpha[at].shape
        alpha = hit.alpha.mean(axis=1).reshape(shape)
        seen = (hit.alpha[..., None] * add).mean(axis=1).reshape(*shape, 3)
        sheet.shade(1.0 - 0.5 * contour(alpha, width=1.25), at=at)
        sheet.over(alpha, add=seen / np.maximum(alpha, 1e-6)[..., None], at=at)


def _trace_key(
    body: Body, part: tuple[float, float, float, float, float], *, upright: bool
) -> tuple[Hit, tuple[slice, slice]]:
    """Trace a key on the right side, or the port at the bottom, at each pixel's samples.

    `part` is the centre x, y and the half sizes x, y, z, mm.
    """
    cx, cy, hx, hy, hz = part
    at = _sample_window(body, (cx - hx - 3, cy - hy - 3, cx + hx + 3, cy + hy + 3))

    def key(x: Floats, y: Floats, z: Floats) -> Floats:
        qx, qy = x - np.float32(cx), y - np.float32(cy)
        if upright:
            thick = np.abs(qx) - np.float32(hx - 0.3)
            shape = rounded_rectangle(qy, z, (hy, hz), hz * 0.98)
        else:
            thick = np.abs(qy) - np.float32(hy - 0.3)
            shape = rounded_rectangle(qx, z, (hx, hz), hz * 0.98)
        return np.maximum(thick, shape) - np.float32(0.3)

    positions = np.arange(body.hit.alpha.size).reshape(body.hit.alpha.shape)[at].reshape(-1)
    rays = rays_of(body.view, body.window, positions)
    return trace(key, rays, body.view, reach_mm=90.0), at


_DROPS = (
    (14, -8, 3.6),
    (21.5, -13.5, 2.0),
    (8, -15.5, 1.6),
    (18, 1.5, 1.5),
    (-20, 44, 4.2),
    (-12.5, 49.5, 2.2),
    (-25, 52, 1.7),
    (-14, 38, 1.4),
    (6, 58, 3.0),
    (13, 62.5, 1.7),
    (-27, 10, 2.3),
    (-22.5, 5.5, 1.3),
    (25, 30, 2.6),
    (20.5, 34.5, 1.3),
    (2, 22, 1.5),
    (24, -42, 2.0),
    (17, -66, 2.4),
    (27, -60, 1.4),
    (-2, -30, 1.5),
    (-28, -22, 1.6),
)
"""x, y and radius, mm."""


def _draw_surface_droplets(sheet: Sheet, body: Body) -> None:
    travel = (DEPTH - body.rays.origin[2]) / body.rays.dz
    x = body.rays.origin[0] + body.rays.dx * travel
    y = body.rays.origin[1] + body.rays.dy * travel
    draw_droplets(sheet, x, y, body.hit.alpha * smoothstep(0.9, 0.98, body.hit.nz), _DROPS)


def _sample_window(body: Body, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
    """Return the window of pixels that covers a box of the case (x, y, x, y in mm)."""
    corners = [
        body.view.project(x, y, z) for x in box[::2] for y in box[1::2] for z in (-DEPTH, DEPTH + 4)
    ]
    top, left, height, width = body.window
    xs, ys = zip(*corners, strict=True)
    rows = slice(max(int(min(ys) - top - 2), 0), min(int(max(ys) - top + 3), height))
    columns = slice(max(int(min(xs) - left - 2), 0), min(int(max(xs) - left + 3), width))
    return rows, columns


def _leader_targets(view: View) -> dict[str, tuple[float, float]]:
    return {
        "waterproof": view.project(14, -8, DEPTH),
        "non-slip": view.project(38.3, 18, 2),
        "shockproof": view.project(34, 74, DEPTH),
        "durable": view.project(34, -74, DEPTH),
        "sealed-ports": view.project(5, 79.5, 0),
        "dustproof": view.project(-5, 79.5, 0),
        "wireless-charging": view.project(15, 16, DEPTH),
    }


def _fallback_targets(view: View) -> tuple[tuple[float, float], ...]:
    return tuple(view.project(x, y, DEPTH) for x, y in ((24, -62), (26, 44), (20, -26), (25, 60)))
