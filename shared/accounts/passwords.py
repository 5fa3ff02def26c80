"""Passwords: which are refused, and their hashes (Argon2id).

Rules of NIST SP 800-63B: length and a list of common passwords, no rules of composition.
"""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.unicode_text import normalized

__all__ = [
    "MAX_CHARS",
    "MAX_CONCURRENT_HASHES",
    "MIN_CHARS",
    "check_password",
    "hash_password",
    "needs_rehash",
    "verify_password",
]

MIN_CHARS = 8
MAX_CHARS = 128
MAX_CONCURRENT_HASHES = 2
"""Of one process: two take 128 MiB, and leave threads to other requests."""

_MIN_DISTINCT = 4
_HASH_WAIT_S = 5.0
_COMMON_IN_CHINA = """
    110110110 110120119 13145200 1314520520 1314521521 159357159 168168168 20082008 20102010
    520131400 52013145 5201314520 520520520 5211314520 584131421 5845201314 66666666 7758258258
    77585210 7758521521 88888888 987654321 9876543210 admin1234 admin123456 aini1314 caonima123
    changeme123 dearbook guest1234 iloveyou1314 iloveyou520 letmein123 li123456 loveyou1314
    mima1234 mima123456 nihaoma123 p@ssw0rd1 p@ssw0rd123 p@ssword1 passw0rd123 root1234 root123456
    taobao123 tencent123 test123456 user1234 w123456789 wang123456 woaini123 woaini1314 woaini520
    woaini521 woaiwojia wodemima woshishui xiaoxiao xiazhili zhang123
"""
_SERVICE_NAME = "codesigner"
_HASHER = PasswordHasher(time_cost=2, memory_cost=64 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(MAX_CONCURRENT_HASHES)


def check_password(password: str, *, names: tuple[str, ...] = (), field: str = "password") -> None:
    """Check a new password.

    Args:
        names: the account's name and e-mail, which the password may not be.

    Raises:
        InvalidRequest: it is too short, too long, common, or follows from the names.
    """
    if (reason := _refusal(password, names)) is not None:
        raise InvalidRequest(FieldError(field=field, message=reason))


def _refusal(password: str, names: tuple[str, ...]) -> str | None:
    if len(password) < MIN_CHARS:
        return f"Must have at least {MIN_CHARS} characters."
    if len(password) > MAX_CHARS:
        return f"Must have at most {MAX_CHARS} characters."
    folded = _canonical(password).casefold()
    if folded in _common_passwords() or len(set(folded)) < _MIN_DISTINCT:
        return "This password is too common; choose another one."
    if _without_affixes(folded) in _refused_words(names):
        return "The password must not be a name of yours or of the service."
    return None


def _without_affixes(folded: str) -> str:
    """Return the text without digits and signs at its ends: `anna` for `anna2026!`."""
    letters = [index for index, char in enumerate(folded) if char.isalpha()]
    return folded[letters[0] : letters[-1] + 1] if letters else folded


def _refused_words(names: tuple[str, ...]) -> set[str]:
    wholes = [name.casefold() for name in (*names, _SERVICE_NAME) if name]
    locals_ = [name.partition("@")[0] for name in wholes]
    return {_without_affixes(word) for word in (*wholes, *locals_)}


@cache
def _common_passwords() -> frozenset[str]:
    """Return the common passwords of zxcvbn's frequency list, and those that it lacks."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a megabyte, for new passwords alone

    return frozenset((*FREQUENCY_LISTS["passwords"], *_COMMON_IN_CHINA.split()))


def _canonical(password: str) -> str:
    """Return the form that is hashed: the same for all keyboards and operating systems."""
    return normalized("NFKC", password)


def hash_password(password: str) -> str:
    """Return the encoded Argon2id hash of a password; takes about 100 ms and 64 MiB.

    Raises:
        CodesignerError: unavailable, too many passwords are being hashed.
    """
    with _Slot():
        return _HASHER.hash(_canonical(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Return whether a password is right, in the same time if there is no hash to compare with.

    Raises:
        CodesignerError: unavailable, too many passwords are being hashed.
    """
    decoy = _decoy_hash()
    canonical = _canonical(password) if len(password) <= MAX_CHARS else ""
    with _Slot():
        try:
            _HASHER.verify(password_hash or decoy, canonical)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return password_hash is not None and len(password) <= MAX_CHARS


def needs_rehash(password_hash: str) -> bool:
    """Return whether a hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def _decoy_hash() -> str:
    """Return the hash that is verified in place of that of an unknown account."""
    return _HASHER.hash("the password of nobody")


class _Slot:
    """One of the places for hashing, so that sign-ins take neither all memory nor all cores."""

    def __enter__(self) -> None:
        if not _slots.acquire(timeout=_HASH_WAIT_S):
            raise CodesignerError(
                "unavailable",
                "Too many people are signing in; try again in a moment.",
                retry_after_s=_HASH_WAIT_S,
            )

    def __exit__(self, *_exception: object) -> None:
        _slots.release()
