"""Administration: the models in use, the workers, and the way in."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.errors import CodesignerError
from shared.registry import releases as registry
from web.db.queries import workers
from web.extensions import services as current_services
from web.http.access import ADMIN, admin_only, is_admin, sign_in, sign_out
from web.http.parsing import checked, form_values
from web.schemas.jobs import PromoteRequest, ReasonRequest
from web.services.models import models_document

__all__ = ["blueprint"]

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/")
def home() -> Response:
    """Go to the models."""
    return redirect(url_for("admin.models"))


@blueprint.get("/login")
def login() -> str | Response:
    """Ask for the token; of a sign-in link, only to press a button.

    A link that is looked at, by a browser ahead of time or by a mail program, is not used up.
    """
    if is_admin():
        return redirect(url_for("admin.models"))
    return _asked(code=request.args.get("code", ""))


@blueprint.post("/login")
def enter() -> Response | tuple[str, int]:
    """Take the token, or a sign-in link's code; the visit is remembered in a signed cookie."""
    try:
        sign_in(token=request.form.get("token", ""), code=request.form.get("code", ""))
    except CodesignerError as error:
        if error.status != 401:
            raise
        return _asked(wrong=error.message), error.status
    return redirect(url_for("admin.models"), 303)


def _asked(*, code: str = "", wrong: str | None = None) -> str:
    closed = current_services().settings.admin_token is None
    return render_template("admin/login.html", code=code, wrong=wrong, closed=closed)


@blueprint.post("/logout")
def leave() -> Response:
    """Forget the visit."""
    sign_out()
    return redirect(url_for("form.form"), 303)


@blueprint.get("/models")
@admin_only
def models() -> str:
    """Show the releases, their metrics and the log of moves."""
    with current_services().sessions() as database:
        document = models_document(database, internal=True)
    return render_template("admin/models.html", models=document, wrong=None)


@blueprint.post("/models/releases/<release>/promote")
@admin_only
def promote(release: str) -> Response | tuple[str, int]:
    """Make a release the champion."""
    services = current_services()
    try:
        body = checked(PromoteRequest, form_values(request.form), services, strict=False)
        with services.sessions.begin() as database:
            registry.promote(database, release, ADMIN, reason=body.reason, force=body.force)
    except CodesignerError as error:
        return _refused(error)
    return redirect(url_for("admin.models"), 303)


@blueprint.post("/models/rollback")
@admin_only
def rollback() -> Response | tuple[str, int]:
    """Go back to the champion before."""
    services = current_services()
    try:
        body = checked(ReasonRequest, form_values(request.form), services, strict=False)
        with services.sessions.begin() as database:
            registry.rollback(database, ADMIN, reason=body.reason)
    except CodesignerError as error:
        return _refused(error)
    return redirect(url_for("admin.models"), 303)


def _refused(error: CodesignerError) -> tuple[str, int]:
    with current_services().sessions() as database:
        document = models_document(database, internal=True)
    return render_template("admin/models.html", models=document, wrong=error), error.status


@blueprint.get("/workers")
@admin_only
def show_workers() -> str:
    """Show who was heard of, and when."""
    services = current_services()
    with services.sessions() as database:
        found = workers(database)
    stale_s = services.settings.worker_stale_s
    return render_template("admin/workers.html", workers=found, stale_s=stale_s)
