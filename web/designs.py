"""Turning what was asked for into a job."""

import hashlib
import json
import secrets
from dataclasses import replace

from shared.fairness import PRIORITIES
from shared.jobs import Submission, first_stage, retry, submit
from shared.rows import Job
from shared.understanding import Understood, understand
from web.context import Services
from web.owners import limits_of, owned, present_owner
from web.queries import checked_job_id
from web.schemas import MAX_SEED, DesignRequest
from web.uploads import Reference

__all__ = [
    "NOTHING_UNDERSTOOD",
    "design_submission",
    "draw_seed",
    "repeat_job",
    "submit_design",
    "submit_job",
]

NOTHING_UNDERSTOOD = "nothing_understood"
_FALLBACK_PRODUCT = "phone-case"
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
    submission = design_submission(given, sha256, notices)
    payload = _payload(given, sha256)
    return submit_job(
        services, replace(submission, idempotency_key=idempotency_key, payload=payload)
    )


def design_submission(
    given: DesignRequest, reference_sha256: str | None, reference_notice: tuple[str, ...]
) -> Submission:
    """Give what is recorded of a request whose reference is stored."""
    understood = understand(given.brief)
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
        IdempotencyConflict, QueueFull, OwnerLimit: see `shared.jobs.submit`.
        InvalidRequest, CodesignerError: see `web.owners.owned`.
    """
    with services.sessions.begin() as session:
        owner = present_owner(session)
        given = owned(submission, owner, services.settings)
        job = submit(session, given, limits_of(owner, services.settings))
        stage = first_stage(job)
    services.hints.tell(stage)
    return job


def repeat_job(services: Services, job_id: str) -> Job:
    """Submit a job anew, as the present request's owner's, and tell the workers.

    Raises:
        CodesignerError: see `shared.jobs.retry`; unauthorized.
    """
    settings = services.settings
    with services.sessions.begin() as session:
        owner = present_owner(session)
        again = retry(
            session,
            checked_job_id(job_id),
            owner=owner.name,
            ttl_s=settings.job_ttl_s,
            limits=limits_of(owner, settings),
        )
        stage = first_stage(again)
    services.hints.tell(stage)
    return again


def _says_something(understood: Understood) -> bool:
    return any(getattr(understood, part) for part in _DESCRIPTIVE)


def _payload(given: DesignRequest, sha256: str | None) -> str:
    """Hash what was asked for: a seed that is drawn here must not make it another payload."""
    asked = given.model_dump(mode="json", exclude={"reference"}) | {"reference": sha256}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
