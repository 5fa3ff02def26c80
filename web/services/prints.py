"""Submission of print jobs."""

from dataclasses import replace

from sqlalchemy.orm import Session

from shared.db.models import Job
from shared.errors import FieldError, InvalidRequest
from shared.jobs.prints import PrintAsked, VariantNotFound, print_submission
from shared.jobs.submission import Submission, first_stage, submit
from web.db.queries import checked_job
from web.extensions import Services
from web.http.i18n import translate as _
from web.http.identity import limits_of, present_owner, with_owner
from web.schemas.prints import PrintRequest
from web.services.jobs import requested_webhook

__all__ = ["submit_print"]


def submit_print(
    services: Services, job_id: str, request: PrintRequest, *, idempotency_key: str | None = None
) -> Job:
    """Submit the print of a variant for the current request's owner; send a hint to the workers.

    Raises:
        CodesignerError: see `shared.jobs.prints.print_submission`, `shared.jobs.submission.submit`,
            `web.http.identity.with_owner`.
        InvalidRequest: the design does not have the variant.
    """
    settings = services.settings
    print_request = PrintAsked(variant=request.variant, size=request.size, dpi=request.dpi)
    with services.recording() as session:
        owner = present_owner()
        submission = replace(
            _submission(session, checked_job(session, job_id).id, print_request),
            idempotency_key=idempotency_key,
            webhook=requested_webhook(request.webhook, settings),
        )
        job = submit(session, with_owner(submission, owner, settings), limits_of(owner, settings))
        stage = first_stage(job)
    services.hints.tell(stage)
    return job


def _submission(session: Session, job_id: str, print_request: PrintAsked) -> Submission:
    try:
        return print_submission(session, job_id, print_request)
    except VariantNotFound as error:
        message = _("Must be at most %(most)s.", most=error.last)
        raise InvalidRequest(FieldError(field="variant", message=message)) from error
