"""Held-out briefs and reference images, the same in every evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS
from worker.corpus import DesignSpec, caption, compose, held_out, render_masks, sample
from worker.corpus.families import FAMILIES
from worker.corpus.spec import draw_spec, rng_for
from worker.imaging.colour import delta_e, lab_from_rgb, rgb_from_lab

__all__ = [
    "Brief",
    "Reference",
    "alternatives",
    "briefs",
    "design_of_pattern",
    "more_designs",
    "references",
    "render",
]  # fmt: skip

_FIRST_SEED = 50_000
_FIRST_REFERENCE = 90_000
_FIRST_OTHER = 150_000
_SIDE_PX = 192
_MIN_DIFFERENCE = 16.0  # CIEDE2000 between two colours of one design
_LANGUAGES = ("en", "zh")


@dataclass(frozen=True, kw_only=True)
class Brief:
    """A brief that names a pattern and colours.

    Its design has a pattern-colour pair that is not in training.
    """

    text: str
    language: str
    facts: ParsedBrief
    """True meaning of the brief, by its construction; not the parser's output."""
    spec: DesignSpec
    """Corpus design from which the brief was written."""

    @property
    def unseen(self) -> bool:
        """Whether the brief names a pattern-colour pair that is not in training."""
        return any(held_out(self.facts.pattern, colour) for colour in self.facts.colours)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A brief that names only a pattern, with a picture of another pattern and palette."""

    text: str
    picture: Image.Image
    seed: int


def briefs(per_language: int = 100) -> list[Brief]:
    """Return alternating English and Chinese briefs; half of them name all the colours."""
    lists = [_briefs(language, per_language) for language in _LANGUAGES]
    return [brief for pair in zip(*lists, strict=True) for brief in pair]


def _briefs(language: str, count: int) -> list[Brief]:
    result: list[Brief] = []
    seed = _FIRST_SEED + _LANGUAGES.index(language) * 20_000
    while len(result) < count:
        seed += 1
        spec = sample(seed, "test")
        rng = rng_for(seed, f"evaluation/{language}")
        written = caption(spec, rng, language, ("full", "some-colours")[seed % 2])
        if written.facts.colours and written.facts.pattern not in ("", "solid"):
            brief = Brief(text=written.text, language=language, facts=written.facts, spec=spec)
            result.append(brief)
    return result


def render(spec: DesignSpec, size_px: int) -> NDArray[np.uint8]:
    """Return the corpus' rendering of a design, (size_px, size_px, 3)."""
    return compose(render_masks(spec, size_px), spec.palette)


def more_designs(count: int) -> Iterator[DesignSpec]:
    """Yield further held-out designs with the distribution of the briefs' designs."""
    seed = _FIRST_OTHER
    while count:
        seed += 1
        spec = sample(seed, "test")
        if spec.pattern != "solid":
            count -= 1
            yield spec


def design_of_pattern(pattern: str, seed: int = _FIRST_OTHER) -> DesignSpec:
    """Return a held-out design of a pattern, without a gradient."""
    while True:
        seed += 1
        spec = sample(seed, "test")
        if spec.pattern == pattern and not spec.gradient:
            return spec


def alternatives(brief: Brief, count: int) -> list[DesignSpec]:
    """Return other designs that satisfy a brief: everything it leaves open is sampled again.

    These are the noise, the shades of its colours, and the colours, scale, density and line
    weight that it does not name. The number of colours is kept.
    """
    return [_alternative(brief, index) for index in range(count)]


def _alternative(brief: Brief, index: int) -> DesignSpec:
    spec, facts = brief.spec, brief.facts
    seed = spec.seed * 16 + index
    rng = rng_for(seed, "answer")
    other = draw_spec(seed, "test", {spec.pattern: FAMILIES[spec.pattern]})
    colours = _extend_colours(facts.colours, len(spec.colours), rng)
    return replace(
        spec,
        colours=colours,
        palette=tuple(_shade(key, rng) for key in colours),
        noise=int(rng.integers(2**32)),
        **{
            name: getattr(facts, name) or getattr(other, name)
            for name in ("scale", "density", "line_weight")
        },
    )


def _extend_colours(
    named: tuple[str, ...], count: int, rng: np.random.Generator
) -> tuple[str, ...]:
    """Return the colours, extended to `count` by random distinct ones."""
    chosen = list(named)
    keys = list(COLOURS)
    for key in (keys[index] for index in rng.permutation(len(keys))):
        if len(chosen) >= count:
            break
        lab = lab_from_rgb(np.array([COLOURS[name].rgb for name in [*chosen, key]], np.float64))
        if (delta_e(lab[:-1], lab[-1:]) >= _MIN_DIFFERENCE).all():
            chosen.append(key)
    return tuple(chosen)


def _shade(key: str, rng: np.random.Generator) -> tuple[int, int, int]:
    step = rng.normal(0.0, (1.6, 1.8, 1.8))
    step *= min(1.0, 4.5 / max(float(np.linalg.norm(step)), 1e-6))
    lab = lab_from_rgb(np.array(COLOURS[key].rgb, np.float64)) + step
    red, green, blue = np.rint(rgb_from_lab(lab)).astype(int)
    return int(red), int(green), int(blue)


def references(count: int = 24) -> list[Reference]:
    """Return pictures of held-out designs with uneven light and grain, like photographed cloth."""
    result = []
    for index in range(count):
        seed = _FIRST_REFERENCE + index
        spec = sample(seed, "test")
        text = caption(spec, rng_for(seed, "reference"), _LANGUAGES[index % 2], "pattern").text
        picture = Image.fromarray(_as_photograph(sample(seed + 5000, "test")))
        result.append(Reference(text=text, picture=picture, seed=index))
    return result


def _as_photograph(spec: DesignSpec) -> NDArray[np.uint8]:
    tile = render(spec, _SIDE_PX).astype(np.float32)
    light = np.linspace(0.85, 1.1, _SIDE_PX)[None, :, None]
    grain = rng_for(spec.seed, "light").normal(0, 4, tile.shape)
    lit: NDArray[np.uint8] = (tile * light + grain).clip(0, 255).astype(np.uint8)
    return lit
