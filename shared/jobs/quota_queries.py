"""What is used of a quota, in SQL, and when it is free again.

Bytes are those of the owner's own jobs: a file that two jobs have counts twice, so that the figure
does not tell what others have made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, bindparam, func, null, select
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Artifact, Job
from shared.db.quota_models import QuotaEntry
from shared.queue.estimates import estimate_retry_after_s
from shared.queue.transitions import seconds_from_now, unexpired

__all__ = ["DAY_S", "Limit", "Quota", "Whose", "read_used", "seconds_until_free"]

DAY_S = 86_400
_BYTES = "stored-bytes"


@dataclass(frozen=True, kw_only=True)
class Quota:
    """Limits of one owner, or of one network; None: unlimited."""

    max_jobs: int | None = None
    """Unfinished jobs."""
    jobs_per_day: int | None = None
    """Jobs submitted in the last 24 hours."""
    max_bytes: int | None = None
    """Stored bytes; of an owner only."""


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Whose jobs are counted, and their quotas."""

    owner: str
    quota: Quota
    network: str | None
    """Keyed hash of the network; None: networks are not limited."""
    network_quota: Quota


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A limit, and what is used of it."""

    name: str
    """The policy's name in RateLimit headers."""
    code: str
    """The error of what exceeds it."""
    most: int | None
    used: int
    window_s: int | None = None
    """Seconds for which a job counts; None: not for a time."""
    frees_in_s: float | None = None
    """Seconds until the oldest job in the window does not count any more."""

    @property
    def left(self) -> int | None:
        """What is left of it; None: it is unlimited."""
        return None if self.most is None else max(0, self.most - self.used)

    @property
    def is_own(self) -> bool:
        """Whether it is the owner's, and not that of all who share a network."""
        return self.code != "address_limit"

    def is_exceeded(self, count: int) -> bool:
        """Return whether it has no place for `count` jobs, whose bytes are not known yet."""
        places = 1 if self.name == _BYTES else count
        return self.left is not None and places > self.left


def _sub(query: Select[Any]) -> Any:
    return query.scalar_subquery()


def _frees_in_s(at: Any) -> Any:
    """Return SQL of the seconds until an entry of this time leaves the window."""
    return DAY_S - func.extract("epoch", func.clock_timestamp() - at)


_OWNER, _NETWORK = bindparam("owner", type_=Text), bindparam("network", type_=Text)
_IN_WINDOW = QuotaEntry.at > seconds_from_now(-DAY_S)
_OWN = (QuotaEntry.owner == _OWNER, _IN_WINDOW)
_HERE = (QuotaEntry.network == _NETWORK, _IN_WINDOW)
_UNFINISHED = select(func.count(Job.id)).where(Job.state.in_(ACTIVE))
# Jobs know the bytes of their artifacts since they ended. Those of active jobs, which are few, are
# summed up.
_ENDED_BYTES = select(func.coalesce(func.sum(Job.stored_bytes), 0)).where(
    Job.owner == _OWNER, unexpired()
)
_ACTIVE_BYTES = (
    select(func.coalesce(func.sum(Artifact.size_bytes), 0))
    .join(Job, Job.id == Artifact.job_id)
    .where(Job.owner == _OWNER, Job.state.in_(ACTIVE))
)


@dataclass(frozen=True, kw_only=True)
class _Query:
    code: str
    used: Any
    frees_in_s: Any
    """Seconds until the oldest job in the window does not count any more."""


_QUERIES = {
    _BYTES: _Query(
        code="storage_limit",
        used=_sub(_ENDED_BYTES) + _sub(_ACTIVE_BYTES),
        frees_in_s=null(),
    ),
    "jobs-per-day": _Query(
        code="daily_limit",
        used=_sub(select(func.count()).where(*_OWN)),
        frees_in_s=_frees_in_s(_sub(select(func.min(QuotaEntry.at)).where(*_OWN))),
    ),
    "unfinished-jobs": _Query(
        code="owner_limit", used=_sub(_UNFINISHED.where(Job.owner == _OWNER)), frees_in_s=null()
    ),
    "address-jobs-per-day": _Query(
        code="address_limit",
        used=_sub(select(func.count()).where(*_HERE)),
        frees_in_s=_frees_in_s(_sub(select(func.min(QuotaEntry.at)).where(*_HERE))),
    ),
    "address-unfinished-jobs": _Query(
        code="address_limit",
        used=_sub(
            _UNFINISHED.join(QuotaEntry, QuotaEntry.job_id == Job.id).where(
                QuotaEntry.network == _NETWORK
            )
        ),
        frees_in_s=null(),
    ),
}
"""By the limit's name; the first that is exceeded names the error."""


@cache
def _statement(names: tuple[str, ...]) -> Select[Any]:
    """Return the query of the count of all active jobs, and of what is used of limits."""
    columns = [
        column for each in names for column in (_QUERIES[each].used, _QUERIES[each].frees_in_s)
    ]
    return select(_sub(_UNFINISHED), *columns)


def read_used(
    session: Session, whose: Whose, *, every: bool = False
) -> tuple[int, Sequence[Limit]]:
    """Return the count of all active jobs and the limits with what is used, in one statement.

    Args:
        every: read what is unlimited too, but for the network.
    """
    most = {
        name: number
        for name, number in _numbers(whose).items()
        if number is not None or (every and _QUERIES[name].code != "address_limit")
    }
    of_whom = {"owner": whose.owner, "network": whose.network}
    row = session.execute(_statement(tuple(most)), of_whom).one()
    limits = [
        Limit(
            name=name,
            code=_QUERIES[name].code,
            most=number,
            used=int(row[1 + 2 * place]),
            window_s=DAY_S if name.endswith("per-day") else None,
            frees_in_s=row[2 + 2 * place],
        )
        for place, (name, number) in enumerate(most.items())
    ]
    return row[0], limits


def _numbers(whose: Whose) -> dict[str, int | None]:
    """Return the limits by name, in the order of `_QUERIES`."""
    quota, here = whose.quota, whose.network_quota
    own = {
        _BYTES: quota.max_bytes,
        "jobs-per-day": quota.jobs_per_day,
        "unfinished-jobs": quota.max_jobs,
    }
    if whose.network is None:
        return own
    return own | {
        "address-jobs-per-day": here.jobs_per_day,
        "address-unfinished-jobs": here.max_jobs,
    }


def seconds_until_free(session: Session, whose: Whose, limit: Limit, count: int) -> float | None:
    """Return the seconds until `count` jobs fit within an exceeded limit.

    Of a window, until so many of its oldest jobs have left it; of bytes, until jobs that take so
    many expire; of unfinished jobs, an estimate. None: never, unless something is deleted.
    """
    assert limit.most is not None
    excess = limit.used + count - limit.most
    if limit.name == _BYTES:
        wait_s = _until_expired_s(session, whose.owner, limit.used - limit.most + 1)
    elif count > limit.most:
        wait_s = None
    elif limit.window_s is None:
        owner = whose.owner if limit.is_own else None
        wait_s = estimate_retry_after_s(session, excess, owner)
    else:
        key, value = QuotaEntry.network, whose.network
        if limit.is_own:
            key, value = QuotaEntry.owner, whose.owner
        query = select(_frees_in_s(QuotaEntry.at)).where(key == value, _IN_WINDOW)
        wait_s = session.scalar(query.order_by(QuotaEntry.at).offset(excess - 1).limit(1))
    return None if wait_s is None else max(1.0, float(wait_s))


def _until_expired_s(session: Session, owner: str, needed: int) -> float | None:
    """Return the seconds until jobs of so many bytes expire; None: they do not."""
    freed = func.sum(Job.stored_bytes).over(order_by=(Job.expires_at, Job.id))
    expiring = (
        select(Job.expires_at.label("at"), freed.label("freed"))
        .where(Job.owner == owner, unexpired(), Job.expires_at.is_not(None))
        .subquery()
    )
    left_s = func.extract("epoch", expiring.c.at - func.clock_timestamp())
    query = select(left_s).where(expiring.c.freed >= needed).order_by(expiring.c.at).limit(1)
    wait_s: float | None = session.scalar(query)
    return wait_s
