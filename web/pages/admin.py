"""Administration pages: releases, workers, sign-in and sign-out."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.audit import acts
from shared.errors import CodesignerError
from web.db.queries import workers
from web.extensions import services as current_services
from web.http.access import is_admin, sign_in, sign_out
from web.http.audit import present_actor
from web.http.parsing import checked, form_values
from web.schemas.jobs import PromoteRequest, ReasonRequest
from web.services.models import models_document

__all__ = ["blueprint"]

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/")
def home() -> Response:
    """Redirect to the releases."""
    return redirect(url_for("admin.models"))


@blueprint.get("/login")
def login() -> str | Response:
    """Show the sign-in form: a token field or, for a sign-in link, only a button.

    A GET does not use up a link: browsers prefetch links and mail programs scan them.
    """
    if is_admin():
        return redirect(url_for("admin.models"))
    return _login_form(code=request.args.get("code", ""))


@blueprint.post("/login")
def enter() -> Response | tuple[str, int]:
    """Sign in with the token or a sign-in link's code; the session is a signed cookie."""
    try:
        sign_in(token=request.form.get("token", ""), code=request.form.get("code", ""))
    except CodesignerError as error:
        if error.status != 401:
            raise
        return _login_form(wrong=error.message), error.status
    return redirect(url_for("admin.models"), 303)


def _login_form(*, code: str = "", wrong: str | None = None) -> str:
    closed = current_services().settings.admin_token is None
    return render_template("admin/login.html", code=code, wrong=wrong, closed=closed)


@blueprint.post("/logout")
def leave() -> Response:
    """Sign out."""
    sign_out()
    return redirect(url_for("form.form"), 303)


@blueprint.get("/models")
def models() -> str:
    """Show the releases, their metrics and the log of promotions."""
    with current_services().sessions() as session:
        document = models_document(session, internal=True)
    return render_template("admin/models.html", models=document, wrong=None)


@blueprint.post("/models/releases/<release>/promote")
def promote(release: str) -> Response | tuple[str, int]:
    """Promote a release to champion."""
    services = current_services()
    try:
        form = checked(PromoteRequest, form_values(request.form), services, strict=False)
        with services.sessions.begin() as session:
            acts.promote(session, present_actor(), release, reason=form.reason, force=form.force)
    except CodesignerError as error:
        return _models_with_error(error)
    return redirect(url_for("admin.models"), 303)


@blueprint.post("/models/rollback")
def rollback() -> Response | tuple[str, int]:
    """Roll back to the previous champion."""
    services = current_services()
    try:
        form = checked(ReasonRequest, form_values(request.form), services, strict=False)
        with services.sessions.begin() as session:
            acts.rollback(session, present_actor(), reason=form.reason)
    except CodesignerError as error:
        return _models_with_error(error)
    return redirect(url_for("admin.models"), 303)


def _models_with_error(error: CodesignerError) -> tuple[str, int]:
    with current_services().sessions() as session:
        document = models_document(session, internal=True)
    return render_template("admin/models.html", models=document, wrong=error), error.status


@blueprint.get("/workers")
def show_workers() -> str:
    """Show the workers and their last heartbeats."""
    services = current_services()
    with services.sessions() as session:
        live_workers = workers(session)
    stale_s = services.settings.worker_stale_s
    return render_template("admin/workers.html", workers=live_workers, stale_s=stale_s)
