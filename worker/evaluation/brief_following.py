"""Do tiles follow their briefs: the colours named, the pattern asked for, both languages alike?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.evaluation.briefs import Brief, drawn
from worker.evaluation.judge import Judge
from worker.evaluation.metrics import ENOUGH, areas_of
from worker.evaluation.report import Row

__all__ = ["Followed", "followed", "following_facts", "following_rows"]


@dataclass(frozen=True, kw_only=True)
class Followed:
    """How one tile follows its brief."""

    brief: Brief
    areas: tuple[float, ...]
    """Share of the tile of each colour that the brief names."""
    pattern: str
    """As the judge names it."""
    chance: float
    """The judge's, that it is the pattern asked for."""

    @property
    def colours(self) -> list[bool]:
        """Which of the colours named are there."""
        return [area >= ENOUGH for area in self.areas]

    @property
    def right(self) -> bool:
        """Whether the judge names the pattern asked for."""
        return self.pattern == self.brief.said.pattern

    @property
    def complete(self) -> bool:
        """Whether the pattern and every colour named are there."""
        return self.right and all(self.colours)

    @property
    def score(self) -> float:
        """0 to 1, to sort tiles by: the judge's chance times how much of each colour is there."""
        return self.chance * min(1.0, *(area / ENOUGH for area in self.areas))


def followed(brief: Brief, tile: NDArray[np.uint8], judge: Judge) -> Followed:
    """Look at the tile of a brief."""
    scores = judge.scores([tile])[0]
    return Followed(
        brief=brief,
        areas=tuple(areas_of(tile, brief.said.colours)),
        pattern=judge.families[int(scores.argmax())],
        chance=float(scores[judge.families.index(brief.said.pattern)]),
    )


def following_rows(looked: Sequence[Followed], judged: float) -> list[Row]:
    """Give the table's rows.

    Args:
        looked: at the tiles of the briefs.
        judged: share of real held-out tiles that the judge names right.
    """
    unseen = [one for one in looked if one.brief.unseen]
    apart = [_apart(looked, _colours), _apart(looked, _patterns)]
    note = f"colours {apart[0]:.1f}, pattern {apart[1]:.1f}"
    judge_note = f"the judge is right on {100 * judged:.1f} % of real held-out tiles"
    return [
        Row(name="colours", what="colours named and present", value=_colours(looked),
            goal=0.95, at_least=True, unit="%"),
        Row(name="pattern", what="pattern asked for", value=_patterns(looked),
            goal=0.90, at_least=True, unit="%", note=judge_note),
        Row(name="both", what="pattern and colours both, pairs never seen together",
            value=_share([one.complete for one in unseen]), goal=0.80, at_least=True, unit="%",
            note=f"{len(unseen)} briefs"),
        Row(name="languages", what="Chinese against English", value=max(apart), goal=3.0,
            unit="points", note=note),
    ]  # fmt: skip


def _share(values: Sequence[bool]) -> float | None:
    return float(np.mean(values)) if values else None


def _colours(looked: Sequence[Followed]) -> float:
    return float(np.mean([found for one in looked for found in one.colours]))


def _patterns(looked: Sequence[Followed]) -> float:
    return float(np.mean([one.right for one in looked]))


def _apart(looked: Sequence[Followed], figure: Any) -> float:
    """Give the difference of a figure between the languages, in points."""
    one, other = (
        figure([each for each in looked if each.brief.language == language])
        for language in ("en", "zh")
    )
    return abs(100 * (one - other))


def following_facts(looked: Sequence[Followed], judge: Judge, size_px: int) -> dict[str, Any]:
    """Give details: by language, of the corpus' own drawings, and what was missed."""
    own = [followed(one.brief, drawn(one.brief.spec, size_px), judge) for one in looked]
    facts: dict[str, Any] = {
        "briefs": len(looked),
        "colours_named": sum(len(one.areas) for one in looked),
        "all_colours": float(np.mean([all(one.colours) for one in looked])),
        "colours_in_corpus": _colours(own),
        "pattern_in_corpus": _patterns(own),
        "both_in_corpus": _share([one.complete for one in own if one.brief.unseen]),
    }
    for language in ("en", "zh"):
        part = [one for one in looked if one.brief.language == language]
        facts |= {f"colours_{language}": _colours(part), f"pattern_{language}": _patterns(part)}
    facts["colours_missed"] = [
        f"{one.brief.text}: {key} {area:.3f}"
        for one in looked
        for key, area in zip(one.brief.said.colours, one.areas, strict=True)
        if area < ENOUGH
    ]
    facts["patterns_missed"] = [
        f"{one.brief.text}: {one.brief.said.pattern}, not {one.pattern}"
        for one in looked
        if not one.right
    ]
    return facts
