"""Mug renderer: a hollow cylinder with a handle on a table, the tile wrapped around it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from worker.present.canvas import Floats, Sheet
from worker.present.details import draw_droplets
from worker.present.fields import smoothstep
from worker.present.ink import contour
from worker.present.lighting import (
    camera_normals,
    diffuse_light,
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
from worker.present.solids import Hit, View, norm, rounded_rectangle, trace
from worker.present.studio import Frame, Scene, compose_plate, place_icons

__all__ = ["plate"]

RADIUS = 41.0
HALF_HEIGHT = 47.0
WALL = 3.4
TILE_MM = 52.0
_BOX = (60.0, 130.0, 728.0, 850.0)
_GRIP = (RADIUS + 5.0, 1.0, 20.0, 27.0)
"""Centre line of the handle: centre x, y and half sizes, mm."""


class Body(NamedTuple):
    """The traced mug."""

    view: View
    hit: Hit
    handle: Floats  # (h, w) 0 to 1: mask of the handle
    inside: Floats  # (h, w) 0 to 1: mask of the inside and the rim
    window: tuple[int, int, int, int]


def plate(look: Look, size: tuple[int, int]) -> Plate:
    """Return the plate of the product: everything but the tile. `size` is (W, H) px."""
    frame = Frame(width=size[0], height=size[1])
    body = traced(_body, size)
    surface = look.surface
    sheet = Sheet(height=body.hit.x.shape[0], width=body.hit.x.shape[1])
    _draw_surface(sheet, body, look, surface)
    ink = contour(sheet.alpha, width=0.85 * frame.unit + 0.2)
    sheet.shade(1.0 - 0.5 * ink)
    top, left, _, _ = body.window
    shadow, bounce = _table_light(body.view, frame)
    lines = place_icons(
        frame,
        look.functions,
        _leader_targets(body.view),
        _fallback_targets(body.view),
        (704, 84, -78, 0),
    )
    scene = Scene(
        shadow=shadow * np.float32(1.0 - 0.4 * surface.clarity),
        lines=lines,
        glow=bounce * np.float32(0.10 + 0.5 * surface.clarity),
        repeat_px=TILE_MM * body.view.px_per_mm,
        relief=look.surface.relief,
    )
    return compose_plate(sheet, frame, scene, top=top, left=left)


def _solid(x: Floats, y: Floats, z: Floats) -> Floats:
    shell = _shell(x, y, z)
    handle = _handle(x, y, z)
    blend = np.clip(0.5 + (handle - shell) / np.float32(8.0), 0, 1)
    return np.asarray(handle + (shell - handle) * blend - 4.0 * blend * (1 - blend))


def _shell(x: Floats, y: Floats, z: Floats) -> Floats:
    radius = norm(x, z)
    outer = rounded_rectangle(radius, y, (RADIUS, HALF_HEIGHT), 5.0)
    hollow = -rounded_rectangle(radius, y + 14.0, (RADIUS - WALL, HALF_HEIGHT + 8.0), 9.0)
    blend = np.clip(0.5 - (hollow - outer) / np.float32(3.0), 0, 1)
    mixed = hollow + (outer - hollow) * blend + 1.5 * blend * (1 - blend)
    lip = rounded_rectangle(
        radius - (RADIUS - WALL / 2), y + HALF_HEIGHT - 4.0, (WALL / 2, 4.5), 1.6
    )
    return np.asarray(np.minimum(np.maximum(mixed, -y - np.float32(HALF_HEIGHT - 3.0)), lip))


def _handle(x: Floats, y: Floats, z: Floats) -> Floats:
    cx, cy, hx, hy = _GRIP
    line = np.abs(rounded_rectangle(x - cx, y - cy, (hx, hy), 17.0))
    tube = norm(line, z * np.float32(0.72)) - np.float32(4.4)
    return np.maximum(tube, np.float32(RADIUS - 2.0) - norm(x, z))


def _body(size: tuple[int, int]) -> Body:
    frame = Frame(width=size[0], height=size[1])
    view = View(
        yaw_deg=14,
        pitch_deg=-21,
        distance_mm=560,
        px_per_mm=5.15 * frame.unit,
        x_px=frame.x(322),
        y_px=frame.y(490),
    )
    window = frame.window(_BOX)
    hit = trace(_solid, view.rays(*window), view, reach_mm=86.0, steps=52)
    radius = norm(hit.x, hit.z)
    handle = smoothstep(-1.0, 1.0, _shell(hit.x, hit.y, hit.z) - _handle(hit.x, hit.y, hit.z) - 0.6)
    inside = smoothstep(RADIUS - 0.9, RADIUS - 1.5, radius) * smoothstep(44.0, 42.0, hit.y)
    return Body(view, hit, handle, inside, window)


def _draw_surface(sheet: Sheet, body: Body, look: Look, surface: Surface) -> None:
    hit = body.hit
    angle = np.arctan2(hit.x, hit.z)
    tilt = hit.ny
    grip = look.has("non-slip")
    band = smoothstep(12.0, 11.0, np.abs(hit.y - 30.0)) * (1 - body.handle) * (1 - body.inside)
    if grip:
        tilt = tilt + 0.55 * band * np.sin(hit.y * np.float32(2 * np.pi / 4.0))
    nx, ny, nz = camera_normals(hit._replace(ny=tilt), body.view)
    light = diffuse_light(nx, ny, nz) * _occlusion(hit, body)
    light = light * metal_reflection(nx, ny, nz, surface)
    wall = (1 - body.handle) * (1 - body.inside)
    highlights = (
        specular_highlights(nx, ny, nz, surface)
        * _highlight_visibility(hit, body)
        * (1.0 - 0.8 * wall)
    )
    highlights += _streaks(angle, hit, body, surface)
    grain = texture_factor(surface, hit.y, angle * np.float32(RADIUS))
    light = light * grain
    wall_mask = smoothstep(43.6, 43.1, np.abs(hit.y + 0.5))
    printed = wall_mask * (1 - smoothstep(0.6, 1.0, body.handle)) * (1 - body.inside)
    uv = (angle * np.float32(RADIUS / TILE_MM) + 0.5, hit.y / np.float32(TILE_MM) + 0.5)
    multiply = light[..., None] * linear(surface.wash)
    add = highlights[..., None] * np.ones(3, np.float32)
    if surface.pearl:
        add = add * iridescence(angle) + 0.06 * (iridescence(angle * 0.8 + 0.01 * hit.y) - 0.6)
    if surface.clarity > 0:
        passing = np.float32(surface.clarity) * nz
        multiply = multiply * (1.0 - 0.25 * passing)[..., None]
        add = add + (0.16 * passing * smoothstep(20, -40, hit.y) + 0.05 * passing)[..., None]
    bare = linear(surface.bare) * light[..., None] + highlights[..., None]
    sheet.over(hit.alpha, add=bare, uv=uv)
    sheet.over(hit.alpha * printed, multiply=multiply, add=add, uv=uv)
    accented = np.maximum(body.inside, 0.0) if surface.metal < 0.5 else np.zeros_like(body.inside)
    sheet.over(hit.alpha * accented, accent=light * 0.95, add=(0.5 * highlights)[..., None])
    if surface.metal < 0.5 and surface.texture != "wood":
        handle_mask = smoothstep(0.0, 0.6, body.handle)
        sheet.over(hit.alpha * handle_mask, accent=light * 0.95, add=highlights[..., None])
    seam = (
        smoothstep(0.5, 0.15, np.abs(np.abs(hit.y + 0.5) - 43.4))
        * (1 - body.handle)
        * (1 - body.inside)
    )
    sheet.shade(1.0 - 0.18 * seam * hit.alpha)
    if look.has("waterproof", "washable"):
        front = hit.alpha * printed * smoothstep(0.15, 0.4, nz)
        draw_droplets(sheet, angle * np.float32(RADIUS), hit.y, front, _DROPS)


_DROPS = (
    (-18, -12, 2.8),
    (-24, -6, 1.6),
    (-10, 8, 2.2),
    (6, -24, 1.9),
    (14, 12, 3.0),
    (19, 18, 1.5),
    (-28, 20, 2.0),
    (2, 28, 2.5),
    (-6, 33, 1.3),
    (27, -8, 1.8),
    (-34, -26, 1.6),
    (22, -32, 1.4),
)


def _occlusion(hit: Hit, body: Body) -> Floats:
    """Return the ambient occlusion of the inside, the foot and the roots of the handle."""
    depth = np.maximum(hit.y + HALF_HEIGHT, 0)
    well = 1.0 - body.inside * (0.60 * (1 - np.exp(-depth / 26.0)))
    toward = smoothstep(26.0, -34.0, hit.x * 0.75 + hit.z * -0.25)
    well *= 1.0 - 0.42 * body.inside * toward * smoothstep(3.0, 14.0, depth)
    foot = 1.0 - 0.42 * smoothstep(13.0, 0.0, HALF_HEIGHT - hit.y) * (1 - body.inside)
    root = 1.0 - 0.22 * np.exp(-np.maximum(_handle(hit.x, hit.y, hit.z), 0) / 3.0) * (
        1 - body.handle
    ) * (1 - body.inside)
    return np.asarray(well * foot * root, np.float32)


def _highlight_visibility(hit: Hit, body: Body) -> Floats:
    return np.asarray(
        1.0 - 0.75 * body.inside * smoothstep(1.5, 8.0, hit.y + HALF_HEIGHT), np.float32
    )


def _streaks(angle: Floats, hit: Hit, body: Body, surface: Surface) -> Floats:
    """Return the vertical reflections of two soft boxes on the cylinder."""
    wall = (1 - body.handle) * (1 - body.inside)
    soft = 0.02 + 0.30 * (1.0 - surface.gloss)
    reach = smoothstep(46.0, 34.0, np.abs(hit.y))
    main = smoothstep(-soft, soft, 0.115 - np.abs(angle + 0.93)) * smoothstep(
        40.0, 26.0, np.abs(hit.y + 2)
    )
    thin = (
        smoothstep(-soft, soft, 0.03 - np.abs(angle + 0.70))
        * 0.6
        * smoothstep(40.0, 26.0, np.abs(hit.y + 2))
    )
    edge = smoothstep(-soft, soft, 0.05 - np.abs(angle - 0.98)) * 0.35
    lines = (main + thin + edge) * reach * wall
    brushed = surface.metal * wall * 0.5 * (0.5 + 0.5 * np.cos(5.0 * angle + 2.4)) ** 3
    return np.asarray(
        surface.specular * (0.3 + 0.7 * surface.gloss) * (0.62 * lines)
        + 0.5 * brushed * surface.specular
    )


def _table_light(view: View, frame: Frame) -> tuple[Floats, Floats]:
    """Return the shadow on the table and the coloured light beside the mug, (H, W) each."""
    rays = view.rays(0, 0, frame.height, frame.width)
    travel = (HALF_HEIGHT - rays.origin[1]) / np.maximum(rays.dy, 1e-3)
    x, z = rays.origin[0] + rays.dx * travel, rays.origin[2] + rays.dz * travel
    distance = norm(x, z) - np.float32(RADIUS - 4.0)
    contact = 0.62 * np.exp(-np.maximum(distance, 0) / 4.5)
    axis_x, axis_z, length = 0.86, -0.51, 74.0
    along = np.clip(x * axis_x + z * axis_z, 0, length)
    away = norm(x - along * axis_x, z - along * axis_z) - np.float32(RADIUS - 4)
    spread = 5.0 + along * 0.30
    body = 0.46 * smoothstep(1.0, -1.0, away / spread) * (1.0 - 0.55 * along / length)
    bounce = np.exp(-np.maximum(norm(x + 14, z - 16) - RADIUS, 0) / 18.0) * (1 - body)
    return (1.0 - (1 - contact) * (1 - body)).astype(np.float32), bounce.astype(np.float32)


def _leader_targets(view: View) -> dict[str, tuple[float, float]]:
    return {
        "non-slip": view.project(18, 30, 37),
        "heat-resistant": view.project(64, -8, 0),
        "waterproof": view.project(14, 12, 38.5),
        "stand": view.project(20, 45, 34),
    }


def _fallback_targets(view: View) -> tuple[tuple[float, float], ...]:
    return tuple(
        view.project(41 * np.sin(a), y, 41 * np.cos(a))
        for a, y in ((0.6, -24), (0.4, 8), (0.7, 20))
    )
