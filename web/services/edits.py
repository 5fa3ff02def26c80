"""Edits: derived designs in which one respect of a finished design is changed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.briefs.vocabulary import COLOURS, PATTERNS
from shared.db.models import Artifact, Job
from shared.designs.edits.kinds import Edit
from shared.designs.edits.plain import check_edit
from shared.designs.edits.refusals import REASONS, EditRefused
from shared.designs.edits.said import read_said
from shared.designs.parsing import MAX_RECORD_BYTES, parse_design
from shared.designs.record import Design
from shared.errors import CodesignerError, FieldError
from shared.jobs.insertion import Submission
from shared.jobs.renders import EditedVariant, edit_submission
from shared.pipelines import WITH_VARIANTS
from web.db.queries import checked_job
from web.extensions import Services
from web.http.i18n import language
from web.http.i18n import translate as _
from web.http.identity import Owner, request_fields
from web.presentation.labels import motif_name
from web.schemas.edits import EditRequest
from web.services.designs import layer_files, stored_record
from web.services.jobs import Describe, Described, requested_webhook, submit_job
from web.services.motifs import installed_names

__all__ = ["BASE_KIND", "submit_edit"]

BASE_KIND = "base"
"""Kind of the record that an edit is applied to."""


def submit_edit(
    services: Services,
    place: tuple[str, int],
    request: EditRequest,
    describe: Describe[Described],
    *,
    idempotency_key: str | None = None,
) -> Described:
    """Submit the drawing of an edited variant; see `web.services.jobs.submit_job`.

    Args:
        place: id of the job, and its variant.

    Raises:
        JobNotFound, JobExpired: there is no such job, or it has expired.
        CodesignerError: job_not_editable: the variant has no record; edit_not_understood,
            edit_not_possible and edit_without_effect, with the field say or set.
    """
    with services.sessions() as session:
        source = _source(session, services, *place)
        files = layer_files(session, services, source.design)
    edit = _edit(services, request, source.design)
    base = stored_record(services, source.design, BASE_KIND)
    webhook = requested_webhook(request.webhook, services.settings)

    def build(_session: Session, owner: Owner) -> Submission:
        return edit_submission(
            source,
            edit,
            request.say,
            [base, *files],
            idempotency_key=idempotency_key,
            webhook=webhook,
            **request_fields(owner, services.settings),
        )

    return submit_job(services, build, describe)


def _source(session: Session, services: Services, job_id: str, variant: int) -> EditedVariant:
    job = checked_job(session, job_id)
    if job.pipeline not in WITH_VARIANTS or job.state != "succeeded":
        message = _("Only a variant of a design that succeeded can be changed.")
        raise CodesignerError("job_not_editable", message)
    return EditedVariant(job=job, variant=variant, design=_record(session, services, job, variant))


def _record(session: Session, services: Services, job: Job, variant: int) -> Design:
    query = select(Artifact.sha256).where(
        Artifact.job_id == job.id, Artifact.kind == "design", Artifact.variant == variant
    )
    sha256 = session.scalars(query.order_by(Artifact.id.desc()).limit(1)).one_or_none()
    if sha256 is None:
        message = _("This variant has no design record that could be changed.")
        raise CodesignerError("job_not_editable", message)
    with services.store.open(sha256) as stream:
        return parse_design(stream.read(MAX_RECORD_BYTES + 1))


def _edit(services: Services, request: EditRequest, design: Design) -> Edit:
    """Return the edit of a request, checked as far as that needs no drawing."""
    field = "set" if request.say is None else "say"
    try:
        if request.set_ is not None:
            edit = request.set_
        else:
            edit = read_said(request.say or "", design, installed_names(services.settings))
        check_edit(design, edit)
    except EditRefused as error:
        text = _refusal_text(error)
        raise CodesignerError(
            error.code, f"{field}: {text}", fields=(FieldError(field=field, message=text),)
        ) from None
    return edit


def _refusal_text(error: EditRefused) -> str:
    values = {name: _shown(value) for name, value in error.values.items()}
    return _(REASONS[error.reason][1], **values)


def _shown(value: object) -> object:
    """Return a value of a message in the language of the request."""
    if not isinstance(value, tuple):
        return value
    separator = "、" if language() == "zh" else ", "
    return separator.join(map(_name, value))


def _name(english: str) -> str:
    term = COLOURS.get(english) or PATTERNS.get(english)
    return motif_name(english) if term is None else term.label(language())
