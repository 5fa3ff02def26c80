"""An installation in the mode accounts: two workspaces, members, invitations, keys, sessions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared.accounts.api_keys import NewKey, create_key
from shared.accounts.invitations import Invited, invite
from shared.accounts.people import NewAccount, create_account, create_first_administrator
from shared.accounts.resets import create_reset
from shared.accounts.sessions import Visit, create_session
from shared.accounts.workspaces import create_workspace, set_role
from shared.db.engine import engine_for, sessions
from shared.main_workspace import MAIN_WORKSPACE
from shared.settings import Settings
from tests.account_steps import PASSWORD
from tests.browsing import served

__all__ = ["PAGES", "AccountsSite", "accounts_site"]

PAGES: Mapping[str, str] = {
    "sign-in": "/sign-in?next=/jobs",
    "invitation": "/invitation?token={invitation}",
    "reset": "/reset-password?token={reset}",
    "account": "/account/",
    "your-data": "/account/data",
    "delete-account": "/account/delete",
    "members": "/members/",
    "accounts": "/admin/accounts",
    "workspaces": "/admin/workspaces",
    "join": "/invitation?token={invitation}",
    "empty-form": "/",
}
"""Paths by name; a name in braces is a token."""
OF_STRANGERS = frozenset({"sign-in", "invitation", "reset"})

_LAPTOP = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Safari/605.1.15"
)
_PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Mobile"


@dataclass(frozen=True, kw_only=True)
class AccountsSite:
    """A served installation, with `root`, who administers it, and `lin.wei`, a designer."""

    url: str
    tokens: Mapping[str, str]

    def address(self, page: str) -> str:
        """Return the URL of a page."""
        return self.url + PAGES[page].format(**self.tokens)


@contextmanager
def accounts_site(settings: Settings) -> Iterator[AccountsSite]:
    """Serve an installation with accounts."""
    engine = engine_for(settings.database_url, pool_size=2)
    try:
        with sessions(engine).begin() as session:
            tokens = _fill(session)
        made = settings.model_copy(update={"mode": "accounts", "admin_token": None})
        with served(made) as url:
            yield AccountsSite(url=url, tokens=tokens)
    finally:
        engine.dispose()


def _fill(session: Session) -> dict[str, str]:
    root = create_first_administrator(
        session,
        NewAccount(name="root", password=PASSWORD, email="root@studio.example"),
    ).id
    people = [
        ("lin.wei", "林薇", "designer"),
        ("maximiliane.schoenbrunn-von-hohenfels", "Maximiliane Schönbrunn", "viewer"),
    ]
    for name, display_name, role in people:
        new = NewAccount(
            name=name, password=PASSWORD, email=f"{name}@studio.example", display_name=display_name
        )
        set_role(session, create_account(session, new).id, MAIN_WORKSPACE, role)
    other = create_workspace(session, "Winter collection").id
    set_role(session, root, other, "administrator")
    for address, agent in (("203.0.113.7", _LAPTOP), ("2001:db8::7", _PHONE)):
        create_session(session, root, Visit(address=address, user_agent=agent))
    create_key(
        session,
        NewKey(
            account_id=root,
            workspace_id=MAIN_WORKSPACE,
            name="Nightly render",
            scopes=["read", "submit"],
            lifetime_s=86_400.0 * 90,
        ),
    )
    invited = Invited(workspace_id=MAIN_WORKSPACE, role="designer", invited_by=root)
    invitation, _row = invite(session, invited)
    with_mail = Invited(workspace_id=MAIN_WORKSPACE, role="viewer", email="guest@elsewhere.example")
    invite(session, with_mail)
    return {"invitation": invitation, "reset": create_reset(session, root, None)}
