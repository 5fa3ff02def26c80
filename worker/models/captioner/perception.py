"""Facts perceived in an image: colours, pattern or subject, qualities, mood and texture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS, Term
from worker.imaging.colour import delta_e, lab_from_rgb
from worker.imaging.reference import flattened, visible_samples

__all__ = [
    "MOST_SEEN",
    "SUBJECTS",
    "TEXTURES",
    "Seen",
    "colours_of",
    "mood_of",
    "sort_by_coverage",
    "subject_of",
    "texture_of",
]

MOST_SEEN = 4
"""Maximum number of described colours of an image."""
_KEYS = tuple(COLOURS)
_LAB = lab_from_rgb(np.array([colour.rgb for colour in COLOURS.values()]))
_COVERAGE_PX, _COVERAGE_RADIUS = 64, 16.0
_MIN_SHARE = 0.06
_SIDE_PX = 256
_NEUTRAL, _DARK, _LIGHT = 16.0, 30.0, 70.0
"""Chroma below which a colour is neutral; lightness limits of dark and pale colours."""
_GRAINY = 1.2  # L*, standard deviation of pixel noise away from edges
_CRISP = 0.3  # of the lightness range, over a distance of two pixels


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
"""Surface textures; they are not part of the brief vocabulary."""

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
"""Subjects of photographs that the classifier recognises."""

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
"""Indices of the 1,000 ImageNet classes (ILSVRC 2012) of each subject."""
_MIN_PROBABILITY = 0.6


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The perceived facts of one image."""

    facts: ParsedBrief = field(default_factory=ParsedBrief)
    """Pattern ("" in a photograph), colours (the largest share first) and qualities."""
    subject: str = ""
    """Key of `SUBJECTS` if a photograph's subject is certain, else ""."""
    texture: str = ""
    """Key of `TEXTURES`."""


def colours_of(palette: ArrayLike) -> tuple[str, ...]:
    """Map a palette to the vocabulary's nearest colours (CIEDE2000), without duplicates.

    Args:
        palette: (K, 4) of L/100, a/128, b/128 and share, the largest first, as of
            `worker.imaging.palette.palette_array`; rows with share 0 are ignored.

    Returns:
        Keys, the largest first: those of at least 6 %, and always the first.
    """
    rows = np.asarray(palette, dtype=np.float64)
    names: list[str] = []
    for row in rows[rows[:, 3] > 0]:
        name = _KEYS[int(delta_e(row[None, :3] * [100, 128, 128], _LAB).argmin())]
        if name not in names and (row[3] >= _MIN_SHARE or not names):
            names.append(name)
    return tuple(names)


def sort_by_coverage(palette: ArrayLike, picture: Image.Image) -> NDArray[np.float64]:
    """Sort a design's palette by the area that has or nearly has each colour.

    Gradients and soft edges form clusters of blended colours, which reduce the shares of the
    original ones. Therefore a pixel counts for each colour with weight exp(-(distance/16)²) in
    CIELAB, times its alpha.

    Args:
        palette: (K, 4), see `colours_of`.
        picture: the image of the palette.

    Returns:
        The sorted rows; absent colours are last.
    """
    rows = np.asarray(palette, dtype=np.float64)
    points, weights = visible_samples(picture, _COVERAGE_PX)
    centres = rows[:, :3] * [100, 128, 128]
    distances = ((points[:, None] - centres[None]) ** 2).sum(-1)  # (points, K)
    near = np.exp(-distances / _COVERAGE_RADIUS**2) * weights[:, None]
    areas = np.where(rows[:, 3] > 0, near.sum(0), -1.0)
    return rows[np.argsort(-areas, kind="stable")]


def mood_of(colours: Sequence[str]) -> tuple[str, ...]:
    """Return the mood of a palette by hue, chroma and lightness.

    It is monochrome, noir, pastel, warm or cool; empty for a mix of warm and cool colours.
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
    """Return the subject of a photograph if the classifier is certain.

    Args:
        chances: probabilities (1000,) of the ImageNet classes.

    Returns:
        Key of `SUBJECTS` whose classes have a total probability of 0.6 or more, else "".
    """
    probabilities = np.asarray(chances, dtype=np.float64)
    totals = {
        subject: sum(float(probabilities[list(indices)].sum()) for indices in groups)
        for subject, groups in _CLASSES.items()
    }
    best = max(totals, key=totals.__getitem__)
    return best if totals[best] >= _MIN_PROBABILITY else ""


def texture_of(picture: Image.Image) -> str:
    """Classify the texture of an image as grainy, or else by its edges as soft or crisp.

    The image is scaled down to a long side of 256 px. Grain is the median response of Immerkær's
    mask (1996), which ignores edges. Edges are crisp if the 99th percentile of the lightness
    gradient reaches 0.3 of the lightness range.
    """
    downscaled = flattened(picture)
    downscaled.thumbnail((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX)
    light = lab_from_rgb(np.asarray(downscaled))[..., 0]
    if min(light.shape) < 3:
        return "soft"
    if _grain(light) > _GRAINY:
        return "grainy"
    low, high = np.percentile(light, [1, 99])
    gradient_x = np.abs(light[1:-1, 2:] - light[1:-1, :-2])
    gradient_y = np.abs(light[2:, 1:-1] - light[:-2, 1:-1])
    steepest = float(np.percentile(np.hypot(gradient_x, gradient_y), 99))
    return "crisp" if steepest > _CRISP * max(high - low, 1.0) else "soft"


def _grain(light: NDArray[np.float64]) -> float:
    """Estimate the standard deviation of pixel noise, in units of L*."""
    rows = light[:-2] - 2 * light[1:-1] + light[2:]
    left = np.abs(rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:])
    return float(np.median(left)) / (6 * 0.6745)
