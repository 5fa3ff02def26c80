"""Evaluation of the captioner on held-out pictures and briefs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from shared.briefs.parser import parse_brief
from worker.models.captioner.agreement import find_inconsistencies
from worker.models.captioner.language_model import LanguageModel
from worker.models.captioner.model import PrefixCaptioner, assemble
from worker.models.vision import VisionFeatures
from worker.training.captioner.examples import Example, Examples
from worker.training.captioner.pictures import Pictures, picture_of
from worker.training.checkpoint import read_tensors

__all__ = ["evaluate"]


def evaluate(
    model: LanguageModel,
    weights: Path,
    pictures: Pictures,
    count: int = 80,
    show: Callable[[str], None] = lambda _: None,
) -> dict[str, float]:
    """Generate descriptions for the test split and compare them with the ground truth.

    Args:
        weights: file written by `export`.
        pictures: pictures of the split "test", whose pattern-colour pairs are not in training.
        count: number of descriptions of each of the four kinds.
        show: called with each brief, its description and the target.

    Returns:
        Shares from 0 to 1, and "s_per_caption".
    """
    tensors, facts = read_tensors(weights)
    captioner = assemble(model, tensors, facts["config"])
    start_time = time.monotonic()
    kinds = {
        "design": [e for e in _with_pictures(pictures) if not e.brief and e.facts.pattern],
        "photograph": [e for e in _with_pictures(pictures) if not e.brief and not e.facts.pattern],
        "joined": [e for e in _with_pictures(pictures) if e.brief],
        "expanded": [Examples(pictures).example(i, with_picture=False) for i in range(count)],
    }
    measures: dict[str, float] = {}
    total = 0
    for kind, examples in kinds.items():
        chosen = examples[:count]
        texts = [_write(captioner, pictures, example, i) for i, example in enumerate(chosen)]
        for example, text in zip(chosen, texts, strict=True):
            show(f"{kind} | {example.brief} | {text} | {example.target}")
        total += len(texts)
        measures |= {f"{kind}_{k}": v for k, v in _measure(chosen, texts).items()}
    measures["s_per_caption"] = (time.monotonic() - start_time) / total
    measures["variety"] = _variety(captioner)
    return {name: round(value, 3) for name, value in measures.items()}


def _with_pictures(pictures: Pictures) -> Iterator[Example]:
    examples = Examples(pictures)
    return (examples.example(index, with_picture=True) for index in range(1500))


def _write(captioner: PrefixCaptioner, pictures: Pictures, example: Example, seed: int) -> str:
    if example.picture is None:
        return captioner.expand([example.brief], [example.language], [seed])[0]
    row = slice(example.picture, example.picture + 1)
    vision = VisionFeatures(features=pictures.features[row], palette=pictures.palettes[row])
    image = picture_of(pictures.specs[example.picture], pictures.split, example.picture)
    return captioner.describe(vision, [image], [example.language], [example.brief])[0]


def _measure(examples: Sequence[Example], texts: Sequence[str]) -> dict[str, float]:
    """Return the shares of descriptions that agree with the facts, as `parse_brief` parses them."""
    parsed = [parse_brief(text) for text in texts]
    pairs = list(zip(examples, parsed, strict=True))
    shares: dict[str, list[float]] = {
        "language": [e.language == actual.language for e, actual in pairs],
        "departs": [
            bool(find_inconsistencies(parse_brief(e.brief), actual)) for e, actual in pairs
        ],
    }
    if examples and examples[0].picture is not None:
        shares["first_colour"] = [actual.colours[:1] == e.facts.colours[:1] for e, actual in pairs]
        shares["colours"] = [_jaccard(e.facts.colours, actual.colours) for e, actual in pairs]
        shares["pattern"] = [actual.pattern == e.facts.pattern for e, actual in pairs]
    return {name: float(np.mean(values)) for name, values in shares.items()}


def _jaccard(true: Sequence[str], named: Sequence[str]) -> float:
    """Return the Jaccard index of two sets of colours; 1 for two empty sets."""
    union = set(true) | set(named)
    return len(set(true) & set(named)) / len(union) if union else 1.0


def _variety(captioner: PrefixCaptioner) -> float:
    """Return the share of distinct texts among eight seeds, for two underspecified briefs."""
    briefs = ["a phone case with waves", "手机壳，花卉图案"]
    texts = [
        len({captioner.expand([brief], [language], [seed])[0] for seed in range(8)}) / 8
        for brief, language in zip(briefs, ("en", "zh"), strict=True)
    ]
    return float(np.mean(texts))
