"""Starting a training run from an uploaded dataset."""

import hashlib
import json
import re
import secrets

from flask import request

from shared.db.models import Job
from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.jobs.submission import Submission
from web.extensions import Services
from web.http.i18n import translate as _
from web.http.parsing import checked, form_values, uploaded
from web.schemas.jobs import TrainingRequest
from web.services.jobs import submit_job
from web.uploads.datasets import FIELD, check_dataset

__all__ = ["start_training"]


def start_training(services: Services, *, idempotency_key: str | None = None) -> Job:
    """Check the present request's form and dataset, store them and record the training job.

    Raises:
        CodesignerError: invalid_request, dataset_invalid, unsupported_media_type.
    """
    if request.mimetype != "multipart/form-data":
        raise CodesignerError("unsupported_media_type", _("Send a multipart form."))
    values = {name: value for name, value in form_values(request.form).items() if name != "brief"}
    given = checked(TrainingRequest, values, services, strict=False)
    upload = uploaded(FIELD)
    if upload is None:
        raise InvalidRequest(FieldError(field=FIELD, message=_("Choose a zip file.")))
    images = check_dataset(upload)
    upload.seek(0)
    sha256 = services.store.put(upload)
    asked = given.model_dump(mode="json") | {FIELD: sha256}
    options = given.model_dump() | {
        "name": _release_name(given.name),
        "dataset_sha256": sha256,
        "dataset_name": (request.files[FIELD].filename or "")[:120],
        "images": images,
    }
    submission = Submission(
        pipeline="training",
        brief=options["name"],
        options=options,
        idempotency_key=idempotency_key,
        payload=hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest(),
    )
    return submit_job(services, submission)


def _release_name(given: str) -> str:
    """Give the release's name: as wished, or made up."""
    wished = re.sub(r"\s+", "-", given.strip())
    return wished or f"trained-{secrets.token_hex(3)}"
