"""What is seen in a picture: main colours, pattern or subject, qualities, mood, texture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from shared.briefs.parser import Understood
from shared.briefs.vocabulary import COLOURS, Term
from worker.imaging.colour import delta_e, lab_from_rgb

__all__ = [
    "MOST_SEEN",
    "SUBJECTS",
    "TEXTURES",
    "Seen",
    "colours_of",
    "flat_first",
    "mood_of",
    "subject_of",
    "texture_of",
]

MOST_SEEN = 4
"""Colours of a picture that are told of."""
_KEYS = tuple(COLOURS)
_LAB = lab_from_rgb(np.array([colour.rgb for colour in COLOURS.values()]))
_POINTS, _NEAR = 64, 16.0
_LEAST_SHARE = 0.06
_SIDE_PX = 256
_NEUTRAL, _DARK, _LIGHT = 16.0, 30.0, 70.0
"""Chroma under which a colour is a grey; lightness of the dark and the pale."""
_GRAINY = 1.2  # L*, deviation from pixel to pixel away from edges
_CRISP = 0.3  # of the whole range of lightness, from a pixel to the next but one


def _term(key: str, en: str, zh: str) -> Term:
    return Term(key=key, en=(en,), zh=(zh,))


TEXTURES = {
    term.key: term
    for term in (
        _term("grainy", "a grainy surface", "颗粒质感"),
        _term("soft", "soft edges", "边缘柔和"),
        _term("crisp", "sharp edges", "轮廓分明"),
    )
}
"""How a surface looks from close by; no brief asks for it in these words."""

SUBJECTS = {
    term.key: term
    for term in (
        _term("dog", "a dog", "狗"),
        _term("cat", "a cat", "猫"),
        _term("bird", "a bird", "鸟"),
        _term("fish", "a fish", "鱼"),
        _term("insect", "an insect", "昆虫"),
        _term("animal", "an animal", "动物"),
        _term("food", "food", "食物"),
        _term("landscape", "a landscape", "风景"),
        _term("building", "a building", "建筑"),
        _term("vehicle", "a vehicle", "交通工具"),
    )
}
"""What a photograph may show, as far as a classifier of things can tell."""

_CLASSES: Mapping[str, tuple[Sequence[int], ...]] = {
    "dog": (range(151, 269),),
    "cat": (range(281, 286),),
    "bird": (range(7, 25), range(80, 101), range(127, 147)),
    "fish": (range(7), range(389, 398)),
    "insect": (range(300, 327),),
    "animal": (
        range(25, 80),
        range(101, 127),
        range(147, 151),
        range(269, 281),
        range(286, 300),
        range(327, 389),
    ),
    "food": (range(924, 970),),
    "landscape": ((970,), range(972, 981)),
    "building": (
        (425, 437, 442, 449, 460, 483, 497, 525, 538, 580, 663, 668, 682),
        (698, 718, 727, 821, 832, 839, 873, 888, 900),
    ),
    "vehicle": (
        (403, 404, 405, 407, 417, 436, 444, 466, 468, 472, 484, 510, 511, 547, 554, 555, 569),
        (576, 609, 625, 627, 654, 656, 670, 671, 675, 705, 717, 724, 734, 751, 779, 780, 814),
        (817, 820, 829, 833, 847, 864, 867, 871, 874, 895, 908, 914),
    ),
}
"""Places of the 1,000 classes of ImageNet (ILSVRC 2012), in its own order."""
_SURE = 0.6


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is seen in one picture."""

    facts: Understood = field(default_factory=Understood)
    """Pattern ("" in a photograph), colours (the largest share first) and qualities."""
    subject: str = ""
    """Key of `SUBJECTS`, where a photograph shows one surely."""
    texture: str = ""
    """Key of `TEXTURES`."""


def colours_of(palette: ArrayLike) -> tuple[str, ...]:
    """Name a palette's colours by the vocabulary's nearest (CIEDE2000), each once.

    Args:
        palette: (K, 4) of L/100, a/128, b/128 and share, the largest first, as
            `worker.imaging.palette.palette_rows` gives it; rows without a share are no colours.

    Returns:
        Keys, the largest first: all of at least 6 %, and the first in any case.
    """
    rows = np.asarray(palette, dtype=np.float64)
    names: list[str] = []
    for row in rows[rows[:, 3] > 0]:
        name = _KEYS[int(delta_e(row[None, :3] * [100, 128, 128], _LAB).argmin())]
        if name not in names and (row[3] >= _LEAST_SHARE or not names):
            names.append(name)
    return tuple(names)


def flat_first(palette: ArrayLike, picture: Image.Image) -> NDArray[np.float64]:
    """Order a design's palette by how much of the picture is, or is nearly, of each colour.

    Gradients and soft edges make clusters of blends, which take from the shares of the colours
    that they blend; pixels count for every colour that they are near, by exp(-(distance/16)²) in
    CIELAB.

    Args:
        palette: (K, 4) as `colours_of` takes it.
        picture: that it is of.

    Returns:
        The rows, in that order; absent colours stay last.
    """
    rows = np.asarray(palette, dtype=np.float64)
    small = picture.convert("RGB").resize((_POINTS, _POINTS), Image.Resampling.BOX)
    points = lab_from_rgb(np.asarray(small).reshape(-1, 3))
    centres = rows[:, :3] * [100, 128, 128]
    far = ((points[:, None] - centres[None]) ** 2).sum(-1)  # (points, K)
    near = np.where(rows[:, 3] > 0, np.exp(-far / _NEAR**2).sum(0), -1.0)
    return rows[np.argsort(-near, kind="stable")]


def mood_of(colours: Sequence[str]) -> tuple[str, ...]:
    """Give the mood that colours make by themselves, as far as they make one.

    By their hue, chroma and lightness: monochrome, noir, pastel, warm or cool; nothing for a
    palette of both warm and cool colours.
    """
    if not colours:
        return ()
    lab = np.stack([_LAB[_KEYS.index(colour)] for colour in colours])
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    coloured = chroma >= _NEUTRAL
    if not coloured.any():
        return ("noir",) if lab[0, 0] < _DARK else ("monochrome",)
    if lab[:, 0].min() > _LIGHT:
        return ("pastel",)
    hues = np.degrees(np.arctan2(lab[coloured, 2], lab[coloured, 1]))
    if ((hues > -30) & (hues < 100)).all():
        return ("warm",)
    return ("cool",) if ((hues > 140) | (hues < -50)).all() else ()


def subject_of(chances: ArrayLike) -> str:
    """Name what a photograph shows, where a classifier is sure of it.

    Args:
        chances: (1000,), of ImageNet's classes; they sum to 1.

    Returns:
        Key of `SUBJECTS` whose classes together have a chance of 0.6; "" where none has.
    """
    given = np.asarray(chances, dtype=np.float64)
    sums = {
        subject: sum(float(given[list(places)].sum()) for places in groups)
        for subject, groups in _CLASSES.items()
    }
    best = max(sums, key=sums.__getitem__)
    return best if sums[best] >= _SURE else ""


def texture_of(picture: Image.Image) -> str:
    """Tell whether a picture's surface is grainy, and if not, its edges soft or crisp.

    Looked at with its long side scaled down to 256 px. Grain is what Immerkær's mask (1996)
    leaves at the median pixel, so that edges do not count; edges are crisp where the steepest
    hundredth of the slopes reach 0.3 of the whole range of lightness.
    """
    small = picture.convert("RGB")
    small.thumbnail((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX)
    light = lab_from_rgb(np.asarray(small))[..., 0]
    if min(light.shape) < 3:
        return "soft"
    if _grain(light) > _GRAINY:
        return "grainy"
    low, high = np.percentile(light, [1, 99])
    across = np.abs(light[1:-1, 2:] - light[1:-1, :-2])
    along = np.abs(light[2:, 1:-1] - light[:-2, 1:-1])
    steepest = float(np.percentile(np.hypot(across, along), 99))
    return "crisp" if steepest > _CRISP * max(high - low, 1.0) else "soft"


def _grain(light: NDArray[np.float64]) -> float:
    """Estimate the deviation of noise from pixel to pixel, in units of L*."""
    rows = light[:-2] - 2 * light[1:-1] + light[2:]
    left = np.abs(rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:])
    return float(np.median(left)) / (6 * 0.6745)
