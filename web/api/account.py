"""API blueprint: signing in, one's own account, its sessions and API keys."""

from flask import Blueprint, Response, jsonify

from shared.accounts.api_keys import NewKey, list_keys
from shared.accounts.people import AccountFields, change_account
from shared.accounts.sessions import live_sessions, use_workspace
from shared.audit import account_acts
from web.api.models import BODY_CODES
from web.extensions import services as current_services
from web.http.access import end_session, present_workspace
from web.http.accounts import (
    account_principal,
    change_own_password,
    session_principal,
    sign_in_by_password,
    sign_out,
)
from web.http.audit import audit, present_actor
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.schemas.accounts import (
    AccountChange,
    KeyDocument,
    KeyList,
    KeyRequest,
    PresentDocument,
    SessionList,
    SignInRequest,
)
from web.services.accounts import key_document, present_document, session_document

__all__ = ["blueprint"]

blueprint = Blueprint("account", __name__)

_CODES = ("unauthorized", "forbidden", "not_found", "unavailable")
_TAG = "accounts"


@blueprint.post("/session")
@documented(
    Operation(
        summary="Sign in with name and password; the session is a cookie",
        tag=_TAG,
        request=SignInRequest,
        answers={201: Answer(description="Signed in.", model=PresentDocument)},
        codes=(
            *("sign_in_failed", "account_deleted", "account_disabled", "rate_limited", "forbidden"),
            *(*BODY_CODES, "not_found", "unavailable"),
        ),
    )
)
def sign_in() -> tuple[Response, int]:
    """Begin a session; programs that need no browser's rights use an API key instead."""
    body = checked(SignInRequest, body_as_json(), current_services())
    sign_in_by_password(body.name, body.password)
    return _present(), 201


@blueprint.delete("/session")
@documented(
    Operation(
        summary="Sign out: the session ends on the server",
        tag=_TAG,
        answers={204: Answer(description="Signed out, or nobody was signed in.")},
        codes=("forbidden", "not_found", "unavailable"),
    )
)
def leave() -> Response:
    """End the session of the request's cookie."""
    sign_out()
    return Response(status=204)


@blueprint.get("/account")
@documented(
    Operation(
        summary="Get who asks: account, workspaces and rights",
        tag=_TAG,
        answers={200: Answer(description="The account.", model=PresentDocument)},
        codes=_CODES,
    )
)
def account() -> Response:
    """Return the account of the session or API key."""
    return _present()


@blueprint.patch("/account")
@documented(
    Operation(
        summary="Change display name, language, workspace in use or password",
        tag=_TAG,
        request=AccountChange,
        answers={200: Answer(description="The account.", model=PresentDocument)},
        codes=(*_CODES, *BODY_CODES, "rate_limited", "member_not_found"),
    )
)
def change() -> Response:
    """Change the account of the session; the password last, as it ends the session."""
    body = checked(AccountChange, body_as_json(), current_services())
    principal = session_principal()
    account_id, session_id = str(principal.account_id), str(principal.session_id)
    fields = AccountFields(display_name=body.display_name, locale=body.locale)
    with current_services().sessions.begin() as session:
        if fields != AccountFields():
            change_account(session, account_id, fields)
            audit(session, "account.change", account_id)
        if body.workspace is not None:
            use_workspace(session, session_id, account_id, body.workspace)
    if body.password is not None:
        change_own_password(body.password.current_password, body.password.new_password)
    return _present()


@blueprint.get("/sessions")
@documented(
    Operation(
        summary="List the browsers that are signed in to the account",
        tag=_TAG,
        answers={200: Answer(description="All of them.", model=SessionList)},
        codes=_CODES,
    )
)
def sessions() -> Response:
    """Return the sessions of the account."""
    principal = session_principal()
    with current_services().sessions() as session:
        rows = live_sessions(session, str(principal.account_id))
        return jsonify({"sessions": [session_document(row, principal) for row in rows]})


@blueprint.delete("/sessions")
@documented(
    Operation(
        summary="End all sessions of the account but this one",
        tag=_TAG,
        answers={204: Answer(description="Ended.")},
        codes=_CODES,
    )
)
def end_others() -> Response:
    """End the other sessions."""
    principal = session_principal()
    with current_services().sessions.begin() as session:
        account_id, actor = str(principal.account_id), present_actor()
        account_acts.end_sessions(session, actor, account_id, keep=principal.session_id)
    return Response(status=204)


@blueprint.delete("/sessions/<session_id>")
@documented(
    Operation(
        summary="End a session of the account",
        tag=_TAG,
        answers={204: Answer(description="Ended.")},
        codes=(*_CODES, "session_not_found"),
    )
)
def end_one(session_id: str) -> Response:
    """End one session, which may be that of the request."""
    principal = session_principal()
    with current_services().sessions.begin() as session:
        actor = present_actor()
        account_acts.end_session(session, actor, session_id, str(principal.account_id))
    if session_id == principal.session_id:
        end_session()
    return Response(status=204)


@blueprint.get("/api-keys")
@documented(
    Operation(
        summary="List the API keys of the account",
        tag=_TAG,
        answers={200: Answer(description="All that are valid.", model=KeyList)},
        codes=_CODES,
    )
)
def keys() -> Response:
    """Return the keys of the account, in all its workspaces."""
    account_id = str(session_principal().account_id)
    with current_services().sessions() as session:
        return jsonify({"api_keys": [key_document(row) for row in list_keys(session, account_id)]})


@blueprint.post("/api-keys")
@documented(
    Operation(
        summary="Create an API key for the present workspace",
        tag=_TAG,
        request=KeyRequest,
        answers={201: Answer(description="The key, shown only once.", model=KeyDocument)},
        codes=(*_CODES, *BODY_CODES, "api_key_limit", "member_not_found"),
    )
)
def add_key() -> tuple[Response, int]:
    """Create a key with at most the rights of the account in the workspace."""
    body = checked(KeyRequest, body_as_json(), current_services())
    new = NewKey(
        account_id=str(session_principal().account_id),
        workspace_id=present_workspace(),
        name=body.name,
        scopes=body.scopes,
        lifetime_s=body.lifetime_s,
    )
    with current_services().sessions.begin() as session:
        key, row = account_acts.create_key(session, present_actor(), new)
        session.refresh(row)
        return jsonify(key_document(row, key)), 201


@blueprint.delete("/api-keys/<key_id>")
@documented(
    Operation(
        summary="Revoke an API key",
        tag=_TAG,
        answers={204: Answer(description="It does not work any more.")},
        codes=(*_CODES, "api_key_not_found"),
    )
)
def revoke_key(key_id: str) -> Response:
    """Revoke a key of the account; once is enough."""
    account_id = str(session_principal().account_id)
    with current_services().sessions.begin() as session:
        account_acts.revoke_key(session, present_actor(), key_id, account_id)
    return Response(status=204)


def _present() -> Response:
    with current_services().sessions() as session:
        return jsonify(present_document(session, account_principal()))
