"""Limits the rate of requests: of every address, and of every account or API client."""

from flask import Flask, g, request

from shared.errors import CodesignerError
from shared.networks import network_of
from shared.settings import Settings
from web.http.i18n import translate as _
from web.http.identity import present_account
from web.http.rate_limits import Policy, RateLimiter, report

__all__ = ["limit_accounts", "limit_addresses"]

_API = "/api/"
_ADDRESS_WINDOW_S = 5
_ACCOUNT_WINDOW_S = 10
_OF_ADDRESS_LOCALLY = 600
"""Of everybody on this machine: what the server bears."""
_OF_ADDRESS_WITH_ACCOUNTS = 100
_REST_S = 1.0


def limit_addresses(app: Flask, settings: Settings) -> None:
    """Refuse what an address sends above its limit before anything else is done for it."""
    most = settings.max_requests_per_address
    if most is None:
        most = _OF_ADDRESS_WITH_ACCOUNTS if settings.mode == "accounts" else _OF_ADDRESS_LOCALLY
    if most:
        limiter = _limiter("address", most, _ADDRESS_WINDOW_S)
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


def _rest() -> None:
    """Let the server not listen to the client for a second, so that refusals cost little."""
    connection = request.environ.get("gunicorn.socket")
    if connection is not None and hasattr(connection, "rest_s"):  # it is our server's
        connection.rest_s = _REST_S


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
        _rest()
        message = _("Too many requests; try again later.")
        raise CodesignerError("rate_limited", message, retry_after_s=wait_s)
