"""Submission and retry of jobs."""

import hashlib
import json
import secrets
from dataclasses import replace

from shared.briefs.parser import ParsedBrief, parse_brief
from shared.db.models import Job
from shared.jobs.submission import Submission, first_stage, retry, submit
from shared.queue.fairness import PRIORITIES
from shared.settings import Settings
from shared.webhooks.endpoints import WebhookRequest
from shared.webhooks.url_policy import parse_networks, parse_webhook_url
from web.db.queries import checked_job
from web.extensions import Services
from web.http.identity import check_priority, limits_of, present_owner, with_owner
from web.schemas.base import WebhookGiven
from web.schemas.batches import BatchRequest
from web.schemas.jobs import MAX_SEED, DesignRequest
from web.uploads.images import Reference

__all__ = [
    "NOTHING_UNDERSTOOD",
    "design_submission",
    "draw_seed",
    "payload_hash_of",
    "repeat_job",
    "requested_webhook",
    "submit_design",
    "submit_job",
]

NOTHING_UNDERSTOOD = "nothing_understood"
_FALLBACK_PRODUCT = "phone-case"
_DEFAULTS_ADDED_LATER = {"webhook": None, "priority": "normal"}
"""Fields added in later releases: a default value does not change the hash of a payload."""
_DESCRIPTIVE = (
    "product",
    "materials",
    "finish",
    "pattern",
    "colours",
    "excluded_colours",
    "gradient",
    "functions",
    "mood",
    "scale",
    "density",
    "contrast",
    "line_weight",
)


def draw_seed() -> int:
    """Return a random seed."""
    return secrets.randbelow(MAX_SEED + 1)


def submit_design(
    services: Services,
    request: DesignRequest,
    reference: Reference | None,
    *,
    idempotency_key: str | None = None,
) -> Job:
    """Submit a design job and send a hint to the workers.

    The brief is parsed under the write limit.

    Raises:
        CodesignerError: as `submit_job`.
    """
    check_priority(present_owner(), PRIORITIES[request.priority])
    sha256 = None if reference is None else services.store.put(reference.png)
    notices = () if reference is None else reference.notices
    payload = payload_hash_of(request, sha256)
    webhook = requested_webhook(request.webhook, services.settings)
    with services.write_slot():
        submission = replace(
            design_submission(request, parse_brief(request.brief), sha256, notices),
            idempotency_key=idempotency_key,
            payload=payload,
            webhook=webhook,
        )
        job = _record(services, submission)
    services.hints.tell(first_stage(job))
    return job


def design_submission(
    request: DesignRequest,
    understood: ParsedBrief,
    reference_sha256: str | None,
    reference_notice: tuple[str, ...],
) -> Submission:
    """Return the submission of a request whose reference image is already stored."""
    return Submission(
        brief=request.brief,
        options={
            "variants": request.variants,
            "seed": draw_seed() if request.seed is None else request.seed,
            "product": request.product or understood.product or _FALLBACK_PRODUCT,
            "reference_strength": request.reference_strength,
            "size": request.size,
        },
        understood=understood.to_document(),
        reference_sha256=reference_sha256,
        reference_notice=reference_notice,
        notices=() if _has_recognised_terms(understood) else (NOTHING_UNDERSTOOD,),
        priority=PRIORITIES[request.priority],
    )


def submit_job(services: Services, submission: Submission) -> Job:
    """Submit a job of any pipeline for the current request's owner; send a hint to the workers.

    Raises:
        IdempotencyConflict, QueueFull, OwnerLimit: see `shared.jobs.submission.submit`.
        InvalidRequest, CodesignerError: see `web.http.identity.with_owner`.
    """
    with services.write_slot():
        job = _record(services, submission)
    services.hints.tell(first_stage(job))
    return job


def _record(services: Services, submission: Submission) -> Job:
    owner = present_owner()
    submission = with_owner(submission, owner, services.settings)
    with services.sessions.begin() as session:
        return submit(session, submission, limits_of(owner, services.settings))


def repeat_job(services: Services, job_id: str) -> Job:
    """Retry a job for the current request's owner; send a hint to the workers.

    The priority is the old job's, limited to the highest that the owner may request.

    Raises:
        CodesignerError: see `shared.jobs.submission.retry`; unauthorized.
    """
    settings = services.settings
    with services.recording() as session:
        owner = present_owner()
        job = retry(
            session,
            checked_job(session, job_id).id,
            owner=owner.name,
            top_priority=owner.top_priority,
            ttl_s=settings.job_ttl_s,
            limits=limits_of(owner, settings),
        )
        stage = first_stage(job)
    services.hints.tell(stage)
    return job


def _has_recognised_terms(understood: ParsedBrief) -> bool:
    return any(getattr(understood, part) for part in _DESCRIPTIVE)


def payload_hash_of(request: DesignRequest | BatchRequest, sha256: str | None) -> str:
    """Return the hash of a request as sent: a seed drawn here must not make it another payload."""
    payload = request.model_dump(mode="json", exclude={"reference"}) | {"reference": sha256}
    for name, default in _DEFAULTS_ADDED_LATER.items():
        if payload[name] == default:
            del payload[name]
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def requested_webhook(request: WebhookGiven | None, settings: Settings) -> WebhookRequest | None:
    """Return the validated webhook of a request; None without one."""
    if request is None:
        return None
    target = parse_webhook_url(request.url, parse_networks(settings.webhook_allow))
    return WebhookRequest.at(
        request.url, target, request.secret, events=tuple(dict.fromkeys(request.events))
    )
