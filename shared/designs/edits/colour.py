"""CIELAB (D65) of hex colours, without NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from shared.briefs.vocabulary import COLOURS

__all__ = ["Lab", "difference", "hex_of", "lab_of", "named", "nearest"]

Lab: TypeAlias = tuple[float, float, float]

_WHITE = (0.95047, 1.0, 1.08883)
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27
_MAX_STEPS = 40


def lab_of(colour: str) -> Lab:
    """Return the Lab colour of #RRGGBB."""
    red, green, blue = (_linear(value / 255) for value in bytes.fromhex(colour[1:]))
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (_f(value / white) for value, white in zip((x, y, z), _WHITE, strict=True))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def hex_of(lab: Lab) -> str:
    """Return #RRGGBB of a Lab colour; where it is out of gamut, with less chroma."""
    lightness = min(100.0, max(0.0, lab[0]))
    low, high = 0.0, 1.0
    if not _inside(_rgb((lightness, lab[1], lab[2]))):
        for _ in range(_MAX_STEPS):
            middle = (low + high) / 2
            if _inside(_rgb((lightness, lab[1] * middle, lab[2] * middle))):
                low = middle
            else:
                high = middle
        high = low
    channels = _rgb((lightness, lab[1] * high, lab[2] * high))
    return "#{:02X}{:02X}{:02X}".format(
        *(min(255, max(0, round(value * 255))) for value in channels)
    )


def difference(one: Lab, other: Lab) -> float:
    """Return how different two colours look by name: hue counts more than lightness."""
    chroma = math.hypot(one[1], one[2]), math.hypot(other[1], other[2])
    hue_squared = max(
        0.0,
        (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2 - (chroma[0] - chroma[1]) ** 2,
    )
    return math.sqrt(
        (0.6 * (one[0] - other[0])) ** 2 + (0.6 * (chroma[0] - chroma[1])) ** 2 + 1.6 * hue_squared
    )


def nearest(colour: str, others: Sequence[str]) -> int:
    """Return the index of the colour that takes the place of one best: lightness counts most."""
    own = _weighted(lab_of(colour))
    return min(
        range(len(others)), key=lambda index: math.dist(own, _weighted(lab_of(others[index])))
    )


@lru_cache(maxsize=1024)
def named(colour: str) -> str:
    """Return the key of the vocabulary's colour that #RRGGBB would be called by."""
    own = lab_of(colour)
    return min(COLOURS, key=lambda key: difference(own, lab_of(COLOURS[key].hex)))


def _weighted(lab: Lab) -> Lab:
    return 1.6 * lab[0], lab[1], lab[2]


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _f(value: float) -> float:
    return math.cbrt(value) if value > _EPSILON else (_KAPPA * value + 16) / 116


def _rgb(lab: Lab) -> tuple[float, float, float]:
    fy = (lab[0] + 16) / 116
    parts = (fy + lab[1] / 500, fy, fy - lab[2] / 200)
    x, y, z = (
        (f**3 if f**3 > _EPSILON else (116 * f - 16) / _KAPPA) * white
        for f, white in zip(parts, _WHITE, strict=True)
    )
    return (
        _coded(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
        _coded(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
        _coded(0.0556434 * x - 0.2040259 * y + 1.0572252 * z),
    )


def _coded(value: float) -> float:
    if value <= 0.0031308:
        return 12.92 * value
    return float(1.055 * value ** (1 / 2.4) - 0.055)


def _inside(channels: tuple[float, float, float]) -> bool:
    return all(-0.002 <= value <= 1.002 for value in channels)
