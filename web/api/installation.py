"""API blueprint: all accounts and workspaces of the installation, for its administrators."""

from flask import Blueprint, Response, jsonify

from shared.accounts.people import get_account, list_accounts
from shared.accounts.workspaces import list_workspaces
from shared.audit import account_acts
from web.api.models import BODY_CODES
from web.extensions import services as current_services
from web.http.accounts import account_principal
from web.http.audit import present_actor
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.schemas.accounts import (
    AccountDocument,
    AccountList,
    AccountStateChange,
    WorkspaceDocument,
    WorkspaceList,
    WorkspaceRequest,
)
from web.services.accounts import account_document, workspace_document

__all__ = ["blueprint"]

blueprint = Blueprint("installation", __name__)

_CODES = ("unauthorized", "forbidden", "not_found", "unavailable")
_TAG = "accounts"


@blueprint.get("/accounts")
@documented(
    Operation(
        summary="List all accounts of the installation",
        tag=_TAG,
        answers={200: Answer(description="All of them.", model=AccountList)},
        codes=_CODES,
    )
)
def accounts() -> Response:
    """Return all accounts by name."""
    with current_services().sessions() as session:
        return jsonify({"accounts": [account_document(each) for each in list_accounts(session)]})


@blueprint.patch("/accounts/<account_id>")
@documented(
    Operation(
        summary="Disable an account, or let it sign in again",
        tag=_TAG,
        request=AccountStateChange,
        answers={200: Answer(description="The account.", model=AccountDocument)},
        codes=(*_CODES, *BODY_CODES, "account_not_found", "last_administrator"),
    )
)
def change(account_id: str) -> Response:
    """Disable or enable an account."""
    body = checked(AccountStateChange, body_as_json(), current_services())
    act = account_acts.disable_account if body.disabled else account_acts.enable_account
    with current_services().sessions.begin() as session:
        act(session, present_actor(), account_id)
        account = get_account(session, account_id)
        session.refresh(account)
        return jsonify(account_document(account))


@blueprint.get("/workspaces")
@documented(
    Operation(
        summary="List all workspaces of the installation",
        tag=_TAG,
        answers={200: Answer(description="All of them.", model=WorkspaceList)},
        codes=_CODES,
    )
)
def workspaces() -> Response:
    """Return all workspaces by name."""
    with current_services().sessions() as session:
        rows = list_workspaces(session)
        return jsonify({"workspaces": [workspace_document(row) for row in rows]})


@blueprint.post("/workspaces")
@documented(
    Operation(
        summary="Create a workspace, which the asker administers",
        tag=_TAG,
        request=WorkspaceRequest,
        answers={201: Answer(description="Created.", model=WorkspaceDocument)},
        codes=(*_CODES, *BODY_CODES),
    )
)
def create() -> tuple[Response, int]:
    """Create a workspace."""
    body = checked(WorkspaceRequest, body_as_json(), current_services())
    with current_services().sessions.begin() as session:
        administrator = account_principal().account_id
        row = account_acts.create_workspace(session, present_actor(), body.name, administrator)
        session.refresh(row)
        return jsonify(workspace_document(row)), 201


@blueprint.patch("/workspaces/<workspace_id>")
@documented(
    Operation(
        summary="Rename a workspace",
        tag=_TAG,
        request=WorkspaceRequest,
        answers={200: Answer(description="Renamed.", model=WorkspaceDocument)},
        codes=(*_CODES, *BODY_CODES, "workspace_not_found"),
    )
)
def rename(workspace_id: str) -> Response:
    """Rename a workspace."""
    body = checked(WorkspaceRequest, body_as_json(), current_services())
    with current_services().sessions.begin() as session:
        row = account_acts.rename_workspace(session, present_actor(), workspace_id, body.name)
        return jsonify(workspace_document(row))
