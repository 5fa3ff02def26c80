"""Studio lighting: a key light from the upper left, a sky dome, two soft boxes, soft shadows."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from worker.present.canvas import Floats, decode
from worker.present.fields import sample, smoothstep, texture
from worker.present.materials import Surface
from worker.present.solids import Hit, View

__all__ = [
    "blur",
    "box_reflection",
    "camera_normals",
    "diffuse_light",
    "face_reflection",
    "iridescence",
    "linear",
    "metal_reflection",
    "specular_highlights",
    "texture_factor",
]

_KEY = np.array([-0.46, -0.60, 0.655], np.float32)
_KEY /= np.linalg.norm(_KEY)


def linear(colour: tuple[float, float, float]) -> Floats:
    """Convert one sRGB colour, 0 to 1, to linear light, (3,)."""
    return decode(np.asarray(colour, np.float32))


def diffuse_light(nx: Floats, ny: Floats, nz: Floats) -> Floats:
    """Return the diffuse light on a surface, (h, w); 1 where it faces the viewer."""
    toward = nx * _KEY[0] + ny * _KEY[1] + nz * _KEY[2]
    sky = 0.5 - 0.28 * ny - 0.14 * nx
    light = 0.66 * np.maximum(toward, 0) + 0.30 * sky + 0.10 * np.maximum(nz, 0)
    return np.asarray(light / np.float32(0.66 * _KEY[2] + 0.15 + 0.10), np.float32)


def specular_highlights(nx: Floats, ny: Floats, nz: Floats, surface: Surface) -> Floats:
    """Return the specular highlights of a surface by its gloss, (h, w)."""
    spread = 0.50 * (1.0 - surface.gloss) + 0.035
    rx, ry = 2.0 * nz * nx, 2.0 * nz * ny
    box = box_reflection(rx, ry, (-0.62, -0.70), (0.20, 0.26), spread)
    strip = 0.5 * box_reflection(rx, ry, (0.92, 0.05), (0.05, 0.55), spread)
    back = np.maximum(1.0 - np.maximum(nz, 0), 0) ** 4
    focus = 0.25 + 0.75 * surface.gloss
    return np.asarray(surface.specular * ((box + strip) * focus + 0.22 * back), np.float32)


def metal_reflection(nx: Floats, ny: Floats, nz: Floats, surface: Surface) -> Floats:
    """Return the factor of a metal's environment reflection, (h, w); 1 for other materials.

    The environment is a bright sky to the upper left, a dark horizon and a pale floor.
    """
    if surface.metal == 0.0:
        return np.ones_like(nz)
    height = -(2.0 * nz * (0.80 * ny + 0.60 * nx))
    soft = 0.12 + 0.5 * (1.0 - surface.gloss)
    sky = smoothstep(0.10 - soft, 0.55 + soft, height)
    horizon = np.exp(-(((height + 0.42) / (0.16 + 0.5 * soft)) ** 2))
    floor = smoothstep(-0.45, -0.95, height)
    room = 0.84 + 0.46 * sky - 0.42 * horizon + 0.18 * floor
    return np.asarray(1.0 + np.float32(surface.metal) * (room - 1.0), np.float32)


def box_reflection(
    rx: Floats, ry: Floats, centre: tuple[float, float], half: tuple[float, float], soft: float
) -> Floats:
    """Return the share of a soft box at `centre` that the reflected ray (x, y) hits, 0 to 1."""
    across = smoothstep(-soft, soft, half[0] - np.abs(rx - centre[0]))
    along = smoothstep(-soft, soft, half[1] - np.abs(ry - centre[1]))
    return np.asarray(across * along, np.float32)


def camera_normals(hit: Hit, view: View) -> tuple[Floats, Floats, Floats]:
    """Return the normals of a hit in camera space."""
    rotation = view.rotation()
    nx, ny, nz = (
        rotation[i, 0] * hit.nx + rotation[i, 1] * hit.ny + rotation[i, 2] * hit.nz
        for i in range(3)
    )
    return nx, ny, nz


def texture_factor(surface: Surface, across_mm: Floats, along_mm: Floats) -> Floats:
    """Return the factor of the material's texture on light at surface coordinates in mm."""
    if surface.depth == 0.0:
        return np.ones(np.broadcast_shapes(across_mm.shape, along_mm.shape), np.float32)
    field = texture(surface.texture)
    grain = sample(field, across_mm / surface.texture_mm, along_mm / surface.texture_mm)
    return np.asarray(1.0 + np.float32(surface.depth) * grain, np.float32)


def face_reflection(across: Floats, along: Floats, surface: Surface) -> Floats:
    """Return the reflection of the studio on a flat face, (h, w).

    `across` and `along` are coordinates on the face, each from -1 to 1.
    """
    slope = (across * 0.62 + along * 0.50).astype(np.float32)
    soft = 0.02 + 0.55 * (1.0 - surface.gloss)
    wide = smoothstep(-soft, soft, 0.15 - np.abs(slope + 0.36))
    thin = smoothstep(-soft, soft, 0.035 - np.abs(slope + 0.10))
    glass = surface.specular * (0.25 + 0.75 * surface.gloss) * 0.20 * (wide + 0.7 * thin)
    bands = 0.5 + 0.5 * np.cos(3.1 * across - 1.0 * along + 0.7)
    brushed = surface.metal * surface.specular * 0.30 * bands**3
    return np.asarray(glass + brushed, np.float32)


def iridescence(phase: Floats) -> Floats:
    """Return soft spectral colours by phase, (h, w, 3), around a mean of 1."""
    turns = phase[..., None] + np.array([0.0, 0.33, 0.67], np.float32)
    return np.asarray(1.0 + 0.55 * np.cos(2 * np.pi * turns), np.float32)


def blur(plane: Floats, radius: float) -> Floats:
    """Blur an (h, w) plane of 0 to 1 by a Gaussian with that radius in px."""
    if radius < 0.3:
        return plane
    shrink = max(1, int(radius / 3))
    height, width = plane.shape
    image = Image.fromarray(np.clip(plane * 255.0, 0, 255).astype(np.uint8))
    if shrink > 1:
        image = image.resize(
            (max(width // shrink, 1), max(height // shrink, 1)), Image.Resampling.BOX
        )
    image = image.filter(ImageFilter.GaussianBlur(radius / shrink))
    if shrink > 1:
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32) / np.float32(255.0)
