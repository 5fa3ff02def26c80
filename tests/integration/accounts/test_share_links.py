"""Tests of share links on a real database."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts import share_links
from shared.accounts.people import NewAccount, create_account
from shared.accounts.retention import delete_ended
from shared.accounts.rights import may
from shared.accounts.share_links import (
    LinkQuery,
    NewShareLink,
    create_share_link,
    list_share_links,
    open_share_link,
    revoke_share_link,
)
from shared.accounts.workspaces import create_workspace
from shared.db.account_models import Account, ShareLink
from shared.db.models import Job
from shared.deletions.ledger import Asker
from shared.errors import CodesignerError
from shared.jobs.deletion import delete_jobs, restore_jobs
from shared.library.collections import create_collection, delete_collection
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import Factory, attempt, in_transaction, pass_time, together
from tests.queue_driver import QueueDriver

DAY_S = 86_400


@pytest.fixture
def job(session_factory: sessionmaker[Session], admin: str) -> str:
    return QueueDriver(session_factory).submit().id


def to_job(job_id: str, **further: Any) -> NewShareLink:
    values = {"workspace_id": MAIN_WORKSPACE, "created_by": "account:a", **further}
    return NewShareLink(job_id=job_id, **values)


def opened(factory: Factory, token: str) -> object:
    return in_transaction(factory, open_share_link, token)


def test_a_link_opens_one_resource_to_see(session_factory: Factory, job: str) -> None:
    token, row = in_transaction(session_factory, create_share_link, to_job(job, note=" For Ms. X "))
    assert (row.note, row.download, row.created_by) == ("For Ms. X", False, "account:a")
    link = opened(session_factory, token)
    assert isinstance(link, share_links.OpenedLink)
    assert (link.id, link.job_id, link.collection_id, link.download) == (row.id, job, None, False)
    someone = link.principal
    assert may(someone, "see", MAIN_WORKSPACE, resource=job)
    assert not may(someone, "see", MAIN_WORKSPACE, resource="another")
    assert not may(someone, "see", MAIN_WORKSPACE)
    assert not may(someone, "see", "another", resource=job)
    for right in ("create", "change", "delete", "share", "manage_workspace", "administer"):
        assert not may(someone, right, MAIN_WORKSPACE, resource=job)  # type: ignore[arg-type]


def test_only_the_hash_of_a_token_is_stored(session_factory: Factory, job: str) -> None:
    token, row = in_transaction(session_factory, create_share_link, to_job(job))
    assert len(token) == 43
    with session_factory() as session:
        columns = session.execute(select(ShareLink.__table__)).one()
    assert token not in map(str, columns)
    assert len(row.token_sha256) == 64
    for wrong in ("", token[:-1], token + "a", row.token_sha256, row.id, "\0", "x" * 10_000):
        assert opened(session_factory, wrong) is None


def test_links_end(session_factory: Factory, job: str) -> None:
    tokens = {
        days: in_transaction(
            session_factory, create_share_link, to_job(job, lifetime_s=days * DAY_S)
        )[0]
        for days in (1, 14, 365)
    }
    with session_factory.begin() as session:
        default, row = create_share_link(session, to_job(job))
        assert 13.99 * DAY_S < (row.expires_at - row.created_at).total_seconds() <= 14.01 * DAY_S
    pass_time(session_factory, ShareLink, 2 * DAY_S, "created_at", "expires_at")
    assert opened(session_factory, tokens[1]) is None
    assert opened(session_factory, tokens[14]) is not None
    pass_time(session_factory, ShareLink, 13 * DAY_S, "created_at", "expires_at")
    assert opened(session_factory, tokens[14]) is None
    assert opened(session_factory, default) is None
    assert opened(session_factory, tokens[365]) is not None


def test_revoked_links_open_nothing(session_factory: Factory, job: str) -> None:
    kept, _ = in_transaction(session_factory, create_share_link, to_job(job))
    token, row = in_transaction(session_factory, create_share_link, to_job(job))
    wrong = attempt(session_factory, revoke_share_link, row.id, "another")
    assert wrong == "share_link_not_found"
    assert opened(session_factory, token) is not None
    for _ in range(2):
        in_transaction(session_factory, revoke_share_link, row.id, MAIN_WORKSPACE)
    assert opened(session_factory, token) is None
    assert opened(session_factory, kept) is not None


def test_a_link_gives_nothing_while_its_job_is_gone(session_factory: Factory, job: str) -> None:
    token, _ = in_transaction(session_factory, create_share_link, to_job(job))
    in_transaction(session_factory, delete_jobs, [job], Asker(name="a"))
    assert opened(session_factory, token) is None
    in_transaction(session_factory, restore_jobs, [job])
    assert opened(session_factory, token) is not None
    with session_factory.begin() as session:
        session.execute(update(Job).values(expires_at=func.clock_timestamp()))
    assert opened(session_factory, token) is None
    with session_factory.begin() as session:
        session.delete(session.get_one(Job, job))
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(ShareLink)) == 0


def test_links_of_collections_end_with_them(session_factory: Factory, admin: str) -> None:
    row = in_transaction(session_factory, create_collection, "Autumn", "account:a")
    new = NewShareLink(workspace_id=MAIN_WORKSPACE, created_by="account:a", collection_id=row.id)
    token, _ = in_transaction(session_factory, create_share_link, new)
    link = opened(session_factory, token)
    assert isinstance(link, share_links.OpenedLink)
    assert (link.resource, link.job_id) == (row.id, None)
    in_transaction(session_factory, delete_collection, row.id)
    assert opened(session_factory, token) is None
    again = attempt(session_factory, create_share_link, new)
    assert again == "collection_not_found"


def test_a_link_stays_when_its_maker_leaves(session_factory: Factory, job: str) -> None:
    new = NewAccount(name="maker", password="moss-on-linen")
    maker = in_transaction(session_factory, create_account, new).id
    link = to_job(job, created_by=f"account:{maker}")
    token, _ = in_transaction(session_factory, create_share_link, link)
    with session_factory.begin() as session:
        session.delete(session.get_one(Account, maker))
    assert opened(session_factory, token) is not None


def test_the_use_of_a_link_is_recorded_once_a_minute(session_factory: Factory, job: str) -> None:
    token, row = in_transaction(session_factory, create_share_link, to_job(job))

    def used() -> Any:
        with session_factory() as session:
            return session.get_one(ShareLink, row.id).last_used_at

    assert used() is None
    opened(session_factory, token)
    first = used()
    assert first is not None
    opened(session_factory, token)
    assert used() == first
    pass_time(session_factory, ShareLink, 61, "last_used_at")
    opened(session_factory, token)
    assert used() > first


def test_opening_waits_for_nobody(session_factory: Factory, job: str) -> None:
    token, row = in_transaction(session_factory, create_share_link, to_job(job))
    with session_factory.begin() as other:
        other.execute(select(ShareLink).where(ShareLink.id == row.id).with_for_update())
        with session_factory.begin() as session:
            session.execute(func.set_config("lock_timeout", "1s", True).select())
            assert open_share_link(session, token) is not None


def test_links_are_listed_by_workspace_and_resource(session_factory: Factory, job: str) -> None:
    other_job = QueueDriver(session_factory).submit().id
    elsewhere = in_transaction(session_factory, create_workspace, "Elsewhere").id
    made = [
        in_transaction(session_factory, create_share_link, to_job(each))[1].id
        for each in (job, job, other_job)
    ]
    in_transaction(session_factory, create_share_link, to_job(job, workspace_id=elsewhere))

    def listed(limit: int = 10, **query: str) -> list[str]:
        with session_factory() as session:
            found = list_share_links(session, MAIN_WORKSPACE, LinkQuery(**query), limit)
            return [each.id for each in found]

    assert listed() == made[::-1]
    assert listed(job_id=job) == [made[1], made[0]]
    assert listed(collection_id=job) == []
    assert listed(limit=2) == [made[2], made[1]]
    assert listed(before=made[1]) == [made[0]]
    in_transaction(session_factory, revoke_share_link, made[1], MAIN_WORKSPACE)
    assert listed() == [made[2], made[0]]
    pass_time(session_factory, ShareLink, 15 * DAY_S, "created_at", "expires_at")
    assert listed() == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("lifetime_s", {"lifetime_s": 0}),
        ("lifetime_s", {"lifetime_s": 366 * DAY_S}),
        ("lifetime_s", {"lifetime_s": float("nan")}),
        ("note", {"note": "x" * 101}),
        ("note", {"note": "a\nb"}),
    ],
)
def test_links_are_checked(
    session_factory: Factory, job: str, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(CodesignerError) as caught:
        in_transaction(session_factory, create_share_link, replace(to_job(job), **changes))
    assert [each.field for each in caught.value.fields] == [field]


def test_the_number_of_links_is_bounded(
    session_factory: Factory, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share_links, "MAX_LINKS", 2)
    found = together(
        *[lambda: in_transaction(session_factory, create_share_link, to_job(job))[1].job_id] * 4
    )
    assert sorted(map(str, found)) == [job, job, "share_link_limit", "share_link_limit"]
    other_job = QueueDriver(session_factory).submit().id
    in_transaction(session_factory, create_share_link, to_job(other_job))
    missing = attempt(session_factory, create_share_link, to_job("none"))
    assert missing == "job_not_found"


def test_links_that_ended_long_ago_are_deleted(session_factory: Factory, job: str) -> None:
    for _ in range(2):
        in_transaction(session_factory, create_share_link, to_job(job, lifetime_s=300 * DAY_S))
    _kept, row = in_transaction(
        session_factory, create_share_link, to_job(job, lifetime_s=300 * DAY_S)
    )
    in_transaction(session_factory, revoke_share_link, row.id, MAIN_WORKSPACE)
    assert in_transaction(session_factory, delete_ended) == 0
    pass_time(session_factory, ShareLink, 91 * DAY_S, "revoked_at")
    assert in_transaction(session_factory, delete_ended) == 1
    pass_time(session_factory, ShareLink, 400 * DAY_S, "created_at", "expires_at")
    assert in_transaction(session_factory, delete_ended) == 2
