"""Exponential backoff of failed sign-ins, for each name and for each network.

An attempt counts as failed until it has succeeded: it is counted before the password is checked, so
that parallel attempts cannot pass the limit together. A name and a network have one row each,
whatever the number of attempts; the relay deletes rows without an attempt for a day.

A network from which the account was signed in before has a row of its own for that name, so that
strangers who guess cannot keep a person out.
"""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.errors import CodesignerError

__all__ = [
    "FORGET_S",
    "NAME",
    "NETWORK",
    "Attempt",
    "Backoff",
    "forget_failures",
    "record_success",
    "reserve_attempt",
]


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Failures without a wait; the next one waits a second, and each further one twice as long."""

    free: int
    cap_s: int

    def wait_s(self, failures: int) -> int:
        """Return the seconds to wait after this many failures."""
        if failures < self.free:
            return 0
        return int(min(self.cap_s, 2 ** min(failures - self.free, 30)))


NAME = Backoff(free=5, cap_s=900)
NETWORK = Backoff(free=20, cap_s=900)
"""Larger, because an office is one network."""
FORGET_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A sign-in that is counted under two keys."""

    name_key: str
    network_key: str

    @classmethod
    def of(cls, name: str, network: str, *, is_known_network: bool = False) -> "Attempt":
        """Return the attempt of a folded name from a network.

        Args:
            is_known_network: the account was signed in from there before.
        """
        scope = (name, network) if is_known_network else (name,)
        return cls(name_key=_hashed("name", *scope), network_key=_hashed("network", network))

    @classmethod
    def at_provider(cls, network: str) -> "Attempt":
        """Return the attempt of somebody from a provider, whose name is not known yet."""
        return cls(name_key=_hashed("oidc", network), network_key=_hashed("network", network))

    @property
    def keys(self) -> list[str]:
        """Return both keys, in the order in which their rows are locked."""
        return [self.name_key, self.network_key]


def _hashed(*parts: str) -> str:
    """Return the key of its parts, which no other parts have, whatever is typed as a name."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


_LONGEST_WAIT = text("""
SELECT max(extract(epoch FROM blocked_until - clock_timestamp())) FROM sign_in_throttle
WHERE key = ANY (:keys)
""")
_LOCK = text("""
INSERT INTO sign_in_throttle (key, failures) VALUES (:name, 0), (:network, 0)
ON CONFLICT (key) DO UPDATE SET failures = CASE
    WHEN sign_in_throttle.tried_at < clock_timestamp() - make_interval(secs => :forget_s) THEN 0
    ELSE sign_in_throttle.failures END
RETURNING key, failures
""")
_COUNT = text("""
UPDATE sign_in_throttle SET failures = failures + 1, tried_at = clock_timestamp(),
    blocked_until = clock_timestamp() + make_interval(secs => :wait_s)
WHERE key = :key
""")
_FORGIVE = text("""
UPDATE sign_in_throttle SET failures = greatest(failures - 1, 0), blocked_until = clock_timestamp()
WHERE key = :key
""")
_DELETE = text("DELETE FROM sign_in_throttle WHERE key = :key")


def reserve_attempt(session: Session, attempt: Attempt) -> None:
    """Count an attempt as failed, unless its name or network has to wait. Commits.

    Raises:
        CodesignerError: rate_limited; it is not counted, so waiting is enough.
    """
    _check_wait(session, attempt)  # most that must wait are refused here, without a write
    parameters = {"name": attempt.name_key, "network": attempt.network_key, "forget_s": FORGET_S}
    failures = {row.key: row.failures for row in session.execute(_LOCK, parameters)}
    _check_wait(session, attempt)
    for key, backoff in zip(attempt.keys, (NAME, NETWORK), strict=True):
        session.execute(_COUNT, {"key": key, "wait_s": backoff.wait_s(failures[key] + 1)})
    session.commit()


def _check_wait(session: Session, attempt: Attempt) -> None:
    wait_s = session.scalar(_LONGEST_WAIT, {"keys": attempt.keys})
    if wait_s is not None and wait_s > 0:
        session.rollback()
        message = "Too many attempts failed; wait before the next one."
        raise CodesignerError("rate_limited", message, retry_after_s=float(wait_s))


def record_success(session: Session, attempt: Attempt) -> None:
    """Take the count of a successful attempt back: all of the name, one of the network.

    Only one of the network, so that somebody who has an account cannot guess others' passwords
    without end by signing in in between. The caller commits.
    """
    session.execute(_DELETE, {"key": attempt.name_key})
    session.execute(_FORGIVE, {"key": attempt.network_key})


def forget_failures(session: Session, name: str) -> None:
    """Let the next sign-in under a folded name be checked at once. The caller commits."""
    session.execute(_DELETE, {"key": Attempt.of(name, "").name_key})
