"""The caption stage: the reference image described, or the brief expanded, as d(I)."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image

from shared.briefs.parser import Understood, understand
from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress
from worker.models.captioner.agreement import departures
from worker.models.vision import VisionFeatures

if TYPE_CHECKING:
    from worker.models.captioner.model import Captioner

__all__ = ["run"]

_MOST_DRAFTS = 16
"""Seeds set aside for each job."""
_SPARE = 2
"""Drafts beyond one for each variant: some depart from the brief."""
_OPEN = ("pattern", "colours", "gradient_direction", "scale", "density", "line_weight", "mood")
"""What directions differ in, the weightiest first."""


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Write each job's description, in the brief's language where the captioner writes it.

    With a reference image the description joins what the brief asks for and what the image shows
    for the rest; "seen" is what the image shows by itself. Without one the brief is expanded, in
    several directions where it leaves room, up to one for each variant. A description that drops
    or contradicts what the brief names is not used; where none is left, the brief's own words
    stand. The details tell.

    Returns:
        Per call JSON: description, language, described (whether an image was looked at), and
        seen, where it was, or directions, where it was not: the description and others.
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
    looked = models.vision.embed([picture])
    twice = VisionFeatures(
        features=looked.features.repeat(2, axis=0), palette=looked.palette.repeat(2, axis=0)
    )
    # one job at a time: texts written together round each other's sums
    alone, draft = captioner.describe(twice, [picture] * 2, [language] * 2, ["", call.brief])
    departs = _departs(call, draft)
    document = {
        "description": call.brief if departs else draft,
        "language": language,
        "described": True,
        "seen": alone,
    }
    rejected = [departs] if departs else []
    return _result(document, _details(captioner, rejected, "brief" if departs else "image"))


def _expand(call: StageCall, captioner: Captioner) -> StageResult:
    language = _language(call, captioner)
    count = call.options.variants + _SPARE if captioner.expands else 0
    seeds = [call.options.seed * _MOST_DRAFTS + attempt for attempt in range(count)]
    drafts = captioner.expand([call.brief] * count, [language] * count, seeds) if count else []
    departs = [_departs(call, draft) for draft in drafts]
    kept = [draft for draft, reasons in zip(drafts, departs, strict=True) if not reasons]
    directions = _apart(kept, call.options.variants) or [call.brief]
    document = {
        "description": directions[0],
        "language": language,
        "described": False,
        "directions": directions,
    }
    rejected = [reasons for reasons in departs if reasons]
    return _result(document, _details(captioner, rejected, "expansion" if kept else "brief"))


def _apart(drafts: Sequence[str], count: int) -> list[str]:
    """Choose up to `count` drafts: the first, then always the one least like those chosen.

    Drafts that say the same as a chosen one are left out, so a brief that leaves no room gives one.
    """
    left = [(draft, understand(draft)) for draft in drafts]
    chosen = left[:1]
    while len(chosen) < count:
        far = [min(_unlike(each, other) for _, other in chosen) for _, each in left]
        if not far or max(far) == 0:
            break
        chosen.append(left[far.index(max(far))])
    return [draft for draft, _ in chosen]


def _unlike(one: Understood, other: Understood) -> int:
    """Weigh what two descriptions differ in; 0: they say the same."""
    return sum(
        len(_OPEN) - place
        for place, name in enumerate(_OPEN)
        if getattr(one, name) != getattr(other, name)
    )


def _departs(call: StageCall, draft: str) -> tuple[str, ...]:
    if not draft:
        return ("nothing was written",)
    return departures(call.understood, understand(draft))


def _details(
    captioner: Captioner, rejected: Sequence[tuple[str, ...]], written_from: str
) -> dict[str, Any]:
    """Tell where the description came from and what was refused on the way."""
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
    wanted = call.understood.language
    return wanted if wanted in captioner.languages else captioner.languages[0]


def _picture(call: StageCall) -> Image.Image:
    if call.reference is None:
        raise ValueError(f"job {call.job_id} has no reference image")
    return Image.open(io.BytesIO(call.reference), formats=["PNG"]).convert("RGB")
