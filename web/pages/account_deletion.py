"""Pages: deleting one's own account, and undoing it."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.errors import CodesignerError
from web.extensions import services as current_services
from web.http.accounts import session_principal, sign_in_by_password
from web.http.form_faults import FormFault, refused
from web.http.parsing import checked
from web.schemas.deletions import AccountDeletion
from web.services.account_deletion import (
    delete_own_account,
    restore_by_browser,
    restore_by_password,
)
from web.services.accounts import present_document

__all__ = ["blueprint"]

blueprint = Blueprint("account_deletion_pages", __name__, url_prefix="/account")


@blueprint.get("/delete")
def ask() -> str:
    """Ask for the password before the account is deleted."""
    return _page(FormFault())


@blueprint.post("/delete")
def delete() -> Response:
    """Delete the account, and offer to restore it."""
    given = {name: request.form.get(name) or None for name in ("password", "name")}
    try:
        delete_own_account(checked(AccountDeletion, given, current_services()))
    except CodesignerError as error:
        return refused(_page(FormFault.of(error)), error)
    response = make_response(render_template("account/deleted.html"))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/restore")
def restore() -> Response:
    """Restore the account of this browser, or that of the name and password of the form."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    if name:
        restore_by_password(name, password)
        sign_in_by_password(name, password)
    else:
        restore_by_browser()
    return redirect(url_for("jobs_pages.jobs"), 303)


def _page(fault: FormFault) -> str:
    with current_services().sessions() as session:
        present = present_document(session, session_principal())
    return render_template("account/delete.html", fault=fault, account=present["account"])
