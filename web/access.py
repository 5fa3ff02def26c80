"""Who may administer: whoever sits at the machine, or has the token."""

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request, session

from shared.errors import CodesignerError
from web.context import services
from web.i18n import translate as _
from web.security import LOOPBACK

__all__ = ["actor", "admin_only", "bearer_token", "is_admin", "token_matches"]

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


def admin_only(view: ViewT) -> ViewT:
    """Refuse a view to everybody else."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not is_admin():
            raise _refusal()
        return view(*args, **kwargs)

    return cast(ViewT, guarded)


def is_admin() -> bool:
    """Tell whether the present visitor may administer."""
    if services().settings.admin_token is None:
        return _is_local()
    token = bearer_token()
    if token is not None and token_matches(token):
        return True
    return session.get("admin") is True


def bearer_token() -> str | None:
    """Give the token that the present request carries, if any."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def token_matches(token: str) -> bool:
    """Compare with the installation's admin token, in constant time."""
    expected = services().settings.admin_token
    return expected is not None and hmac.compare_digest(
        token.encode(), expected.get_secret_value().encode()
    )


def actor() -> str:
    """Name the present administrator, for logs."""
    return "local" if services().settings.admin_token is None else "admin"


def _is_local() -> bool:
    """Tell a visitor on this machine; one that comes through a proxy could be anybody."""
    proxied = any(name in request.headers for name in _PROXY_HEADERS)
    return request.remote_addr in LOOPBACK and not proxied


def _refusal() -> CodesignerError:
    if services().settings.admin_token is None:
        return CodesignerError(
            "forbidden",
            _("Without CODESIGNER_ADMIN_TOKEN this is open on the machine itself only."),
        )
    return CodesignerError("unauthorized", _("This needs the administrator's token."))
