"""Precision and recall of the brief parser on briefs labelled by hand.

A labelled brief is one line of JSON: `text`, `language`, `parts` (expected labels, a list for each
field of `shared.briefs.understood.ParsedBrief`) and, for ambiguous words, `allowed` (labels that
are not expected but not wrong). "a/b" accepts either. The parser must report the words under
`unknown` as not understood.

The set `heldout` is for measuring only; the vocabulary is extended by the errors in `tuning`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Literal

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import PATTERNS, Pattern

__all__ = ["Figures", "LabelledBrief", "Score", "labelled_briefs", "measure", "measure_bundled"]

FIELDS = (
    "product",
    "materials",
    "finish",
    "pattern",
    "colours",
    "excluded_colours",
    "gradient",
    "gradient_direction",
    "functions",
    "mood",
    "scale",
    "density",
    "contrast",
    "line_weight",
    "unknown",
)
"""Compared fields; `material` is omitted because it is the first of `materials`."""


@dataclass(frozen=True, kw_only=True)
class LabelledBrief:
    """A brief and its labels by field of `ParsedBrief`."""

    text: str
    language: str
    parts: dict[str, list[str]]
    allowed: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Score:
    """Counts of labels; a brief that names three colours has three."""

    expected: int = 0
    matched: int = 0
    """Expected labels that were predicted."""
    predicted: int = 0
    """Labels that the parser returned."""
    unexpected: int = 0
    """Predicted labels that are neither expected nor allowed (false positives)."""

    def __add__(self, other: Score) -> Score:
        return Score(
            expected=self.expected + other.expected,
            matched=self.matched + other.matched,
            predicted=self.predicted + other.predicted,
            unexpected=self.unexpected + other.unexpected,
        )

    @property
    def recall(self) -> float:
        """Share of the expected labels that were matched; 1 if none were expected."""
        return self.matched / self.expected if self.expected else 1.0

    @property
    def false_discovery_rate(self) -> float:
        """Share of the predicted labels that are unexpected; 0 if none were predicted."""
        return self.unexpected / self.predicted if self.predicted else 0.0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts over a set of briefs.

    Words that must be reported as not understood are labels of the field `unknown`; its
    `predicted` counts the reported words.
    """

    briefs: int
    exact: int
    """Briefs with every expected label matched and no unexpected one."""
    total: Score
    by_language: dict[str, Score]
    by_field: dict[str, Score]


def labelled_briefs(name: Literal["heldout", "tuning"] = "heldout") -> list[LabelledBrief]:
    """Load one of the two bundled sets: 150 briefs in English and 150 in Chinese."""
    text = (resources.files("worker.evaluation") / f"briefs_{name}.jsonl").read_text("utf-8")
    return [LabelledBrief(**json.loads(line)) for line in text.splitlines()]


def measure_bundled(name: Literal["heldout", "tuning"] = "heldout") -> Figures:
    """Measure the parser on a bundled set; takes about a second."""
    return measure(labelled_briefs(name))


def measure(
    briefs: Iterable[LabelledBrief], parse: Callable[[str], ParsedBrief] = parse_brief
) -> Figures:
    """Parse every brief; return the counts in total, by language and by field."""
    by_language: dict[str, Score] = {}
    by_field: dict[str, Score] = {}
    count = exact = 0
    for brief in briefs:
        scores = compare(brief, parse(brief.text))
        brief_score = sum(scores.values(), Score())
        for name, score in scores.items():
            by_field[name] = by_field.get(name, Score()) + score
        by_language[brief.language] = by_language.get(brief.language, Score()) + brief_score
        count += 1
        exact += brief_score.matched == brief_score.expected and not brief_score.unexpected
    return Figures(
        briefs=count,
        exact=exact,
        total=sum(by_language.values(), Score()),
        by_language=by_language,
        by_field=by_field,
    )


def compare(brief: LabelledBrief, understood: ParsedBrief) -> dict[str, Score]:
    """Return one brief's counts by field; fields without any label are omitted."""
    scores = {}
    for name in FIELDS:
        expected, predicted = brief.parts.get(name, []), _predicted(understood, name)
        if expected or predicted:
            accepts = _overlaps if name == "unknown" else _accepts
            valid = expected + brief.allowed.get(name, [])
            scores[name] = Score(
                expected=len(expected),
                matched=_matched(expected, [*predicted, *_read_otherwise(understood, name)], name),
                predicted=len(predicted),
                unexpected=sum(
                    not any(accepts(label, value) for label in valid) for value in predicted
                ),
            )
    return scores


def _predicted(understood: ParsedBrief, name: str) -> list[str]:
    value = getattr(understood, name)
    if isinstance(value, bool):
        return ["yes"] if value else []
    if isinstance(value, str):
        return [value] if value else []
    return list(value)


def _read_otherwise(understood: ParsedBrief, name: str) -> list[str]:
    """Return what was labelled before things could be drawn, or be refused, and is read so now."""
    words = [mention.word for mention in understood.motifs]
    if name == "pattern":
        return [
            key
            for key, pattern in PATTERNS.items()
            if any(word in _names(pattern) for word in words)
        ]
    if name != "unknown":
        return []
    return [
        *words,
        *understood.undrawn,
        understood.other_product,
        *(part.word for part in understood.refused),
    ]


def _names(pattern: Pattern) -> set[str]:
    return {*pattern.en, *pattern.zh, *pattern.en_synonyms, *pattern.zh_synonyms}


def _matched(expected: Sequence[str], predicted: Sequence[str], name: str) -> int:
    """Return the number of matched labels; colours must match in order."""
    if name == "unknown":
        return sum(any(_overlaps(label, value) for value in predicted) for label in expected)
    if name != "colours":
        return sum(any(_accepts(label, value) for value in predicted) for label in expected)
    best = [0] * (len(predicted) + 1)  # longest common subsequence with predicted[:i]
    for label in expected:
        row = [0]
        for i, value in enumerate(predicted):
            row.append(best[i] + 1 if _accepts(label, value) else max(best[i + 1], row[i]))
        best = row
    return best[-1]


def _accepts(label: str, value: str) -> bool:
    return value in label.split("/")


def _overlaps(label: str, value: str) -> bool:
    """Return whether one text contains the other, ignoring case."""
    first, second = label.casefold(), value.casefold()
    return bool(first and second) and (first in second or second in first)
