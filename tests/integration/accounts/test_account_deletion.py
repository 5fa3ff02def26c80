"""Deletion of accounts: everything of the person goes, nothing of others; undo; administrators."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.deletion import delete_account, restore_account
from shared.accounts.invitations import Invited, accept_as_member, invite
from shared.accounts.sessions import Visit, create_session, principal_of_session
from shared.accounts.workspaces import set_role
from shared.db.account_models import Account, ShareLink
from shared.db.deletion_models import Deletion
from shared.db.library_models import BrandPalette, Collection
from shared.db.models import Base, Batch, Job
from shared.deletions import collection
from shared.deletions.ledger import Asker, deletion_document
from shared.errors import AccountNotFound, LastAdministrator, LinkInvalid
from shared.jobs.deletion import delete_batch, delete_jobs, restore_jobs, restore_object
from shared.jobs.insertion import DesignInput
from shared.library.search_pictures import add_search_picture
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import seconds_from_now
from shared.storage.artifacts import ArtifactStore
from tests.deletion_steps import age_files, collect, end_undo, files_of_store
from tests.queue_driver import QueueDriver

ASKER = Asker(name="account:mei")


@pytest.fixture
def driver(session_factory: sessionmaker[Session], artifact_store: ArtifactStore) -> QueueDriver:
    return QueueDriver(session_factory, artifact_store)


def _person(factory: sessionmaker[Session], name: str, role: str = "designer") -> str:
    """Insert an account with a session and things of every kind; return the token."""
    with factory.begin() as session:
        session.add(Account(id=name, name=name, name_key=name, password_hash=""))
        session.flush()
        set_role(session, name, MAIN_WORKSPACE, role)
        token, _row = create_session(session, name, Visit())
        owner = f"account:{name}"
        shelf = Collection(id=f"c-{name}", name="shelf", owner=owner)
        session.add(shelf)
        session.add(BrandPalette(id=f"p-{name}", name="house", owner=owner, colours=["#102030"]))
        session.flush()
        session.add(
            ShareLink(
                id=f"s-{name}",
                token_sha256=name,
                workspace_id=MAIN_WORKSPACE,
                collection_id=shelf.id,
                created_by=owner,
                expires_at=seconds_from_now(60),
            )
        )
    return token


def _draw(driver: QueueDriver, name: str) -> Job:
    photo = driver.store.put(f"photo of {name}".encode())
    job = driver.submit(owner=f"account:{name}", design=DesignInput(reference_sha256=photo))
    driver.run_all(has_reference=True)
    return job


def _rows_that_name(factory: sessionmaker[Session], name: str) -> set[str]:
    """Return the tables with a row that has the name anywhere."""
    found = set()
    with factory() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(select(func.to_jsonb(table.table_valued()))).scalars()
            found |= {table.name for row in rows if name in str(row)}
    return found


def test_everything_of_a_deleted_account_goes_and_nothing_of_others(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    for name in ("mei", "kai"):
        _person(session_factory, name)
    theirs = _draw(driver, "kai")
    kept = files_of_store(driver.store)
    _draw(driver, "mei")
    with session_factory.begin() as session:
        add_search_picture(session, driver.store.put(b"searched"), "mei")
        delete_account(session, "mei", ASKER)
    age_files(driver.store)
    end_undo(session_factory)
    collect(session_factory, driver.store)
    assert _rows_that_name(session_factory, "mei") == {"deletion"}
    assert files_of_store(driver.store) == kept
    with session_factory() as session:
        assert session.get(Job, theirs.id) is not None
        assert session.get(Account, "kai") is not None
        ledger = deletion_document(session.scalars(select(Deletion)).one())
    assert (ledger["kind"], ledger["object_id"], ledger["state"]) == ("account", "mei", "done")
    assert ledger["jobs"] == 1
    assert ledger["files_deleted"] > 5
    assert ledger["rows_deleted"] > 10


def test_jobs_that_were_submitted_during_the_deletion_go_too(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    for name in ("mei", "kai"):
        _person(session_factory, name)
    with session_factory.begin() as session:
        delete_account(session, "mei", ASKER)
    _draw(driver, "mei")
    driver.submit(owner="account:mei")  # waits
    kept = driver.submit(owner="account:kai").id
    age_files(driver.store)
    end_undo(session_factory)
    collect(session_factory, driver.store)
    with session_factory() as session:
        assert session.scalars(select(Job.id)).all() == [kept]
    assert _rows_that_name(session_factory, "mei") == {"deletion"}
    assert files_of_store(driver.store) == set()


def test_account_that_is_restored_in_the_last_moment_keeps_its_jobs(
    driver: QueueDriver, session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    _person(session_factory, "mei")
    job_id = _draw(driver, "mei").id
    with session_factory.begin() as session:
        read_before = delete_account(session, "mei", ASKER)
        session.flush()
        session.refresh(read_before)
        session.expunge(read_before)
    with session_factory.begin() as session:
        assert restore_account(session, "mei")
    monkeypatch.setattr(collection, "open_deletions", lambda _session: [read_before])
    assert collection.delete_due_rows(session_factory) == 0
    with session_factory() as session:
        assert session.get_one(Job, job_id).deleted_at is None
        assert session.get_one(Account, "mei").deleted_at is None


def test_deleted_account_is_shut_and_can_be_restored(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    token = _person(session_factory, "mei")
    job, alone = _draw(driver, "mei"), _draw(driver, "mei")
    with session_factory.begin() as session:
        session.get_one(Job, alone.id).deleted_at = func.clock_timestamp()
    with session_factory.begin() as session:
        delete_account(session, "mei", ASKER)
    with session_factory.begin() as session:
        assert principal_of_session(session, token) is None
        assert session.get_one(Job, job.id).deleted_at is not None
        with pytest.raises(AccountNotFound):
            delete_account(session, "mei", ASKER)
    with session_factory.begin() as session:
        assert restore_account(session, "mei")
        assert not restore_account(session, "mei")
    with session_factory.begin() as session:
        assert principal_of_session(session, token) is not None
        assert session.get_one(Job, job.id).deleted_at is None
        assert session.get_one(Job, alone.id).deleted_at is not None  # deleted by itself before
        assert session.scalars(select(Deletion)).one().restored_at is not None
    end_undo(session_factory)
    collect(session_factory, driver.store)
    with session_factory() as session:
        assert session.get(Account, "mei") is not None


def test_designs_of_a_deleted_account_are_restored_with_it_alone(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    """Others of the workspace may restore its designs, but not what a person wanted deleted."""
    _person(session_factory, "mei")
    before, after, batch = (_draw(driver, "mei").id for _ in range(3))
    with session_factory.begin() as session:
        session.add(Batch(id="b", asked={}, size=1, owner="account:mei", payload_hash=""))
        session.flush()
        session.get_one(Job, batch).batch_id = "b"
        delete_batch(session, "b", Asker(name="account:kai", workspace_id=MAIN_WORKSPACE))
        delete_jobs(session, [before], Asker(name="account:kai", workspace_id=MAIN_WORKSPACE))
        delete_account(session, "mei", ASKER)
    with session_factory.begin() as session:
        assert restore_jobs(session, [before, after, batch]) == []
        assert restore_object(session, "batch", "b", MAIN_WORKSPACE) == []
    with session_factory.begin() as session:
        assert restore_account(session, "mei")
        assert session.get_one(Job, after).deleted_at is None
        assert restore_jobs(session, [before]) == [before]
        assert restore_object(session, "batch", "b", MAIN_WORKSPACE) == [batch]


def test_invitations_of_a_deleted_account_end_at_once(
    session_factory: sessionmaker[Session],
) -> None:
    for name in ("mei", "kai"):
        _person(session_factory, name, "administrator")
    with session_factory.begin() as session:
        invited = Invited(workspace_id=MAIN_WORKSPACE, role="administrator", invited_by="mei")
        token, _row = invite(session, invited)
        delete_account(session, "mei", ASKER)
        with pytest.raises(LinkInvalid):
            accept_as_member(session, token, "kai")


def test_account_cannot_be_restored_after_the_undo(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    _person(session_factory, "mei")
    with session_factory.begin() as session:
        delete_account(session, "mei", ASKER)
    end_undo(session_factory)
    with session_factory.begin() as session:
        assert not restore_account(session, "mei")
    collect(session_factory, driver.store)
    with session_factory() as session:
        assert session.get(Account, "mei") is None


def test_last_administrator_cannot_be_deleted(session_factory: sessionmaker[Session]) -> None:
    for name in ("mei", "kai"):
        _person(session_factory, name, "administrator")
    with session_factory.begin() as session:
        delete_account(session, "mei", ASKER)
    with pytest.raises(LastAdministrator), session_factory.begin() as session:
        delete_account(session, "kai", ASKER)
    with session_factory() as session:
        assert session.get_one(Account, "kai").deleted_at is None
        assert session.scalar(select(func.count()).select_from(Deletion)) == 1
