"""HTTP responses that describe a batch."""

import random

from flask import Response, jsonify
from sqlalchemy.orm import Session

from shared.db.models import Batch
from shared.errors import BatchExpired
from shared.jobs.batches import BatchHead, batch_head
from web.services.batches import batch_document

__all__ = ["batch_response", "etag_of"]

_SECONDS_A_JOB = 0.5


def etag_of(head: BatchHead) -> str:
    """Give the entity tag of a batch's document."""
    return f"b{head.jobs}-{head.versions}"


def batch_response(session: Session, found: Batch, *, fresh: bool = False) -> Response:
    """Answer with a batch: its document, ETag and, while it goes on, Retry-After.

    Args:
        fresh: it was asked for just now: 202 while it goes on.
    """
    head = batch_head(session, found.id)
    if head.jobs == 0:
        raise BatchExpired(found.id)
    response = jsonify(batch_document(session, found))
    response.set_etag(etag_of(head))
    response.headers["Cache-Control"] = "private, no-cache"
    if head.active:
        response.status_code = 202 if fresh else 200
        wait_s = min(30.0, head.active * _SECONDS_A_JOB) * random.uniform(0.8, 1.2)
        response.headers["Retry-After"] = str(max(1, round(wait_s)))
    return response
