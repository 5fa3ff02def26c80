"""API blueprint: the workspace in which one works, and for how long it keeps designs."""

from typing import Any

from flask import Blueprint, Response, jsonify

from shared.audit import account_acts
from shared.db.account_models import Workspace
from web.api.models import BODY_CODES
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.audit import present_actor
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.schemas.workspace import RetentionChange, WorkspaceSettings
from web.services.retention import workspace_settings

__all__ = ["blueprint"]

blueprint = Blueprint("workspace", __name__)

_TAG = "workspace"
_ANSWERS: dict[int, Any] = {200: Answer(description="The workspace.", model=WorkspaceSettings)}
_CODES = ("unauthorized", "forbidden", "unavailable")


@blueprint.get("/workspace")
@documented(
    Operation(
        summary="Get the workspace in use, and for how long it keeps designs",
        tag=_TAG,
        answers=_ANSWERS,
        codes=_CODES,
    )
)
def workspace() -> Response:
    """Return the workspace of the request."""
    with current_services().sessions() as session:
        return jsonify(workspace_settings(session.get_one(Workspace, present_workspace())))


@blueprint.patch("/workspace")
@documented(
    Operation(
        summary="Set for how long the workspace keeps new designs after their end",
        tag=_TAG,
        request=RetentionChange,
        answers=_ANSWERS,
        codes=(*_CODES, *BODY_CODES, "rate_limited"),
    )
)
def change() -> Response:
    """Set the retention of the workspace."""
    body = checked(RetentionChange, body_as_json(), current_services())
    with current_services().recording() as session:
        row = account_acts.set_retention(
            session, present_actor(), present_workspace(), body.retention_s
        )
        return jsonify(workspace_settings(row))
