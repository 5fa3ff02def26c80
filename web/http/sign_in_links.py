"""Links that sign a browser in as the administrator: each once, and not for long."""

import hashlib
import secrets
import threading
import time
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeTimedSerializer

from shared.settings import Settings

__all__ = ["GOOD_S", "SignInCodes", "sign_in_code", "sign_in_link"]

GOOD_S = 600
"""Seconds that a link is good for."""


def sign_in_link(settings: Settings) -> str | None:
    """Return a new link to the administration; None where no token is configured."""
    if settings.admin_token is None:
        return None
    code = sign_in_code(settings.admin_token.get_secret_value())
    return f"{settings.public_url.rstrip('/')}/admin/login?{urlencode({'code': code})}"


def sign_in_code(token: str) -> str:
    """Return a new code; it is signed with the token and does not contain it."""
    return _serializer(token).dumps(secrets.token_hex(16))


class SignInCodes:
    """Takes each code once, in this process.

    Args:
        since: seconds since 1970; older codes may have been taken by an earlier process.
    """

    def __init__(self, since: float | None = None) -> None:
        self._since = int(time.time() if since is None else since)
        self._taken: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, code: str, token: str) -> bool:
        """Return whether the code is signed with the token, still good and not taken before."""
        try:
            name, at = _serializer(token).loads(code, max_age=GOOD_S, return_timestamp=True)
        except BadData:
            return False
        if at.timestamp() < self._since:
            return False
        now = time.time()
        with self._lock:
            self._taken = {each: until for each, until in self._taken.items() if until > now}
            if name in self._taken:
                return False
            self._taken[name] = now + 2 * GOOD_S
        return True


def _serializer(token: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        token, salt="codesigner sign-in", signer_kwargs={"digest_method": hashlib.sha256}
    )
