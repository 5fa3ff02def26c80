"""Synthetic photographs: soft shapes, uneven light, grain and blur.

They teach the captioner that not every picture is a pattern. Their labels are measured from the
pixels, so that the descriptions are true.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from shared.briefs.vocabulary import COLOURS
from worker.imaging.palette import palette_array, palette_of
from worker.models.captioner.perception import colours_of, texture_of

__all__ = ["PictureLabels", "degrade", "draw_photograph", "measure_labels"]

Floats = NDArray[np.float64]

_KEYS = tuple(COLOURS)


@dataclass(frozen=True, kw_only=True)
class PictureLabels:
    """Labels measured from a picture's pixels, whatever it shows."""

    colours: tuple[str, ...]
    """Distinct vocabulary keys, largest share first."""
    contrast: str
    """low, medium or high, by the standard deviation of lightness."""
    texture: str = ""
    """Key of `worker.models.captioner.perception.TEXTURES`."""


def measure_labels(picture: Image.Image) -> PictureLabels:
    """Return the picture's main colours as the captioner names them, contrast and texture."""
    lab, shares = palette_of(picture)
    middle = (shares * lab[:, 0]).sum()
    spread = float(np.sqrt((shares * (lab[:, 0] - middle) ** 2).sum()))
    contrast = "low" if spread < 9 else "medium" if spread < 20 else "high"
    return PictureLabels(
        colours=colours_of(palette_array(lab, shares)),
        contrast=contrast,
        texture=texture_of(picture),
    )


def draw_photograph(seed: int, side_px: int = 192) -> Image.Image:
    """Draw a picture with the image statistics of a photograph."""
    rng = np.random.default_rng([seed, 0x9F07])
    colours = _scene_colours(rng)
    heights = _noise(rng, side_px, float(rng.uniform(1.2, 2.6)))
    if rng.random() < 0.6:  # a gradient, as of sky over ground
        heights = heights * 0.6 + np.linspace(-1.5, 1.5, side_px)[:, None] * rng.choice([-1, 1])
    scene = _colour_bands(heights, colours, rng)
    for _ in range(int(rng.integers(0, 7))):
        _paint_object(scene, colours[int(rng.integers(len(colours)))], rng)
    light = 1 + rng.uniform(0.05, 0.4) * np.clip(_noise(rng, side_px, 2.5), -2, 1.5)
    grain = rng.uniform(0, 12) * _noise(rng, side_px, float(rng.uniform(0.3, 1.5)))
    lit = np.clip(scene * light[..., None] + grain[..., None], 0, 255)
    picture = Image.fromarray(lit.astype(np.uint8))
    return degrade(picture, rng)


def degrade(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return the picture with random blur, grain and JPEG compression."""
    if rng.random() < 0.5:
        picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.8))))
    if rng.random() < 0.5:
        noise = rng.normal(0, rng.uniform(1, 9), (picture.height, picture.width, 3))
        picture = Image.fromarray(
            np.clip(np.asarray(picture, np.float64) + noise, 0, 255).astype(np.uint8)
        )
    if rng.random() < 0.5:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=int(rng.integers(45, 95)))
        picture = Image.open(stream, formats=["JPEG"]).convert("RGB")
    return picture


def _scene_colours(rng: np.random.Generator) -> Floats:
    """Return (K, 3) sRGB: named colours, jittered and mostly desaturated as in daylight."""
    count = int(rng.integers(2, 6))
    keys = rng.choice(len(_KEYS), count, replace=False)
    rgb = np.array([COLOURS[_KEYS[key]].rgb for key in keys], dtype=np.float64)
    grey = rgb.mean(axis=1, keepdims=True)
    desaturated = grey + (rgb - grey) * rng.uniform(0.3, 1.1, (count, 1))
    jittered: Floats = np.clip(desaturated + rng.normal(0, 12, (count, 3)), 0, 255)
    return jittered


def _noise(rng: np.random.Generator, side_px: int, fall: float) -> Floats:
    """Return (S, S) noise of mean 0, deviation 1 and amplitude 1/frequency^fall."""
    y, x = np.fft.fftfreq(side_px)[:, None], np.fft.rfftfreq(side_px)[None]
    amplitude = np.maximum(np.hypot(y, x), 1 / side_px) ** -fall
    phase = rng.normal(size=amplitude.shape) + 1j * rng.normal(size=amplitude.shape)
    field = np.fft.irfft2(phase * amplitude, (side_px, side_px))
    normal: Floats = (field - field.mean()) / field.std()
    return normal


def _colour_bands(heights: Floats, colours: Floats, rng: np.random.Generator) -> Floats:
    """Return the height field coloured in bands with soft borders: (S, S, 3)."""
    edges = np.quantile(heights, np.sort(rng.uniform(0.1, 0.9, len(colours) - 1)))
    softness = float(np.exp(rng.uniform(-4, 0)))
    scene: Floats = np.broadcast_to(colours[0], (*heights.shape, 3)).copy()
    for edge, colour in zip(edges, colours[1:], strict=True):
        cover = 1 / (1 + np.exp(-np.clip((heights - edge) / softness, -30, 30)))
        scene += cover[..., None] * (colour - scene)
    return scene


def _paint_object(scene: Floats, colour: Floats, rng: np.random.Generator) -> None:
    """Paint a rounded, shaded object into the scene, in place."""
    side = len(scene)
    y, x = np.mgrid[:side, :side] / side - rng.uniform(0.1, 0.9, (2, 1, 1))
    angle = rng.uniform(0, np.pi)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    long, wide = rng.uniform(0.06, 0.4), rng.uniform(0.04, 0.3)
    power = rng.uniform(1.5, 5)
    distance = np.abs(along / long) ** power + np.abs(across / wide) ** power
    cover = 1 / (1 + np.exp(np.clip((distance - 1) * rng.uniform(4, 40), -30, 30)))
    shade = 1 + rng.uniform(0.1, 0.5) * np.clip((x + y) / (long + wide), -1, 1)
    scene += cover[..., None] * (colour * shade[..., None] - scene)
