"""Conversions between sRGB (IEC 61966-2-1) and CIELAB under D65, and CIEDE2000 differences.

CIEDE2000 follows Sharma, Wu and Dalal (2005), "The CIEDE2000 Color-Difference Formula:
Implementation Notes, Supplementary Test Data, and Mathematical Observations".
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Floats", "delta_e", "lab_from_rgb", "rgb_from_lab"]

Floats: TypeAlias = NDArray[np.float64]

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_FROM_XYZ = np.linalg.inv(_TO_XYZ)
_WHITE = _TO_XYZ.sum(axis=1)
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27


def lab_from_rgb(rgb: ArrayLike) -> Floats:
    """Convert (..., 3) sRGB, 0 to 255, to L (0 to 100), a, b."""
    value = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > _EPSILON, np.cbrt(xyz), (_KAPPA * xyz + 16) / 116)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])],
        axis=-1,
    )


def rgb_from_lab(lab: ArrayLike) -> Floats:
    """Convert (..., 3) L, a, b to sRGB floats, 0 to 255, clipped to the gamut."""
    value = np.asarray(lab, dtype=np.float64)
    middle = (value[..., 0] + 16) / 116
    f = np.stack([middle + value[..., 1] / 500, middle, middle - value[..., 2] / 200], axis=-1)
    xyz = np.where(f**3 > _EPSILON, f**3, (116 * f - 16) / _KAPPA) * _WHITE
    linear = np.clip(xyz @ _FROM_XYZ.T, 0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.clip(coded * 255, 0, 255)


def delta_e(first: ArrayLike, second: ArrayLike) -> Floats:
    """Return the CIEDE2000 differences of (..., 3) Lab colours."""
    one, two = np.broadcast_arrays(
        np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    )
    chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(two[..., 1], two[..., 2])) / 2
    g = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))  # 1 + G
    a1, a2 = one[..., 1] * g, two[..., 1] * g
    c1, c2 = np.hypot(a1, one[..., 2]), np.hypot(a2, two[..., 2])
    h1 = np.degrees(np.arctan2(one[..., 2], a1)) % 360
    h2 = np.degrees(np.arctan2(two[..., 2], a2)) % 360
    grey = c1 * c2 == 0
    turn = h2 - h1
    turn = np.where(np.abs(turn) > 180, turn - 360 * np.sign(turn), turn)
    turn = np.where(grey, 0, turn)
    hue = np.where(grey, h1 + h2, (h1 + turn / 2) % 360)
    lightness, c = (one[..., 0] + two[..., 0]) / 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c, 1 + 0.015 * c * weight
    rotation = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * (
        2 * np.sqrt(c**7 / (c**7 + 25.0**7))
    )
    d_l = (two[..., 0] - one[..., 0]) / s_l
    d_c = (c2 - c1) / s_c
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / s_h
    return np.sqrt(np.maximum(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h, 0))
