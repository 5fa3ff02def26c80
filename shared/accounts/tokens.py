"""Random tokens of sessions, links and API keys: returned once, stored as SHA-256.

A token has 256 random bits, so its hash needs no salt and no slow function. Rows are found by the
hash: the time of a lookup depends on the hash, from which no token follows, so nothing that is
secret is compared.
"""

import re
import secrets
import string

from shared.clients import token_sha256

__all__ = ["key_prefix", "new_api_key", "new_token", "token_sha256"]

_TOKEN_BYTES = 32
_LETTERS = string.ascii_letters + string.digits
_PREFIX_CHARS, _SECRET_CHARS = 8, 43
_KEY = re.compile(r"(cds_[A-Za-z0-9]{8})_[A-Za-z0-9]{43}")  # the two lengths above


def new_token() -> str:
    """Return a token of 256 random bits, safe in URLs."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def new_api_key() -> str:
    """Return an API key, `cds_<prefix>_<secret>`, of letters, digits and underscores."""
    return f"cds_{_random_letters(_PREFIX_CHARS)}_{_random_letters(_SECRET_CHARS)}"


def key_prefix(key: str) -> str | None:
    """Return the beginning of an API key that is no secret; None: it has not the form of one."""
    match = _KEY.fullmatch(key)
    return None if match is None else match[1]


def _random_letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
