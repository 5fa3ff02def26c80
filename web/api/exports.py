"""API blueprint: exports of everything that whoever asks made."""

from flask import Blueprint, Response, jsonify

from shared.db.models import ACTIVE
from shared.errors import CodesignerError, ExportNotFound
from shared.exports.requests import export_document, export_file, get_export
from web.api.artifacts import redirect_to_bucket
from web.db.queries import is_id
from web.extensions import services as current_services
from web.http.access import present_account
from web.http.artifact_responses import NO_STORE, Content, content_response
from web.http.i18n import translate as _
from web.openapi.operations import Answer, Operation, documented
from web.schemas.exports import ExportDocument, ExportPage
from web.services.exports import ask_for_export, own_exports

__all__ = ["blueprint"]

blueprint = Blueprint("exports", __name__)

_TAG = "exports"
_POLL_S = 2
_HEADERS = {"Retry-After": "While it has not ended: seconds."}
_CODES = ("export_not_found", "unauthorized", "unavailable")


@blueprint.post("/exports")
@documented(
    Operation(
        summary="Ask for everything that you made, as one zip",
        tag=_TAG,
        answers={
            202: Answer(
                description="It is being made; so is the one that has not ended yet, if there is.",
                model=ExportDocument,
                headers={**_HEADERS, "Location": "The export's address."},
            )
        },
        codes=("unauthorized", "rate_limited", "queue_full", "unavailable"),
    )
)
def ask() -> Response:
    """Submit an export, unless one is being made."""
    response = _answer(ask_for_export(current_services()))
    response.status_code = 202
    return response


def _answer(document: dict[str, object]) -> Response:
    response = jsonify(document)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/api/v1/exports/{document['id']}"
    if document["state"] in ACTIVE:
        response.headers["Retry-After"] = str(_POLL_S)
    return response


@blueprint.get("/exports")
@documented(
    Operation(
        summary="List your exports, newest first",
        tag=_TAG,
        answers={200: Answer(description="The last exports.", model=ExportPage)},
        codes=("unauthorized", "unavailable"),
    )
)
def exports() -> Response:
    """Return the last exports."""
    with current_services().sessions() as session:
        response = jsonify({"exports": own_exports(session)})
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/exports/<export_id>")
@documented(
    Operation(
        summary="Get an export",
        tag=_TAG,
        answers={200: Answer(description="The export.", model=ExportDocument, headers=_HEADERS)},
        codes=_CODES,
    )
)
def export(export_id: str) -> Response:
    """Return an export as it stands."""
    with current_services().sessions() as session:
        job = get_export(session, _checked(export_id), present_account())
        return _answer(export_document(session, job))


@blueprint.get("/exports/<export_id>/zip")
@documented(
    Operation(
        summary="Download the zip of an export",
        tag=_TAG,
        answers={
            200: Answer(description="The zip.", media_type="application/zip"),
            206: Answer(description="The requested range.", media_type="application/zip"),
            302: Answer(
                description="A signed link to the bucket, if signed links are enabled.",
                media_type="text/html",
                headers={"Location": "The link."},
            ),
            304: Answer(description="Not modified."),
        },
        codes=("export_not_ready", "range_not_satisfiable", *_CODES),
    )
)
def export_zip(export_id: str) -> Response:
    """Return the finished zip, whole or one range of it."""
    services = current_services()
    with services.sessions() as session:
        job = get_export(session, _checked(export_id), present_account())
        file = export_file(session, job)
        name = f"codesigner-{job.created_at:%Y-%m-%d}.zip"
    if file is None:
        raise CodesignerError("export_not_ready", _("The export is not finished."))
    headers = {
        "ContentType": "application/zip",
        "CacheControl": NO_STORE,
        "ContentDisposition": f'attachment; filename="{name}"',
    }
    content = Content(sha256=file.sha256, size=file.size_bytes, headers=headers)
    return redirect_to_bucket(services, content) or content_response(services.store, content)


def _checked(export_id: str) -> str:
    if not is_id(export_id):
        raise ExportNotFound(export_id)
    return export_id
