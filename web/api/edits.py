"""API blueprint: change one respect of a finished design."""

from flask import Blueprint, Response

from shared.errors import FieldError, InvalidRequest
from web.api.design_jobs import (
    CANCEL_AFTER,
    KEY,
    SUBMIT_CODES,
    SUBMITTED,
    WAIT,
    read_submitted,
    submitted_response,
)
from web.db.queries import checked_head
from web.extensions import services as current_services
from web.http.i18n import translate as _
from web.http.idempotency import idempotency_key
from web.http.identity import check_headers
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Operation, documented
from web.schemas.edits import EditRequest
from web.services.edits import submit_edit

__all__ = ["EDIT_CODES", "blueprint"]

blueprint = Blueprint("edits", __name__)

_MAX_DIGITS = 4
EDIT_CODES = (
    "job_not_found",
    "job_expired",
    "job_deleted",
    "job_not_editable",
    "edit_not_understood",
    "edit_not_possible",
    "edit_without_effect",
)


@blueprint.post("/jobs/<job_id>/variants/<variant>/edits")
@documented(
    Operation(
        summary="Change one respect of a variant",
        request=EditRequest,
        parameters=(KEY, CANCEL_AFTER, WAIT),
        answers=SUBMITTED,
        codes=(*SUBMIT_CODES, *EDIT_CODES),
    )
)
def edit(job_id: str, variant: str) -> Response:
    """Submit an edit; respond at once or, with `Prefer: wait=N`, when the design is drawn."""
    services = current_services()
    key = idempotency_key()
    check_headers()
    checked_head(services.autocommit, job_id)
    body = checked(EditRequest, body_as_json(), services)
    snapshot = submit_edit(
        services, (job_id, _number(variant)), body, read_submitted, idempotency_key=key
    )
    return submitted_response(services, snapshot)


def _number(variant: str) -> int:
    if not (variant.isascii() and variant.isdecimal() and len(variant) <= _MAX_DIGITS):
        raise InvalidRequest(
            FieldError(field="variant", message=_("Must be a whole number from 0."))
        )
    return int(variant)
