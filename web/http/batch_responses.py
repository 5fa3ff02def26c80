"""HTTP responses that describe a batch."""

import random

from flask import Response, jsonify
from sqlalchemy.orm import Session

from shared.db.models import Batch
from shared.errors import BatchExpired
from shared.jobs.batches import BatchHead, batch_head
from web.services.batches import batch_document

__all__ = ["batch_etag", "batch_response"]

_SECONDS_PER_JOB = 0.5


def batch_etag(head: BatchHead) -> str:
    """Return the entity tag of a batch's document."""
    return f"b{head.jobs}-{head.versions}"


def batch_response(session: Session, batch: Batch, *, fresh: bool = False) -> Response:
    """Return a batch's document with ETag and, while it is active, Retry-After.

    Args:
        fresh: the batch was just submitted: the status is 202 while it is active.
    Raises:
        BatchExpired: the batch has no jobs left.
    """
    head = batch_head(session, batch.id)
    if head.jobs == 0:
        raise BatchExpired(batch.id)
    response = jsonify(batch_document(session, batch))
    response.set_etag(batch_etag(head))
    response.headers["Cache-Control"] = "private, no-cache"
    if head.active:
        response.status_code = 202 if fresh else 200
        wait_s = min(30.0, head.active * _SECONDS_PER_JOB) * random.uniform(0.8, 1.2)
        response.headers["Retry-After"] = str(max(1, round(wait_s)))
    return response
