"""Submission of print jobs."""

from sqlalchemy.orm import Session

from shared.db.models import Job
from shared.errors import FieldError, InvalidRequest
from shared.jobs.insertion import Submission
from shared.jobs.prints import PrintOptions, VariantNotFound, print_submission, printable_design
from web.db.queries import checked_job
from web.extensions import Services
from web.http.i18n import translate as _
from web.http.identity import Owner, request_fields
from web.schemas.prints import PrintRequest
from web.services.jobs import Describe, Described, requested_webhook, submit_job

__all__ = ["submit_print"]


def submit_print(
    services: Services,
    job_id: str,
    request: PrintRequest,
    describe: Describe[Described],
    *,
    idempotency_key: str | None = None,
) -> Described:
    """Submit the print of a variant of a design; see `web.services.jobs.submit_job`.

    Raises:
        CodesignerError: see `shared.jobs.prints.printable_design`.
        InvalidRequest: the design does not have the variant.
    """
    settings = services.settings
    options = PrintOptions(variant=request.variant, size=request.size, dpi=request.dpi)

    def build(session: Session, owner: Owner) -> Submission:
        return print_submission(
            _design(session, checked_job(session, job_id).id, options),
            options,
            webhook=requested_webhook(request.webhook, settings),
            idempotency_key=idempotency_key,
            **request_fields(owner, settings),
        )

    return submit_job(services, build, describe)


def _design(session: Session, job_id: str, options: PrintOptions) -> Job:
    try:
        return printable_design(session, job_id, options)
    except VariantNotFound as error:
        message = _("Must be at most %(most)s.", most=error.last)
        raise InvalidRequest(FieldError(field="variant", message=message)) from error
