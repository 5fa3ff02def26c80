"""Caption stage: describes the reference image or expands the brief, as d(I)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress
from worker.imaging.reference import open_reference
from worker.models.captioner.agreement import find_inconsistencies
from worker.models.vision import VisionFeatures

if TYPE_CHECKING:
    from worker.models.captioner.model import Captioner

__all__ = ["run"]

_SEEDS_PER_JOB = 16
"""Seeds reserved for each job."""
_DRAFTS = 6
"""Drafts of each brief, whatever the number of variants: the texts of one batch depend on its size
(docs/decisions/0027-drafts-follow-from-brief-and-seed.md)."""
_TRAITS = ("pattern", "colours", "gradient_direction", "scale", "density", "line_weight", "mood")
"""Traits in which directions may differ, by descending weight."""


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Write each job's description, in the brief's language if the captioner supports it.

    With a reference image, the description combines the brief with what the image shows where
    the brief is silent; "seen" describes the image alone. Without one, the brief is expanded into
    up to six directions, as far as it leaves choices open: variant i uses direction i modulo
    their number. They follow from the brief and the seed alone. A description that omits or
    contradicts what the brief names is rejected; if none is left, the brief itself is used. So
    is a brief that names things to draw, because descriptions name patterns. The details report
    this.

    Returns:
        Per call JSON: description, language, described (whether there was an image), and with
        an image "seen" and "motif" (the thing that it shows, with its probability, or null), or
        without one "directions": the description and its alternatives.
    """
    results = []
    for number, call in enumerate(calls, start=1):
        expands = call.reference is None
        results.append(_expand(call, models.captioner) if expands else _describe(call, models))
        on_progress(number / len(calls))
    return results


def _describe(call: StageCall, models: Models) -> StageResult:
    captioner, language = models.captioner, _language(call, models.captioner)
    picture = _picture(call)
    vision = models.vision.embed([picture])
    (motif,) = captioner.motifs(vision)
    features = VisionFeatures(
        features=vision.features.repeat(2, axis=0), palette=vision.palette.repeat(2, axis=0)
    )
    # One job at a time: batching jobs would change the rounding of sums.
    seen, draft = captioner.describe(features, [picture] * 2, [language] * 2, ["", call.brief])
    reasons = _rejection_reasons(call, draft, parse_brief(draft))
    document = {
        "description": call.brief if reasons else draft,
        "language": language,
        "described": True,
        "seen": seen,
        "motif": motif and {"name": motif.name, "probability": round(motif.probability, 3)},
    }
    rejected = [reasons] if reasons else []
    details = _details(captioner, rejected, "brief" if reasons else "image")
    return _result(document, details | {"motif": document["motif"]})


def _expand(call: StageCall, captioner: Captioner) -> StageResult:
    language = _language(call, captioner)
    count = _DRAFTS if captioner.expands and not call.understood.motifs else 0
    seeds = [call.options.seed * _SEEDS_PER_JOB + attempt for attempt in range(count)]
    drafts = captioner.expand([call.brief] * count, [language] * count, seeds) if count else []
    parsed = {draft: parse_brief(draft) for draft in dict.fromkeys(drafts)}
    reasons = {draft: _rejection_reasons(call, draft, parsed[draft]) for draft in parsed}
    accepted = {draft: parsed[draft] for draft in parsed if not reasons[draft]}
    directions = _most_different_first(accepted) or [call.brief]
    document = {
        "description": directions[0],
        "language": language,
        "described": False,
        "directions": directions,
    }
    rejected = [reasons[draft] for draft in drafts if reasons[draft]]
    return _result(document, _details(captioner, rejected, "expansion" if accepted else "brief"))


def _most_different_first(drafts: Mapping[str, ParsedBrief]) -> list[str]:
    """Order drafts by farthest-first traversal, starting with the first draft.

    Drafts equivalent to an earlier one are left out, so a brief without open choices yields one.
    """
    candidates = list(drafts.items())
    chosen = candidates[:1]
    while candidates:
        distances = [min(_difference(one, other) for _, other in chosen) for _, one in candidates]
        if max(distances) == 0:
            break
        chosen.append(candidates[distances.index(max(distances))])
    return [draft for draft, _ in chosen]


def _difference(one: ParsedBrief, other: ParsedBrief) -> int:
    """Return the weighted number of traits in which two descriptions differ."""
    return sum(
        len(_TRAITS) - rank
        for rank, name in enumerate(_TRAITS)
        if getattr(one, name) != getattr(other, name)
    )


def _rejection_reasons(call: StageCall, draft: str, parsed: ParsedBrief) -> tuple[str, ...]:
    if not draft:
        return ("nothing was written",)
    return find_inconsistencies(call.understood, parsed)


def _details(
    captioner: Captioner, rejected: Sequence[tuple[str, ...]], written_from: str
) -> dict[str, Any]:
    """Return the source of the description and why drafts were rejected."""
    return {
        "description_from": written_from,
        "expands": captioner.expands,
        "rejected": [list(reasons) for reasons in rejected],
    }


def _result(document: Mapping[str, Any], details: Mapping[str, Any]) -> StageResult:
    return StageResult(
        output=json.dumps(document, ensure_ascii=False, sort_keys=True).encode(),
        media_type="application/json",
        description=str(document["description"]),
        details=details,
    )


def _language(call: StageCall, captioner: Captioner) -> str:
    language = call.understood.language
    return language if language in captioner.languages else captioner.languages[0]


def _picture(call: StageCall) -> Image.Image:
    if call.reference is None:
        raise ValueError(f"job {call.job_id} has no reference image")
    return open_reference(call.reference)
