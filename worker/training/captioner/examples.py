"""Training examples of the captioner: briefs, pictures and target descriptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS, LANGUAGES, VOCABULARIES
from worker.corpus import DesignSpec, sample
from worker.corpus.captions import caption
from worker.models.captioner.language_model import LanguageModel
from worker.models.captioner.perception import SUBJECTS, TEXTURES, Seen
from worker.models.captioner.preamble import joined
from worker.models.captioner.visual_prefix import NONE, READINGS
from worker.training.captioner.descriptions import describe, true_content
from worker.training.captioner.pictures import Pictures
from worker.training.design_facts import facts_of

__all__ = ["Example", "Examples", "vocabulary"]

_WITH_PICTURE = 0.6
_EXCLUSIONS = {"en": (", no {}", ", without {}"), "zh": ("，不要{}", "，没有{}")}


@dataclass(frozen=True, kw_only=True)
class Example:
    """One training example: a brief, a picture or both, and the target description."""

    brief: str
    language: str
    target: str
    picture: int | None
    """Index of the picture; None: brief only."""
    facts: ParsedBrief
    """Facts stated by the target."""


@dataclass(frozen=True)
class Examples:
    """Infinite, deterministic sequence of examples over a set of pictures."""

    pictures: Pictures
    seed: int = 0

    def batch(self, step: int, count: int) -> list[Example]:
        """Return the examples of one step."""
        return [self.example(step * count + index) for index in range(count)]

    def example(self, index: int, *, with_picture: bool | None = None) -> Example:
        """Return the example at an index; `with_picture` forces or forbids a picture."""
        rng = np.random.default_rng([self.seed, index, 0xCA9])
        language = LANGUAGES[int(rng.integers(len(LANGUAGES)))]
        pictured = bool(rng.random() < _WITH_PICTURE) if with_picture is None else with_picture
        if not pictured:
            spec = sample(int(rng.integers(1, 2**31)), self.pictures.split)
            brief = _brief(spec, language, rng)
            return _example(brief, language, Seen(facts=facts_of(spec)), None, rng)
        picture = int(rng.integers(len(self.pictures.specs)))
        shown = self.pictures.specs[picture]
        content = self.content(picture)
        kind = rng.random()
        if kind < 0.45:
            return _example("", language, content, picture, rng)
        described = shown if shown is not None and kind < 0.7 else None
        described = described or sample(int(rng.integers(1, 2**31)), self.pictures.split)
        return _example(_brief(described, language, rng), language, content, picture, rng)

    def content(self, picture: int) -> Seen:
        """Return the true content of a picture."""
        return true_content(self.pictures.specs[picture], self.pictures.labels[picture])

    def visual(self, index: Sequence[int] | np.ndarray) -> tuple[Tensor, Tensor]:
        """Return the features (N, F) and palettes (N, 5, 4) of pictures."""
        rows = np.asarray(index)
        features = torch.from_numpy(self.pictures.features[rows])
        return features, torch.from_numpy(self.pictures.palettes[rows])

    def readings(self, index: Sequence[int] | np.ndarray) -> dict[str, Tensor]:
        """Return the target class of each reading of pictures, (N,); -100 (ignored) if unknown."""
        rows = torch.from_numpy(np.asarray(index))
        return {name: targets[rows] for name, targets in self._targets.items()}

    @cached_property
    def _targets(self) -> dict[str, Tensor]:
        indices = {name: {key: i for i, key in enumerate(keys)} for name, keys in READINGS.items()}
        columns: dict[str, list[int]] = {name: [] for name in READINGS}
        for picture, spec in enumerate(self.pictures.specs):
            facts = self.content(picture).facts
            for name, column in columns.items():
                key = getattr(facts, name) or (NONE if name != "pattern" else "photograph")
                # the family does not define this quality, yet it may be visible
                unknown = spec is not None and key == NONE and name != "gradient_direction"
                column.append(-100 if unknown else indices[name][key])
        return {name: torch.tensor(column) for name, column in columns.items()}


def _brief(spec: DesignSpec, language: str, rng: np.random.Generator) -> str:
    """Return a random brief for a design; some exclude a colour."""
    text = caption(spec, rng, language if rng.random() < 0.9 else "mixed").text
    if rng.random() < 0.92:
        return text
    others = [key for key in COLOURS if key not in spec.colours]
    excluded = others[int(rng.integers(len(others)))]
    phrase = str(rng.choice(_EXCLUSIONS[language])).format(COLOURS[excluded].name(language))
    return text.rstrip("。. ") + phrase


def _example(
    brief: str, language: str, content: Seen, picture: int | None, rng: np.random.Generator
) -> Example:
    """Return an example whose target merges the parsed brief with the content."""
    full = joined(parse_brief(brief), content)
    return Example(
        brief=brief,
        language=language,
        target=describe(full.facts, language, rng, subject=full.subject, texture=full.texture),
        picture=picture,
        facts=full.facts,
    )


def vocabulary(model: LanguageModel, examples: int = 3000) -> list[int]:
    """Return the sorted tokens that descriptions use, in both languages."""
    tokens: set[int] = set()
    for terms in (*VOCABULARIES.values(), TEXTURES, SUBJECTS):
        for term in terms.values():
            for name in (*term.en, *term.zh):
                for template in (
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
                    tokens |= set(model.encode(template.format(name)))
    empty = np.zeros((0, 1), np.float32)
    blank = Examples(
        Pictures(split="train", specs=(), features=empty, palettes=empty, labels=()), seed=1
    )
    rng = np.random.default_rng(0)
    for index in range(examples):
        example = blank.example(index, with_picture=False)
        tokens |= set(model.encode(" " + example.target)) | set(model.encode(example.target))
        photograph = _as_photograph(example.facts, example.language, index, rng)
        tokens |= set(model.encode(" " + photograph)) | set(model.encode(photograph))
    return sorted(tokens)


def _as_photograph(facts: ParsedBrief, language: str, index: int, rng: np.random.Generator) -> str:
    return describe(
        ParsedBrief(colours=facts.colours, contrast=facts.contrast, mood=facts.mood),
        language,
        rng,
        subject=list(SUBJECTS)[index % len(SUBJECTS)],
        texture=list(TEXTURES)[index % len(TEXTURES)],
    )
