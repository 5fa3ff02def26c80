"""API blueprint: quotas of the submitter and what is used of them."""

from flask import Blueprint, Response, jsonify

from web.extensions import services as current_services
from web.http.quotas import read_limits
from web.openapi.operations import Answer, Operation, documented
from web.presentation.quotas import limit_document
from web.schemas.usage import UsageDocument

__all__ = ["blueprint"]

blueprint = Blueprint("usage", __name__)

_HEADERS = {
    "RateLimit-Policy": "The limits of the submitter.",
    "RateLimit": "What is left of them.",
}


@blueprint.get("/usage")
@documented(
    Operation(
        summary="Get your limits and what is used of them",
        answers={200: Answer(description="The limits.", model=UsageDocument, headers=_HEADERS)},
        codes=("unauthorized", "rate_limited", "unavailable"),
    )
)
def usage() -> Response:
    """Return the limits of whoever sends the request."""
    services = current_services()
    with services.sessions() as session:
        limits = read_limits(session, services.settings)
    response = jsonify({"limits": [limit_document(limit) for limit in limits]})
    response.headers["Cache-Control"] = "no-store"
    return response
