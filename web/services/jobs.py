"""Turning what was asked for into a job."""

import hashlib
import json
import secrets
from dataclasses import replace

from shared.briefs.parser import Understood, understand
from shared.db.models import Job
from shared.jobs.submission import Submission, first_stage, retry, submit
from shared.queue.fairness import PRIORITIES
from shared.settings import Settings
from shared.webhooks.endpoints import WebhookAsked
from shared.webhooks.url_policy import checked_target, networks_in
from web.db.queries import checked_job
from web.extensions import Services
from web.http.identity import limits_of, owned, present_owner
from web.schemas.base import WebhookGiven
from web.schemas.batches import BatchRequest
from web.schemas.jobs import MAX_SEED, DesignRequest
from web.uploads.images import Reference

__all__ = [
    "NOTHING_UNDERSTOOD",
    "design_submission",
    "draw_seed",
    "payload_of",
    "repeat_job",
    "submit_design",
    "submit_job",
    "webhook_asked",
]

NOTHING_UNDERSTOOD = "nothing_understood"
_FALLBACK_PRODUCT = "phone-case"
_LATER = {"webhook": None, "priority": "normal"}
"""Fields that came later: where they are left out, an earlier release's key means the same."""
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
    """Give a random seed."""
    return secrets.randbelow(MAX_SEED + 1)


def submit_design(
    services: Services,
    given: DesignRequest,
    reference: Reference | None,
    *,
    idempotency_key: str | None = None,
) -> Job:
    """Record a design job and tell the workers.

    Raises:
        CodesignerError: as `submit_job`.
    """
    sha256 = None if reference is None else services.store.put(reference.png)
    notices = () if reference is None else reference.notices
    submission = design_submission(given, understand(given.brief), sha256, notices)
    return submit_job(
        services,
        replace(
            submission,
            idempotency_key=idempotency_key,
            payload=payload_of(given, sha256),
            webhook=webhook_asked(given.webhook, services.settings),
        ),
    )


def design_submission(
    given: DesignRequest,
    understood: Understood,
    reference_sha256: str | None,
    reference_notice: tuple[str, ...],
) -> Submission:
    """Return what is recorded of a request whose reference is stored."""
    return Submission(
        brief=given.brief,
        options={
            "variants": given.variants,
            "seed": draw_seed() if given.seed is None else given.seed,
            "product": given.product or understood.product or _FALLBACK_PRODUCT,
            "reference_strength": given.reference_strength,
            "size": given.size,
        },
        understood=understood.to_document(),
        reference_sha256=reference_sha256,
        reference_notice=reference_notice,
        notices=() if _says_something(understood) else (NOTHING_UNDERSTOOD,),
        priority=PRIORITIES[given.priority],
    )


def submit_job(services: Services, submission: Submission) -> Job:
    """Record a job of any pipeline as the present request's owner's and tell the workers.

    Raises:
        IdempotencyConflict, QueueFull, OwnerLimit: see `shared.jobs.submission.submit`.
        InvalidRequest, CodesignerError: see `web.http.identity.owned`.
    """
    with services.recording() as session:
        owner = present_owner()
        given = owned(submission, owner, services.settings)
        job = submit(session, given, limits_of(owner, services.settings))
        stage = first_stage(job)
    services.hints.tell(stage)
    return job


def repeat_job(services: Services, job_id: str) -> Job:
    """Submit a job anew, as the present request's owner's, and tell the workers.

    Its priority is the old one's, or the highest that the owner may ask for.

    Raises:
        CodesignerError: see `shared.jobs.submission.retry`; unauthorized.
    """
    settings = services.settings
    with services.recording() as session:
        owner = present_owner()
        again = retry(
            session,
            checked_job(session, job_id).id,
            owner=owner.name,
            top_priority=owner.top_priority,
            ttl_s=settings.job_ttl_s,
            limits=limits_of(owner, settings),
        )
        stage = first_stage(again)
    services.hints.tell(stage)
    return again


def _says_something(understood: Understood) -> bool:
    return any(getattr(understood, part) for part in _DESCRIPTIVE)


def payload_of(given: DesignRequest | BatchRequest, sha256: str | None) -> str:
    """Hash what was asked for: a seed that is drawn here must not make it another payload."""
    asked = given.model_dump(mode="json", exclude={"reference"}) | {"reference": sha256}
    for name, default in _LATER.items():
        if asked[name] == default:
            del asked[name]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def webhook_asked(given: WebhookGiven | None, settings: Settings) -> WebhookAsked | None:
    """Give where events are to be sent as the ledger keeps it."""
    if given is None:
        return None
    target = checked_target(given.url, networks_in(settings.webhook_allow))
    return WebhookAsked.at(
        given.url, target, given.secret, events=tuple(dict.fromkeys(given.events))
    )
