"""Page: the visitor's limits and what is used of them."""

from flask import Blueprint, render_template

from web.extensions import services as current_services
from web.http.quotas import read_limits
from web.presentation.quotas import limit_document

__all__ = ["blueprint"]

blueprint = Blueprint("usage_pages", __name__)


@blueprint.get("/usage")
def usage() -> str:
    """Show the limits of whoever looks at them."""
    services = current_services()
    with services.sessions() as session:
        limits = read_limits(session, services.settings)
    return render_template("usage.html", limits=[limit_document(limit) for limit in limits])
