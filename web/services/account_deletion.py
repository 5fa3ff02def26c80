"""Deletion of one's own account, and undoing it by its password or by the browser's session."""

from sqlalchemy.orm import Session

from shared.accounts.fields import folded_name
from shared.accounts.people import get_account
from shared.accounts.sessions import deleted_account_of
from shared.accounts.sign_in import check_password_of
from shared.audit import account_acts
from shared.audit.events import Actor
from shared.db.account_models import Account
from shared.deletions.ledger import Asker
from shared.errors import AccountNotFound, CodesignerError, FieldError, InvalidRequest
from web.extensions import services
from web.http.access import browser_token, visit
from web.http.accounts import record_refusal, session_principal
from web.http.audit import present_actor
from web.http.i18n import translate as _
from web.schemas.deletions import AccountDeletion

__all__ = ["delete_own_account", "restore_by_browser", "restore_by_password"]


def delete_own_account(body: AccountDeletion) -> str:
    """Delete the account that is signed in, and return its id.

    The browser keeps its session, by which alone the account can be restored.

    Raises:
        CodesignerError: unauthorized, forbidden; rate_limited, too many wrong passwords.
        InvalidRequest: the password is wrong.
        LastAdministrator: a workspace would have no administrator left.
    """
    account_id, actor = str(session_principal().account_id), present_actor()
    with services().sessions() as session:
        _check_is_owner(session, get_account(session, account_id), body)
        asker = Asker(name=f"account:{account_id}")
        account_acts.delete_account(session, actor, account_id, asker)
        session.commit()
    return account_id


def _check_is_owner(session: Session, account: Account, body: AccountDeletion) -> None:
    if account.password_hash is None:
        if folded_name(body.name or "") != account.name_key:
            message = _("Enter the name of your account.")
            raise InvalidRequest(FieldError(field="name", message=message))
        return
    try:
        check_password_of(session, account.name, body.password or "", visit())
    except CodesignerError as error:
        if error.code != "sign_in_failed":
            raise
        message = _("This is not the current password.")
        raise InvalidRequest(FieldError(field="password", message=message)) from None


def restore_by_password(name: str, password: str) -> str:
    """Restore the account of a name and password, and return its id.

    Raises:
        AccountNotFound: it was not deleted lately.
        CodesignerError: as `shared.accounts.sign_in.sign_in`.
    """
    try:
        with services().sessions() as session:
            account = check_password_of(session, name, password, visit())
            _restore(session, account.id)
            session.commit()
            return account.id
    except CodesignerError as error:
        if error.code in ("sign_in_failed", "account_disabled"):
            record_refusal("password", error.code, name)
        raise


def restore_by_browser() -> str:
    """Restore the account that this browser was signed in to, and return its id.

    Raises:
        AccountNotFound: there is none, or it was not deleted lately.
    """
    token = browser_token()
    with services().sessions.begin() as session:
        account_id = None if token is None else deleted_account_of(session, token)
        if account_id is None:
            raise AccountNotFound("")
        _restore(session, account_id)
    return account_id


def _restore(session: Session, account_id: str) -> None:
    stranger = present_actor()
    actor = Actor(
        name=f"account:{account_id}",
        kind="account",
        address=stranger.address,
        request_id=stranger.request_id,
    )
    if not account_acts.restore_account(session, actor, account_id):
        raise AccountNotFound(account_id)
