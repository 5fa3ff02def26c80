"""Measures whether tiles follow their briefs: named colours, pattern, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.evaluation.briefs import Brief, render
from worker.evaluation.judge import Judge
from worker.evaluation.metrics import MIN_COLOUR_SHARE, colour_shares
from worker.evaluation.report import Row

__all__ = ["BriefResult", "brief_details", "brief_rows", "check_brief"]


@dataclass(frozen=True, kw_only=True)
class BriefResult:
    """How well one tile follows its brief."""

    brief: Brief
    shares: tuple[float, ...]
    """Each named colour's share of the tile."""
    pattern: str
    """The judge's prediction."""
    probability: float
    """The judge's probability of the requested pattern."""
    recorded: str | None = None
    """The pattern of the record that the tile was drawn from; None: it was not drawn from one."""

    @property
    def colours(self) -> list[bool]:
        """Whether each named colour is present."""
        return [area >= MIN_COLOUR_SHARE for area in self.shares]

    @property
    def judged_correct(self) -> bool:
        """Whether the judge predicts the requested pattern."""
        return self.pattern == self.brief.facts.pattern

    @property
    def pattern_correct(self) -> bool:
        """Whether the record has the requested pattern; without a record, what the judge says."""
        if self.recorded is None:
            return self.judged_correct
        return self.recorded == self.brief.facts.pattern

    @property
    def complete(self) -> bool:
        """Whether the pattern and all named colours are present."""
        return self.pattern_correct and all(self.colours)

    @property
    def score(self) -> float:
        """Sort key from 0 to 1: pattern probability times the presence of the rarest colour."""
        return self.probability * min(1.0, *(area / MIN_COLOUR_SHARE for area in self.shares))


def check_brief(
    brief: Brief, tile: NDArray[np.uint8], judge: Judge, recorded: str | None = None
) -> BriefResult:
    """Return how well a tile follows its brief; `recorded` is the pattern of its record."""
    probabilities = judge.probabilities([tile])[0]
    return BriefResult(
        brief=brief,
        shares=tuple(colour_shares(tile, brief.facts.colours)),
        pattern=judge.families[int(probabilities.argmax())],
        probability=float(probabilities[judge.families.index(brief.facts.pattern)]),
        recorded=recorded,
    )


def brief_rows(results: Sequence[BriefResult], judge_accuracy: float) -> list[Row]:
    """Return the table's rows.

    Args:
        results: results of the briefs' tiles.
        judge_accuracy: the judge's accuracy on held-out corpus tiles.
    """
    unseen = [result for result in results if result.brief.unseen]
    gaps = [_language_gap(results, _colours), _language_gap(results, _patterns)]
    note = f"colours {gaps[0]:.1f}, pattern {gaps[1]:.1f}"
    judge_note = (
        f"it knows the corpus' drawings alone, and is right on {100 * judge_accuracy:.1f} % of them"
    )
    return [
        Row(name="colours", what="colours named and present", value=_colours(results),
            goal=0.99, at_least=True, unit="%"),
        Row(name="pattern", what="pattern asked for, of the record", value=_patterns(results),
            goal=0.97, at_least=True, unit="%"),
        Row(name="judged", what="pattern that the judge sees",
            value=_share([result.judged_correct for result in results]), goal=0.90, at_least=True,
            unit="%", note=judge_note),
        Row(name="both", what="pattern and colours both, pairs never seen together",
            value=_share([one.complete for one in unseen]), goal=0.95, at_least=True, unit="%",
            note=f"{len(unseen)} briefs"),
        Row(name="languages", what="Chinese against English", value=max(gaps), goal=2.0,
            unit="points", note=note),
    ]  # fmt: skip


def _share(values: Sequence[bool]) -> float | None:
    return float(np.mean(values)) if values else None


def _colours(results: Sequence[BriefResult]) -> float:
    return float(np.mean([present for result in results for present in result.colours]))


def _patterns(results: Sequence[BriefResult]) -> float:
    return float(np.mean([result.pattern_correct for result in results]))


def _language_gap(
    results: Sequence[BriefResult], metric: Callable[[Sequence[BriefResult]], float]
) -> float:
    """Return the difference of a metric between the languages, in percentage points."""
    english, chinese = (
        metric([result for result in results if result.brief.language == language])
        for language in ("en", "zh")
    )
    return abs(100 * (english - chinese))


def brief_details(results: Sequence[BriefResult], judge: Judge, size_px: int) -> dict[str, Any]:
    """Return details: metrics by language and of the corpus' designs, and the failures."""
    corpus = [
        check_brief(result.brief, render(result.brief.spec, size_px), judge) for result in results
    ]
    facts: dict[str, Any] = {
        "briefs": len(results),
        "colours_named": sum(len(result.shares) for result in results),
        "all_colours": float(np.mean([all(result.colours) for result in results])),
        "colours_in_corpus": _colours(corpus),
        "pattern_in_corpus": _patterns(corpus),
        "both_in_corpus": _share([result.complete for result in corpus if result.brief.unseen]),
    }
    for language in ("en", "zh"):
        subset = [result for result in results if result.brief.language == language]
        facts |= {f"colours_{language}": _colours(subset), f"pattern_{language}": _patterns(subset)}
    facts["colours_missed"] = [
        f"{result.brief.text}: {key} {area:.3f}"
        for result in results
        for key, area in zip(result.brief.facts.colours, result.shares, strict=True)
        if area < MIN_COLOUR_SHARE
    ]
    facts["patterns_missed"] = [
        f"{result.brief.text}: {result.brief.facts.pattern}, "
        f"not {result.recorded or result.pattern}"
        for result in results
        if not result.pattern_correct
    ]
    facts["patterns_not_seen"] = [
        f"{result.brief.text}: {result.brief.facts.pattern}, not {result.pattern}"
        for result in results
        if not result.judged_correct
    ]
    return facts
