"""Collection of deletions: rows, files and what others share, also after crashes and in races."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Base, Batch, Job, StageRun
from shared.deletions import disposal
from shared.deletions.collection import collect_deletions
from shared.deletions.ledger import Asker
from shared.jobs.batches import BatchSubmission, submit_batch
from shared.jobs.deletion import delete_jobs, restore_jobs
from shared.jobs.insertion import DesignInput, PrintSource, Submission
from shared.library.index import IndexedVariant, write_index
from shared.queue.leases import ArtifactRecord, checkpoint
from shared.storage.artifacts import ArtifactStore
from shared.webhooks.endpoints import WebhookRequest
from shared.webhooks.url_policy import parse_webhook_url
from tests.deletion_steps import (
    age_files,
    collect,
    end_undo,
    files_of_store,
    notes,
    only_deletion,
)
from tests.queue_driver import BRIEF, OPTIONS, QueueDriver, output
from worker.execution.result_writer import finish_in_session

ASKER = Asker(name="visitor:ab", workspace_id="main")
KEPT_TABLES = {"deletion", "audit_event", "worker_heartbeat", "workspace"}
"""Tables that say nothing of what is deleted."""


@pytest.fixture
def driver(session_factory: sessionmaker[Session], artifact_store: ArtifactStore) -> QueueDriver:
    return QueueDriver(session_factory, artifact_store)


def _filled_tables(factory: sessionmaker[Session]) -> set[str]:
    with factory() as session:
        return {
            table.name
            for table in Base.metadata.sorted_tables
            if session.scalar(select(func.count()).select_from(table))
        }


def _delete(factory: sessionmaker[Session], ids: Sequence[str]) -> None:
    with factory.begin() as session:
        delete_jobs(session, ids, ASKER)


def _draw(driver: QueueDriver, photo: bytes = b"photo", **given: Any) -> Job:
    """Draw a design after a reference, with real files."""
    reference = driver.store.put(photo)
    job = driver.submit(design=DesignInput(reference_sha256=reference), **given)
    driver.run_all(has_reference=True)
    return job


def test_deleted_job_leaves_no_row_and_no_file(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    target = parse_webhook_url("https://example.org/hook", ())
    webhook = WebhookRequest.at("https://example.org/hook", target, None, events=("job.succeeded",))
    job = _draw(driver, webhook=webhook)
    print_job = driver.submit(
        pipeline="print",
        options={"variant": 0, "size": 2048, "dpi": 300},
        print_source=PrintSource(design_id=job.id, results_of=job.id),
    )
    driver.run(print_job)
    with session_factory.begin() as session:
        look = IndexedVariant(variant=0, vector=[1.0, 0.0], colours={"#0b7a75": 1.0})
        row = session.get_one(Job, job.id)
        write_index(session, row, encoder="e", vector=[1.0, 0.0], variants=[look])
    filled = _filled_tables(session_factory)
    assert {"webhook_delivery", "library_colour", "job_event", "artifact"} <= filled
    files = files_of_store(driver.store)
    sizes = sum(driver.store.size(name) or 0 for name in files)
    assert len(files) > 10

    _delete(session_factory, [job.id])
    age_files(driver.store)
    collect(session_factory, driver.store)
    assert files_of_store(driver.store) == files  # it can still be undone
    end_undo(session_factory)
    collect(session_factory, driver.store)

    assert _filled_tables(session_factory) <= KEPT_TABLES
    assert files_of_store(driver.store) == set()
    ledger = only_deletion(session_factory)
    assert (ledger.kind, ledger.object_id, ledger.asked_by) == ("job", job.id, "visitor:ab")
    assert ledger.done_at is not None
    assert (ledger.jobs, ledger.files_deleted, ledger.bytes_deleted) == (2, len(files), sizes)
    assert ledger.rows_deleted > 20
    assert print_job.id not in str(vars(ledger))


def test_shared_files_stay_while_another_job_needs_them(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    first = _draw(driver)
    first_files = files_of_store(driver.store)
    second = _draw(driver)  # the same reference and pictures; only outputs of stages differ
    third = _draw(driver, b"another photo")
    with session_factory() as session:
        runs = select(StageRun.output_sha256).where(StageRun.job_id == first.id)
        own = set(session.scalars(runs))
    files = files_of_store(driver.store)
    _delete(session_factory, [first.id])
    end_undo(session_factory)
    age_files(driver.store)
    collect(session_factory, driver.store)
    assert files_of_store(driver.store) == files - own
    ledger = only_deletion(session_factory)
    assert ledger.done_at is not None
    assert (ledger.files_deleted, ledger.files_kept) == (len(own), len(first_files - own))
    assert len(own) == 6
    _delete(session_factory, [second.id, third.id])
    end_undo(session_factory)
    collect(session_factory, driver.store)
    assert files_of_store(driver.store) == set()


def test_restored_job_keeps_its_files_and_is_noted(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    job = _draw(driver)
    files = files_of_store(driver.store)
    _delete(session_factory, [job.id])
    with session_factory.begin() as session:
        assert restore_jobs(session, [job.id]) == [job.id]
    end_undo(session_factory)
    age_files(driver.store)
    collect(session_factory, driver.store)
    assert files_of_store(driver.store) == files
    ledger = only_deletion(session_factory)
    assert ledger.restored_at is not None
    assert (ledger.done_at, ledger.jobs, ledger.jobs_restored) == (None, 1, 1)


def test_batch_loses_the_briefs_of_deleted_jobs_and_goes_with_the_last(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    briefs = ["mug with lemons", "mug with foxes"]
    with session_factory.begin() as session:
        jobs = [Submission(brief=brief, options=OPTIONS, model_versions={}) for brief in briefs]
        asked = {"combine": "product", "briefs": briefs}
        batch = submit_batch(session, BatchSubmission(jobs=jobs, asked=asked, payload_hash="x"))
    with session_factory() as session:
        rows = session.execute(select(Job.brief, Job.id).order_by(Job.batch_index)).all()
    ids = dict(rows)
    for brief, left in ((briefs[0], [briefs[1]]), (briefs[1], None)):
        _delete(session_factory, [ids[brief]])
        end_undo(session_factory)
        collect(session_factory, driver.store)
        with session_factory() as session:
            row = session.get(Batch, batch.id)
            assert (row and row.asked["briefs"]) == left
    assert _filled_tables(session_factory) <= KEPT_TABLES


def test_superseded_checkpoints_are_deleted(
    work: Any, artifact_store: ArtifactStore, session_factory: sessionmaker[Session]
) -> None:
    work.submit(pipeline="training", options={})
    training = work.one("train")
    old, new = artifact_store.put(b"old"), artifact_store.put(b"new")
    for step, sha256 in enumerate((old, new)):
        with work.session() as session:
            checkpoint(session, training, step, sha256)
    age_files(artifact_store)
    collect(session_factory, artifact_store)
    assert files_of_store(artifact_store) == {new}


_COLLECT = """
import sys
from shared.db.engine import engine_for, sessions
from shared.deletions.collection import collect_deletions
from shared.storage.artifacts import ArtifactStore
collect_deletions(sessions(engine_for(sys.argv[1])), ArtifactStore(sys.argv[2]))
"""


@pytest.mark.parametrize("failpoint", ["rows-deleted", "bytes-deleted"])
def test_collection_that_was_killed_is_completed_by_the_next(
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    database_url: str,
    failpoint: str,
) -> None:
    kept, gone = _draw(driver), _draw(driver, b"another photo", brief="teal waves")
    with session_factory.begin() as session:
        own = session.get_one(Job, gone.id).reference_sha256
    everything = files_of_store(driver.store)
    _delete(session_factory, [gone.id])
    end_undo(session_factory)
    age_files(driver.store)
    collecting = subprocess.run(
        [sys.executable, "-c", _COLLECT, database_url, driver.store.url],
        env=os.environ | {"CODESIGNER_FAILPOINTS": failpoint},
        check=False,
    )
    assert collecting.returncode == -signal.SIGKILL
    assert notes(session_factory)  # what is not done is on record
    with session_factory() as session:
        assert session.get(Job, gone.id) is None
    assert only_deletion(session_factory).done_at is None
    assert (own in files_of_store(driver.store)) == (failpoint == "rows-deleted")

    collect(session_factory, driver.store)
    assert notes(session_factory) == set()
    assert only_deletion(session_factory).done_at is not None
    assert only_deletion(session_factory).files_deleted >= 1
    left = files_of_store(driver.store)
    assert own not in left
    assert left < everything
    _delete(session_factory, [kept.id])
    end_undo(session_factory)
    collect(session_factory, driver.store)
    assert files_of_store(driver.store) == set()


def test_bytes_that_a_worker_has_just_stored_again_stay(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    """A worker stores the bytes before it commits the row that refers to them."""
    sha256 = driver.store.put(b"tile")
    with session_factory.begin() as session:
        disposal.release_bytes(session, [sha256])
    age_files(driver.store)
    assert driver.store.put(b"tile") == sha256  # not committed yet
    collect(session_factory, driver.store)
    assert driver.store.exists(sha256)
    claim = _claimed(driver)
    made = ArtifactRecord(
        kind="tile", variant=0, sha256=sha256, media_type="image/png", size_bytes=4
    )
    driver.finish(claim, artifacts=(made,))
    age_files(driver.store)
    collect(session_factory, driver.store)
    assert driver.store.exists(sha256)
    assert sha256 not in notes(session_factory)


def _claimed(driver: QueueDriver) -> Any:
    driver.submit()
    return driver.one()


def test_new_job_that_holds_the_bytes_waits_for_their_deletion_and_stores_them_again(
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An upload of the same bytes, at the moment in which the collection deletes them."""
    sha256 = artifact_store.put(b"photo")
    with session_factory.begin() as session:
        disposal.release_bytes(session, [sha256])
    age_files(artifact_store)
    checked, proceed = threading.Event(), threading.Event()
    unreferenced = disposal.unreferenced

    def slow(session: Session, names: Sequence[str]) -> set[str]:
        found = unreferenced(session, names)
        checked.set()
        assert proceed.wait(30)
        return found

    monkeypatch.setattr(disposal, "unreferenced", slow)
    collector = threading.Thread(target=collect_deletions, args=(session_factory, artifact_store))
    collector.start()
    assert checked.wait(30)

    def upload() -> None:
        with session_factory.begin() as session:
            disposal.hold_bytes(session, [sha256])
        artifact_store.put(b"photo")

    uploader = threading.Thread(target=upload)
    uploader.start()
    uploader.join(0.3)
    assert uploader.is_alive()  # it waits: what it stored now would be deleted
    proceed.set()
    collector.join(30)
    uploader.join(30)
    monkeypatch.undo()
    age_files(artifact_store)
    collect_deletions(session_factory, artifact_store)
    assert artifact_store.get(sha256) == b"photo"  # held, though nothing refers to it yet
    collect(session_factory, artifact_store)
    assert not artifact_store.exists(sha256)


def test_job_deleted_while_its_bytes_are_examined_is_not_forgotten(
    driver: QueueDriver, session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note of a deletion that commits meanwhile outlives the collection that saw a job."""
    job = _draw(driver)
    with session_factory.begin() as session:
        names = [*files_of_store(driver.store)]
        disposal.release_bytes(session, names)
    _delete(session_factory, [job.id])
    end_undo(session_factory)
    age_files(driver.store)
    checked, deleting = threading.Event(), threading.Event()
    unreferenced = disposal.unreferenced

    def slow(session: Session, names: Sequence[str]) -> set[str]:
        found = unreferenced(session, names)
        if not checked.is_set():
            checked.set()
            assert deleting.wait(30)
        return found

    monkeypatch.setattr(disposal, "unreferenced", slow)
    first = threading.Thread(target=disposal.delete_due_bytes, args=(session_factory, driver.store))
    first.start()
    assert checked.wait(30)
    second = threading.Thread(target=collect_deletions, args=(session_factory, driver.store))
    second.start()
    _wait_for_lock(session_factory)
    deleting.set()
    first.join(30)
    second.join(30)
    collect(session_factory, driver.store)
    assert files_of_store(driver.store) == set()
    assert notes(session_factory) == set()


def _wait_for_lock(factory: sessionmaker[Session]) -> None:
    statement = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(200):
        with factory() as session:
            if session.scalar(statement):
                return
        threading.Event().wait(0.05)
    raise AssertionError("nothing waits for a lock")


def test_restoring_wins_against_a_collection_that_waits_for_it(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    job = driver.submit(brief=BRIEF)
    _delete(session_factory, [job.id])
    with session_factory.begin() as session:  # the undo ends while it is restored
        session.execute(text("UPDATE deletion SET undo_until = now() - interval '1 s'"))
    with session_factory.begin() as session:
        assert restore_jobs(session, [job.id]) == [job.id]
        collector = threading.Thread(target=collect_deletions, args=(session_factory, driver.store))
        collector.start()
        _wait_for_lock(session_factory)
    collector.join(30)
    with session_factory() as session:
        assert session.get(Job, job.id) is not None


def test_files_that_a_worker_stores_for_a_deleted_job_are_deleted(
    driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    claim = _claimed(driver)
    _delete(session_factory, [claim.job_id])
    late = driver.store.put(b"computed when nobody wanted it any more")
    with session_factory.begin() as session:
        finished = finish_in_session(session, [(claim, output(output_sha256=late))])
    assert finished.stale == (claim,)
    age_files(driver.store)
    collect(session_factory, driver.store)
    assert files_of_store(driver.store) == set()
