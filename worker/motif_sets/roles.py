"""Guesses what each colour of a drawing is for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.motifs.curation import Category
from worker.imaging.colour import lab_from_rgb

__all__ = ["guessed_roles"]

_SMALL = 0.06
"""Share below which a colour is a detail."""


def guessed_roles(
    colours: Sequence[str], shares: Sequence[float], category: Category, subgroup: str
) -> list[str]:
    """Return a role for each colour of a drawing.

    Args:
        colours: hex colours, the greatest share first.
        shares: of the drawing's area.
        category: of the subject.
        subgroup: Unicode's subgroup of the subject, or nothing.
    """
    lab = lab_from_rgb(np.array([list(bytes.fromhex(colour[1:])) for colour in colours]))
    roles = [
        _role(lab[index], shares[index], index, category, subgroup) for index in range(len(colours))
    ]
    if category == "animal":
        _one(roles, [float(row[0]) for row in lab], "eye")
    return roles


def _role(lab: np.ndarray, share: float, index: int, category: Category, subgroup: str) -> str:
    lightness, chroma = float(lab[0]), float(np.hypot(lab[1], lab[2]))
    hue = float(np.degrees(np.arctan2(lab[2], lab[1])) % 360)
    role = "body" if index == 0 else "second" if index == 1 and share >= 0.15 else "detail"
    if category in {"plant", "food"}:
        if 100 <= hue <= 200 and chroma > 15:
            return "leaf"
        if 40 <= hue <= 85 and lightness < 50 and category == "plant":
            return "stem"
        if subgroup == "plant-flower":
            return "petal" if index == 0 or share >= 0.15 else "centre"
        if subgroup == "food-fruit" and index == 0:
            return "fruit"
    if category == "animal" and role == "detail":
        if lightness < 35 and chroma < 25 and share < _SMALL:
            return "dark"
        if subgroup == "animal-bird" and 50 <= hue <= 95 and chroma > 45:
            return "beak"
    if role == "detail" and lightness > 93 and share < 2 * _SMALL:
        return "highlight"
    return role


def _one(roles: list[str], lightness: Sequence[float], name: str) -> None:
    """Name the darkest of the small dark colours; the others are details."""
    dark = [index for index, role in enumerate(roles) if role == "dark"]
    for index in dark:
        roles[index] = "detail"
    if dark:
        roles[min(dark, key=lambda index: lightness[index])] = name
