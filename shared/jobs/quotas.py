"""Quotas of owners and of the networks that they submit from.

A quota limits the jobs of the last 24 hours, the unfinished jobs and the stored bytes. The checks
hold while the caller holds the locks of `lock_submitter`. Locks are taken in one order: the owner,
then the network, then rows.

Each job that is submitted leaves a `QuotaEntry`. It counts for a day, even if the job is deleted,
and knows the network by a keyed hash only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from shared.db.account_models import Account
from shared.db.models import ACTIVE, Job
from shared.db.quota_models import QuotaEntry
from shared.errors import CodesignerError, QueueFull
from shared.jobs.quota_queries import DAY_S, Limit, Quota, Whose, read_used, seconds_until_free
from shared.queue.estimates import estimate_retry_after_s
from shared.queue.fairness import lock_owner
from shared.queue.transitions import seconds_from_now
from shared.settings import Settings

__all__ = [
    "REFUSALS",
    "Limit",
    "Limits",
    "Quota",
    "QuotaExceeded",
    "check_limits",
    "count_submitted",
    "delete_old_entries",
    "lock_submitter",
    "network_quota",
    "owner_quota",
    "read_limits",
]

_NETWORK_LOCKS = 0x0C0E
_GB = 1_000_000_000
_INSERT_ENTRIES = text("""
INSERT INTO quota_entry (job_id, owner, network)
SELECT unnest(CAST(:job_ids AS text[])), :owner, :network
""")

REFUSALS = {
    "storage_limit": "Your designs take %(used)s of %(most)s MB; delete some of them.",
    "daily_limit": "The limit of jobs in 24 hours is %(most)s; you have submitted %(used)s.",
    "owner_limit": (
        "At most %(most)s of your jobs may be unfinished, and %(used)s are; wait for some, or "
        "cancel them."
    ),
    "address_limit": "Too many jobs come from your network; try again later.",
}
"""Texts of the refusals by their code."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a submission; None: unlimited."""

    queue: int | None = None
    """Active jobs of all owners."""
    quota: Quota | None = None
    """Of the owner; None: its jobs are not counted either, as those that others retry for it."""
    account_id: str | None = None
    """Account whose own limits apply in place of `quota`, where it has any."""
    network: str | None = None
    """Keyed hash of the network that the request came from; None: networks are not limited."""
    network_quota: Quota = field(default_factory=Quota)
    on_checked: Callable[[Sequence[Limit], int], object] | None = None
    """Called with the limits that were checked, and the count of jobs to be submitted."""


class QuotaExceeded(CodesignerError):
    """Jobs would exceed limits of their owner or network; the first of these gives the code."""

    def __init__(self, violated: Sequence[Limit], retry_after_s: float | None) -> None:
        code = violated[0].code
        self.violated = tuple(violated)
        super().__init__(code, REFUSALS[code] % self.values, retry_after_s=retry_after_s)

    @property
    def values(self) -> dict[str, int]:
        """The numbers in the message."""
        first = self.violated[0]
        unit = 1_000_000 if first.code == "storage_limit" else 1
        return {"most": (first.most or 0) // unit, "used": first.used // unit}


def owner_quota(settings: Settings, *, max_jobs: int | None = None) -> Quota:
    """Return the limits of an owner that has none of its own.

    Args:
        max_jobs: the owner's own number of unfinished jobs; None: that of the installation.
    """
    with_accounts = settings.mode == "accounts"
    usual_jobs = 200 if with_accounts else 2_000
    return Quota(
        max_jobs=max_jobs or _chosen(settings.max_jobs_per_owner, usual_jobs),
        jobs_per_day=_chosen(settings.max_daily_jobs_per_owner, 1_000 if with_accounts else None),
        max_bytes=_chosen(settings.max_bytes_per_owner, 20 * _GB if with_accounts else None),
    )


def network_quota(settings: Settings) -> Quota:
    """Return the limits of a network."""
    with_accounts = settings.mode == "accounts"
    return Quota(
        max_jobs=_chosen(settings.max_jobs_per_address, 1_000 if with_accounts else None),
        jobs_per_day=_chosen(settings.max_daily_jobs_per_address, 5_000 if with_accounts else None),
    )


def lock_submitter(session: Session, owner: str, limits: Limits) -> None:
    """Serialize submissions of one owner, and of one limited network, until the commit."""
    lock_owner(session, owner)
    if limits.network is not None:
        session.execute(
            text("SELECT pg_advisory_xact_lock(:space, hashtext(:network))"),
            {"space": _NETWORK_LOCKS, "network": limits.network},
        )


def check_limits(session: Session, owner: str, limits: Limits, count: int = 1) -> None:
    """Check that `count` further jobs fit within the limits.

    The result holds while the caller holds the locks of `lock_submitter`.

    Raises:
        QueueFull: they would exceed the limit of all owners' active jobs.
        QuotaExceeded: they would exceed limits of the owner or its network.
    """
    if limits == Limits():
        return
    whose = _whose(session, owner, limits)
    active, found = read_used(session, whose)
    if limits.on_checked is not None:
        limits.on_checked(found, count)
    if limits.queue is not None and active + count > limits.queue:
        raise QueueFull(estimate_retry_after_s(session, active + count - limits.queue))
    violated = [each for each in found if each.is_exceeded(count)]
    if violated:
        waits = [seconds_until_free(session, whose, each, count) for each in violated]
        known = [wait_s for wait_s in waits if wait_s is not None]
        raise QuotaExceeded(violated, max(known) if len(known) == len(waits) else None)


def count_submitted(session: Session, owner: str, limits: Limits, job_ids: Sequence[str]) -> None:
    """Count submitted jobs against the quotas."""
    if limits.quota is not None:
        counted = {"job_ids": list(job_ids), "owner": owner, "network": limits.network}
        session.execute(_INSERT_ENTRIES, counted)


def read_limits(session: Session, owner: str, limits: Limits) -> Sequence[Limit]:
    """Return the limits of an owner with what is used of them, unlimited ones too."""
    return read_used(session, _whose(session, owner, limits), every=True)[1]


def delete_old_entries(session: Session) -> None:
    """Delete what does not count any more: the job was submitted a day ago and has ended."""
    is_active = select(Job.id).where(Job.id == QuotaEntry.job_id, Job.state.in_(ACTIVE)).exists()
    session.execute(
        delete(QuotaEntry)
        .where(QuotaEntry.at <= seconds_from_now(-DAY_S), ~is_active)
        .execution_options(synchronize_session=False)
    )


def _whose(session: Session, owner: str, limits: Limits) -> Whose:
    quota = limits.quota or Quota()
    if limits.quota is not None and limits.account_id is not None:
        quota = _account_quota(session, limits.account_id, quota)
    return Whose(
        owner=owner, quota=quota, network=limits.network, network_quota=limits.network_quota
    )


def _account_quota(session: Session, account_id: str, usual: Quota) -> Quota:
    """Return the limits of an account: its own ones, of which 0 is unlimited, or the usual ones."""
    account = session.get(Account, account_id)
    if account is None:
        return usual
    return Quota(
        max_jobs=_chosen(account.max_jobs, usual.max_jobs),
        jobs_per_day=_chosen(account.jobs_per_day, usual.jobs_per_day),
        max_bytes=_chosen(account.max_bytes, usual.max_bytes),
    )


def _chosen(own: int | None, usual: int | None) -> int | None:
    return usual if own is None else own or None
