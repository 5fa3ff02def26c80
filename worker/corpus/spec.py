"""What a design of the corpus is, and how one is drawn from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np

from shared.briefs.vocabulary import COLOURS, MOODS
from worker.corpus.colour import delta_e_2000, lab_to_srgb, srgb_to_lab
from worker.corpus.families.family import Family

__all__ = ["SPLITS", "DesignSpec", "draw_spec", "held_out", "rng_for"]

SPLITS = ("train", "test")
MAX_COLOURS = 5
_HOLD_ONE_IN = 10
_LEAST_DIFFERENCE = 16.0  # CIEDE2000 between two colours of one design
_COLOUR_COUNTS = (2, 3, 4, 5)
_COLOUR_SHARES = (0.34, 0.38, 0.18, 0.10)
_DIRECTIONS = ("vertical", "horizontal", "diagonal", "radial")


@dataclass(frozen=True, kw_only=True)
class DesignSpec:
    """One design: everything that its picture and its captions follow from.

    All names are keys of `shared.briefs.vocabulary`; an empty text says that it does not apply.
    """

    seed: int
    split: str
    pattern: str
    colours: tuple[str, ...]
    """One to five, the largest area first."""
    palette: tuple[tuple[int, int, int], ...]
    """sRGB of each colour, a little off the named colour's own."""
    gradient: bool
    gradient_direction: str
    scale: str
    density: str
    line_weight: str
    contrast: str
    mood: str
    noise: int
    """Seed of z, see `worker.models.generator.layout.Noise`."""


def rng_for(seed: int, purpose: str) -> np.random.Generator:
    """Give a stream of random numbers of its own to each purpose of a design's seed."""
    return np.random.default_rng([seed, crc32(purpose.encode())])


def held_out(pattern: str, colour: str) -> bool:
    """Tell whether a pair of pattern and colour is kept for the test split (about 1 in 10)."""
    if pattern == "porcelain" and colour in {"white", "cobalt", "ivory", "navy"}:
        return False  # what porcelain is
    return crc32(f"{pattern}/{colour}".encode()) % _HOLD_ONE_IN == 0


@cache
def _lab(colour: str) -> np.ndarray:
    return srgb_to_lab(COLOURS[colour].rgb)


@cache
def _differences() -> dict[tuple[str, str], float]:
    """CIEDE2000 between all the named colours."""
    keys = list(COLOURS)
    lab = np.stack([_lab(key) for key in keys])
    table = delta_e_2000(lab[:, None], lab[None, :])
    return {
        (one, two): float(table[row, column])
        for row, one in enumerate(keys)
        for column, two in enumerate(keys)
    }


def _far_from(colour: str, others: list[str]) -> bool:
    table = _differences()
    return all(table[colour, other] >= _LEAST_DIFFERENCE for other in others)


def _extend(
    chosen: list[str], count: int, allowed: list[str], rng: np.random.Generator
) -> list[str]:
    """Add random colours that stand off from the chosen ones; neutrals come a bit more often."""
    neutrals = {"white", "ivory", "cream", "black", "charcoal", "silver", "navy", "beige"}
    weights = np.array([2.0 if key in neutrals else 1.0 for key in allowed])
    order = rng.choice(len(allowed), len(allowed), replace=False, p=weights / weights.sum())
    result = list(chosen)
    for index in order:
        if len(result) >= count:
            break
        if _far_from(allowed[index], result):
            result.append(allowed[index])
    return result


def _theme_colours(
    count: int, allowed: list[str], rng: np.random.Generator
) -> tuple[str, list[str]]:
    """Pick a theme and `count` of its colours; no colours where the split forbids them."""
    mood = list(MOODS)[int(rng.integers(len(MOODS)))]
    palettes = MOODS[mood].palettes
    palette = list(palettes[int(rng.integers(len(palettes)))])
    if count > len(palette):  # borrow from the theme's other palettes
        others = [key for other in palettes for key in other if key not in palette]
        rng.shuffle(others)
        for key in others:
            if len(palette) < count and key not in palette and _far_from(key, palette):
                palette.append(key)
    start = palette[:count]
    if rng.random() < 0.5:
        rng.shuffle(start)
    fits = len(start) == count and all(key in allowed for key in start)
    return (mood, start) if fits else ("", [])


def _pick_colours(
    pattern: str, count: int, split: str, rng: np.random.Generator
) -> tuple[str, list[str]]:
    allowed = [key for key in COLOURS if not held_out(pattern, key)]
    if split == "test":  # at least one pair that training never sees
        kept = [key for key in COLOURS if held_out(pattern, key)]
        first = kept[int(rng.integers(len(kept)))]
        colours = _extend([first], count, list(COLOURS), rng)
        rng.shuffle(colours)
        return "", colours
    if pattern == "porcelain" and rng.random() < 0.6:
        light = ["white", "ivory", "ice"][int(rng.integers(3))]
        blues = [key for key in ("cobalt", "navy", "indigo", "blue") if key in allowed]
        return "", _extend([light, blues[int(rng.integers(len(blues)))]], count, allowed, rng)
    if rng.random() < 0.5:
        mood, colours = _theme_colours(count, allowed, rng)
        if colours:
            return mood, colours
    return "", _extend([], count, allowed, rng)


def _shade(colour: str, rng: np.random.Generator) -> tuple[int, int, int]:
    """Move a named colour a little: less than 8 in CIEDE2000."""
    step = rng.normal(0.0, (1.6, 1.8, 1.8))
    step *= min(1.0, 4.5 / max(float(np.linalg.norm(step)), 1e-6))
    red, green, blue = np.rint(lab_to_srgb(_lab(colour) + step)).astype(int)
    return int(red), int(green), int(blue)


def _contrast(colours: list[str]) -> str:
    """low, medium or high, by the difference in lightness of the two largest colours."""
    if len(colours) < 2:
        return ""
    gap = abs(float(_lab(colours[0])[0] - _lab(colours[1])[0]))
    return "low" if gap < 22 else "medium" if gap < 50 else "high"


def draw_spec(seed: int, split: str, patterns: Mapping[str, Family]) -> DesignSpec:
    """Draw what a design is, but for its noise, which is that of the seed itself.

    Raises:
        ValueError: the split is neither "train" nor "test".
    """
    if split not in SPLITS:
        raise ValueError(f"no split {split!r}")
    rng = rng_for(seed, f"spec/{split}")
    names = list(patterns)
    weights = np.array([patterns[name].weight for name in names])
    pattern = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    family = patterns[pattern]
    count = int(rng.choice(_COLOUR_COUNTS, p=_COLOUR_SHARES))
    gradient = pattern == "gradient" or (family.max_colours > 2 and rng.random() < 0.27)
    least = family.min_colours + (gradient and pattern != "gradient")
    most = min(MAX_COLOURS, family.max_colours + (gradient and pattern != "gradient"))
    mood, colours = _pick_colours(pattern, int(np.clip(count, least, most)), split, rng)

    def pick(trait: str, options: tuple[str, ...]) -> str:
        choice = options[int(rng.integers(len(options)))]
        return choice if trait in family.traits else ""

    return DesignSpec(
        seed=seed,
        split=split,
        pattern=pattern,
        colours=tuple(colours),
        palette=tuple(_shade(colour, rng) for colour in colours),
        gradient=gradient,
        gradient_direction=_DIRECTIONS[int(rng.integers(4))] if gradient else "",
        scale=pick("scale", ("small", "medium", "large")),
        density=pick("density", ("sparse", "balanced", "dense")),
        line_weight=pick("line_weight", ("fine", "medium", "bold")),
        contrast=_contrast(colours),
        mood=mood,
        noise=crc32(f"{split}/{seed}".encode()),
    )
