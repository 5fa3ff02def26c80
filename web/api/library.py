"""API blueprint: names, tags, judgements, collections, deletion, lineage."""

from flask import Blueprint, Response, jsonify

from shared.db.models import Job
from shared.jobs.deletion import UNDO_S, delete_jobs
from shared.jobs.serializers import job_path
from shared.library import collections as library_collections
from shared.library.lineage import lineage
from web.api.jobs import ERRORS
from web.db.queries import checked_head, checked_job, checked_job_id, lineage_entries
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.audit import audit
from web.http.conditional import job_response
from web.http.parsing import body_as_json, checked, uploaded
from web.openapi.operations import Answer, Operation, documented
from web.schemas.jobs import JobDocument
from web.schemas.library import (
    BulkDone,
    BulkRequest,
    CollectionDocument,
    CollectionPage,
    CollectionRequest,
    DeletedDocument,
    EntryRequest,
    LineageDocument,
    PictureDocument,
    ReviewRequest,
)
from web.services.collections import (
    change_members,
    create_collection,
    delete_collection,
    rename_collection,
)
from web.services.library import change_jobs, name_job, restore, review, store_picture

__all__ = ["blueprint"]

blueprint = Blueprint("library", __name__)

_JOB = {200: Answer(description="The job.", model=JobDocument)}
_TAG = "library"
_BODY_CODES = ("invalid_request", "payload_too_large", "unsupported_media_type")
_COLLECTION = {200: Answer(description="The collection.", model=CollectionDocument)}


def _job_answer(job_id: str) -> Response:
    with current_services().sessions() as session:
        return job_response(session, checked_job(session, job_id))


@blueprint.patch("/jobs/<job_id>")
@documented(
    Operation(
        summary="Name a job, or set its tags",
        tag=_TAG,
        request=EntryRequest,
        answers=_JOB,
        codes=(*_BODY_CODES, *ERRORS),
    )
)
def name(job_id: str) -> Response:
    """Set the name or the tags of a job."""
    services = current_services()
    checked_head(services.autocommit, job_id)
    body = checked(EntryRequest, body_as_json(), services)
    with services.recording() as session:
        name_job(session, checked_job(session, job_id), body)
    return _job_answer(job_id)


@blueprint.put("/jobs/<job_id>/variants/<int:variant>/review")
@documented(
    Operation(
        summary="Make a variant a favourite, keep it, or reject it",
        tag=_TAG,
        request=ReviewRequest,
        answers=_JOB,
        codes=(*_BODY_CODES, *ERRORS),
    )
)
def judge(job_id: str, variant: int) -> Response:
    """Record the judgement of a variant."""
    services = current_services()
    checked_head(services.autocommit, job_id)
    body = checked(ReviewRequest, body_as_json(), services)
    with services.recording() as session:
        review(session, checked_job(session, job_id), variant, body)
    return _job_answer(job_id)


@blueprint.delete("/jobs/<job_id>")
@documented(
    Operation(
        summary="Delete a job; it is cancelled if it is active, and can be restored for 10 minutes",
        tag=_TAG,
        answers={200: Answer(description="It is deleted.", model=DeletedDocument)},
        codes=ERRORS,
    )
)
def delete(job_id: str) -> Response:
    """Delete a job with the prints of its variants."""
    with current_services().recording() as session:
        job = checked_job(session, job_id)
        before = {"state": job.state, "owner": job.owner}
        delete_jobs(session, [job.id])
        audit(session, "job.delete", job.id, before=before)
    links = {"restore": f"{job_path(job_id)}/restore"}
    return jsonify({"id": job_id, "undo_s": UNDO_S, "links": links})


@blueprint.post("/jobs/<job_id>/restore")
@documented(
    Operation(
        summary="Restore a job that was deleted less than 10 minutes ago",
        tag=_TAG,
        answers=_JOB,
        codes=ERRORS,
    )
)
def restore_one(job_id: str) -> Response:
    """Restore a deleted job; one that is not deleted stays as it is."""
    with current_services().recording() as session:
        restore(session, [checked_job_id(job_id)])
    return _job_answer(job_id)


@blueprint.post("/jobs/bulk")
@documented(
    Operation(
        summary="Tag, collect, delete or restore several jobs; all, or none",
        tag=_TAG,
        request=BulkRequest,
        answers={200: Answer(description="What was changed.", model=BulkDone)},
        codes=(*_BODY_CODES, "collection_not_found", *ERRORS),
    )
)
def bulk() -> Response:
    """Apply a change to several jobs in one transaction."""
    services = current_services()
    body = checked(BulkRequest, body_as_json(), services)
    with services.recording() as session:
        done = change_jobs(session, body)
    return jsonify(done)


@blueprint.get("/jobs/<job_id>/lineage")
@documented(
    Operation(
        summary="What a job was made from, what was made from it, and what changed",
        tag=_TAG,
        answers={200: Answer(description="The lineage.", model=LineageDocument)},
        codes=ERRORS,
    )
)
def job_lineage(job_id: str) -> Response:
    """Return the lineage of a job."""
    with current_services().large_read() as session:
        jobs: list[Job] = list(lineage(session, checked_job(session, job_id)))
        return jsonify({"jobs": lineage_entries(session, jobs)})


@blueprint.post("/pictures")
@documented(
    Operation(
        summary="Store a picture, by which to search for designs that look like it",
        tag=_TAG,
        only_multipart=True,
        file_fields=("picture",),
        answers={201: Answer(description="It is stored.", model=PictureDocument)},
        codes=(
            *("invalid_request", "image_unreadable", "image_too_large", "image_transparent"),
            *("payload_too_large", "unsupported_media_type", "unavailable"),
        ),
    )
)
def picture() -> tuple[Response, int]:
    """Store the picture of the field `picture`."""
    sha256 = store_picture(current_services(), uploaded("picture"))
    links = {"jobs": f"/api/v1/jobs?picture={sha256}"}
    return jsonify({"sha256": sha256, "links": links}), 201


@blueprint.get("/collections")
@documented(
    Operation(
        summary="List collections",
        tag=_TAG,
        answers={200: Answer(description="All collections.", model=CollectionPage)},
        codes=("unavailable",),
    )
)
def all_collections() -> Response:
    """Return all collections."""
    with current_services().large_read() as session:
        return jsonify(
            {"collections": library_collections.list_collections(session, present_workspace())}
        )


@blueprint.post("/collections")
@documented(
    Operation(
        summary="Create a collection",
        tag=_TAG,
        request=CollectionRequest,
        answers={201: Answer(description="The collection.", model=CollectionDocument)},
        codes=(*_BODY_CODES, "unauthorized", "rate_limited", "unavailable"),
    )
)
def create() -> tuple[Response, int]:
    """Create an empty collection."""
    services = current_services()
    body = checked(CollectionRequest, body_as_json(), services)
    with services.recording() as session:
        row = create_collection(session, body.name)
        return jsonify(library_collections.collection_document(session, row)), 201


@blueprint.get("/collections/<collection_id>")
@documented(
    Operation(
        summary="Get a collection",
        tag=_TAG,
        answers=_COLLECTION,
        codes=("collection_not_found", "unavailable"),
    )
)
def collection(collection_id: str) -> Response:
    """Return a collection."""
    with current_services().sessions() as session:
        row = library_collections.get_collection(session, collection_id, present_workspace())
        return jsonify(library_collections.collection_document(session, row))


@blueprint.patch("/collections/<collection_id>")
@documented(
    Operation(
        summary="Rename a collection",
        tag=_TAG,
        request=CollectionRequest,
        answers=_COLLECTION,
        codes=(*_BODY_CODES, "collection_not_found", "unavailable"),
    )
)
def rename(collection_id: str) -> Response:
    """Rename a collection."""
    services = current_services()
    with services.sessions() as session:
        library_collections.get_collection(session, collection_id, present_workspace())
    body = checked(CollectionRequest, body_as_json(), services)
    with services.recording() as session:
        row = rename_collection(session, collection_id, body.name)
        return jsonify(library_collections.collection_document(session, row))


@blueprint.delete("/collections/<collection_id>")
@documented(
    Operation(
        summary="Delete a collection, but none of its jobs",
        tag=_TAG,
        answers={204: Answer(description="It is deleted.")},
        codes=("collection_not_found", "unavailable"),
    )
)
def remove(collection_id: str) -> tuple[str, int]:
    """Delete a collection."""
    with current_services().recording() as session:
        delete_collection(session, collection_id)
    return "", 204


@blueprint.put("/collections/<collection_id>/jobs/<job_id>")
@documented(
    Operation(
        summary="Add a job to a collection",
        tag=_TAG,
        answers=_COLLECTION,
        codes=("collection_not_found", *ERRORS),
    )
)
def add(collection_id: str, job_id: str) -> Response:
    """Add a job to a collection."""
    with current_services().recording() as session:
        row = library_collections.get_collection(session, collection_id, present_workspace())
        change_members(session, row.id, add=[checked_job(session, job_id).id])
        return jsonify(library_collections.collection_document(session, row))


@blueprint.delete("/collections/<collection_id>/jobs/<job_id>")
@documented(
    Operation(
        summary="Take a job out of a collection",
        tag=_TAG,
        answers=_COLLECTION,
        codes=("collection_not_found", *ERRORS),
    )
)
def take_out(collection_id: str, job_id: str) -> Response:
    """Take a job out of a collection."""
    with current_services().recording() as session:
        row = library_collections.get_collection(session, collection_id, present_workspace())
        change_members(session, row.id, remove=[checked_job_id(job_id)])
        return jsonify(library_collections.collection_document(session, row))
