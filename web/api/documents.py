"""API blueprint: the OpenAPI document."""

from flask import Blueprint, current_app, jsonify, request
from werkzeug.wrappers import Response

from web.extensions import services as current_services
from web.openapi.document import build_document
from web.openapi.operations import JSON, Answer, Operation, documented

__all__ = ["blueprint"]

blueprint = Blueprint("documents", __name__)


@blueprint.get("/openapi.json")
@documented(
    Operation(
        summary="Get the OpenAPI document",
        tag="operation",
        answers={
            200: Answer(description="OpenAPI 3.1.", media_type=JSON),
            304: Answer(description="Not modified."),
        },
    )
)
def openapi() -> Response:
    """Return the OpenAPI document."""
    response = jsonify(build_document(current_app, current_services().settings.public_url))
    response.add_etag()
    return response.make_conditional(request)
