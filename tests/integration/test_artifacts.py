"""Tests of the artifact store on a folder and on S3, and of garbage collection."""

import io
import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from s3fs import S3FileSystem

from shared.errors import ArtifactCorrupt, ArtifactNotFound, CodesignerError, JobExpired
from shared.jobs.insertion import DesignInput
from shared.jobs.retention import collect_artifacts, expire_jobs
from shared.queue.leases import ArtifactRecord, checkpoint
from shared.registry.releases import VersionManifest, register
from shared.storage.artifacts import ArtifactStore

CONTENT = b"some bytes"
NAME = sha256(CONTENT).hexdigest()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    """Return a store on a folder, and one on S3."""
    if request.param == "folder":
        return ArtifactStore(f"file://{tmp_path}/artifacts")
    return ArtifactStore(request.getfixturevalue("bucket"))


def _age(store: ArtifactStore, name: str, seconds: float) -> None:
    path = Path(store.url.removeprefix("file://")) / name[:2] / name
    os.utime(path, (time.time() - seconds,) * 2)


def test_stored_bytes_are_read_back_by_sha256(store: ArtifactStore) -> None:
    assert store.put(CONTENT) == NAME
    assert store.get(NAME) == CONTENT
    assert (store.exists(NAME), store.size(NAME)) == (True, len(CONTENT))
    with store.open(NAME) as stream:
        assert stream.read() == CONTENT


def test_put_many_stores_contents_with_duplicates(store: ArtifactStore) -> None:
    contents = [b"one", b"two", b"one", *(bytes([index]) * 100 for index in range(40))]
    names = store.put_many(contents)
    assert [store.get(name) for name in names] == contents
    assert names[0] == names[2]
    assert store.put_many([]) == []


@pytest.mark.parametrize(("folder", "file"), [(0o700, 0o600), (0o755, 0o644), (0o750, 0o640)])
def test_files_are_readable_by_whoever_may_read_the_folder(
    tmp_path: Path, folder: int, file: int
) -> None:
    root = tmp_path / "artifacts"
    root.mkdir()
    root.chmod(folder)
    for umask in (0o022, 0o077):
        before = os.umask(umask)
        try:
            name = ArtifactStore(f"file://{root}").put(oct(umask).encode())
        finally:
            os.umask(before)
        path = root / name[:2] / name
        assert stat.S_IMODE(path.stat().st_mode) == file
        assert stat.S_IMODE(path.parent.stat().st_mode) == folder


def test_put_accepts_files_and_streams(store: ArtifactStore, tmp_path: Path) -> None:
    big = os.urandom(3_000_000)
    (tmp_path / "big").write_bytes(big)
    assert store.put(tmp_path / "big") == sha256(big).hexdigest()
    assert store.put(io.BytesIO(CONTENT)) == NAME
    assert store.get(sha256(big).hexdigest()) == big


def test_missing_and_malformed_names_raise_artifact_not_found(store: ArtifactStore) -> None:
    store.put(b"another")
    assert not store.exists(NAME)
    assert not store.delete(NAME)
    for name in (NAME, "../../etc/passwd", NAME.upper(), ""):
        with pytest.raises(ArtifactNotFound):
            store.get(name)


def test_delete_removes_an_artifact_older_than_the_given_age(store: ArtifactStore) -> None:
    store.put(CONTENT)
    assert not store.delete(NAME, older_than_s=60)
    assert store.delete(NAME)
    assert not store.exists(NAME)


def test_aged_lists_artifacts_older_than_the_given_age(store: ArtifactStore) -> None:
    store.put(CONTENT)
    assert list(store.aged(60)) == []
    assert list(store.aged(0)) == [NAME]


def test_get_of_changed_bytes_raises_artifact_corrupt(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    store.put(CONTENT)
    (tmp_path / NAME[:2] / NAME).write_bytes(b"other bytes")
    with pytest.raises(ArtifactCorrupt):
        store.get(NAME)


def test_put_repairs_a_truncated_artifact(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    store.put(CONTENT)
    (tmp_path / NAME[:2] / NAME).write_bytes(b"")
    store.put(CONTENT)
    assert store.get(NAME) == CONTENT


def test_put_leaves_no_temporary_files(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    for _ in range(2):
        store.put(CONTENT)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_put_on_a_full_disk_raises_storage_full(tmp_path: Path) -> None:
    class Full(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(28, "No space left on device")

    store = ArtifactStore(f"file://{tmp_path}")
    with pytest.raises(CodesignerError) as refused:
        store.put(Full())  # type: ignore[arg-type]
    assert refused.value.code == "storage_full"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_put_to_an_unwritable_store_raises_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CodesignerError) as refused:
        ArtifactStore(f"file://{tmp_path}/file/below").put(CONTENT)
    assert refused.value.code == "unavailable"


def test_objects_of_another_process_are_visible_at_once(bucket: str) -> None:
    mine = ArtifactStore(bucket)
    other = subprocess.Popen(
        [sys.executable, "-c", _PUT_WHEN_TOLD, bucket],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert not mine.exists(NAME)
    assert list(mine.aged(0)) == []
    assert other.communicate(CONTENT, timeout=60)[0].decode().strip() == NAME
    assert mine.exists(NAME)
    assert mine.get(NAME) == CONTENT
    assert list(mine.aged(0)) == [NAME]


_PUT_WHEN_TOLD = """
import sys
from shared.storage.artifacts import ArtifactStore
print(ArtifactStore(sys.argv[1]).put(sys.stdin.buffer.read()))
"""


def test_listing_a_bucket_is_one_request_for_each_1000_objects(bucket: str) -> None:
    names = [f"{number:064x}" for number in range(1_001)]
    files = S3FileSystem(use_listings_cache=False)
    files.pipe({f"{bucket}/{name[:2]}/{name}": b"" for name in names})
    store = ArtifactStore(bucket)
    requests: list[str] = []
    store._backend._files.s3.meta.events.register(  # type: ignore[attr-defined]
        "before-send.s3", lambda request, **_: requests.append(f"{request.method} {request.url}")
    )
    assert list(store.aged(0)) == names
    assert list(store.aged(60)) == []
    assert len(requests) == 4, requests[:10]


def test_unreachable_bucket_raises_unavailable(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    S3FileSystem.clear_instance_cache()
    store = ArtifactStore(bucket)
    for use in (
        lambda: store.put(CONTENT),
        lambda: store.get(NAME),
        lambda: store.size(NAME),
        lambda: store.delete(NAME),
        lambda: list(store.aged(0)),
    ):
        with pytest.raises(CodesignerError) as refused:
            use()
        assert refused.value.code == "unavailable"


def test_missing_bucket_raises_unavailable(bucket: str) -> None:
    with pytest.raises(CodesignerError) as refused:
        ArtifactStore("s3://nobodys/below").put(CONTENT)
    assert refused.value.code == "unavailable"


def test_partial_files_of_a_killed_process_are_deleted(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    store.put(CONTENT)
    (tmp_path / "tmp" / "half").write_bytes(b"ha")
    store.delete_partial_files(60)
    assert (tmp_path / "tmp" / "half").exists()
    store.delete_partial_files(0)
    assert not (tmp_path / "tmp" / "half").exists()
    assert store.exists(NAME)


def test_only_old_unreferenced_artifacts_are_collected(
    work: Any, artifact_store: ArtifactStore
) -> None:
    names = {
        word: artifact_store.put(word.encode())
        for word in ("artifact", "output", "checkpoint", "reference", "dataset", "weights", "none")
    }
    young = artifact_store.put(b"young")
    for name in names.values():
        _age(artifact_store, name, 100)
    job = work.submit(design=DesignInput(reference_sha256=names["reference"]))
    made = ArtifactRecord(
        kind="tile", variant=0, sha256=names["artifact"], media_type="image/png", size_bytes=8
    )
    work.finish(work.one(), output_sha256=names["output"], artifacts=(made,))
    work.submit(pipeline="training", options={"dataset_sha256": names["dataset"]})
    training = work.one("train")
    with work.session() as session:
        checkpoint(session, training, 1, names["checkpoint"])
        weights = VersionManifest(
            role="generator", name="g", source={}, sha256=names["weights"], licence="Apache-2.0"
        )
        register(session, weights)

    with work.session() as session:
        assert collect_artifacts(session, artifact_store, grace_s=50) == 1
    assert not artifact_store.exists(names.pop("none"))
    assert all(artifact_store.exists(name) for name in [young, *names.values()])
    assert work.job(job.id)


def test_files_of_an_expired_job_are_deleted_before_its_row(
    work: Any, artifact_store: ArtifactStore
) -> None:
    shared, own, reference = (artifact_store.put(each) for each in (b"both", b"one", b"photo"))
    kept = work.submit()
    gone = work.submit(ttl_s=10, design=DesignInput(reference_sha256=reference))
    made = ArtifactRecord(
        kind="tile", variant=0, sha256=shared, media_type="image/png", size_bytes=8
    )
    for job in (kept, gone):
        work.finish(work.one(), output_sha256=own if job is gone else shared, artifacts=(made,))
        work.run(job)
    for name in (shared, own, reference):
        _age(artifact_store, name, 100)
    work.pass_time(11)
    with work.session() as session:
        assert collect_artifacts(session, artifact_store, grace_s=50) == 0  # in the grace period
    work.pass_time(1000)
    with work.session() as session:
        assert collect_artifacts(session, artifact_store, grace_s=50) == 2
    assert artifact_store.exists(shared)
    assert not artifact_store.exists(own)
    assert not artifact_store.exists(reference)
    with pytest.raises(JobExpired):
        work.job(gone.id)


def test_put_of_existing_bytes_resets_their_age(work: Any, artifact_store: ArtifactStore) -> None:
    artifact_store.put(CONTENT)
    _age(artifact_store, NAME, 100)
    artifact_store.put(CONTENT)
    with work.session() as session:
        assert collect_artifacts(session, artifact_store, grace_s=50) == 0
    assert artifact_store.exists(NAME)


def test_concurrent_puts_and_deletes_of_the_same_bytes(tmp_path: Path) -> None:
    """Bytes that `put` has acknowledged exist throughout the grace period."""
    store = ArtifactStore(f"file://{tmp_path}")

    def put(_: int) -> bool:
        name = store.put(CONTENT)
        _age(store, name, 0)
        return store.exists(name)

    with ThreadPoolExecutor(4) as threads:
        puts = [threads.submit(put, each) for each in range(100)]
        deletes = [threads.submit(store.delete, NAME, older_than_s=30) for _ in range(100)]
        assert all(each.result() for each in puts)
        assert not any(each.result() for each in deletes)


def test_expired_jobs_are_deleted_with_their_rows(work: Any) -> None:
    kept = work.submit(ttl_s=1000)
    gone = work.submit(ttl_s=10)
    for job in (kept, gone):
        work.run(job)
    work.pass_time(100)
    with work.session() as session:
        assert expire_jobs(session, keep_s=200) == 0
        assert expire_jobs(session, keep_s=50) == 1
    assert work.job(kept.id)
    assert work.events(gone.id) == []
