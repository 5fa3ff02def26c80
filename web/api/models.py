"""API blueprint: list, promote and roll back releases of models."""

from flask import Blueprint, Response, jsonify

from shared.audit import acts
from web.extensions import services as current_services
from web.http.access import is_admin
from web.http.audit import present_actor
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.schemas.jobs import ModelsDocument, PromoteRequest, ReasonRequest
from web.services.models import models_document

__all__ = ["ADMIN_CODES", "BODY_CODES", "blueprint"]

blueprint = Blueprint("models", __name__)

ADMIN_CODES = ("unauthorized", "forbidden", "rate_limited", "unavailable")
BODY_CODES = (
    "malformed_request",
    "payload_too_large",
    "unsupported_media_type",
    "invalid_request",
)


@blueprint.get("/models")
@documented(
    Operation(
        summary="List the releases, the champion and the log of promotions",
        tag="models",
        answers={200: Answer(description="All releases.", model=ModelsDocument)},
        codes=("unavailable",),
    )
)
def models() -> Response:
    """List the releases, the champion among them."""
    with current_services().sessions() as session:
        return jsonify(models_document(session, internal=is_admin()))


@blueprint.post("/models/releases/<release>/promote")
@documented(
    Operation(
        summary="Make a release the champion",
        tag="models",
        request=PromoteRequest,
        request_required=False,
        answers={200: Answer(description="Done.", model=ModelsDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES, "release_not_found", "gate_failed"),
    )
)
def promote(release: str) -> Response:
    """Promote a release; running jobs keep their model versions."""
    services = current_services()
    body = checked(PromoteRequest, body_as_json(optional=True), services)
    with services.sessions.begin() as session:
        acts.promote(session, present_actor(), release, reason=body.reason, force=body.force)
    return models()


@blueprint.post("/models/rollback")
@documented(
    Operation(
        summary="Roll back to the previous champion",
        tag="models",
        request=ReasonRequest,
        request_required=False,
        answers={200: Answer(description="Done.", model=ModelsDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES, "no_previous_release"),
    )
)
def rollback() -> Response:
    """Roll back; running jobs keep their model versions."""
    services = current_services()
    body = checked(ReasonRequest, body_as_json(optional=True), services)
    with services.sessions.begin() as session:
        acts.rollback(session, present_actor(), reason=body.reason)
    return models()
