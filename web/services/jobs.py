"""Submission and retry of jobs."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, Unpack

from sqlalchemy.orm import Session

from shared.briefs.colours.changes import ColourChange, named_colours, with_changed_colours
from shared.briefs.notices import brief_notices
from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.db.models import Job
from shared.designs.edits.briefs import is_only_edit
from shared.errors import CodesignerError, FieldError, InvalidRequest, JobExpired, JobNotFound
from shared.jobs.insertion import (
    Derivation,
    DesignInput,
    Submission,
    SubmissionFields,
    first_stage,
)
from shared.jobs.quotas import Limits
from shared.jobs.submission import repeat_hash, retry, submit
from shared.motifs.names import MotifNames
from shared.queue.fairness import PRIORITIES
from shared.settings import Settings
from shared.webhooks.endpoints import WebhookRequest
from shared.webhooks.url_policy import parse_networks, parse_webhook_url
from web.db.queries import DESIGNERS, checked_job
from web.extensions import Services
from web.http.i18n import translate as _
from web.http.identity import (
    Owner,
    check_priority,
    present_owner,
    request_fields,
)
from web.http.quotas import limits_of
from web.schemas.base import WebhookGiven
from web.schemas.batches import BatchRequest
from web.schemas.jobs import MAX_SEED, DesignRequest
from web.schemas.palettes import PaletteRead
from web.services.motifs import installed_names, with_chosen_motifs
from web.uploads.images import Reference
from web.uploads.storing import store_held

__all__ = [
    "NOTHING_UNDERSTOOD",
    "PALETTE_CONVERTED",
    "Describe",
    "Described",
    "StoredReference",
    "changed_brief_of",
    "check_is_no_edit",
    "design_submission",
    "draw_seed",
    "payload_hash_of",
    "repeat_job",
    "requested_webhook",
    "store_reference",
    "submit_design",
    "submit_job",
    "submit_with_other_seed",
    "understood_request",
]

Described = TypeVar("Described")
Describe = Callable[[Session, Job], Described]
"""Returns what a response needs of a submitted job, in the transaction of the submission."""

NOTHING_UNDERSTOOD = "nothing_understood"
PALETTE_CONVERTED = "palette_converted"
_FALLBACK_PRODUCT = "phone-case"
_DEFAULTS_ADDED_LATER = {
    "webhook": None,
    "priority": "normal",
    "motifs": None,
    "colour_changes": None,
    "derived_from": None,
    "ttl_s": None,
    "listed": True,
    "palette": None,
    "palette_only": False,
}
"""Fields added in later releases: a default value does not change the hash of a payload."""
_DESCRIPTIVE = (
    "product",
    "materials",
    "finish",
    "pattern",
    "colours",
    "excluded_colours",
    "refused",
    "gradient",
    "functions",
    "mood",
    "scale",
    "density",
    "contrast",
    "line_weight",
    "ground",
    "motifs",
)


def draw_seed() -> int:
    """Return a random seed."""
    return secrets.randbelow(MAX_SEED + 1)


@dataclass(frozen=True, kw_only=True)
class StoredReference:
    """The reference image of a request in the artifact store, or none."""

    sha256: str | None = None
    size_bytes: int = 0
    notices: tuple[str, ...] = ()


def store_reference(services: Services, reference: Reference | None) -> StoredReference:
    """Store the reference image of a request, if it has one; see `store_held`."""
    if reference is None:
        return StoredReference()
    return StoredReference(
        sha256=store_held(services, reference.png),
        size_bytes=len(reference.png),
        notices=reference.notices,
    )


def submit_job(
    services: Services,
    build: Callable[[Session, Owner], Submission],
    describe: Describe[Described],
    *,
    limits: Limits | None = None,
) -> Described:
    """Submit a job for the current request's owner; after the commit send a hint to the workers.

    Args:
        build: returns the submission; it is called under the write limit, in the transaction.
        describe: returns what the response needs of the job; it is called in the transaction.
        limits: None: those of the owner.

    Returns:
        What `describe` returned.

    Raises:
        IdempotencyConflict, QueueFull, QuotaExceeded: see `shared.jobs.submission.submit`.
        CodesignerError: unauthorized; forbidden, the owner may not use that priority; any of
            `build` and `describe`.
    """
    with services.hints.deferred() as stages, services.recording() as session:
        owner = present_owner()
        submission = build(session, owner)
        check_priority(owner, submission.priority)
        job = submit(session, submission, limits or limits_of(owner, services.settings))
        stages.add(first_stage(job))
        return describe(session, job)


def submit_design(
    services: Services,
    request: DesignRequest,
    reference: Reference | None,
    describe: Describe[Described],
    *,
    idempotency_key: str | None = None,
) -> Described:
    """Submit a design job; see `submit_job`.

    The brief is parsed under the write limit.

    Raises:
        CodesignerError: edit_without_design, see `check_is_no_edit`.
    """
    settings = services.settings
    if reference is None and request.motifs is None:
        check_is_no_edit(services, request.brief, "brief")
    _check_colour_changes(request)
    check_priority(present_owner(), PRIORITIES[request.priority])
    stored = store_reference(services, reference)
    payload_hash = payload_hash_of(request, stored.sha256)
    webhook = requested_webhook(request.webhook, settings)

    def build(session: Session, owner: Owner) -> Submission:
        return design_submission(
            request,
            understood_request(request.brief, request, installed_names(settings)),
            stored,
            **request_fields(owner, settings, request.ttl_s),
            idempotency_key=idempotency_key,
            payload_hash=payload_hash,
            webhook=webhook,
            derivation=changed_brief_of(session, request.derived_from),
        )

    return submit_job(services, build, describe)


def changed_brief_of(session: Session, job_id: str | None) -> Derivation | None:
    """Return the derivation from the design whose brief was changed; None without one.

    Raises:
        InvalidRequest: there is no such design, or it has expired.
    """
    if job_id is None:
        return None
    try:
        if checked_job(session, job_id).pipeline in DESIGNERS:
            return Derivation(job_id=job_id, how="changed_brief")
    except (JobNotFound, JobExpired):
        pass
    raise InvalidRequest(FieldError(field="derived_from", message=_("There is no such job.")))


def check_is_no_edit(services: Services, brief: str, field: str) -> None:
    """Check that a brief describes a design, and not only a change of one that is not at hand.

    Raises:
        CodesignerError: edit_without_design, with the field of the request.
    """
    if is_only_edit(brief, installed_names(services.settings)):
        text = _("Which design should be changed? Open it and say it there.")
        raise CodesignerError(
            "edit_without_design", text, fields=(FieldError(field=field, message=text),)
        )


def _check_colour_changes(request: DesignRequest) -> None:
    """Check that the brief names the colours that are changed.

    Raises:
        InvalidRequest: it does not; names the change.
    """
    changes = request.colour_changes or ()
    if not any(change.old for change in changes):
        return
    named = named_colours(parse_brief(request.brief))
    message = _("The brief does not name this colour.")
    faults = [
        FieldError(field=f"colour_changes.{number}.from", message=message)
        for number, change in enumerate(changes)
        if change.old is not None and change.old not in named
    ]
    if faults:
        raise InvalidRequest(*faults)


def understood_request(
    brief: str, request: DesignRequest | BatchRequest, names: MotifNames
) -> ParsedBrief:
    """Return what is understood of a brief, with the motifs and colours that the request sets."""
    understood = with_chosen_motifs(parse_brief(brief), request.motifs, names)
    changes = [
        ColourChange(old=change.old, new=change.new and change.new.upper())
        for change in request.colour_changes or ()
    ]
    return with_changed_colours(understood, changes)


def design_submission(
    request: DesignRequest,
    understood: ParsedBrief,
    reference: StoredReference,
    **fields: Unpack[SubmissionFields],
) -> Submission:
    """Return the submission of a request for one design."""
    colours = () if request.palette is None else request.palette.colours or ()
    palette = [each.model_dump() for each in colours]
    return Submission(
        brief=request.brief,
        options={
            "variants": request.variants,
            "seed": draw_seed() if request.seed is None else request.seed,
            "product": request.product or understood.product or _FALLBACK_PRODUCT,
            "reference_strength": request.reference_strength,
            "size": request.size,
            **_changes_option(request),
            **({"palette": palette, "palette_only": request.palette_only} if palette else {}),
        },
        design=DesignInput(
            understood=understood.to_document(),
            reference_sha256=reference.sha256,
            reference_bytes=reference.size_bytes,
            reference_notice=reference.notices,
            notices=(
                *(() if _has_recognised_terms(understood) else (NOTHING_UNDERSTOOD,)),
                *brief_notices(understood),
                *((PALETTE_CONVERTED,) if _is_converted(request) else ()),
            ),
        ),
        priority=PRIORITIES[request.priority],
        listed=request.listed,
        **fields,
    )


def _changes_option(request: DesignRequest) -> dict[str, Any]:
    """Return the option that the form is filled in from again."""
    changes = request.colour_changes
    if not changes:
        return {}
    return {"colour_changes": [change.model_dump(by_alias=True) for change in changes]}


def submit_with_other_seed(
    services: Services,
    job_id: str,
    describe: Describe[Described],
    *,
    idempotency_key: str | None = None,
) -> Described:
    """Submit an earlier design with another seed; see `submit_job`.

    The same key gives the same job, whose seed is not drawn again.

    Raises:
        JobNotFound, JobExpired: there is no such job, or it has expired.
        CodesignerError: not_found, the job is not a design.
    """

    def build(session: Session, owner: Owner) -> Submission:
        old = checked_job(session, job_id)
        if old.pipeline != "design":
            raise CodesignerError("not_found", _("There is nothing here"))
        return Submission(
            brief=old.brief,
            options={**old.options, "seed": draw_seed()},
            design=DesignInput.of_job(old),
            derivation=Derivation(job_id=old.id, how="another_seed"),
            idempotency_key=idempotency_key,
            payload_hash=repeat_hash(old.id, "another_seed"),
            **request_fields(owner, services.settings),
        )

    return submit_job(services, build, describe)


def repeat_job(
    services: Services,
    job_id: str,
    describe: Describe[Described],
    *,
    idempotency_key: str | None = None,
) -> Described:
    """Retry a job for the current request's owner; after the commit send a hint to the workers.

    The priority is the old job's, limited to the highest that the owner may request.

    Returns:
        What `describe`, called in the transaction, returned of the new job.

    Raises:
        CodesignerError: see `shared.jobs.submission.retry`; unauthorized.
    """
    settings = services.settings
    with services.hints.deferred() as stages, services.recording() as session:
        owner = present_owner()
        job = retry(
            session,
            checked_job(session, job_id).id,
            owner=owner.name,
            top_priority=owner.top_priority,
            ttl_s=settings.job_ttl_s,
            limits=limits_of(owner, settings),
            idempotency_key=idempotency_key,
        )
        stages.add(first_stage(job))
        return describe(session, job)


def _is_converted(request: DesignRequest) -> bool:
    return isinstance(request.palette, PaletteRead) and request.palette.converted


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
