"""Briefs and descriptions of the corpus are true and can be parsed."""

import numpy as np
import pytest

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from worker.corpus import caption, caption_text, description, sample
from worker.corpus.captions import LANGUAGES, PARTIALS
from worker.corpus.phrases import FRAMES

PARTS = (
    "product", "materials", "finish", "pattern", "colours", "gradient", "gradient_direction",
    "functions", "mood", "scale", "density", "line_weight",
)  # fmt: skip


def shares(facts: ParsedBrief, understood: ParsedBrief) -> tuple[int, int]:
    """Count the attributes of a brief and those that were parsed correctly."""
    told = right = 0
    for part in PARTS:
        expected, found = getattr(facts, part), getattr(understood, part)
        for key in expected if isinstance(expected, tuple) else (expected,) if expected else ():
            told += 1
            right += key in (found if isinstance(found, tuple) else (found,))
    return told, right


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_briefs_are_parsed(language: str) -> None:
    rng = np.random.default_rng(3)
    told = right = 0
    for seed in range(300):
        brief = caption(sample(seed, "test"), rng, language)
        counts = shares(brief.facts, parse_brief(brief.text))
        told, right = told + counts[0], right + counts[1]
    assert right / told >= 0.98


@pytest.mark.parametrize("language", ["en", "zh"])
def test_descriptions_match_their_designs(language: str) -> None:
    rng = np.random.default_rng(4)
    for seed in range(250):
        spec = sample(seed)
        told = parse_brief(description(spec, language, rng))
        for part in ("pattern", "colours", "gradient", "gradient_direction", "scale", "density",
                     "line_weight", "contrast"):  # fmt: skip
            assert getattr(told, part) == getattr(spec, part), part
        assert not spec.mood or spec.mood in told.mood
        assert told.unknown == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("partial", PARTIALS)
def test_partial_briefs_state_only_their_attributes(partial: str, language: str) -> None:
    rng = np.random.default_rng(5)
    for seed in range(60):
        spec = sample(seed)
        facts = caption(spec, rng, language, partial).facts
        assert facts.pattern == ("" if partial == "colours" else spec.pattern)
        expected = {
            "full": (spec.colours,),
            "colours": (spec.colours,),
            "pattern": ((),),
            "theme": ((),),
            "owner": ((), spec.colours),
            "some-colours": tuple(spec.colours[:n] for n in range(1, len(spec.colours) + 1)),
        }[partial]
        assert facts.colours in expected
        assert not (facts.mood and facts.mood != (spec.mood,))
        if partial == "owner":
            assert facts.product
            assert facts.materials


def test_wording_varies_and_is_reproducible() -> None:
    spec = sample(11)
    for language in LANGUAGES:
        texts = {caption_text(spec, np.random.default_rng(n), language) for n in range(60)}
        assert len(texts) > 45
        one, again = (caption_text(spec, np.random.default_rng(1), language) for _ in range(2))
        assert one == again


@pytest.mark.parametrize("language", ["en", "zh"])
def test_held_out_phrasings_are_not_in_training(language: str) -> None:
    assert not set(FRAMES[language, "train"]) & set(FRAMES[language, "test"])
    assert len(FRAMES[language, "train"]) >= 30
