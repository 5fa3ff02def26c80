"""Shades and tints that a palette is filled up with, of the colours that a brief names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.imaging.colour import Floats, delta_e, lab_from_rgb, rgb_from_lab

__all__ = ["contrasting_ground", "deep_tone", "lab_of", "middle_tint", "moved_away", "pale_tint"]

_DEEP_L, _DEEP_CHROMA = 22.0, 30.0
_DEEP_NEUTRAL = (20.0, 3.0, -8.0)
"""Deep tone of greys and whites: a soft ink, not black."""
_PALE_L, _PALE_CHROMA = 95.5, 7.0
_PALE_NEUTRAL = (96.0, 0.5, 4.5)
_GREY_CHROMA = 8.0
"""Chroma below which a colour has no hue of its own."""
_YELLOW_HUES = (72.0, 118.0)
_BROWN_HUE = 62.0
"""Hue, degrees, of the shades of yellow, which would be olive."""
_STEP_L = 4.0
_CONTRAST = 18.0
"""CIEDE2000 from which a ground sets off the motifs well enough."""


def lab_of(colours: Sequence[str]) -> Floats:
    """Return hex colours as Lab, (n, 3)."""
    return lab_from_rgb(
        np.array([list(bytes.fromhex(colour[1:])) for colour in colours]).reshape(-1, 3)
    )


def deep_tone(colour: str) -> str:
    """Return a dark shade of a hex colour, for details and dark grounds."""
    _, chroma, hue = _polar(colour)
    if chroma < _GREY_CHROMA:
        return _hex(np.array(_DEEP_NEUTRAL))
    if _YELLOW_HUES[0] < hue < _YELLOW_HUES[1]:
        hue = _BROWN_HUE
    return _hex(_lab(_DEEP_L, min(chroma, _DEEP_CHROMA), hue))


def pale_tint(colour: str) -> str:
    """Return a tint of a hex colour that is nearly white."""
    _, chroma, hue = _polar(colour)
    if chroma < _GREY_CHROMA:
        return _hex(np.array(_PALE_NEUTRAL))
    return _hex(_lab(_PALE_L, min(chroma, _PALE_CHROMA), hue))


def middle_tint(colour: str) -> str:
    """Return a tint of a hex colour, or a shade of a light one, that is told apart from it."""
    lightness, chroma, hue = _polar(colour)
    if lightness > 70:
        return _hex(_lab(lightness - 24, chroma, hue))
    return _hex(_lab(lightness + 0.5 * (_PALE_L - lightness), 0.6 * chroma, hue))


def moved_away(colour: str, ground: str, least: float) -> str:
    """Return a hex colour made darker or lighter until it differs from the ground.

    Args:
        least: CIEDE2000 that is aimed at.
    """
    (own,), (behind,) = lab_of([colour]), lab_of([ground])
    lighter = own[0] > behind[0] and behind[0] < 70
    step = np.array((_STEP_L if lighter else -_STEP_L, 0.0, 0.0))
    moved = own.copy()
    while float(delta_e(moved, behind)) < least and 8 < moved[0] + step[0] < 98:
        moved += step
    return _hex(moved)


def contrasting_ground(colours: Sequence[str], pick: float) -> str:
    """Return a quiet ground for colours that all belong to motifs: pale, or deep.

    Args:
        pick: 0 to 1, chooses among grounds that are good enough.
    """
    lab = lab_of(colours)
    darkest = colours[int(lab[:, 0].argmin())]
    quiet = [_hex(np.array(_PALE_NEUTRAL)), pale_tint(colours[0]), deep_tone(darkest)]
    away = [float(delta_e(lab, own).min()) for own in lab_of(quiet)]
    good = [each for each, value in zip(quiet, away, strict=True) if value >= _CONTRAST]
    if not good:
        return quiet[int(np.argmax(away))]
    return good[int(pick * len(good)) % len(good)]


def _polar(colour: str) -> tuple[float, float, float]:
    """Return lightness, chroma and hue, degrees."""
    (lab,) = lab_of([colour])
    hue = float(np.degrees(np.arctan2(lab[2], lab[1])) % 360)
    return float(lab[0]), float(np.hypot(lab[1], lab[2])), hue


def _lab(lightness: float, chroma: float, hue: float) -> Floats:
    angle = np.radians(hue)
    return np.array((lightness, chroma * np.cos(angle), chroma * np.sin(angle)))


def _hex(lab: Floats) -> str:
    return "#{:02X}{:02X}{:02X}".format(*np.rint(rgb_from_lab(lab)).astype(int))
