"""Pages that make, list and revoke share links: of a design, and of a collection.

With `part` in the query only the content is returned, for the dialog.
"""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from shared.accounts.share_links import MAX_LINKS, LinkQuery
from shared.errors import CodesignerError
from web.extensions import services as current_services
from web.http.i18n import translate as _
from web.http.parsing import checked
from web.http.problems import detail_of, wants_page
from web.http.security import is_loopback
from web.schemas.share_links import ShareLinkRequest
from web.services.share_links import (
    MadeLink,
    Resource,
    check_resource,
    listed,
    make_link,
    revoke_link,
    share_link_document,
)

__all__ = ["blueprint"]

blueprint = Blueprint("share_pages", __name__)

_SHOWN_ERRORS = frozenset({"invalid_request", "share_link_limit"})


@blueprint.get("/jobs/<job_id>/share")
def job(job_id: str) -> AnyResponse:
    """Show the links to a design."""
    return _page(Resource(job_id=job_id))


@blueprint.post("/jobs/<job_id>/share")
def share_job(job_id: str) -> AnyResponse:
    """Make a link to a design and show it."""
    return _make(Resource(job_id=job_id))


@blueprint.post("/jobs/<job_id>/share/<link_id>/revoke")
def revoke_of_job(job_id: str, link_id: str) -> AnyResponse:
    """Revoke a link to a design."""
    return _revoke(Resource(job_id=job_id), link_id)


@blueprint.get("/collections/<collection_id>/share")
def collection(collection_id: str) -> AnyResponse:
    """Show the links to a collection."""
    return _page(Resource(collection_id=collection_id))


@blueprint.post("/collections/<collection_id>/share")
def share_collection(collection_id: str) -> AnyResponse:
    """Make a link to a collection and show it."""
    return _make(Resource(collection_id=collection_id))


@blueprint.post("/collections/<collection_id>/share/<link_id>/revoke")
def revoke_of_collection(collection_id: str, link_id: str) -> AnyResponse:
    """Revoke a link to a collection."""
    return _revoke(Resource(collection_id=collection_id), link_id)


def _make(resource: Resource) -> AnyResponse:
    services, form = current_services(), request.form
    values: dict[str, object] = {
        name: form[name] for name in ("note", "lifetime_s") if name in form
    }
    values["download"] = "download" in form
    try:
        body = checked(ShareLinkRequest, values, services, strict=False)
        with services.recording() as session:
            made = make_link(session, resource, body)
    except CodesignerError as error:
        if error.code not in _SHOWN_ERRORS or not wants_page():
            raise
        return _page(resource, problem=error)
    return _page(resource, made=made)


def _revoke(resource: Resource, link_id: str) -> AnyResponse:
    with current_services().recording() as session:
        check_resource(session, resource)
        revoke_link(session, link_id)
    return redirect(_url("", resource), 303)


def _page(
    resource: Resource, *, made: MadeLink | None = None, problem: CodesignerError | None = None
) -> AnyResponse:
    is_part = "part" in request.args
    with current_services().sessions() as session:
        name = check_resource(session, resource)
        links = _links(session, resource)
    page = render_template(
        "_share.html" if is_part else "share.html",
        level=2 if is_part else 1,
        is_design=resource.job_id is not None,
        name=name or _("A drawn record"),
        links=links,
        made=made,
        problem=_detail(problem),
        note=request.form.get("note", "")[:100],
        lifetimes=_lifetimes(),
        is_local=is_loopback(current_services().settings.public_url),
        action=_url("", resource),
        revoke_action=lambda link_id: _url("revoke_of_", resource, link_id=link_id),
        back=_back(resource),
    )
    response = make_response(page, problem.status if problem else 200)
    response.headers["Cache-Control"] = "no-store"  # it may have a token
    return response


def _links(session: Session, resource: Resource) -> list[dict[str, object]]:
    query = LinkQuery(job_id=resource.job_id, collection_id=resource.collection_id)
    return [share_link_document(row) for row in listed(session, query, MAX_LINKS)]


def _detail(problem: CodesignerError | None) -> str:
    if problem is None:
        return ""
    return problem.fields[0].message if problem.fields else detail_of(problem)


def _lifetimes() -> list[tuple[int, str]]:
    """Return the choices of a link's lifetime in days."""
    return [
        (1, _("1 day")),
        (7, _("7 days")),
        (14, _("14 days")),
        (30, _("30 days")),
        (90, _("90 days")),
        (365, _("1 year")),
    ]


def _url(prefix: str, resource: Resource, **arguments: Any) -> str:
    if "part" in request.args:
        arguments["part"] = "1"
    if resource.job_id is not None:
        return url_for(f"share_pages.{prefix}job", job_id=resource.job_id, **arguments)
    endpoint = f"share_pages.{prefix}collection"
    return url_for(endpoint, collection_id=resource.collection_id, **arguments)


def _back(resource: Resource) -> str:
    if resource.job_id is not None:
        return url_for("jobs_pages.job", job_id=resource.job_id)
    return url_for("jobs_pages.jobs", collection=resource.collection_id)
