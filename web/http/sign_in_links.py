"""Single-use, short-lived links that sign a browser in as the administrator."""

import hashlib
import secrets
import threading
import time
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeTimedSerializer

from shared.settings import Settings

__all__ = ["LINK_TTL_S", "SignInCodes", "sign_in_code", "sign_in_link"]

LINK_TTL_S = 600
"""Lifetime of a link in seconds."""


def sign_in_link(settings: Settings) -> str | None:
    """Return a new sign-in URL; None if no admin token is configured."""
    if settings.admin_token is None:
        return None
    code = sign_in_code(settings.admin_token.get_secret_value())
    return f"{settings.public_url.rstrip('/')}/admin/login?{urlencode({'code': code})}"


def sign_in_code(token: str) -> str:
    """Return a new code signed with the token; the code does not contain the token."""
    return _serializer(token).dumps(secrets.token_hex(16))


class SignInCodes:
    """Accepts each sign-in code once, in this process.

    Args:
        since: Unix time in seconds; older codes are rejected, as an earlier process may have
            accepted them. None: now.
    """

    def __init__(self, since: float | None = None) -> None:
        self._since = int(time.time() if since is None else since)
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, code: str, token: str) -> bool:
        """Return whether the code is signed with the token, unexpired and unused; mark it used."""
        try:
            nonce, issued_at = _serializer(token).loads(
                code, max_age=LINK_TTL_S, return_timestamp=True
            )
        except BadData:
            return False
        if issued_at.timestamp() < self._since:
            return False
        now = time.time()
        with self._lock:
            self._used = {used: until for used, until in self._used.items() if until > now}
            if nonce in self._used:
                return False
            self._used[nonce] = now + 2 * LINK_TTL_S
        return True


def _serializer(token: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        token, salt="codesigner sign-in", signer_kwargs={"digest_method": hashlib.sha256}
    )
