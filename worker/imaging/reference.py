"""Reference images, which may be transparent: what is not seen counts for nothing."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from worker.imaging.colour import Floats, lab_from_rgb

__all__ = ["flattened", "open_reference", "visible_samples"]

_LIGHT = 70.0
"""Mean L* of the visible parts from which they are set on black, not on white."""


def open_reference(content: bytes) -> Image.Image:
    """Open the PNG of a stored reference, RGB or RGBA."""
    picture = Image.open(io.BytesIO(content), formats=["PNG"])
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def flattened(picture: Image.Image) -> Image.Image:
    """Return RGB; transparent parts become white, or black where the visible ones are light."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    lab, weights = visible_samples(picture, 64)
    light = weights.sum() > 0 and np.average(lab[:, 0], weights=weights) > _LIGHT
    ground = Image.new("RGBA", picture.size, "black" if light else "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def visible_samples(picture: Image.Image, side_px: int) -> tuple[Floats, Floats]:
    """Return the picture scaled to a square of samples.

    Returns:
        Lab (side_px², 3), and the weight of each sample, 0 to 1: its mean alpha.
    """
    size = (side_px, side_px)
    if picture.mode != "RGBA":
        small = picture.convert("RGB").resize(size, Image.Resampling.BOX)
        return lab_from_rgb(np.asarray(small).reshape(-1, 3)), np.ones(side_px**2)
    # Alpha of 8 bits would round the colours of thin lines, which cover little of a sample.
    pixels = np.asarray(picture, dtype=np.float32)
    alpha = pixels[..., 3] / np.float32(255)
    planes = [pixels[..., band] * alpha for band in range(3)]
    red, green, blue, weight = (
        np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BOX), dtype=np.float64)
        for plane in (*planes, alpha)
    )
    rgb = np.stack([red, green, blue], axis=-1) / np.maximum(weight, 1e-9)[..., None]
    return lab_from_rgb(np.clip(rgb, 0, 255).reshape(-1, 3)), weight.reshape(-1)
