"""Steps of tests of accounts: people, sign-ins, transactions in parallel, passing time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts import sign_in
from shared.accounts.api_keys import NewKey
from shared.accounts.invitations import Invited
from shared.accounts.people import NewAccount, create_account
from shared.accounts.rights import Principal
from shared.accounts.sessions import Visit, principal_of_session
from shared.accounts.sign_in import SignedIn
from shared.accounts.workspaces import set_role
from shared.errors import CodesignerError
from shared.main_workspace import MAIN_WORKSPACE

PASSWORD = "moss-on-linen"
OTHER = "rust-on-beige"
HOME = Visit(address="192.0.2.1", user_agent="Firefox")
AWAY = Visit(address="203.0.113.9", user_agent="curl")
Factory = sessionmaker[Session]


def add_member(factory: Factory, name: str = "anna", role: str = "designer") -> str:
    with factory.begin() as session:
        account = create_account(session, NewAccount(name=name, password=PASSWORD))
        set_role(session, account.id, MAIN_WORKSPACE, role)
        return account.id


def enter(
    factory: Factory, name: str = "Root", password: str = PASSWORD, visit: Visit = HOME
) -> SignedIn:
    with factory() as session:
        return sign_in.sign_in(session, name, password, visit)


def principal(factory: Factory, token: str) -> Principal | None:
    with factory.begin() as session:
        return principal_of_session(session, token)


def outcome(function: Callable[..., object], *arguments: Any) -> object:
    """Return what a call returns, or the code of the error that it raises."""
    try:
        return function(*arguments)
    except CodesignerError as error:
        return error.code


def in_transaction(factory: Factory, function: Callable[..., object], *arguments: Any) -> Any:
    with factory.begin() as session:
        return function(session, *arguments)


def attempt(factory: Factory, function: Callable[..., object], *arguments: Any) -> object:
    """Return what a function returns in a transaction, or the code of the error it raises."""
    return outcome(in_transaction, factory, function, *arguments)


def together(*calls: Callable[[], object]) -> list[object]:
    """Return what calls in parallel return, or the codes of the errors that they raise."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        barrier.wait(30)
        return outcome(call)

    with ThreadPoolExecutor(len(calls)) as threads:
        return [each.result(60) for each in [threads.submit(run, call) for call in calls]]


def pass_time(factory: Factory, model: Any, seconds: float, *columns: str) -> None:
    """Move times of all rows into the past."""
    interval = func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    values = {name: getattr(model, name) - interval for name in columns}
    with factory.begin() as session:
        session.execute(
            update(model).values(values), execution_options={"synchronize_session": False}
        )


def fail(factory: Factory, times: int, name: str = "root", visit: Visit = HOME) -> None:
    for _ in range(times):
        assert outcome(enter, factory, name, OTHER, visit) == "sign_in_failed"


def invited(role: str = "designer", **further: Any) -> Invited:
    return Invited(workspace_id=MAIN_WORKSPACE, role=role, **further)


def new_key(account_id: str, *scopes: str, **further: Any) -> NewKey:
    values = {"workspace_id": MAIN_WORKSPACE, "name": "nightly", **further}
    return NewKey(account_id=account_id, scopes=scopes or ("read",), **values)
