"""How much of written briefs the program understands, held against labels given by hand.

A labelled brief is one line of JSON: `text`, `language`, `parts` (what a reader ought to find, a
list for each field of `shared.briefs.parser.Understood`) and, where words can be read in more than
one way, `allowed` (what may be claimed beside). "a/b" accepts either. The words under `unknown`
have to come back as not understood.

The file named `heldout` only measures; words are added to the vocabulary by looking at `tuning`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Literal

from shared.briefs.parser import Understood, understand

__all__ = ["Figures", "LabelledBrief", "Score", "labelled_briefs", "measure", "understanding"]

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
"""What is compared; `material` is the first of `materials`."""


@dataclass(frozen=True, kw_only=True)
class LabelledBrief:
    """A brief and what it says, by field of `Understood`."""

    text: str
    language: str
    parts: dict[str, list[str]]
    allowed: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Score:
    """Counts of parts; a brief that names three colours has three."""

    asked: int = 0
    found: int = 0
    claimed: int = 0
    """Parts that the program says it understood."""
    not_asked: int = 0
    """Of these, those that the brief doesn't say."""

    def __add__(self, other: Score) -> Score:
        return Score(
            asked=self.asked + other.asked,
            found=self.found + other.found,
            claimed=self.claimed + other.claimed,
            not_asked=self.not_asked + other.not_asked,
        )

    @property
    def share_found(self) -> float:
        """The share of what was asked that was found; 1 where nothing was asked."""
        return self.found / self.asked if self.asked else 1.0

    @property
    def share_not_asked(self) -> float:
        """The share of the claims that nobody asked for; 0 where nothing was claimed."""
        return self.not_asked / self.claimed if self.claimed else 0.0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The counts over a set of briefs.

    Words that have to come back as not understood are parts like others, under `unknown`: there
    `claimed` counts the words that came back.
    """

    briefs: int
    whole: int
    """Briefs with every part found and nothing claimed that was not asked."""
    total: Score
    by_language: dict[str, Score]
    by_field: dict[str, Score]


def labelled_briefs(which: Literal["heldout", "tuning"] = "heldout") -> list[LabelledBrief]:
    """Read one of the two bundled sets: 150 briefs in English and 150 in Chinese."""
    text = (resources.files("worker.evaluation") / f"briefs_{which}.jsonl").read_text("utf-8")
    return [LabelledBrief(**json.loads(line)) for line in text.splitlines()]


def understanding(which: Literal["heldout", "tuning"] = "heldout") -> Figures:
    """Measure how much of a bundled set is understood; takes about a second."""
    return measure(labelled_briefs(which))


def measure(
    briefs: Iterable[LabelledBrief], read: Callable[[str], Understood] = understand
) -> Figures:
    """Read every brief and count, in all, by language and by field."""
    by_language: dict[str, Score] = {}
    by_field: dict[str, Score] = {}
    count = whole = 0
    for brief in briefs:
        scores = compare(brief, read(brief.text))
        brief_score = sum(scores.values(), Score())
        for name, score in scores.items():
            by_field[name] = by_field.get(name, Score()) + score
        by_language[brief.language] = by_language.get(brief.language, Score()) + brief_score
        count += 1
        whole += brief_score.found == brief_score.asked and not brief_score.not_asked
    return Figures(
        briefs=count,
        whole=whole,
        total=sum(by_language.values(), Score()),
        by_language=by_language,
        by_field=by_field,
    )


def compare(brief: LabelledBrief, understood: Understood) -> dict[str, Score]:
    """Count one brief's parts, by field; fields neither asked nor claimed are left out."""
    scores = {}
    for name in FIELDS:
        asked, claims = brief.parts.get(name, []), _claims(understood, name)
        if asked or claims:
            fits = _mentions if name == "unknown" else _accepts
            welcome = asked + brief.allowed.get(name, [])
            scores[name] = Score(
                asked=len(asked),
                found=_found(asked, claims, name),
                claimed=len(claims),
                not_asked=sum(not any(fits(label, claim) for label in welcome) for claim in claims),
            )
    return scores


def _claims(understood: Understood, name: str) -> list[str]:
    value = getattr(understood, name)
    if isinstance(value, bool):
        return ["yes"] if value else []
    if isinstance(value, str):
        return [value] if value else []
    return list(value)


def _found(asked: Sequence[str], claims: Sequence[str], name: str) -> int:
    """Count the labels met; colours only as far as they come in the order asked."""
    if name == "unknown":
        return sum(any(_mentions(label, claim) for claim in claims) for label in asked)
    if name != "colours":
        return sum(any(_accepts(label, claim) for claim in claims) for label in asked)
    best = [0] * (len(claims) + 1)  # the longest common subsequence with claims[:i]
    for label in asked:
        row = [0]
        for i, claim in enumerate(claims):
            row.append(best[i] + 1 if _accepts(label, claim) else max(best[i + 1], row[i]))
        best = row
    return best[-1]


def _accepts(label: str, claim: str) -> bool:
    return claim in label.split("/")


def _mentions(label: str, claim: str) -> bool:
    """Whether what came back holds the labelled word, or is a part of it."""
    mine, theirs = label.casefold(), claim.casefold()
    return mine in theirs or theirs in mine
