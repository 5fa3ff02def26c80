"""Pages: signing in to an account and out of it."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.accounts.workspaces import has_administrator
from shared.errors import CodesignerError
from web.extensions import services as current_services
from web.http.access import present_principal
from web.http.accounts import sign_in_by_password, sign_out, target_path
from web.http.form_faults import FormFault, refused

__all__ = ["blueprint"]

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
def show() -> str | Response:
    """Show the form, or go on if the browser is signed in already."""
    if present_principal() is not None:
        return redirect(target_path(request.args.get("next")))
    return _page(request.args.get("next", ""))


@blueprint.post("/sign-in")
def enter() -> Response:
    """Sign in and go to where the visitor wanted to go."""
    name, target = request.form.get("name", ""), request.form.get("next", "")
    try:
        sign_in_by_password(name, request.form.get("password", ""))
    except CodesignerError as error:
        may_restore = error.code == "account_deleted"
        page = _page(target, name=name, fault=FormFault.of(error), may_restore=may_restore)
        return refused(page, error)
    return redirect(target_path(target), 303)


@blueprint.post("/sign-out")
def leave() -> Response:
    """End the session, here and on the server."""
    sign_out()
    response = redirect(url_for("sign_in.show"), 303)
    # Drafts of the form, and pictures that browsers may keep for a year.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _page(
    target: str, *, name: str = "", fault: FormFault | None = None, may_restore: bool = False
) -> str:
    services = current_services()
    with services.sessions() as session:
        is_set_up = has_administrator(session)
    return render_template(
        "accounts/sign_in.html",
        target=target,
        name=name,
        fault=fault or FormFault(),
        is_set_up=is_set_up,
        may_restore=may_restore,
        provider=services.settings.oidc_name if services.settings.oidc_issuer else None,
    )
