"""Page "Your data": exports of everything that the visitor made, and how long things are kept."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shared.audit import account_acts
from shared.db.account_models import Workspace
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.audit import present_actor
from web.http.parsing import checked
from web.schemas.workspace import RetentionChange
from web.services.exports import ask_for_export, own_exports
from web.services.retention import workspace_settings

__all__ = ["blueprint"]

_DAY_S = 86_400.0
_CHOICES_S = tuple(days * _DAY_S for days in (1, 7, 30, 90, 365, 1095))

blueprint = Blueprint("account_data", __name__, url_prefix="/account/data")


@blueprint.get("")
def show() -> AnyResponse:
    """Show the visitor's exports; the page's script updates them."""
    return _page("account/data.html")


@blueprint.get("/parts")
def parts() -> AnyResponse:
    """Return the fragment of the page that the script replaces."""
    response = _page("account/_exports.html")
    response.add_etag()
    return response.make_conditional(request)


def _page(template: str) -> Response:
    with current_services().sessions() as session:
        exports = own_exports(session)
        workspace = workspace_settings(session.get_one(Workspace, present_workspace()))
    is_active = any(each["state"] in ("queued", "running") for each in exports)
    response: Response = make_response(
        render_template(
            template,
            exports=exports,
            is_active=is_active,
            workspace=workspace,
            choices_s=sorted({*_CHOICES_S, *filter(None, [workspace["retention_s"]])}),
            day_s=_DAY_S,
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.post("/retention")
def set_retention() -> AnyResponse:
    """Set for how long the workspace keeps new designs."""
    given: dict[str, object] = {"retention_s": request.form.get("retention_s") or None}
    body = checked(RetentionChange, given, current_services(), strict=False)
    with current_services().recording() as session:
        place, actor = present_workspace(), present_actor()
        account_acts.set_retention(session, actor, place, body.retention_s)
    return redirect(url_for("account_data.show", _anchor="kept"), 303)


@blueprint.post("/export")
def ask() -> AnyResponse:
    """Submit an export and redirect to the page, which shows its progress."""
    ask_for_export(current_services())
    return redirect(url_for("account_data.show"), 303)
