"""Signing in by OpenID Connect: to the provider, and back from it."""

import secrets
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, redirect, request, session, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from shared.accounts.identities import (
    Admission,
    ExternalIdentity,
    connect_identity,
    disconnect_identity,
    known_account,
    sign_in_identity,
)
from shared.accounts.invitations import open_invitation
from shared.accounts.rights import Principal
from shared.accounts.sign_in import SignedIn
from shared.accounts.throttle import Attempt, record_success, reserve_attempt
from shared.audit.account_acts import record_accepted
from shared.audit.events import Act, record
from shared.errors import CodesignerError
from shared.settings import Settings
from web.extensions import services as current_services
from web.http.access import present_principal, visit
from web.http.accounts import begin, record_refusal, session_principal, target_path
from web.http.audit import audit, present_actor
from web.http.i18n import translate as _
from web.services.oidc_flow import FLOW_S, Flow

if TYPE_CHECKING:
    from web.services.oidc import OidcProvider

__all__ = ["RETURN", "blueprint", "connect_code"]

blueprint = Blueprint("oidc", __name__)

RETURN = "oidc.callback"
"""Endpoint to which the provider sends browsers back."""

_KEY = "oidc"
_CONNECT_S = 3600
_MAX_PARAMETER = 4096
_MAX_INVITATION = 100


@blueprint.get("/sign-in/oidc")
def start() -> Response:
    """Send the browser to the provider; what is checked at its return is in its cookie.

    A link, not a form: the content security policy keeps forms on this site.
    """
    provider, flow = _provider(), Flow()
    kept: dict[str, Any] = asdict(flow) | {"at": int(time.time())}
    if (code := request.args.get("connect")) is not None:
        kept["connect"] = _connecting_account(code)
    elif (invitation := request.args.get("invitation")) is not None:
        kept["invitation"] = invitation[:_MAX_INVITATION]
    kept["next"] = target_path(request.args.get("next"))
    url = provider.authorization_url(flow)
    session[_KEY] = kept
    return redirect(url)


@blueprint.get("/sign-in/oidc/callback")
def callback() -> Response:
    """Sign in whom the provider sends back, or connect the identity to the account."""
    kept, attempt = _kept_flow(), _reserved_attempt()
    try:
        identity = _identity(kept)
        if "connect" in kept:
            return _connect(identity, kept["connect"], attempt)
        signed_in, is_new = _signed_in(identity, kept.get("invitation"), attempt)
    except CodesignerError as error:
        record_refusal("oidc", error.code)
        raise
    begin(signed_in, "oidc")
    if "invitation" in kept and not is_new:
        return redirect(url_for("link_pages.invitation", token=kept["invitation"]))
    return redirect(kept["next"])


@blueprint.post("/account/identity/disconnect")
def disconnect() -> Response:
    """Let the identity not sign in to the account any more."""
    principal, issuer = session_principal(), current_services().settings.oidc_issuer
    assert principal.account_id is not None
    with current_services().sessions.begin() as database_session:
        if disconnect_identity(database_session, issuer, principal.account_id):
            audit(database_session, "identity.disconnect", principal.account_id)
    return redirect(url_for("account_pages.account", _anchor="password"), 303)


def connect_code(principal: Principal) -> str:
    """Return what a link to `start` carries that connects an identity to a session's account.

    Without it another site could make a browser connect the identity of a stranger.
    """
    return _serializer().dumps(principal.session_id)


def _connecting_account(code: str) -> str:
    """Return the account of the session that a link to connect an identity was made for."""
    principal = session_principal()
    try:
        session_id = _serializer().loads(code, max_age=_CONNECT_S)
    except BadData:
        session_id = None
    if session_id is None or session_id != principal.session_id:
        raise _expired()
    return str(principal.account_id)


def _serializer() -> URLSafeTimedSerializer:
    assert current_app.secret_key is not None
    return URLSafeTimedSerializer(current_app.secret_key, salt="codesigner connect identity")


def _provider() -> "OidcProvider":
    provider = current_services().oidc
    if provider is None:
        raise CodesignerError("not_found", _("There is nothing here"))
    return provider


def _kept_flow() -> dict[str, Any]:
    """Return the flow that this browser began, once; raise if it is not the one that comes back."""
    _provider()
    kept = session.pop(_KEY, None)
    state = request.args.get("state", "")
    if not isinstance(kept, dict) or time.time() - kept["at"] > FLOW_S:
        raise _expired()
    if not secrets.compare_digest(state.encode(), str(kept["state"]).encode()):
        raise _expired()
    return kept


def _reserved_attempt() -> Attempt:
    """Count a sign-in from this network as failed until it succeeds, as those by password are.

    Each asks the provider and, if it fails, is recorded in the audit log.

    Raises:
        CodesignerError: rate_limited.
    """
    attempt = Attempt.at_provider(visit().network)
    with current_services().sessions() as database_session:
        reserve_attempt(database_session, attempt)
    return attempt


def _expired() -> CodesignerError:
    message = _("This sign-in took too long, or was begun in another window; begin again.")
    return CodesignerError("sign_in_expired", message)


def _identity(kept: dict[str, Any]) -> ExternalIdentity:
    """Return who signed in at the provider, by what it sent along.

    Raises:
        CodesignerError: provider_refused, provider_failed or unavailable.
    """
    settings, args = current_services().settings, request.args
    if args.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise CodesignerError("provider_failed", _("The answer came from another sign-in service."))
    if "error" in args:
        raise _refusal(settings, args["error"])
    code = args.get("code", "")
    if not 1 <= len(code) <= _MAX_PARAMETER:
        raise CodesignerError("provider_failed", _("The sign-in service sent no code."))
    flow = Flow(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
    return _provider().identity(flow, code)


def _refusal(settings: Settings, error: str) -> CodesignerError:
    """Return the error of a refusal; of what the provider says only the code is shown."""
    if error == "access_denied":
        message = _("%(name)s did not let you in, or you cancelled.", name=settings.oidc_name)
    else:
        shown = "".join(char for char in error[:60] if char.isalnum() or char in "_-")
        message = _("%(name)s refused: %(error)s.", name=settings.oidc_name, error=shown)
    return CodesignerError("provider_refused", message)


def _signed_in(
    identity: ExternalIdentity, invitation: str | None, attempt: Attempt
) -> tuple[SignedIn, bool]:
    """Return a new session of the account of an identity, and whether the account is new."""
    settings = current_services().settings
    admission = Admission(
        email_domains=frozenset(filter(None, settings.oidc_email_domains.split(","))),
        workspace_id=settings.oidc_workspace or None,
        role=settings.oidc_role,
    )
    with current_services().sessions.begin() as database_session:
        actor = present_actor()
        invited = None if invitation is None else open_invitation(database_session, invitation)
        known = known_account(database_session, identity, admission, invitation)
        if known.is_new:
            after = {"means": "oidc", "invited": invitation is not None}
            act = Act(action="account.create", object_id=known.account.id, after=after)
            record(database_session, actor, act)
            if invited is not None:
                record_accepted(database_session, actor, invited, known.account.id)
        record_success(database_session, attempt)
        return sign_in_identity(database_session, known.account, visit()), known.is_new


def _connect(identity: ExternalIdentity, account_id: str, attempt: Attempt) -> Response:
    principal = present_principal()
    if principal is None or principal.account_id != account_id:
        raise _expired()
    with current_services().sessions.begin() as database_session:
        connect_identity(database_session, identity, account_id)
        audit(database_session, "identity.connect", account_id)
        record_success(database_session, attempt)
    return redirect(url_for("account_pages.account", _anchor="password"))
