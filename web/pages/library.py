"""Library pages: everything that was made, searched, filtered and appended page by page."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import CodesignerError, FieldError
from shared.library.collections import list_collections
from shared.library.search import MAX_COUNT, Found
from web.db.library_queries import frequent_tags, variant_thumbnails, visible_jobs
from web.db.queries import checked_job_id, is_id, library_entries
from web.extensions import Services
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.parsing import uploaded
from web.http.problems import detail_of
from web.pages.library_undo import deleted_before
from web.presentation.library_cards import Card, cards_of, design_title
from web.presentation.library_filters import (
    Filters,
    filters_of,
    is_search,
    library_url,
    searched,
)
from web.services.library import library_page, store_picture

__all__ = ["PAGE_SIZE", "blueprint", "library"]

blueprint = Blueprint("library_pages", __name__)

PAGE_SIZE = 48
"""Cards that are appended at once."""
_MAX_REFRESHED = 100
_MAX_SHOWN_QUERY = 200


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of the library."""

    cards: list[Card] = field(default_factory=list)
    total: int = 0
    by_meaning: bool | None = None
    next_url: str | None = None
    error: CodesignerError | None = None
    """Why the search is not possible."""

    @property
    def is_bounded(self) -> bool:
        """Whether there may be more designs than were counted."""
        return self.total >= MAX_COUNT

    @property
    def fields(self) -> list[FieldError]:
        """What is wrong with the search."""
        return list(self.error.fields) if self.error else []

    @property
    def detail(self) -> str:
        """What is wrong, in the language of the page."""
        return detail_of(self.error) if self.error else ""


def library() -> AnyResponse:
    """Return the library's page; its scripts append to it and update it."""
    args = searched(request.args)
    listing = _listing(args)
    with current_services().sessions() as session:
        filters = filters_of(
            args, list_collections(session, present_workspace()), frequent_tags(session)
        )
        like = _like(session, args.get("like", ""))
    page = render_template(
        "library.html",
        listing=listing,
        filters=filters,
        like=like,
        words=args.get("q", "")[:_MAX_SHOWN_QUERY],
        deleted=deleted_before(),
    )
    return make_response(page, listing.error.status if listing.error else 200)


@blueprint.get("/jobs/parts")
def parts() -> AnyResponse:
    """Return a page of the list for the script; 304 if it has not changed."""
    args = searched(request.args)
    listing = _listing(args)
    filters = filters_of(args, (), ())
    page = render_template("_library.html", listing=listing, filters=filters)
    response: Response = make_response(page, listing.error.status if listing.error else 200)
    response.headers["Cache-Control"] = "private, no-cache"
    if listing.error is None:
        response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/jobs/cards")
def card_parts() -> str:
    """Return the cards of jobs, each as it is now; those that are gone are left out."""
    ids = [job_id for job_id in request.args.getlist("job") if is_id(job_id)][:_MAX_REFRESHED]
    with current_services().large_read() as session:
        found = [Found(job=job) for job in visible_jobs(session, ids)]
        shown = cards_of(session, library_entries(session, found))
    return render_template("_library.html", listing=Listing(cards=shown), filters=_no_filters())


def _no_filters() -> Filters:
    return filters_of(MultiDict(), (), ())


def _listing(args: MultiDict[str, str]) -> Listing:
    """Return the page of the request; a search that is not possible is an empty one."""
    before = request.args.get("before") or None
    try:
        if before is not None:
            checked_job_id(before)
        return _found(current_services(), args, before)
    except CodesignerError as error:
        if error.code == "unavailable" and not args.get("picture"):
            raise
        return Listing(error=error)


def _found(services: Services, args: MultiDict[str, str], before: str | None) -> Listing:
    collapsed = not is_search(args)
    search = args.copy()
    if collapsed:
        search["collapse"] = "batches"
    search["offset"] = request.args.get("offset", "0")
    found = library_page(services, PAGE_SIZE, before, search)
    with services.sessions() as session:
        shown = cards_of(session, found["jobs"], collapsed=collapsed)
    return Listing(
        cards=shown,
        total=found["total"],
        by_meaning=found["by_meaning"],
        next_url=_next_url(args, found["next"]),
    )


def _next_url(args: MultiDict[str, str], following: str | None) -> str | None:
    if following is None:
        return None
    place = dict(parse_qsl(urlsplit(following).query))
    own: dict[str, Any] = {name: place[name] for name in ("before", "offset") if name in place}
    return library_url(args, own)


def _like(session: Session, text: str) -> dict[str, Any] | None:
    """Return title and picture of the design that others are to look like."""
    job_id, _dot, number = text.partition(".")
    jobs = visible_jobs(session, [job_id])
    if not jobs:
        return None
    (entry,) = library_entries(session, [Found(job=jobs[0])])
    urls = variant_thumbnails(session, [job_id])[job_id]
    variant = int(number) if number.isdecimal() and len(number) < 4 else 0
    return {"title": design_title(entry), "picture": urls.get(variant), "job": job_id}


@blueprint.post("/jobs/picture")
def picture() -> AnyResponse:
    """Store a picture and redirect to the designs that look like it."""
    sha256 = store_picture(current_services(), uploaded("picture"))
    return redirect(library_url(MultiDict(), {"picture": sha256}), 303)
