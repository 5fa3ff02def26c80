"""API blueprint: share links of designs and collections, for the people of the workspace."""

from flask import Blueprint, Response, jsonify, request

from shared.accounts.share_links import LinkQuery
from web.api.jobs import ERRORS, next_page
from web.extensions import services as current_services
from web.http.parsing import body_as_json, checked, page_limit
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.share_links import NewShareLinkDocument, ShareLinkPage, ShareLinkRequest
from web.services.share_links import (
    Resource,
    check_resource,
    listed,
    make_link,
    revoke_link,
    share_link_document,
)

__all__ = ["blueprint"]

blueprint = Blueprint("share_links", __name__)

_TAG = "sharing"
_ACCESS_CODES = ("unauthorized", "forbidden", "rate_limited", "unavailable")
_CREATE_CODES = (
    *("invalid_request", "payload_too_large", "unsupported_media_type", "share_link_limit"),
    *_ACCESS_CODES,
)
_MADE = {201: Answer(description="The link, with its token.", model=NewShareLinkDocument)}


@blueprint.post("/jobs/<job_id>/share-links")
@documented(
    Operation(
        summary="Make a link by which whoever has it sees a design",
        tag=_TAG,
        request=ShareLinkRequest,
        request_required=False,
        answers=_MADE,
        codes=(*_CREATE_CODES, "job_not_shareable", *ERRORS),
    )
)
def share_job(job_id: str) -> tuple[Response, int]:
    """Make a share link of a job."""
    return _made(Resource(job_id=job_id))


@blueprint.post("/collections/<collection_id>/share-links")
@documented(
    Operation(
        summary="Make a link by which whoever has it sees the designs of a collection",
        tag=_TAG,
        request=ShareLinkRequest,
        request_required=False,
        answers=_MADE,
        codes=(*_CREATE_CODES, "collection_not_found"),
    )
)
def share_collection(collection_id: str) -> tuple[Response, int]:
    """Make a share link of a collection."""
    return _made(Resource(collection_id=collection_id))


def _made(resource: Resource) -> tuple[Response, int]:
    services = current_services()
    with services.sessions() as session:
        check_resource(session, resource)
    body = checked(ShareLinkRequest, body_as_json(optional=True), services)
    with services.recording() as session:
        made = make_link(session, resource, body)
        document = share_link_document(made.row) | {"token": made.token, "url": made.url}
    response = jsonify(document)
    response.headers["Cache-Control"] = "no-store"
    return response, 201


@blueprint.get("/share-links")
@documented(
    Operation(
        summary="List the share links of the workspace that are valid",
        tag=_TAG,
        parameters=(
            Parameter(name="job", where="query", description="Id of a job: only its links."),
            Parameter(
                name="collection", where="query", description="Id of a collection: only its links."
            ),
            Parameter(
                name="limit",
                where="query",
                description="Links per page.",
                schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
            ),
            Parameter(
                name="before", where="query", description="Id of the last link of the page before."
            ),
        ),
        answers={200: Answer(description="A page of links.", model=ShareLinkPage)},
        codes=("invalid_request", *_ACCESS_CODES),
    )
)
def share_links() -> Response:
    """Return a page of share links, without their tokens."""
    limit = page_limit()
    wanted = {name: request.args.get(name) for name in ("job", "collection", "before")}
    query = LinkQuery(
        job_id=wanted["job"], collection_id=wanted["collection"], before=wanted["before"]
    )
    with current_services().sessions() as session:
        documents = [share_link_document(row) for row in listed(session, query, limit)]
    further = {name: wanted[name] for name in ("job", "collection") if wanted[name] is not None}
    following = next_page(
        "share_links.share_links", limit, [each["id"] for each in documents], **further
    )
    return jsonify({"share_links": documents, "next": following})


@blueprint.delete("/share-links/<link_id>")
@documented(
    Operation(
        summary="Revoke a share link",
        tag=_TAG,
        answers={204: Answer(description="It opens nothing any more.")},
        codes=("share_link_not_found", *_ACCESS_CODES),
    )
)
def revoke(link_id: str) -> tuple[str, int]:
    """Revoke a share link of the workspace; once is enough."""
    with current_services().recording() as session:
        revoke_link(session, link_id)
    return "", 204
