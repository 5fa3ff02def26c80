"""What the captioner learns from: briefs, pictures, and the descriptions they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from shared.briefs.parser import Understood, understand
from shared.briefs.vocabulary import COLOURS, LANGUAGES, VOCABULARIES
from worker.corpus import DesignSpec, sample
from worker.corpus.captions import caption
from worker.models.captioner.language_model import LanguageModel
from worker.models.captioner.perception import SUBJECTS, TEXTURES, Seen
from worker.models.captioner.preamble import joined
from worker.models.captioner.visual_prefix import NONE, READINGS
from worker.training.captioner.descriptions import describe, seen_in
from worker.training.captioner.pictures import Pictures
from worker.training.design_facts import facts_of

__all__ = ["Example", "Examples", "vocabulary"]

_WITH_PICTURE = 0.6
_REFUSALS = {"en": (", no {}", ", without {}"), "zh": ("，不要{}", "，没有{}")}


@dataclass(frozen=True, kw_only=True)
class Example:
    """One description to write."""

    brief: str
    language: str
    target: str
    picture: int | None
    """Index of the picture; None: the brief is all there is."""
    facts: Understood
    """What the target says."""


@dataclass(frozen=True)
class Examples:
    """Endless examples over a set of pictures; the same index gives the same example."""

    pictures: Pictures
    seed: int = 0

    def batch(self, step: int, count: int) -> list[Example]:
        """Give the examples of one step."""
        return [self.example(step * count + place) for place in range(count)]

    def example(self, index: int, *, with_picture: bool | None = None) -> Example:
        """Draw one example; `with_picture` fixes whether it has one."""
        rng = np.random.default_rng([self.seed, index, 0xCA9])
        language = LANGUAGES[int(rng.integers(len(LANGUAGES)))]
        pictured = bool(rng.random() < _WITH_PICTURE) if with_picture is None else with_picture
        if not pictured:
            alone = sample(int(rng.integers(1, 2**31)), self.pictures.split)
            brief = _brief(alone, language, rng)
            return _example(brief, language, Seen(facts=facts_of(alone)), None, rng)
        picture = int(rng.integers(len(self.pictures.specs)))
        shown = self.pictures.specs[picture]
        seen = self.seen(picture)
        kind = rng.random()
        if kind < 0.45:
            return _example("", language, seen, picture, rng)
        spec = shown if shown is not None and kind < 0.7 else None
        spec = spec or sample(int(rng.integers(1, 2**31)), self.pictures.split)
        return _example(_brief(spec, language, rng), language, seen, picture, rng)

    def seen(self, picture: int) -> Seen:
        """Give what a picture shows."""
        return seen_in(self.pictures.specs[picture], self.pictures.seen[picture])

    def visual(self, index: Sequence[int] | np.ndarray) -> tuple[Tensor, Tensor]:
        """Give some pictures' features (N, F) and palettes (N, 5, 4)."""
        rows = np.asarray(index)
        features = torch.from_numpy(self.pictures.features[rows])
        return features, torch.from_numpy(self.pictures.palettes[rows])

    def readings(self, index: Sequence[int] | np.ndarray) -> dict[str, Tensor]:
        """Give some pictures' true readings, each (N,); -100 where there is no telling."""
        rows = torch.from_numpy(np.asarray(index))
        return {name: truth[rows] for name, truth in self._truth.items()}

    @cached_property
    def _truth(self) -> dict[str, Tensor]:
        places = {name: {key: i for i, key in enumerate(keys)} for name, keys in READINGS.items()}
        columns: dict[str, list[int]] = {name: [] for name in READINGS}
        for picture, spec in enumerate(self.pictures.specs):
            facts = self.seen(picture).facts
            for name, column in columns.items():
                key = getattr(facts, name) or (NONE if name != "pattern" else "photograph")
                # of a design whose family knows no such quality, it may still be seen
                unknown = spec is not None and key == NONE and name != "gradient_direction"
                column.append(-100 if unknown else places[name][key])
        return {name: torch.tensor(column) for name, column in columns.items()}


def _brief(spec: DesignSpec, language: str, rng: np.random.Generator) -> str:
    """Write a brief, now and then with a colour refused."""
    text = caption(spec, rng, language if rng.random() < 0.9 else "mixed").text
    if rng.random() < 0.92:
        return text
    others = [key for key in COLOURS if key not in spec.colours]
    refused = others[int(rng.integers(len(others)))]
    phrase = str(rng.choice(_REFUSALS[language])).format(COLOURS[refused].name(language))
    return text.rstrip("。. ") + phrase


def _example(
    brief: str, language: str, shown: Seen, picture: int | None, rng: np.random.Generator
) -> Example:
    """Join what the brief is understood to say with what is shown, or what a design may be."""
    full = joined(understand(brief), shown)
    return Example(
        brief=brief,
        language=language,
        target=describe(full.facts, language, rng, subject=full.subject, texture=full.texture),
        picture=picture,
        facts=full.facts,
    )


def vocabulary(model: LanguageModel, examples: int = 3000) -> list[int]:
    """Give the tokens that descriptions are written with, in both languages."""
    tokens: set[int] = set()
    for terms in (*VOCABULARIES.values(), TEXTURES, SUBJECTS):
        for term in terms.values():
            for name in (*term.en, *term.zh):
                for around in (
                    "{}",
                    " {}",
                    "{}.",
                    "{},",
                    " {};",
                    "，{}",
                    "{}，",
                    "{}。",
                    "、{}",
                    "为{}",
                ):
                    tokens |= set(model.encode(around.format(name)))
    empty = np.zeros((0, 1), np.float32)
    blank = Examples(
        Pictures(split="train", specs=(), features=empty, palettes=empty, seen=()), seed=1
    )
    rng = np.random.default_rng(0)
    for index in range(examples):
        example = blank.example(index, with_picture=False)
        tokens |= set(model.encode(" " + example.target)) | set(model.encode(example.target))
        bare = _as_photograph(example.facts, example.language, index, rng)
        tokens |= set(model.encode(" " + bare)) | set(model.encode(bare))
    return sorted(tokens)


def _as_photograph(facts: Understood, language: str, index: int, rng: np.random.Generator) -> str:
    return describe(
        Understood(colours=facts.colours, contrast=facts.contrast, mood=facts.mood),
        language,
        rng,
        subject=list(SUBJECTS)[index % len(SUBJECTS)],
        texture=list(TEXTURES)[index % len(TEXTURES)],
    )
