"""Identities of OpenID Connect: who somebody is at the provider, and the account of it.

An account is bound to issuer and subject, never to an e-mail address: addresses here are not
verified, and at a provider they change hands. The caller commits.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.accounts.fields import folded_name, parse_email
from shared.accounts.invitations import accept_invitation
from shared.accounts.people import LOCALES, NewAccount, create_account, find_account, get_account
from shared.accounts.sessions import Visit, create_session
from shared.accounts.sign_in import SignedIn
from shared.accounts.workspaces import set_role
from shared.db.account_models import Account, OidcIdentity
from shared.errors import (
    AccountDeleted,
    AccountDisabled,
    IdentityTaken,
    IdentityUnknown,
    InvalidRequest,
    PasswordNeeded,
)

__all__ = [
    "Admission",
    "ExternalIdentity",
    "Known",
    "connect_identity",
    "disconnect_identity",
    "identities",
    "known_account",
    "sign_in_identity",
    "verified_email",
]

_log = logging.getLogger(__name__)
_NOT_OF_A_NAME = re.compile(r"[^\w.-]+")
_MAX_STEM = 50
_MAX_TRIES = 100


@dataclass(frozen=True, kw_only=True)
class ExternalIdentity:
    """Somebody, as a provider vouches for."""

    issuer: str
    subject: str
    email: str | None = None
    """None: there is none, or the provider has not verified it."""
    name_hint: str = ""
    """What the account's name is made from."""
    display_name: str = ""
    locale: str | None = None


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Who gets an account without an invitation, and of which workspace it becomes a member."""

    email_domains: frozenset[str] = frozenset()
    workspace_id: str | None = None
    role: str = "designer"

    def admits(self, email: str | None) -> bool:
        """Return whether a verified e-mail address is of one of the domains."""
        return email is not None and email.rpartition("@")[2] in self.email_domains


@dataclass(frozen=True, kw_only=True)
class Known:
    """The account of an identity, and whether it was made just now."""

    account: Account
    is_new: bool = False


def known_account(
    session: Session, identity: ExternalIdentity, admission: Admission, invitation: str | None
) -> Known:
    """Return the account of an identity; make it for somebody who is invited or admitted.

    Who has an account accepts an invitation with it on the page of the link: to come from the
    provider is no consent, as any site may send a browser there.

    Args:
        invitation: token of an invitation's link, which a new account uses up.

    Raises:
        AccountExists: another account has the e-mail of the invitation or of the identity.
        IdentityUnknown: nobody invited it, and its e-mail is of no admitted domain.
        LinkInvalid: the invitation is unknown, accepted, withdrawn or expired.
    """
    account = _find(session, identity)
    if account is not None:
        return Known(account=account)
    if invitation is not None:
        account = accept_invitation(session, invitation, _invited(session, identity))
    elif admission.admits(identity.email):
        account = create_account(session, _new_account(session, identity, identity.email))
        _join(session, account.id, admission)
    else:
        raise IdentityUnknown
    _insert(session, identity, account.id)
    return Known(account=account, is_new=True)


def _find(session: Session, identity: ExternalIdentity) -> Account | None:
    row = session.get(OidcIdentity, (identity.issuer, identity.subject))
    return None if row is None else get_account(session, row.account_id)


def _invited(session: Session, identity: ExternalIdentity) -> NewAccount:
    """Return the account of somebody invited; without the e-mail if another account has it."""
    is_taken = identity.email is not None and find_account(session, identity.email) is not None
    return _new_account(session, identity, None if is_taken else identity.email)


def _new_account(session: Session, identity: ExternalIdentity, email: str | None) -> NewAccount:
    return NewAccount(
        name=_free_name(session, identity.name_hint),
        password=None,
        email=email,
        display_name=identity.display_name,
        locale=identity.locale if identity.locale in LOCALES else None,
    )


def _free_name(session: Session, hint: str) -> str:
    """Return a name that no account has, such as `lin.wei-2` for `lin.wei`."""
    stem = _NOT_OF_A_NAME.sub("-", folded_name(hint)).strip("-._")[:_MAX_STEM].strip("-._")
    stem = stem if len(stem) > 1 else "member"
    names = [stem, *(f"{stem}-{number}" for number in range(2, _MAX_TRIES))]
    taken = set(session.scalars(select(Account.name_key).where(Account.name_key.in_(names))))
    return next(name for name in names if name not in taken)


def _join(session: Session, account_id: str, admission: Admission) -> None:
    if admission.workspace_id is not None:
        set_role(session, account_id, admission.workspace_id, admission.role)


def _insert(session: Session, identity: ExternalIdentity, account_id: str) -> None:
    """Bind an identity; raise IdentityTaken if another account was faster."""
    values = {
        "issuer": identity.issuer,
        "subject": identity.subject,
        "account_id": account_id,
    }
    statement = insert(OidcIdentity).values(values).on_conflict_do_nothing()
    if session.scalar(statement.returning(OidcIdentity.account_id)) is None:
        raise IdentityTaken


def sign_in_identity(session: Session, account: Account, visit: Visit) -> SignedIn:
    """Return a new session of the account of an identity.

    Raises:
        AccountDeleted: the account is deleted.
        AccountDisabled: the account is disabled.
    """
    # Locked, so that who disables the account meanwhile ends this session too.
    query = select(Account).where(Account.id == account.id).with_for_update(key_share=True)
    present = session.scalars(query.execution_options(populate_existing=True)).one()
    if present.disabled_at is not None:
        _log.warning("sign-in refused: account %s is disabled", present.id)
        raise AccountDisabled
    if present.deleted_at is not None:
        raise AccountDeleted
    token, row = create_session(session, present.id, visit)
    _log.info("signed in by OpenID Connect: account %s from %s", present.id, visit.network)
    return SignedIn(token=token, session_id=row.id, account_id=present.id)


def connect_identity(session: Session, identity: ExternalIdentity, account_id: str) -> None:
    """Let an identity sign in to an account that exists; once is enough.

    Raises:
        AccountNotFound: there is no such account.
        IdentityTaken: it is that of another account.
    """
    get_account(session, account_id)
    account = _find(session, identity)
    if account is None:
        _insert(session, identity, account_id)
    elif account.id != account_id:
        raise IdentityTaken


def disconnect_identity(session: Session, issuer: str, account_id: str) -> bool:
    """Remove the identities of an account at an issuer; return whether there were any.

    Raises:
        AccountNotFound: there is no such account.
        PasswordNeeded: the account could not sign in any more.
    """
    if get_account(session, account_id).password_hash is None:
        raise PasswordNeeded
    removed = session.scalars(
        delete(OidcIdentity)
        .where(OidcIdentity.account_id == account_id, OidcIdentity.issuer == issuer)
        .returning(OidcIdentity.subject)
    )
    return bool(removed.all())


def identities(session: Session, account_id: str) -> Sequence[OidcIdentity]:
    """Return the identities that sign in to an account, the oldest first."""
    return session.scalars(
        select(OidcIdentity)
        .where(OidcIdentity.account_id == account_id)
        .order_by(OidcIdentity.created_at)
    ).all()


def verified_email(claims_email: object, claims_verified: object) -> str | None:
    """Return the e-mail of claims if the provider has verified it and it can be one here."""
    if claims_verified is not True or not isinstance(claims_email, str):
        return None
    try:
        return parse_email(claims_email)
    except InvalidRequest:
        return None
