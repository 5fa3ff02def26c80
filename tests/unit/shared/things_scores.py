"""Scores the reading of things and grounds on the development briefs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.briefs.parser import parse_brief
from shared.briefs.text.index import is_chinese
from shared.briefs.understood import ParsedBrief
from shared.motifs.names import MotifNames, motif_names

__all__ = ["Scores", "development_briefs", "score"]

_FILE = Path(__file__).with_name("things_dev.jsonl")


@dataclass
class Scores:
    """Counts over briefs, and what was wrong in words."""

    named: int = 0
    found: int = 0
    added: int = 0
    """Things that the brief does not name."""
    families: int = 0
    """Briefs that name no thing."""
    mistaken: int = 0
    """Of these, briefs in which a thing was found."""
    grounds: int = 0
    right_grounds: int = 0
    roles: int = 0
    right_roles: int = 0
    said: int = 0
    """Briefs that are labelled with a product that no picture shows, or with things undrawn."""
    right_said: int = 0
    faults: list[str] = field(default_factory=list)


def development_briefs(*, chinese: bool | None = None) -> list[dict[str, Any]]:
    """Return the labelled briefs, of one language or of both."""
    rows = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if chinese in (None, any(map(is_chinese, row["text"])))]


def score(briefs: Sequence[dict[str, Any]]) -> Scores:
    """Return the scores of the parser on labelled briefs."""
    scores = Scores()
    for brief in briefs:
        understood = parse_brief(brief["text"])
        _score_things(scores, brief, understood)
        _score_said(scores, brief, understood)
        if brief["ground"] != "?":
            scores.grounds += 1
            right = understood.ground == brief["ground"]
            scores.right_grounds += right
            if not right:
                scores.faults.append(f"{brief['text']}: ground {understood.ground!r}")
    return scores


def _score_things(scores: Scores, brief: dict[str, Any], understood: ParsedBrief) -> None:
    names = motif_names()
    left = list(understood.motifs)
    for thing in brief["things"]:
        subjects = _subjects_called(thing, names)
        mention = next((each for each in left if subjects & set(each.subjects)), None)
        scores.named += 1
        scores.found += mention is not None
        if mention is None:
            scores.faults.append(f"{brief['text']}: missed {thing}")
            continue
        left.remove(mention)
        if role := brief.get("roles", {}).get(thing):
            scores.roles += 1
            scores.right_roles += mention.role == role
            if mention.role != role:
                scores.faults.append(f"{brief['text']}: {thing} is {mention.role}")
    scores.added += len(left)
    scores.faults += [f"{brief['text']}: added {each.word!r} ({each.name})" for each in left]
    if not brief["things"]:
        scores.families += 1
        scores.mistaken += bool(left)


def _score_said(scores: Scores, brief: dict[str, Any], understood: ParsedBrief) -> None:
    found = {"other_product": understood.other_product, "undrawn": list(understood.undrawn)}
    labels = {name: brief[name] for name in found if name in brief}
    right = all(found[name] == label for name, label in labels.items())
    scores.said += bool(labels)
    scores.right_said += bool(labels) and right
    if not right:
        scores.faults.append(f"{brief['text']}: {found}")


def _subjects_called(thing: str, names: MotifNames) -> set[str]:
    match = names.match_english(thing.lower().replace("'", "'").split())
    return set(match.subjects) if match else {thing}
