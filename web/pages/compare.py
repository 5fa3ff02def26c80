"""Compare page: two to four designs side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from shared.db.models import Artifact, Job
from shared.designs.parsing import MAX_RECORD_BYTES, parse_design
from shared.designs.record import Design
from shared.errors import CodesignerError
from shared.jobs.serializers import artifact_url
from shared.library.search import Found
from web.db.library_queries import variant_files, visible_jobs
from web.db.queries import is_id, library_entries
from web.extensions import Services
from web.extensions import services as current_services
from web.http.i18n import translate as _
from web.presentation.comparison import ComparedDesign, comparison_of
from web.presentation.library_cards import lead_variant

__all__ = ["blueprint"]

blueprint = Blueprint("compare_pages", __name__)

_VIEWS = ("product", "tile", "repeat")
_MAX_DESIGNS = 4
_SHOWN_CHARS = 60


@dataclass(frozen=True, kw_only=True)
class Named:
    """The designs that a URL names, and what is wrong with others."""

    designs: list[ComparedDesign] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@blueprint.get("/compare")
def compare() -> AnyResponse:
    """Show the designs of the URL; those that are not there are named."""
    texts = list(dict.fromkeys(request.args.getlist("design") + request.args.getlist("job")))
    if "job" in request.args:  # the form of the library without a script
        return redirect(url_for("compare_pages.compare", design=texts), 302)
    view = request.args.get("view", "")
    with current_services().large_read() as session:
        named = _named(session, current_services(), texts)
        page = render_template(
            "compare.html",
            designs=named.designs,
            problems=named.problems,
            comparison=comparison_of(named.designs) if len(named.designs) > 1 else None,
            view=view if view in _VIEWS else "product",
            views=_views([each.key for each in named.designs]),
        )
    return make_response(page, 404 if named.problems and len(named.designs) < 2 else 200)


def _views(keys: Sequence[str]) -> list[dict[str, Any]]:
    names = {"product": _("On the product"), "tile": _("Tile"), "repeat": _("Repeated")}
    return [
        {"key": key, "name": name, "url": url_for("compare_pages.compare", design=keys, view=key)}
        for key, name in names.items()
    ]


def _named(session: Session, services: Services, texts: Sequence[str]) -> Named:
    named = Named()
    ids = [text.partition(".")[0] for text in texts]
    jobs = {job.id: job for job in visible_jobs(session, [each for each in ids if is_id(each)])}
    found = [Found(job=job) for job in jobs.values()]
    entries = {entry["id"]: entry for entry in library_entries(session, found)}
    for text in texts:
        job_id, _dot, number = text.partition(".")
        job = jobs.get(job_id)
        if job is None:
            message = _("There is no design “%(name)s”, or it was deleted.", name=_short(text))
            named.problems.append(message)
            continue
        variant = _variant(job, entries[job_id], number)
        if variant is None:
            message = _("The design “%(name)s” has no such variant.", name=_short(text))
            named.problems.append(message)
            continue
        if len(named.designs) == _MAX_DESIGNS:
            named.problems.append(_("Only the first four designs are shown."))
            break
        named.designs.append(_compared(session, services, job, entries[job_id], variant))
    if len(named.designs) + len(named.problems) < 2:
        named.problems.append(_("Select two to four designs to compare."))
    return named


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


def _variant(job: Job, entry: dict[str, Any], text: str) -> int | None:
    """Return the variant that a text names, by default the one that stands for the job."""
    if not text:
        return lead_variant(entry["reviews"])
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1
    return number if 0 <= number < int(job.options.get("variants", 1)) else None


def _compared(
    session: Session, services: Services, job: Job, entry: dict[str, Any], variant: int
) -> ComparedDesign:
    files = variant_files(session, job.id, variant)
    return ComparedDesign(
        job=job,
        entry=entry,
        variant=variant,
        files={kind: artifact_url(file.sha256) for kind, file in files.items()},
        design=_record(services, files.get("design")),
    )


def _record(services: Services, file: Artifact | None) -> Design | None:
    """Return the record of a variant; None if there is none that can be read."""
    if file is None:
        return None
    try:
        with services.store.open(file.sha256) as stream:
            return parse_design(stream.read(MAX_RECORD_BYTES + 1))
    except CodesignerError:
        return None
