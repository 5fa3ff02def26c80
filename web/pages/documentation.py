"""API reference page, rendered from the OpenAPI document."""

from flask import Blueprint, current_app, render_template

from shared.errors import ERRORS
from web.extensions import services as current_services
from web.openapi.document import build_document

__all__ = ["blueprint"]

blueprint = Blueprint("documentation", __name__)


@blueprint.get("/api/docs")
def docs() -> str:
    """Show every endpoint with its parameters, responses and errors."""
    document = build_document(current_app, current_services().settings.public_url)
    return render_template("docs.html", document=document, errors=ERRORS)
