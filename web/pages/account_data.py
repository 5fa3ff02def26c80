"""Page "Your data": exports of everything that the visitor made, and how long things are kept."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web.extensions import services as current_services
from web.services.exports import ask_for_export, own_exports

__all__ = ["blueprint"]

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
    is_active = any(each["state"] in ("queued", "running") for each in exports)
    response: Response = make_response(
        render_template(template, exports=exports, is_active=is_active)
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.post("/export")
def ask() -> AnyResponse:
    """Submit an export and redirect to the page, which shows its progress."""
    ask_for_export(current_services())
    return redirect(url_for("account_data.show"), 303)
