"""API blueprint: everything of a job, a batch or a selection of jobs as one zip."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.jobs.batches import batch_jobs
from shared.pipelines import WITH_VARIANTS
from web.db.queries import checked_batch, checked_job
from web.downloads.archive import zip_chunks, zip_digest
from web.downloads.contents import Chosen
from web.downloads.names import content_disposition, folder_name
from web.downloads.zips import Selection, Zip, make_zip
from web.extensions import Services
from web.extensions import services as current_services
from web.http.concurrency import Visitor
from web.http.i18n import translate as _
from web.http.identity import counted_visitor
from web.openapi.operations import Answer, Operation, Parameter, documented

__all__ = [
    "MAX_CHOSEN",
    "ZIP_ANSWERS",
    "ZIP_CODES",
    "ZIP_PARAMETERS",
    "blueprint",
    "zip_response",
]

blueprint = Blueprint("zips", __name__)

MAX_CHOSEN = 100
"""Designs of a selection."""
ZIP_PARAMETERS = (
    Parameter(
        name="lang",
        where="query",
        description="Language of the pages in the zip; else that of Accept-Language.",
        schema={"type": "string", "enum": ["en", "zh"]},
    ),
    Parameter(
        name="If-None-Match", where="header", description="ETag of the zip that the client has."
    ),
)
ZIP_ANSWERS = {
    200: Answer(
        description="The zip.",
        media_type="application/zip",
        headers={
            "ETag": "A hash of all files: equal zips have equal bytes.",
            "Content-Disposition": "The name of the file.",
        },
    ),
    304: Answer(description="Not modified."),
}
ZIP_CODES = ("no_files", "zip_too_large", "rate_limited", "unavailable")
_JOB_CODES = ("job_not_found", "job_expired", *ZIP_CODES)


@blueprint.get("/jobs/<job_id>/zip")
@documented(
    Operation(
        summary="Download everything of a job as one zip",
        parameters=ZIP_PARAMETERS,
        answers=ZIP_ANSWERS,
        codes=_JOB_CODES,
    )
)
def job_zip(job_id: str) -> Response:
    """Return the files of a job's finished variants."""

    def select(session: Session) -> Selection:
        chosen = _chosen(session, job_id, None)
        return Selection(name=folder_name(chosen.job.brief, job_id), jobs=[chosen])

    return zip_response(select)


@blueprint.get("/batches/<batch_id>/zip")
@documented(
    Operation(
        summary="Download everything of a batch as one zip",
        tag="batches",
        parameters=ZIP_PARAMETERS,
        answers=ZIP_ANSWERS,
        codes=("batch_not_found", "batch_expired", *ZIP_CODES),
    )
)
def batch_zip(batch_id: str) -> Response:
    """Return the files of all finished variants of a batch's jobs."""

    def select(session: Session) -> Selection:
        batch = checked_batch(session, batch_id)
        first, *others = batch.asked["briefs"]
        more = _("and %(number)d more briefs", number=len(others)) if others else ""
        return Selection(
            name=folder_name(first, batch.id),
            jobs=[Chosen(job=job) for job in batch_jobs(session, batch.id)],
            title=f"{first} {more}".strip(),
            may_lack_files=True,
        )

    return zip_response(select)


@blueprint.get("/jobs/zip")
@documented(
    Operation(
        summary="Download everything of several jobs as one zip",
        parameters=(
            Parameter(
                name="job",
                where="query",
                description=f"Ids of 1 to {MAX_CHOSEN} jobs, as a repeated parameter; `ID.N` for "
                "variant N alone, from 0.",
                schema={
                    "type": "array",
                    "items": {"type": "string"},
                    "minItems": 1,
                    "maxItems": MAX_CHOSEN,
                },
            ),
            *ZIP_PARAMETERS,
        ),
        answers=ZIP_ANSWERS,
        codes=("invalid_request", *_JOB_CODES),
    )
)
def selection_zip() -> Response:
    """Return the files of the finished variants of several jobs, or of some of their variants."""
    wanted = _wanted(request.args.getlist("job"))

    def select(session: Session) -> Selection:
        jobs = [_chosen(session, job_id, variants) for job_id, variants in wanted.items()]
        title = _("%(number)d designs", number=len(jobs))
        return Selection(name=f"designs-{len(jobs)}", jobs=jobs, title=title)

    return zip_response(select)


def _wanted(given: list[str]) -> dict[str, frozenset[int] | None]:
    """Return the chosen variants by job, in the order of the request; None: all.

    Raises:
        InvalidRequest: there are none or too many; a variant is no number.
    """
    if not 1 <= len(given) <= MAX_CHOSEN:
        message = _("There must be 1 to %(most)d designs.", most=MAX_CHOSEN)
        raise InvalidRequest(FieldError(field="job", message=message))
    wanted: dict[str, frozenset[int] | None] = {}
    for each in given:
        job_id, dot, number = each.partition(".")
        if dot and not (number.isascii() and number.isdigit() and len(number) <= 3):
            message = _("“%(given)s” names no variant.", given=each[:80])
            raise InvalidRequest(FieldError(field="job", message=message))
        earlier = wanted.get(job_id, frozenset())
        whole = not dot or earlier is None
        wanted[job_id] = None if whole else (earlier or frozenset()) | {int(number)}
    return wanted


def _chosen(session: Session, job_id: str, variants: frozenset[int] | None) -> Chosen:
    """Return a job that the visitor may see and download.

    Raises:
        JobNotFound, JobExpired: as `checked_job`.
        CodesignerError: no_files, it is no design.
        InvalidRequest: it was not asked for such a variant.
    """
    job = checked_job(session, job_id)
    if job.pipeline not in WITH_VARIANTS:
        message = _("The job %(job)s is no design: it has no zip.", job=job_id)
        raise CodesignerError("no_files", message)
    beyond = {each for each in variants or () if each >= int(job.options.get("variants", 1))}
    if beyond:
        message = _("The job %(job)s has no variant %(number)d.", job=job_id, number=min(beyond))
        raise InvalidRequest(FieldError(field="job", message=message))
    return Chosen(job=job, variants=variants)


def zip_response(select: Callable[[Session], Selection]) -> Response:
    """Return the zip of a selection; 304 if the client has it."""
    services = current_services()
    made = make_zip(services, select)
    etag = zip_digest(made.entries)
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    elif request.method == "HEAD":
        response = _with_headers(Response(mimetype="application/zip"), made)
    else:
        response = _with_headers(_streamed(services, made), made)
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _with_headers(response: Response, made: Zip) -> Response:
    response.content_length = made.size
    response.headers["Content-Disposition"] = content_disposition(made.name)
    response.headers["Accept-Ranges"] = "none"
    return response


def _streamed(services: Services, made: Zip) -> Response:
    """Return a response that sends the zip; until its end it holds one of the visitor's slots.

    A client that is slow to take a large zip holds a thread, so that their number is limited.
    """
    visitor = counted_visitor()
    if not services.zips.take(visitor):
        raise _too_many_zips(services, visitor)
    response = Response(zip_chunks(services.store, made.entries), mimetype="application/zip")
    response.call_on_close(partial(services.zips.give_back, visitor))
    return response


def _too_many_zips(services: Services, visitor: Visitor) -> CodesignerError:
    if services.zips.left(visitor) > 0:
        message = _("Too many zips are being sent; try again soon.")
        return CodesignerError("unavailable", message, retry_after_s=10)
    message = _("Too many of your zips are being sent; wait for their end.")
    return CodesignerError("rate_limited", message, retry_after_s=10)
