"""Forms of the library: judge, name, collect, delete and restore designs; manage collections."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.library.collections import collections_of, list_collections
from shared.library.search import Found
from web.db.library_queries import visible_jobs
from web.db.queries import checked_job, is_id, library_entries
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.i18n import translate as _
from web.http.parsing import checked
from web.pages.library_undo import deleted_before, forget_deleted, remember_deleted
from web.presentation.library_cards import cards_of
from web.schemas.library import BulkRequest, CollectionRequest, EntryRequest, ReviewRequest
from web.services.collections import create_collection, delete_collection, rename_collection
from web.services.library import change_jobs, name_job, review

__all__ = ["blueprint"]

blueprint = Blueprint("library_changes", __name__)

_SEPARATORS = re.compile(r"[,，、;；\n]")
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")


def _go_back() -> AnyResponse:
    """Redirect to the page that the form came from, by its field `back`."""
    back = request.form.get("back", "")
    is_local = _LOCAL.fullmatch(back) is not None
    return redirect(back if is_local else url_for("jobs_pages.jobs"), 303)


def _tags(text: str) -> list[str]:
    return [tag.strip() for tag in _SEPARATORS.split(text) if tag.strip()]


# ---- one design


@blueprint.get("/jobs/<job_id>/entry")
def entry(job_id: str) -> str:
    """Show the form of a design's name, tags, collections and judgements."""
    return _entry("entry.html", job_id)


@blueprint.get("/jobs/<job_id>/entry/parts")
def entry_parts(job_id: str) -> str:
    """Return the form for a dialog of the library."""
    return _entry("_entry.html", job_id)


def _entry(template: str, job_id: str) -> str:
    with current_services().sessions() as session:
        (document,) = library_entries(session, [Found(job=checked_job(session, job_id))])
        (card,) = cards_of(session, [document])
        inside = set(collections_of(session, job_id))
        collections = list_collections(session, present_workspace())
    back = request.args.get("back") or url_for("jobs_pages.jobs")
    return render_template(
        template, card=card, job=document, collections=collections, inside=inside, back=back
    )


@blueprint.post("/jobs/<job_id>/entry")
def save_entry(job_id: str) -> AnyResponse:
    """Save the name and the tags of a design."""
    services = current_services()
    values = {"name": request.form.get("name", ""), "tags": _tags(request.form.get("tags", ""))}
    body = checked(EntryRequest, values, services)
    with services.recording() as session:
        name_job(session, checked_job(session, job_id), body)
    return _go_back()


@blueprint.post("/jobs/<job_id>/variants/<int:variant>/review")
def judge(job_id: str, variant: int) -> AnyResponse:
    """Record the judgement of a variant."""
    services = current_services()
    names = [name for name in ReviewRequest.model_fields if name in request.form]
    values: dict[str, object] = {name: request.form[name] or None for name in names}
    body = checked(ReviewRequest, values, services, strict=False)
    with services.recording() as session:
        review(session, checked_job(session, job_id), variant, body)
    return _go_back()


@blueprint.post("/jobs/heart")
def heart() -> AnyResponse:
    """Make a variant a favourite, or none of a job, as the pressed button says."""
    services = current_services()
    job_id, _dot, number = request.form.get("heart", "").partition(".")
    with services.recording() as session:
        job = checked_job(session, job_id)
        (document,) = library_entries(session, [Found(job=job)])
        variants = [each["variant"] for each in document["reviews"] if each["favourite"]]
        is_on = number.isdecimal() and len(number) < 4
        for variant in [int(number)] if is_on else variants:
            review(session, job, variant, checked(ReviewRequest, {"favourite": is_on}, services))
    return _go_back()


# ---- several designs


@blueprint.post("/jobs/bulk")
def bulk() -> AnyResponse:
    """Do what the pressed button says with the chosen designs."""
    services = current_services()
    action, form = request.form.get("do", ""), request.form
    job_ids = list(dict.fromkeys(form.getlist("job")))
    if not job_ids:
        raise _wrong("job", _("Select designs first."))
    if action == "delete":
        return _delete(job_ids)
    with services.recording() as session:
        change = _change(action, form)
        if action == "collect" and not change["add_to"]:
            body = checked(CollectionRequest, {"name": form.get("new_collection", "")}, services)
            new = create_collection(session, body.name)
            change["add_to"] = new.id
        change_jobs(session, checked(BulkRequest, {"jobs": job_ids, **change}, services))
    return _go_back()


def _change(action: str, form: MultiDict[str, str]) -> dict[str, Any]:
    if action == "collect":
        return {"add_to": form.get("add_to") or None}
    if action == "take_out":
        return {"remove_from": form.get("collection", "")}
    if action in ("tag", "untag"):
        tags = _tags(form.get("tags", ""))
        if not tags:
            raise _wrong("tags", _("Name at least one tag."))
        return {"add_tags" if action == "tag" else "remove_tags": tags}
    raise _wrong("do", _("There is no such action."))


def _wrong(name: str, message: str) -> InvalidRequest:
    return InvalidRequest(FieldError(field=name, message=message))


def _delete(job_ids: Sequence[str]) -> AnyResponse:
    """Delete those of the jobs that are still there, so that a second request is harmless."""
    services = current_services()
    with services.recording() as session:
        ids = [job.id for job in visible_jobs(session, [each for each in job_ids if is_id(each)])]
        if ids:
            body = checked(BulkRequest, {"jobs": ids, "delete": True}, services)
            change_jobs(session, body)
    if ids:
        remember_deleted(ids)
    return _go_back()


@blueprint.post("/jobs/undo")
def undo() -> AnyResponse:
    """Restore what this browser deleted last, or dismiss the message."""
    deleted = deleted_before()
    forget_deleted()
    if deleted is not None and request.form.get("do") != "dismiss":
        services = current_services()
        body = checked(BulkRequest, {"jobs": list(deleted.jobs), "restore": True}, services)
        with services.recording() as session:
            change_jobs(session, body)
    return _go_back()


# ---- collections


@blueprint.post("/collections")
def create() -> AnyResponse:
    """Create a collection."""
    services = current_services()
    body = checked(CollectionRequest, {"name": request.form.get("name", "")}, services)
    with services.recording() as session:
        create_collection(session, body.name)
    return _go_back()


@blueprint.post("/collections/<collection_id>/rename")
def rename(collection_id: str) -> AnyResponse:
    """Rename a collection."""
    services = current_services()
    body = checked(CollectionRequest, {"name": request.form.get("name", "")}, services)
    with services.recording() as session:
        rename_collection(session, collection_id, body.name)
    return _go_back()


@blueprint.post("/collections/<collection_id>/delete")
def delete(collection_id: str) -> AnyResponse:
    """Delete a collection, if it is still there; its designs stay."""
    with current_services().recording() as session:
        try:
            delete_collection(session, collection_id)
        except CodesignerError as error:
            if error.code != "collection_not_found":
                raise
    return redirect(url_for("jobs_pages.jobs"), 303)
