"""The held-out briefs and references, the same at every evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.parser import Understood
from shared.briefs.vocabulary import COLOURS
from worker.corpus import DesignSpec, caption, compose, held_out, render_masks, sample
from worker.corpus.families import FAMILIES
from worker.corpus.spec import draw_spec, rng_for
from worker.imaging.colour import delta_e, lab_from_rgb, rgb_from_lab

__all__ = [
    "Brief", "Reference", "answers", "briefs", "drawn", "of_pattern", "others",
    "references",
]  # fmt: skip

_FIRST_SEED = 50_000
_FIRST_REFERENCE = 90_000
_FIRST_OTHER = 150_000
_SIDE_PX = 192
_APART = 16.0  # CIEDE2000 between two colours of one design
_LANGUAGES = ("en", "zh")


@dataclass(frozen=True, kw_only=True)
class Brief:
    """A brief that names a pattern and colours.

    Its design has a pair of pattern and colour that no training design has.
    """

    text: str
    language: str
    said: Understood
    """What the brief says, as its writer knows; not as the program reads it."""
    spec: DesignSpec
    """The corpus' own answer."""

    @property
    def unseen(self) -> bool:
        """Whether a pair of pattern and colour that the brief names was never trained on."""
        return any(held_out(self.said.pattern, colour) for colour in self.said.colours)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A brief that names a pattern only, with a picture of another pattern and its palette."""

    text: str
    picture: Image.Image
    seed: int


def briefs(each: int = 100) -> list[Brief]:
    """Give as many Chinese as English briefs, in turn; half of them name all the colours."""
    rows = [_briefs(language, each) for language in _LANGUAGES]
    return [brief for pair in zip(*rows, strict=True) for brief in pair]


def _briefs(language: str, count: int) -> list[Brief]:
    found: list[Brief] = []
    seed = _FIRST_SEED + _LANGUAGES.index(language) * 20_000
    while len(found) < count:
        seed += 1
        spec = sample(seed, "test")
        rng = rng_for(seed, f"evaluation/{language}")
        written = caption(spec, rng, language, ("full", "some-colours")[seed % 2])
        if written.said.colours and written.said.pattern not in ("", "solid"):
            brief = Brief(text=written.text, language=language, said=written.said, spec=spec)
            found.append(brief)
    return found


def drawn(spec: DesignSpec, size_px: int) -> NDArray[np.uint8]:
    """Give the corpus' drawing of a design, (size_px, size_px, 3)."""
    return compose(render_masks(spec, size_px), spec.palette)


def others(count: int) -> Iterator[DesignSpec]:
    """Give further held-out designs of the kind that the briefs ask for."""
    seed = _FIRST_OTHER
    while count:
        seed += 1
        spec = sample(seed, "test")
        if spec.pattern != "solid":
            count -= 1
            yield spec


def of_pattern(pattern: str, seed: int = _FIRST_OTHER) -> DesignSpec:
    """Give a held-out design of a pattern, without a gradient."""
    while True:
        seed += 1
        spec = sample(seed, "test")
        if spec.pattern == pattern and not spec.gradient:
            return spec


def answers(brief: Brief, count: int) -> list[DesignSpec]:
    """Give designs that answer a brief as well as its own: all that it leaves open is redrawn.

    That is the noise always, the shades of its colours, the colours, scale, density and line
    weight that it does not name; how many colours there are stays.
    """
    return [_answer(brief, index) for index in range(count)]


def _answer(brief: Brief, index: int) -> DesignSpec:
    spec, said = brief.spec, brief.said
    seed = spec.seed * 16 + index
    rng = rng_for(seed, "answer")
    other = draw_spec(seed, "test", {spec.pattern: FAMILIES[spec.pattern]})
    colours = _with_others(said.colours, len(spec.colours), rng)
    return replace(
        spec,
        colours=colours,
        palette=tuple(_shade(key, rng) for key in colours),
        noise=int(rng.integers(2**32)),
        **{
            name: getattr(said, name) or getattr(other, name)
            for name in ("scale", "density", "line_weight")
        },
    )


def _with_others(named: tuple[str, ...], count: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Add random colours that stand off from those that are there."""
    chosen = list(named)
    keys = list(COLOURS)
    for key in (keys[place] for place in rng.permutation(len(keys))):
        if len(chosen) >= count:
            break
        lab = lab_from_rgb(np.array([COLOURS[one].rgb for one in [*chosen, key]], np.float64))
        if (delta_e(lab[:-1], lab[-1:]) >= _APART).all():
            chosen.append(key)
    return tuple(chosen)


def _shade(key: str, rng: np.random.Generator) -> tuple[int, int, int]:
    step = rng.normal(0.0, (1.6, 1.8, 1.8))
    step *= min(1.0, 4.5 / max(float(np.linalg.norm(step)), 1e-6))
    lab = lab_from_rgb(np.array(COLOURS[key].rgb, np.float64)) + step
    red, green, blue = np.rint(rgb_from_lab(lab)).astype(int)
    return int(red), int(green), int(blue)


def references(count: int = 24) -> list[Reference]:
    """Give pictures of held-out designs, lit unevenly and grained as photographs of cloth are."""
    made = []
    for index in range(count):
        seed = _FIRST_REFERENCE + index
        spec = sample(seed, "test")
        text = caption(spec, rng_for(seed, "reference"), _LANGUAGES[index % 2], "pattern").text
        picture = Image.fromarray(_photographed(sample(seed + 5000, "test")))
        made.append(Reference(text=text, picture=picture, seed=index))
    return made


def _photographed(spec: DesignSpec) -> NDArray[np.uint8]:
    tile = drawn(spec, _SIDE_PX).astype(np.float32)
    light = np.linspace(0.85, 1.1, _SIDE_PX)[None, :, None]
    grain = rng_for(spec.seed, "light").normal(0, 4, tile.shape)
    lit: NDArray[np.uint8] = (tile * light + grain).clip(0, 255).astype(np.uint8)
    return lit
