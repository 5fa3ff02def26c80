"""Releases of models: which there are, promote, roll back."""

from flask import Blueprint, Response, jsonify

from shared.registry import releases as registry
from web.extensions import services
from web.http.access import ADMIN, admin_only, is_admin
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
        summary="List the releases, the champion and the log of moves",
        tag="models",
        answers={200: Answer(description="All releases.", model=ModelsDocument)},
        codes=("unavailable",),
    )
)
def models() -> Response:
    """Describe the models in use and those that could be."""
    with services().sessions() as session:
        return jsonify(models_document(session, internal=is_admin()))


@blueprint.post("/models/releases/<release>/promote")
@admin_only
@documented(
    Operation(
        summary="Make a release the champion",
        tag="models",
        request=PromoteRequest,
        request_required=False,
        answers={200: Answer(description="Done.", model=ModelsDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES, "release_not_found", "gate_failed"),
        admin=True,
    )
)
def promote(release: str) -> Response:
    """Promote; jobs under way keep their versions."""
    own = services()
    given = checked(PromoteRequest, body_as_json(optional=True), own)
    with own.sessions.begin() as session:
        registry.promote(session, release, ADMIN, reason=given.reason, force=given.force)
    return models()


@blueprint.post("/models/rollback")
@admin_only
@documented(
    Operation(
        summary="Go back to the champion before the present one",
        tag="models",
        request=ReasonRequest,
        request_required=False,
        answers={200: Answer(description="Done.", model=ModelsDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES, "no_previous_release"),
        admin=True,
    )
)
def rollback() -> Response:
    """Roll back; jobs under way keep their versions."""
    own = services()
    given = checked(ReasonRequest, body_as_json(optional=True), own)
    with own.sessions.begin() as session:
        registry.rollback(session, ADMIN, reason=given.reason)
    return models()
