"""Pictures with a photograph's statistics, drawn: soft shapes, light, grain, blur.

They teach the captioner that not every picture is a pattern. What they show is read off the
picture itself, by its palette, so that what is said of them is true.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from shared.briefs.vocabulary import COLOURS
from worker.imaging.palette import palette_of, palette_rows
from worker.models.captioner.perception import colours_of, texture_of

__all__ = ["SeenColours", "colours_seen", "photograph", "worn"]

Floats = NDArray[np.float64]

_KEYS = tuple(COLOURS)


@dataclass(frozen=True, kw_only=True)
class SeenColours:
    """What a picture shows by itself, whatever it is of."""

    colours: tuple[str, ...]
    """Keys, the largest share first, each once."""
    contrast: str
    """low, medium or high, by the spread of lightness."""
    texture: str = ""
    """Key of `worker.models.captioner.perception.TEXTURES`."""


def colours_seen(picture: Image.Image) -> SeenColours:
    """Name a picture's main colours, as the captioner does, its contrast and its texture."""
    lab, shares = palette_of(picture)
    middle = (shares * lab[:, 0]).sum()
    spread = float(np.sqrt((shares * (lab[:, 0] - middle) ** 2).sum()))
    contrast = "low" if spread < 9 else "medium" if spread < 20 else "high"
    return SeenColours(
        colours=colours_of(palette_rows(lab, shares)),
        contrast=contrast,
        texture=texture_of(picture),
    )


def photograph(seed: int, side_px: int = 192) -> Image.Image:
    """Draw a picture that looks like a photograph out of the corner of an eye."""
    rng = np.random.default_rng([seed, 0x9F07])
    colours = _scene_colours(rng)
    heights = _field(rng, side_px, float(rng.uniform(1.2, 2.6)))
    if rng.random() < 0.6:  # sky, table, ground: one side unlike the other
        heights = heights * 0.6 + np.linspace(-1.5, 1.5, side_px)[:, None] * rng.choice([-1, 1])
    scene = _layers(heights, colours, rng)
    for _ in range(int(rng.integers(0, 7))):
        _put_thing(scene, colours[int(rng.integers(len(colours)))], rng)
    light = 1 + rng.uniform(0.05, 0.4) * np.clip(_field(rng, side_px, 2.5), -2, 1.5)
    grain = rng.uniform(0, 12) * _field(rng, side_px, float(rng.uniform(0.3, 1.5)))
    lit = np.clip(scene * light[..., None] + grain[..., None], 0, 255)
    picture = Image.fromarray(lit.astype(np.uint8))
    return worn(picture, rng)


def worn(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Blur, grain and compress a picture as cameras and the web do."""
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
    """Give (K, 3) sRGB: named colours, moved and mostly dulled as daylight does."""
    count = int(rng.integers(2, 6))
    keys = rng.choice(len(_KEYS), count, replace=False)
    rgb = np.array([COLOURS[_KEYS[key]].rgb for key in keys], dtype=np.float64)
    grey = rgb.mean(axis=1, keepdims=True)
    dulled = grey + (rgb - grey) * rng.uniform(0.3, 1.1, (count, 1))
    moved: Floats = np.clip(dulled + rng.normal(0, 12, (count, 3)), 0, 255)
    return moved


def _field(rng: np.random.Generator, side_px: int, fall: float) -> Floats:
    """Give (S, S) noise of mean 0 and deviation 1 whose amplitude falls as 1/frequency^fall."""
    y, x = np.fft.fftfreq(side_px)[:, None], np.fft.rfftfreq(side_px)[None]
    amplitude = np.maximum(np.hypot(y, x), 1 / side_px) ** -fall
    phase = rng.normal(size=amplitude.shape) + 1j * rng.normal(size=amplitude.shape)
    field = np.fft.irfft2(phase * amplitude, (side_px, side_px))
    normal: Floats = (field - field.mean()) / field.std()
    return normal


def _layers(heights: Floats, colours: Floats, rng: np.random.Generator) -> Floats:
    """Colour the heights in bands with soft borders: (S, S, 3)."""
    edges = np.quantile(heights, np.sort(rng.uniform(0.1, 0.9, len(colours) - 1)))
    softness = float(np.exp(rng.uniform(-4, 0)))
    scene: Floats = np.broadcast_to(colours[0], (*heights.shape, 3)).copy()
    for edge, colour in zip(edges, colours[1:], strict=True):
        cover = 1 / (1 + np.exp(-np.clip((heights - edge) / softness, -30, 30)))
        scene += cover[..., None] * (colour - scene)
    return scene


def _put_thing(scene: Floats, colour: Floats, rng: np.random.Generator) -> None:
    """Put a rounded, shaded thing with a shadow side into the scene, in place."""
    side = len(scene)
    y, x = np.mgrid[:side, :side] / side - rng.uniform(0.1, 0.9, (2, 1, 1))
    turn = rng.uniform(0, np.pi)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    long, wide = rng.uniform(0.06, 0.4), rng.uniform(0.04, 0.3)
    power = rng.uniform(1.5, 5)
    far = np.abs(along / long) ** power + np.abs(across / wide) ** power
    cover = 1 / (1 + np.exp(np.clip((far - 1) * rng.uniform(4, 40), -30, 30)))
    shade = 1 + rng.uniform(0.1, 0.5) * np.clip((x + y) / (long + wide), -1, 1)
    scene += cover[..., None] * (colour * shade[..., None] - scene)
