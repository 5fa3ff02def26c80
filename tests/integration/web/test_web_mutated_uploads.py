"""Corrupt and malicious uploads are refused in bounded memory and leave no files."""

import io
import os
import resource
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Job
from shared.jobs.retention import collect_artifacts
from shared.queue.leases import check_invariants
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.mutating import bombs, mutated
from web.uploads import decoding

JOBS = "/api/v1/jobs"
UPLOADS = 2000
MIB = 1024 * 1024
OWN_MIB = 300
"""What the web process may grow by, whatever is sent to it."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"max_queue": 10 * UPLOADS, "max_jobs_per_owner": 10 * UPLOADS}
    )


def upload(client: FlaskClient, content: bytes) -> Any:
    form = {"brief": "teal mug", "variants": "1", "reference": (io.BytesIO(content), "photo.png")}
    return client.post(JOBS, data=form)


@contextmanager
def watched_memory() -> Iterator[dict[str, int]]:
    """Record the peak growth of this process and the peak memory of a decoder child, in bytes."""
    most = {"own": 0, "child": 0}
    me, over = psutil.Process(), threading.Event()
    began = me.memory_info().rss

    def watch() -> None:
        while not over.is_set():
            most["own"] = max(most["own"], me.memory_info().rss - began)
            for child in me.children():
                try:
                    if "web.uploads.decoding" in child.cmdline():
                        most["child"] = max(most["child"], child.memory_info().rss)
                except psutil.Error:
                    continue
            over.wait(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def stored(settings: Settings) -> set[str]:
    """Return the names of all files in the store, unfinished ones included."""
    folder = Path(settings.artifacts_url.removeprefix("file://"))
    return {path.name for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


def referred_to(session_factory: sessionmaker[Session]) -> set[str]:
    with session_factory() as session:
        found = select(Job.reference_sha256).where(Job.reference_sha256.is_not(None))
        return {str(each) for each in session.scalars(found)}


@pytest.mark.long
def test_mutated_uploads_are_handled_in_bounded_memory_and_leave_no_files(
    client: FlaskClient,
    settings: Settings,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    statuses: Counter[int] = Counter()
    with watched_memory() as most:
        for content in islice(mutated(7), UPLOADS):
            answer = upload(client, content)
            statuses[answer.status_code] += 1
            assert answer.status_code in {202, 413, 415, 422}, answer.text
            if answer.status_code != 202:
                assert {each["field"] for each in answer.get_json()["fields"]} == {"reference"}
    assert statuses[202] > 100, statuses  # some mutations leave the image valid
    assert statuses[422] > 500, statuses
    assert statuses[415] > 100, statuses
    assert most["own"] < OWN_MIB * MIB, most

    assert stored(settings) == referred_to(session_factory)
    for sha256 in stored(settings):
        with Image.open(artifact_store.open(sha256)) as kept:
            kept.load()
            assert kept.format == "PNG"
            assert kept.mode in {"RGB", "RGBA"}
            assert max(kept.size) <= decoding.MAX_SIDE_PX
    with session_factory() as session:
        assert not any(check_invariants(session).values())
    _forget_all(session_factory, artifact_store)
    assert stored(settings) == set()


def _forget_all(factory: sessionmaker[Session], store: ArtifactStore) -> None:
    with factory.begin() as session:
        session.execute(delete(Job))
    time.sleep(0.01)
    with factory() as session:
        collect_artifacts(session, store, 0.001)


@pytest.mark.long
def test_decompression_bombs_use_bounded_memory_and_cpu_time(
    client: FlaskClient, settings: Settings, session_factory: sessionmaker[Session]
) -> None:
    files = bombs(settings.max_image_pixels)
    told = {}
    with watched_memory() as most:
        for name, content in files.items():
            assert len(content) < settings.max_upload_bytes, name
            used_s = _cpu_s()
            answer = upload(client, content)
            assert answer.status_code in {202, 413, 415, 422}, (name, answer.text)
            assert _cpu_s() - used_s < 60, name
            told[name] = answer.status_code
    assert told["more pixels than are taken"] == 413
    assert told["a progressive JPEG of 4 gigapixels"] == 413
    assert told["a WebP that promises much"] == 413
    assert told["a JPEG of two thousand scans"] == 422
    assert told["many texts"] == 422
    assert told["a GIF of 4 gigapixels"] == 413
    assert {told[f"{kind} of all pixels"] for kind in ("a GIF", "a TIFF", "an AVIF")} == {202}
    assert told["an AVIF that promises much"] in {413, 422}
    assert told["a HEIC that promises much"] in {413, 422}
    assert most["own"] < OWN_MIB * MIB, most
    assert most["child"] < decoding.MAX_SUBPROCESS_BYTES, most
    assert stored(settings) == referred_to(session_factory)


def _cpu_s() -> float:
    own = os.times()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.user + own.system + children.ru_utime + children.ru_stime
