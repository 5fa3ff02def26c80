"""The held-out briefs and references, the same at every evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.understanding import Understood, understand
from worker.corpus import DesignSpec, caption, compose, render_masks, sample
from worker.corpus.spec import rng_for

__all__ = ["Brief", "Reference", "briefs", "references"]

_FIRST_SEED = 50_000
_FIRST_REFERENCE = 90_000
_SIDE_PX = 192


@dataclass(frozen=True, kw_only=True)
class Brief:
    """A brief that names a pattern and one to three colours.

    Its design has a pair of pattern and colour that no training design has.
    """

    text: str
    understood: Understood
    """As the program reads it."""
    spec: DesignSpec
    """The corpus' own answer."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A brief that names a pattern only, with a picture of another pattern and its palette."""

    brief: str
    understood: Understood
    picture: Image.Image
    seed: int


def briefs(each: int = 50) -> list[Brief]:
    """Give as many English as Chinese briefs, half of them naming all the design's colours."""
    found: list[Brief] = []
    for language in ("en", "zh"):
        seed, left = _FIRST_SEED, each
        while left:
            seed += 1
            spec = sample(seed, "test")
            rng = rng_for(seed, f"evaluation/{language}")
            text = caption(spec, rng, language, ("full", "some-colours")[seed % 2]).text
            read = understand(text)
            if 1 <= len(read.colours) <= 3 and read.pattern not in ("", "solid"):
                found.append(Brief(text=text, understood=read, spec=spec))
                left -= 1
    return found


def references(count: int = 24) -> list[Reference]:
    """Give pictures of held-out designs, lit unevenly and grained as photographs of cloth are."""
    made = []
    for index in range(count):
        seed = _FIRST_REFERENCE + index
        brief = _pattern_only(seed, ("en", "zh")[index % 2])
        made.append(
            Reference(
                brief=brief,
                understood=understand(brief),
                picture=Image.fromarray(_photographed(sample(seed + 5000, "test"))),
                seed=index,
            )
        )
    return made


def _pattern_only(seed: int, language: str) -> str:
    spec = sample(seed, "test")
    return caption(spec, rng_for(seed, "reference"), language, "pattern").text


def _photographed(spec: DesignSpec) -> NDArray[np.uint8]:
    tile = compose(render_masks(spec, _SIDE_PX), spec.palette).astype(np.float32)
    light = np.linspace(0.85, 1.1, _SIDE_PX)[None, :, None]
    grain = rng_for(spec.seed, "light").normal(0, 4, tile.shape)
    lit: NDArray[np.uint8] = (tile * light + grain).clip(0, 255).astype(np.uint8)
    return lit
