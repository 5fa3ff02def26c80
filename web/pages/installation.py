"""Administration pages: all accounts and workspaces of the installation."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.accounts.people import list_accounts
from shared.accounts.workspaces import list_members, list_workspaces, memberships
from shared.audit import account_acts
from shared.errors import CodesignerError
from web.extensions import services as current_services
from web.http.accounts import account_principal
from web.http.audit import present_actor
from web.http.form_faults import FormFault, refused
from web.services.accounts import account_document, workspace_document

__all__ = ["blueprint"]

blueprint = Blueprint("installation_pages", __name__, url_prefix="/admin")


@blueprint.get("/accounts")
def accounts() -> str:
    """Show all accounts with their workspaces."""
    return _accounts_page(FormFault())


@blueprint.post("/accounts/<account_id>/disabled")
def disable(account_id: str) -> Response:
    """Disable an account, or let it sign in again."""
    act = account_acts.disable_account
    if request.form.get("disabled") != "1":
        act = account_acts.enable_account
    try:
        with current_services().sessions.begin() as session:
            act(session, present_actor(), account_id)
    except CodesignerError as error:
        return refused(_accounts_page(FormFault.of(error)), error)
    return redirect(url_for("installation_pages.accounts"), 303)


@blueprint.get("/workspaces")
def workspaces() -> str:
    """Show all workspaces."""
    return _workspaces_page(FormFault())


@blueprint.post("/workspaces")
def create() -> Response:
    """Create a workspace, which who creates it administers."""
    name, principal = request.form.get("name", ""), account_principal()
    try:
        with current_services().sessions.begin() as session:
            account_acts.create_workspace(session, present_actor(), name, principal.account_id)
    except CodesignerError as error:
        return refused(_workspaces_page(FormFault.of(error)), error)
    return redirect(url_for("installation_pages.workspaces"), 303)


@blueprint.post("/workspaces/<workspace_id>/name")
def rename(workspace_id: str) -> Response:
    """Rename a workspace."""
    try:
        with current_services().sessions.begin() as session:
            name = request.form.get("name", "")
            account_acts.rename_workspace(session, present_actor(), workspace_id, name)
    except CodesignerError as error:
        return refused(_workspaces_page(FormFault.whole(error)), error)
    return redirect(url_for("installation_pages.workspaces"), 303)


def _accounts_page(fault: FormFault) -> str:
    with current_services().sessions() as session:
        rows: list[dict[str, Any]] = [
            account_document(account)
            | {
                "workspaces": [
                    {"name": workspace.name, "role": role}
                    for workspace, role in memberships(session, account.id)
                ]
            }
            for account in list_accounts(session)
        ]
    me = account_principal().account_id
    return render_template("accounts/accounts.html", accounts=rows, fault=fault, me=me)


def _workspaces_page(fault: FormFault) -> str:
    with current_services().sessions() as session:
        rows: list[dict[str, Any]] = [
            workspace_document(row) | {"members": len(list_members(session, row.id))}
            for row in list_workspaces(session)
        ]
    return render_template(
        "accounts/workspaces.html", workspaces=rows, fault=fault, form=request.form
    )
