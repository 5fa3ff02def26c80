"""Submission of training runs on an uploaded dataset."""

import hashlib
import json
import re
import secrets
from typing import BinaryIO

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.audit_models import AuditEvent
from shared.db.models import Job
from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.jobs.insertion import Submission
from web.extensions import Services
from web.http.audit import audit
from web.http.i18n import translate as _
from web.http.identity import Owner, request_fields
from web.http.parsing import checked, form_values, uploaded
from web.schemas.jobs import TrainingRequest
from web.services.jobs import Describe, Described, submit_job
from web.services.kept_designs import kept_dataset
from web.uploads.datasets import FIELD, check_dataset
from web.uploads.storing import store_file

__all__ = ["start_training"]


def start_training(
    services: Services,
    describe: Describe[Described],
    *,
    idempotency_key: str | None = None,
) -> Described:
    """Validate the current request's form and dataset, store the dataset and submit the job.

    See `web.services.jobs.submit_job`.

    Raises:
        CodesignerError: invalid_request, dataset_invalid, unsupported_media_type.
    """
    if request.mimetype != "multipart/form-data":
        raise CodesignerError("unsupported_media_type", _("Send a multipart form."))
    values = {name: value for name, value in form_values(request.form).items() if name != "brief"}
    form = checked(TrainingRequest, values, services, strict=False)
    with _dataset(services, form) as dataset:
        images = check_dataset(dataset)
        sha256 = store_file(services, dataset)
    payload = form.model_dump(mode="json") | {FIELD: sha256}
    options = form.model_dump() | {
        "name": _release_name(form.name),
        "dataset_sha256": sha256,
        "dataset_name": _dataset_name(),
        "images": images,
    }
    payload_hash = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()

    def build(_session: Session, owner: Owner) -> Submission:
        return Submission(
            pipeline="training",
            brief=options["name"],
            options=options,
            idempotency_key=idempotency_key,
            payload_hash=payload_hash,
            **request_fields(owner, services.settings),
        )

    def record_and_describe(session: Session, job: Job) -> Described:
        _record_start(session, job)
        return describe(session, job)

    return submit_job(services, build, record_and_describe)


def _record_start(session: Session, job: Job) -> None:
    """Record the start, unless an earlier request with the same idempotency key did."""
    started = (AuditEvent.action == "training.start", AuditEvent.object_id == job.id)
    if session.scalar(select(AuditEvent.id).where(*started)) is None:
        names = ("name", "dataset_sha256", "images", "steps")
        after = {name: job.options.get(name) for name in names}
        audit(session, "training.start", job.id, after=after)


def _dataset(services: Services, form: TrainingRequest) -> BinaryIO:
    """Return the zip to train on: the uploaded one, or that of the kept designs."""
    upload = uploaded(FIELD)
    if form.source == "kept":
        if upload is not None:
            message = _("Send either a file, or the source kept.")
            raise InvalidRequest(FieldError(field=FIELD, message=message))
        with services.large_read() as session:
            return kept_dataset(session, services.store)
    if upload is None:
        raise InvalidRequest(FieldError(field=FIELD, message=_("Choose a zip file.")))
    return upload


def _dataset_name() -> str:
    """Return the file name of the dataset; empty for the kept designs."""
    return (request.files[FIELD].filename or "")[:120] if FIELD in request.files else ""


def _release_name(name: str) -> str:
    """Return the release's name: the requested one, or a generated one."""
    requested = re.sub(r"\s+", "-", name.strip())
    return requested or f"trained-{secrets.token_hex(3)}"
