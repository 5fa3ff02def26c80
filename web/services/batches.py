"""Submission of batches of design jobs, and their documents."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, ENDED, Batch, Job
from shared.jobs.batches import BatchSubmission, batch_jobs, state_counts, submit_batch
from shared.jobs.insertion import RequestFields, Submission
from shared.jobs.quotas import check_limits
from shared.jobs.serializers import batch_path
from shared.jobs.submission import find_replayed
from shared.motifs.names import MotifNames
from shared.pipelines import first_stage_of
from shared.queue.fairness import PRIORITIES
from web.db.queries import list_entries, moment
from web.extensions import Services
from web.http.access import present_workspace
from web.http.identity import check_priority, present_owner, request_fields
from web.http.quotas import limits_of
from web.schemas.batches import BatchRequest
from web.schemas.jobs import DesignRequest
from web.services.jobs import (
    Described,
    StoredReference,
    changed_brief_of,
    check_is_no_edit,
    design_submission,
    draw_seed,
    payload_hash_of,
    requested_webhook,
    store_reference,
    understood_request,
)
from web.services.motifs import installed_names
from web.services.sweeps import Cell, cells_of
from web.uploads.images import Reference

__all__ = ["batch_document", "batch_summaries", "submit_sweep"]


def submit_sweep(
    services: Services,
    request: BatchRequest,
    reference: Reference | None,
    describe: Callable[[Session, Batch], Described],
    *,
    idempotency_key: str | None = None,
) -> Described:
    """Submit a batch of design jobs; after the commit send hints to the workers.

    The briefs are parsed last, under the write limit: parsing a hundred takes more than a second.

    Args:
        describe: returns what the response needs of the batch; it is called in the transaction.

    Returns:
        What `describe` returned.

    Raises:
        InvalidRequest: see `web.services.sweeps.cells_of`, `web.http.identity.request_fields`,
            `web.services.jobs.changed_brief_of`.
        IdempotencyConflict, QueueFull, QuotaExceeded: see `shared.jobs.batches.submit_batch`.
        CodesignerError: unauthorized; forbidden, the owner may not use that priority;
            edit_without_design, a brief is nothing but an edit.
    """
    settings = services.settings
    owner = present_owner()
    check_priority(owner, PRIORITIES[request.priority])
    cells = cells_of(request, drawn_seed=draw_seed(), has_reference=reference is not None)
    stored = store_reference(services, reference)
    payload_hash = payload_hash_of(request, stored.sha256)
    webhook = requested_webhook(request.webhook, settings)
    limits = limits_of(owner, settings)
    with services.hints.deferred() as stages, services.write_slot():
        with services.sessions() as session:
            existing = find_replayed(
                session, Batch, owner.name, idempotency_key, payload_hash, present_workspace()
            )
            if existing is not None:
                return describe(session, existing)
            check_limits(session, owner.name, limits, len(cells))
            derivation = changed_brief_of(session, request.derived_from)
        if reference is None and request.motifs is None:
            for number, brief in enumerate(request.briefs):
                check_is_no_edit(services, brief, f"briefs.{number}")
        fields = request_fields(owner, settings, request.ttl_s)
        submission = BatchSubmission(
            jobs=[
                replace(job, derivation=derivation)
                for job in _submissions(request, cells, stored, fields, installed_names(settings))
            ],
            asked=_sweep_document(request, cells),
            payload_hash=payload_hash,
            owner=owner.name,
            workspace_id=present_workspace(),
            idempotency_key=idempotency_key,
            webhook=webhook,
        )
        with services.sessions.begin() as session:
            batch = submit_batch(session, submission, limits)
            stages.add(first_stage_of("design", has_reference=reference is not None))
            return describe(session, batch)


def _submissions(
    request: BatchRequest,
    cells: Sequence[Cell],
    reference: StoredReference,
    fields: RequestFields,
    names: MotifNames,
) -> list[Submission]:
    """Return the submissions of the jobs; each brief is parsed once."""
    understood = {brief: understood_request(brief, request, names) for brief in set(request.briefs)}
    return [
        design_submission(_cell_request(request, cell), understood[cell.brief], reference, **fields)
        for cell in cells
    ]


def _cell_request(request: BatchRequest, cell: Cell) -> DesignRequest:
    """Return the request of one job; its values are already validated."""
    return DesignRequest.model_construct(
        brief=cell.brief,
        variants=request.variants,
        seed=cell.seed,
        product=request.product,
        reference_strength=cell.strength,
        size=request.size,
        motifs=request.motifs,
        colour_changes=request.colour_changes,
        derived_from=request.derived_from,
        ttl_s=request.ttl_s,
        listed=request.listed,
        priority=request.priority,
        palette=request.palette,
        palette_only=request.palette_only,
        reference=None,
        webhook=None,
    )


def _sweep_document(request: BatchRequest, cells: list[Cell]) -> dict[str, Any]:
    return {
        "combine": request.combine,
        "briefs": request.briefs,
        "seeds": sorted({cell.seed for cell in cells}) if request.seeds is None else request.seeds,
        "strengths": request.strengths,
    }


def batch_document(session: Session, batch: Batch) -> dict[str, Any]:
    """Return the document of a batch with its jobs."""
    jobs = batch_jobs(session, batch.id)
    entries = list_entries(session, jobs)
    documents = [_job_entry(job, entry) for job, entry in zip(jobs, entries, strict=True)]
    return _summary(batch, Counter(job.state for job in jobs)) | {"jobs": documents}


def batch_summaries(session: Session, batches: Sequence[Batch]) -> list[dict[str, Any]]:
    """Return the documents of batches without their jobs."""
    counts = state_counts(session, [batch.id for batch in batches])
    return [_summary(batch, counts[batch.id]) for batch in batches]


def _job_entry(job: Job, entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {
        "index": job.batch_index,
        "seed": job.options["seed"],
        "reference_strength": job.options["reference_strength"],
        "error": None if job.error is None else job.error["code"],
    }


def _summary(batch: Batch, counts: Counter[str]) -> dict[str, Any]:
    path = batch_path(batch.id)
    return {
        "id": batch.id,
        "state": _state(counts),
        "size": batch.size,
        "counts": {state: counts[state] for state in (*ACTIVE, *ENDED)},
        "asked": batch.asked,
        "created_at": moment(batch.created_at),
        "links": {
            "self": path,
            "cancel": f"{path}/cancel",
            "zip": f"{path}/zip",
            "page": f"/batches/{batch.id}",
        },
    }


def _state(counts: Counter[str]) -> str:
    if not any(counts[state] for state in ACTIVE):
        return "ended"
    return "queued" if counts.total() == counts["queued"] else "running"
