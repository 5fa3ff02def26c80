"""Library: reading searches, judging and naming jobs, bulk changes."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO
from urllib.parse import urlencode

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from shared.briefs.vocabulary import PRODUCTS
from shared.broker.library_tasks import request_embedding
from shared.db.library_models import VERDICTS, LibraryEntry, LibraryVariant
from shared.db.models import ACTIVE, ENDED, Job
from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.jobs.deletion import UNDO_S, delete_jobs, restore_jobs
from shared.library.collections import (
    add_to_collection,
    get_collection,
    remove_from_collection,
)
from shared.library.colours import colour_of
from shared.library.entries import Review, review_variant, update_entries, update_entry
from shared.library.index import encoder_of
from shared.library.query_vectors import picture_key, query_vector, text_key
from shared.library.search import (
    MAX_COUNT,
    SORTS,
    Found,
    LibraryQuery,
    Vector,
    search,
)
from shared.library.search_pictures import add_search_picture, is_own_picture
from shared.library.terms import MAX_QUERY_CHARS
from shared.registry.releases import champion_versions
from web.db.queries import checked_job, is_id, library_entries, visible_ids
from web.extensions import Services
from web.http.access import present_account, present_workspace, require
from web.http.audit import audit
from web.http.conditional import wait_slot
from web.http.i18n import translate as _
from web.http.identity import present_asker
from web.schemas.library import MAX_TAGS, BulkRequest, EntryRequest, ReviewRequest
from web.uploads.images import read_reference
from web.uploads.storing import store_held

__all__ = [
    "FILTERS",
    "change_jobs",
    "library_page",
    "name_job",
    "read_query",
    "restore",
    "review",
    "store_picture",
    "with_embeddings",
]

FILTERS = (
    *("q", "colour", "like", "picture", "tag", "favourite", "verdict", "product"),
    *("state", "collection", "batch", "collapse", "sort"),
)
"""Query parameters of a search."""
_EMBEDDING_WAIT_S = 1.0
_POLL_S = 0.02


def read_query(session: Session, args: MultiDict[str, str]) -> LibraryQuery:
    """Return the search of query parameters, without embeddings.

    Raises:
        InvalidRequest: names each parameter that is not valid.
        CollectionNotFound, JobNotFound: `collection` or `like` names none.
    """
    faults: list[FieldError] = []
    words, colour = args.get("q", "").strip(), args.get("colour", "").strip()
    if len(words) > MAX_QUERY_CHARS:
        faults.append(_fault("q", _("At most %(most)d characters.", most=MAX_QUERY_CHARS)))
    if colour and colour_of(colour) is None:
        faults.append(_fault("colour", _("Not a colour: give #RRGGBB or the name of one.")))
    choices = {
        "verdict": VERDICTS,
        "product": tuple(PRODUCTS),
        "state": (*ACTIVE, *ENDED),
        "sort": SORTS,
        "favourite": ("true", "false"),
        "collapse": ("batches",),
    }
    for name, known in choices.items():
        if args.get(name) and args[name] not in known:
            faults.append(_fault(name, _("Must be one of: %(known)s.", known=", ".join(known))))
    if faults:
        raise InvalidRequest(*faults)
    if collection := args.get("collection"):
        get_collection(session, collection, present_workspace())
    query = LibraryQuery(
        workspace_id=present_workspace(),
        words=words,
        colour=colour_of(colour) if colour else None,
        tags=tuple(tag for tag in args.getlist("tag") if tag.strip()),
        favourite=args.get("favourite") == "true",
        verdict=args.get("verdict") or None,
        product=args.get("product") or None,
        state=args.get("state") or None,
        collection=collection or None,
        batch=args.get("batch") or None,
        collapse_batches=args.get("collapse") == "batches",
    )
    query = _with_like(session, query, args.get("like", ""))
    has_best = bool(words or query.colour or query.look or args.get("picture"))
    sort = args.get("sort") or "best"
    return replace(query, sort="newest" if sort == "best" and not has_best else sort)


def _fault(name: str, message: str) -> FieldError:
    return FieldError(field=name, message=message)


def _with_like(session: Session, query: LibraryQuery, like: str) -> LibraryQuery:
    """Return the query for designs that look like a variant, `<job>` or `<job>.<variant>`."""
    if not like:
        return query
    job_id, _dot, number = like.partition(".")
    job = checked_job(session, job_id)
    variant = int(number) if number.isdecimal() and len(number) < 4 else 0
    entry = session.get(LibraryEntry, job.id)
    row = session.get(LibraryVariant, (job.id, variant))
    if entry is None or entry.encoder is None or row is None or row.look_vector is None:
        message = _("This design is not indexed yet; try again in a moment.")
        raise InvalidRequest(_fault("like", message))
    look = Vector(encoder=entry.encoder, values=row.look_vector)
    meaning = None
    if entry.text_vector is not None:
        meaning = Vector(encoder=entry.encoder, values=entry.text_vector)
    return replace(query, look=look, meaning=None if query.words else meaning, like=job.id)


def with_embeddings(services: Services, query: LibraryQuery, picture: str) -> LibraryQuery:
    """Return the query with the embeddings of its words and of a picture, which may be "".

    A worker computes them. Words that get none within a second are matched by terms alone.

    Raises:
        InvalidRequest: `picture` is not the sha256 of a picture that the asker has sent lately.
        CodesignerError: unavailable, no worker answered for the picture.
    """
    if picture:
        with services.sessions() as session:
            is_own = is_own_picture(session, picture, present_account())
        if not is_own or services.store.size(picture) is None:
            message = _("No picture has this sha256; send it first.")
            raise InvalidRequest(_fault("picture", message))
        look = _embedding(services, picture_key(picture), "")
        if look is None:
            message = _("No worker could look at the picture in time; try again soon.")
            raise CodesignerError("unavailable", message, retry_after_s=2)
        query = replace(query, look=look)
    if query.words and query.meaning is None:
        query = replace(query, meaning=_embedding(services, text_key(query.words), query.words))
    return query


def library_page(
    services: Services, limit: int, before: str | None, args: MultiDict[str, str] | None = None
) -> dict[str, Any]:
    """Return a page of a search.

    Args:
        before: id of the last job of the previous page.
        args: query parameters of the search; None: those of the current request.

    Raises:
        CodesignerError: as `read_query` and `with_embeddings`; invalid_request for `offset`.
    """
    args = request.args if args is None else args
    offset = _offset(args)
    with services.sessions() as session:
        query = read_query(session, args)
    query = with_embeddings(services, query, args.get("picture", ""))
    with services.large_read() as session:
        page = search(session, query, limit, before=before, offset=offset)
        return {
            "jobs": library_entries(session, page.found),
            "total": page.total,
            "by_meaning": bool(query.meaning) if query.words else None,
            "next": _next_page(query, limit, offset, page.found),
        }


def _offset(args: MultiDict[str, str]) -> int:
    text = args.get("offset", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= MAX_COUNT):
        message = _("Must be a whole number from 0 to %(most)d.", most=MAX_COUNT)
        raise InvalidRequest(_fault("offset", message))
    return int(text)


def _next_page(query: LibraryQuery, limit: int, offset: int, found: Sequence[Found]) -> str | None:
    """Return the URL of the next page; None if this is the last one."""
    by_time = query.sort in ("newest", "oldest")
    if len(found) < limit or (not by_time and offset + limit > MAX_COUNT):
        return None
    args = request.args.to_dict(flat=False) | {"limit": [str(limit)]}
    if by_time:
        args["before"] = [found[-1].job.id]
    else:
        args["offset"] = [str(offset + limit)]
    return f"{request.path}?{urlencode(args, doseq=True)}"


def store_picture(services: Services, upload: BinaryIO | None) -> str:
    """Store an uploaded picture for less than an hour, for who sent it; return its sha256.

    Raises:
        CodesignerError: as `web.uploads.images.read_reference`; invalid_request without one.
    """
    if upload is None:
        raise InvalidRequest(_fault("picture", _("Choose a picture.")))
    sha256 = store_held(services, read_reference(upload, services.limits).png)
    with services.sessions.begin() as session:
        add_search_picture(session, sha256, present_account())
    return sha256


def _embedding(services: Services, key: str, text: str) -> Vector | None:
    """Return the embedding of a search, which a worker computes unless it is stored.

    It is waited for in one of the visitor's slots for long requests; without one it is None.
    """
    if (stored := _stored_embedding(services, key)) is not None:
        return stored
    with wait_slot(services) as acquired:
        if not acquired or not request_embedding(services.settings, key, text):
            return None
        deadline = time.monotonic() + _EMBEDDING_WAIT_S
        while (stored := _stored_embedding(services, key)) is None:
            if time.monotonic() > deadline:
                return None
            time.sleep(_POLL_S)
        return stored


def _stored_embedding(services: Services, key: str) -> Vector | None:
    with services.sessions() as session:
        encoder = encoder_of(champion_versions(session))
        values = None if encoder is None else query_vector(session, key, encoder)
    return None if encoder is None or values is None else Vector(encoder=encoder, values=values)


def name_job(session: Session, job: Job, body: EntryRequest) -> None:
    """Set the name and the tags of a job."""
    update_entry(session, job, name=body.name, tags=body.tags)
    changed = [name for name in ("name", "tags") if getattr(body, name) is not None]
    audit(session, "job.change", job.id, before={"owner": job.owner}, after={"changed": changed})


def review(session: Session, job: Job, variant: int, body: ReviewRequest) -> None:
    """Record the judgement of a variant.

    Raises:
        InvalidRequest: the job has no such variant.
    """
    count = int(job.options.get("variants", 1))
    if not 0 <= variant < count:
        message = _("Must be a whole number from 0 to %(most)d.", most=count - 1)
        raise InvalidRequest(_fault("variant", message))
    changes = body.model_dump(exclude_unset=True)
    if changes.get("favourite", True) is None:
        raise InvalidRequest(_fault("favourite", _("Must be true or false.")))
    review_variant(session, job.id, Review(variant=variant, changes=changes))


def change_jobs(session: Session, body: BulkRequest) -> dict[str, Any]:
    """Apply a bulk change and return its document; all jobs are changed, or none.

    Raises:
        JobNotFound, JobExpired, CollectionNotFound: the request names one that is not there.
    """
    job_ids = list(dict.fromkeys(body.jobs))
    if body.delete or body.restore:
        require("delete")
    if body.restore:
        restored = restore(session, [job_id for job_id in job_ids if is_id(job_id)])
        return {"jobs": restored, "undo_s": None}
    jobs = [checked_job(session, job_id) for job_id in job_ids]
    owners = sorted({job.owner for job in jobs})
    if body.add_tags or body.remove_tags:
        most = update_entries(session, jobs, add=body.add_tags, remove=body.remove_tags)
        if most > MAX_TAGS:
            message = _("A design can have at most %(most)d tags.", most=MAX_TAGS)
            raise InvalidRequest(_fault("add_tags", message))
    _move(session, body, job_ids)
    if body.delete:
        delete_jobs(session, job_ids, present_asker())
    changes = body.model_dump(exclude_defaults=True, exclude={"jobs", "delete", "restore"})
    action = "job.delete" if body.delete else "job.change"
    before, after = {"owners": owners}, {"jobs": job_ids, **changes}
    audit(session, action, before=before, after=after)
    return {"jobs": job_ids, "undo_s": UNDO_S if body.delete else None}


def restore(session: Session, job_ids: Sequence[str]) -> list[str]:
    """Restore jobs that were deleted lately; return the ids of those that are there."""
    job_ids = visible_ids(session, job_ids)
    deleted = set(
        session.scalars(select(Job.id).where(Job.id.in_(job_ids), Job.deleted_at.is_not(None)))
    )
    present = restore_jobs(session, job_ids)
    if restored := [job_id for job_id in present if job_id in deleted]:
        only = restored[0] if len(restored) == 1 else None
        audit(session, "job.restore", only, after={"jobs": restored})
    return present


def _move(session: Session, body: BulkRequest, job_ids: Sequence[str]) -> None:
    workspace_id = present_workspace()
    if body.add_to is not None:
        add_to_collection(session, get_collection(session, body.add_to, workspace_id).id, job_ids)
    if body.remove_from is not None:
        remove_from_collection(
            session, get_collection(session, body.remove_from, workspace_id).id, job_ids
        )
