"""Colour conversion between sRGB and CIE Lab (D65), and CIEDE2000 differences."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["delta_e_2000", "lab_to_srgb", "srgb_to_lab"]

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
_WHITE = np.array([0.95047, 1.0, 1.08883])
_KNEE = 6.0 / 29.0


def srgb_to_lab(rgb: ArrayLike) -> NDArray[np.float64]:
    """Return Lab (L 0 to 100) of sRGB (..., 3), 0 to 255."""
    scaled = np.asarray(rgb, np.float64) / 255.0
    linear = np.where(scaled <= 0.04045, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    root = np.where(xyz > _KNEE**3, np.cbrt(xyz), xyz / (3 * _KNEE**2) + 4.0 / 29.0)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], axis=-1)


def lab_to_srgb(lab: ArrayLike) -> NDArray[np.float64]:
    """Return sRGB, 0 to 255, of Lab (..., 3), clipped to the gamut and not rounded."""
    values = np.asarray(lab, np.float64)
    y = (values[..., 0] + 16.0) / 116.0
    root = np.stack([y + values[..., 1] / 500.0, y, y - values[..., 2] / 200.0], axis=-1)
    xyz = np.where(root > _KNEE, root**3, 3 * _KNEE**2 * (root - 4.0 / 29.0)) * _WHITE
    linear = np.clip(xyz @ np.linalg.inv(_TO_XYZ).T, 0.0, 1.0)
    scaled = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.clip(scaled * 255.0, 0.0, 255.0)


def delta_e_2000(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Return the CIEDE2000 difference of Lab colours (..., 3).

    Source: Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula" (2005).
    """
    first_lab, second_lab = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
    mean_chroma = (
        np.hypot(first_lab[..., 1], first_lab[..., 2])
        + np.hypot(second_lab[..., 1], second_lab[..., 2])
    ) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
    a1, a2 = first_lab[..., 1] * stretch, second_lab[..., 1] * stretch
    c1, c2 = np.hypot(a1, first_lab[..., 2]), np.hypot(a2, second_lab[..., 2])
    h1 = np.arctan2(first_lab[..., 2], a1) % (2 * np.pi)
    h2 = np.arctan2(second_lab[..., 2], a2) % (2 * np.pi)
    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + np.pi) % (2 * np.pi) - np.pi)
    light, chroma = second_lab[..., 0] - first_lab[..., 0], c2 - c1
    hue = 2 * np.sqrt(c1 * c2) * np.sin(turn / 2)
    l_mean, c_mean = (first_lab[..., 0] + second_lab[..., 0]) / 2, (c1 + c2) / 2
    h_mean = np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2)
    t = 1 - 0.17 * np.cos(h_mean - np.pi / 6) + 0.24 * np.cos(2 * h_mean)
    t += 0.32 * np.cos(3 * h_mean + np.radians(6)) - 0.20 * np.cos(4 * h_mean - np.radians(63))
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    degrees = np.degrees(h_mean) % 360
    r_t = (-2 * np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7))
           * np.sin(np.radians(60 * np.exp(-(((degrees - 275) / 25) ** 2)))))  # fmt: skip
    c_term, h_term = chroma / s_c, hue / s_h
    return np.sqrt((light / s_l) ** 2 + c_term**2 + h_term**2 + r_t * c_term * h_term)
