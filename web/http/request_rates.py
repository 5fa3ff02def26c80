"""Limits the rate of requests: of every address, and of every account or API client."""

from flask import Flask, g, request

from shared.errors import CodesignerError
from shared.networks import network_of
from shared.settings import Settings
from web.http.i18n import translate as _
from web.http.identity import present_account
from web.http.rate_limits import Policy, RateLimiter, report

__all__ = ["limit_accounts", "limit_addresses"]

_ACCOUNT_WINDOW_S = 10
_API = "/api/"


def limit_addresses(app: Flask, settings: Settings) -> None:
    """Refuse what an address sends above its limit before anything else is done for it."""
    if settings.max_requests_per_address:
        limiter = _limiter("address", settings.max_requests_per_address, 1)
        app.before_request(lambda: _limit(limiter, network_of(request.remote_addr or "")))


def limit_accounts(app: Flask, settings: Settings) -> None:
    """Refuse what an account sends above its limit.

    Requests that need no rights, such as those for static files, do not count unless they carry a
    token: the account is not looked up for them.
    """
    if settings.max_requests_per_account:
        limiter = _limiter("account", settings.max_requests_per_account, _ACCOUNT_WINDOW_S)
        app.before_request(lambda: _limit(limiter, _known_account()))


def _known_account() -> str | None:
    is_known = "identity" in g or "Authorization" in request.headers
    return present_account() if is_known else None


def _limiter(name: str, per_second: int, window_s: int) -> RateLimiter:
    return RateLimiter(Policy(name=name, quota=per_second * window_s, window_s=window_s))


def _limit(limiter: RateLimiter, key: str | None) -> None:
    """Count a request.

    Raises:
        CodesignerError: rate_limited, there were too many.
    """
    if key is None:
        return
    wait_s, state = limiter.take(key)
    if wait_s or request.path.startswith(_API):
        report(state)
    if wait_s:
        message = _("Too many requests; try again later.")
        raise CodesignerError("rate_limited", message, retry_after_s=wait_s)
