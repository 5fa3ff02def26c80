"""The caption stage: the reference image described, or the brief expanded, as d(I)."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image

from shared.understanding import understand
from worker.agreement import departures
from worker.contracts import Models, StageCall, StageResult

if TYPE_CHECKING:
    from worker.models.captioner import Captioner

__all__ = ["run"]

_TRIES = 3


def run(calls: Sequence[StageCall], models: Models) -> list[StageResult]:
    """Write each job's description, in the brief's language where the captioner writes it.

    With a reference image the description joins what the brief asks for and what the image shows
    for the rest; "seen" is what the image shows by itself. A description that drops or
    contradicts what the brief names is not used: another is drawn, and after three the brief's
    own words stand; the details tell.

    Returns:
        Per call JSON: description, language, described (whether an image was looked at), and
        seen, where it was.
    """
    results: dict[str, StageResult] = {}
    with_image = [call for call in calls if call.reference is not None]
    for call, result in zip(with_image, _describe(with_image, models), strict=True):
        results[call.job_id] = result
    for call in calls:
        if call.reference is None:
            results[call.job_id] = _expand(call, models.captioner)
    return [results[call.job_id] for call in calls]


def _describe(calls: Sequence[StageCall], models: Models) -> list[StageResult]:
    if not calls:
        return []
    images = [_picture(call) for call in calls]
    captioner = models.captioner
    languages = [_language(call, captioner) for call in calls]
    vision = models.vision.embed(images)
    seen = captioner.describe(vision, images, languages, [""] * len(calls))
    drafts = captioner.describe(vision, images, languages, [call.brief for call in calls])
    results = []
    for call, language, alone, draft in zip(calls, languages, seen, drafts, strict=True):
        departs = _departs(call, draft)
        text = call.brief if departs else draft
        details = _details(captioner, [departs] if departs else [], "brief" if departs else "image")
        document = {
            "description": text,
            "language": language,
            "described": True,
            "seen": alone,
        }
        results.append(_result(document, details))
    return results


def _expand(call: StageCall, captioner: Captioner) -> StageResult:
    language = _language(call, captioner)
    rejected: list[tuple[str, ...]] = []
    text, kept = call.brief, "brief"
    for attempt in range(_TRIES if captioner.expands else 0):
        seed = call.options.seed * _TRIES + attempt
        draft = captioner.expand([call.brief], [language], [seed])[0]
        departs = _departs(call, draft)
        if not departs:
            text, kept = draft, "expansion"
            break
        rejected.append(departs)
    document = {"description": text, "language": language, "described": False}
    return _result(document, _details(captioner, rejected, kept))


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
    return Image.open(io.BytesIO(call.reference)).convert("RGB")
