"""Specification of a corpus design, and its sampling from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np

from shared.briefs.vocabulary import COLOURS, MOODS
from worker.corpus.families.family import Family
from worker.imaging.colour import delta_e, lab_from_rgb, rgb_from_lab

__all__ = ["SPLITS", "DesignSpec", "draw_spec", "held_out", "rng_for"]

SPLITS = ("train", "test")
MAX_COLOURS = 5
_HELD_OUT_ONE_IN = 10
_MIN_DIFFERENCE = 16.0  # CIEDE2000 between two colours of one design
_COLOUR_COUNTS = (2, 3, 4, 5)
_COLOUR_SHARES = (0.34, 0.38, 0.18, 0.10)
_DIRECTIONS = ("vertical", "horizontal", "diagonal", "radial")


@dataclass(frozen=True, kw_only=True)
class DesignSpec:
    """Complete specification of a design, from which its picture and captions are generated.

    All names are keys of `shared.briefs.vocabulary`; an empty string means not applicable.
    """

    seed: int
    split: str
    pattern: str
    colours: tuple[str, ...]
    """One to five colours, largest area first."""
    palette: tuple[tuple[int, int, int], ...]
    """sRGB of each colour, jittered around the named colour."""
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
    """Return an independent random generator for a purpose of a design's seed."""
    return np.random.default_rng([seed, crc32(purpose.encode())])


def held_out(pattern: str, colour: str) -> bool:
    """Return whether a pattern-colour pair is reserved for the test split (about 1 in 10)."""
    if pattern == "porcelain" and colour in {"white", "cobalt", "ivory", "navy"}:
        return False  # porcelain is defined by these colours
    return crc32(f"{pattern}/{colour}".encode()) % _HELD_OUT_ONE_IN == 0


@cache
def _lab(colour: str) -> np.ndarray:
    return lab_from_rgb(COLOURS[colour].rgb)


@cache
def _differences() -> dict[tuple[str, str], float]:
    """Return the CIEDE2000 differences between all named colours."""
    keys = list(COLOURS)
    lab = np.stack([_lab(key) for key in keys])
    table = delta_e(lab[:, None], lab[None, :])
    return {
        (one, two): float(table[row, column])
        for row, one in enumerate(keys)
        for column, two in enumerate(keys)
    }


def _is_distinct(colour: str, others: list[str]) -> bool:
    table = _differences()
    return all(table[colour, other] >= _MIN_DIFFERENCE for other in others)


def _extend(
    chosen: list[str], count: int, allowed: list[str], rng: np.random.Generator
) -> list[str]:
    """Return the chosen colours with random distinct ones added; neutrals are twice as likely."""
    neutrals = {"white", "ivory", "cream", "black", "charcoal", "silver", "navy", "beige"}
    weights = np.array([2.0 if key in neutrals else 1.0 for key in allowed])
    order = rng.choice(len(allowed), len(allowed), replace=False, p=weights / weights.sum())
    result = list(chosen)
    for index in order:
        if len(result) >= count:
            break
        if _is_distinct(allowed[index], result):
            result.append(allowed[index])
    return result


def _theme_colours(
    count: int, allowed: list[str], rng: np.random.Generator
) -> tuple[str, list[str]]:
    """Return a random theme and `count` of its colours; both empty if a colour is not allowed."""
    mood = list(MOODS)[int(rng.integers(len(MOODS)))]
    palettes = MOODS[mood].palettes
    palette = list(palettes[int(rng.integers(len(palettes)))])
    if count > len(palette):  # borrow from the theme's other palettes
        others = [key for other in palettes for key in other if key not in palette]
        rng.shuffle(others)
        for key in others:
            if len(palette) < count and key not in palette and _is_distinct(key, palette):
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
    if split == "test":  # at least one pair that is not in training
        reserved = [key for key in COLOURS if held_out(pattern, key)]
        first = reserved[int(rng.integers(len(reserved)))]
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
    """Return sRGB of a named colour with jitter below 8 in CIEDE2000."""
    step = rng.normal(0.0, (1.6, 1.8, 1.8))
    step *= min(1.0, 4.5 / max(float(np.linalg.norm(step)), 1e-6))
    red, green, blue = np.rint(rgb_from_lab(_lab(colour) + step)).astype(int)
    return int(red), int(green), int(blue)


def _contrast(colours: list[str]) -> str:
    """Return low, medium or high by the lightness difference of the two largest colours."""
    if len(colours) < 2:
        return ""
    gap = abs(float(_lab(colours[0])[0] - _lab(colours[1])[0]))
    return "low" if gap < 22 else "medium" if gap < 50 else "high"


def draw_spec(seed: int, split: str, patterns: Mapping[str, Family]) -> DesignSpec:
    """Return the specification of a seed; its noise is derived from the seed without selection.

    Raises:
        ValueError: the split is neither "train" nor "test".
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}")
    rng = rng_for(seed, f"spec/{split}")
    names = list(patterns)
    weights = np.array([patterns[name].weight for name in names])
    pattern = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    family = patterns[pattern]
    count = int(rng.choice(_COLOUR_COUNTS, p=_COLOUR_SHARES))
    gradient = pattern == "gradient" or (family.max_colours > 2 and rng.random() < 0.27)
    minimum = family.min_colours + (gradient and pattern != "gradient")
    maximum = min(MAX_COLOURS, family.max_colours + (gradient and pattern != "gradient"))
    mood, colours = _pick_colours(pattern, int(np.clip(count, minimum, maximum)), split, rng)

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
