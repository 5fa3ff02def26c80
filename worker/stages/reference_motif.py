"""The thing of a reference that is drawn where the brief names neither a thing nor a pattern."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from shared.briefs.things.mentions import MotifMention
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import PATTERNS
from shared.motifs.names import motif_names
from worker.composition.drawings import has_drawing
from worker.execution.contracts import StageCall

__all__ = ["PATTERN_STRENGTH", "mention_document", "reference_motif", "stored_motif"]

PATTERN_STRENGTH = 0.35
"""Reference strength from which the reference's pattern or thing applies if the brief is silent."""
_KINDS_OF_THINGS = frozenset(("botanical", "figurative"))
"""Kinds of patterns by which a brief refuses things: no flowers, no stars."""
_KEY = "reference_motif"


def reference_motif(call: StageCall) -> MotifMention | None:
    """Return the thing that the caption stage saw in the reference, if it is to be drawn.

    It is drawn from the minimum reference strength, if the brief leaves open what to draw and
    this installation has a drawing of it.
    """
    caption = call.outputs.get("caption")
    is_strong = call.options.reference_strength >= PATTERN_STRENGTH
    if call.reference is None or caption is None or not is_strong:
        return None
    seen = json.loads(caption).get("motif")
    if seen is None or not _leaves_motif_open(call.understood):
        return None
    words = seen["name"].split()
    match = motif_names().match_english(words)
    if match is None or match.length < len(words) or not has_drawing(match.subjects):
        return None
    return MotifMention(
        word=seen["name"],
        name=seen["name"],
        subjects=match.subjects,
        score=float(seen["probability"]),
        origin="reference",
    )


def mention_document(understood: ParsedBrief) -> dict[str, Any]:
    """Return the part of the generate stage's output that names the reference's thing."""
    shown = [mention for mention in understood.motifs if mention.origin == "reference"]
    return {_KEY: asdict(shown[0])} if shown else {}


def stored_motif(output: bytes | None) -> MotifMention | None:
    """Return the reference's thing from the generate stage's output; None if there is none."""
    document = None if output is None else json.loads(output).get(_KEY)
    return None if document is None else MotifMention.from_document(document)


def _leaves_motif_open(brief: ParsedBrief) -> bool:
    """Return whether the brief, or the request, neither names nor refuses things or a pattern."""
    if brief.motifs or brief.motifs_chosen or brief.undrawn or brief.pattern or brief.gradient:
        return False
    return not any(
        part.field in ("motif", "word")
        or (part.field == "pattern" and PATTERNS[part.key].kind in _KINDS_OF_THINGS)
        for part in brief.refused
    )
