"""API blueprint: deletion of one's own account, and undoing it."""

from flask import Blueprint, Response, jsonify

from shared.deletions.ledger import UNDO_S
from web.api.models import BODY_CODES
from web.extensions import services as current_services
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.schemas.accounts import SignInRequest
from web.schemas.deletions import AccountDeleted, AccountDeletion, AccountRestored
from web.services.account_deletion import delete_own_account, restore_by_password

__all__ = ["blueprint"]

blueprint = Blueprint("account_deletion", __name__)

_TAG = "accounts"


@blueprint.delete("/account")
@documented(
    Operation(
        summary="Delete your account with everything that you made; 10 minutes to undo it",
        tag=_TAG,
        request=AccountDeletion,
        answers={200: Answer(description="It is deleted.", model=AccountDeleted)},
        codes=(
            *("unauthorized", "forbidden", "not_found", "rate_limited", "last_administrator"),
            *(*BODY_CODES, "unavailable"),
        ),
    )
)
def delete() -> Response:
    """Delete the account of the session, whose password is asked for again."""
    body = checked(AccountDeletion, body_as_json(), current_services())
    account_id = delete_own_account(body)
    links = {"restore": "/api/v1/account/restore"}
    return jsonify({"id": account_id, "undo_s": UNDO_S, "links": links})


@blueprint.post("/account/restore")
@documented(
    Operation(
        summary="Restore an account that was deleted less than 10 minutes ago",
        tag=_TAG,
        request=SignInRequest,
        answers={200: Answer(description="It is restored.", model=AccountRestored)},
        codes=(
            *("sign_in_failed", "account_disabled", "account_not_found", "rate_limited"),
            *(*BODY_CODES, "forbidden", "not_found", "unavailable"),
        ),
    )
)
def restore() -> Response:
    """Restore an account and its designs by name and password; it can sign in again."""
    body = checked(SignInRequest, body_as_json(), current_services())
    return jsonify({"id": restore_by_password(body.name, body.password)})
