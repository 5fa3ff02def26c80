"""Fetching artifacts: whole, by range, or through a signed URL of the bucket."""

import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Artifact, Job
from shared.jobs.insertion import DesignInput
from shared.jobs.submission import Submission, cancel, submit
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.conftest import ADMIN_TOKEN
from tests.images import as_png, photo

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
Shown = Callable[[str], str]
PICTURE = as_png(photo(20, 20))
OPTIONS = {"variants": 1, "seed": 1, "product": "mug", "reference_strength": 0.5, "size": 256}


def path_of(sha256: str) -> str:
    return f"/api/v1/artifacts/{sha256}"


@pytest.fixture
def linked(
    make_app: Callable[[Settings], Flask], settings: Settings, bucket: str
) -> Callable[..., FlaskClient]:
    """Return a function that makes clients of applications with artifacts in a bucket."""

    def make(**changed: Any) -> FlaskClient:
        given = {"artifacts_url": bucket, "signed_links_s": 600} | changed
        return make_app(settings.model_copy(update=given)).test_client()

    return make


@pytest.fixture
def shown(session_factory: sessionmaker[Session]) -> Callable[[str], str]:
    """Return a function that makes an artifact a design's reference image."""

    def make(sha256: str) -> str:
        with session_factory.begin() as session:
            submit(
                session, Submission(options=OPTIONS, design=DesignInput(reference_sha256=sha256))
            )
        return sha256

    return make


@pytest.mark.parametrize(
    "asked", ["bytes=0-3,8-11", "lines=0-3", "bytes=0-3, 8-", "nonsense", "items=x,y"]
)
def test_multiple_or_unknown_ranges_return_the_whole_file(
    client: FlaskClient, artifact_store: ArtifactStore, shown: Shown, asked: str
) -> None:
    path = path_of(shown(artifact_store.put(PICTURE)))
    answer = client.get(path, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (200, PICTURE)
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_open_and_suffix_ranges_are_served_unless_if_range_differs(
    client: FlaskClient, artifact_store: ArtifactStore, shown: Shown
) -> None:
    sha256 = shown(artifact_store.put(PICTURE))
    for asked, wanted in (("bytes=5-", PICTURE[5:]), ("bytes=-7", PICTURE[-7:])):
        answer = client.get(path_of(sha256), headers={"Range": asked})
        assert (answer.status_code, answer.data) == (206, wanted)
    others = {"Range": "bytes=0-3", "If-Range": '"another"'}
    assert client.get(path_of(sha256), headers=others).data == PICTURE
    head = client.head(path_of(sha256), headers={"Range": "bytes=0-3"})
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(PICTURE)))


def test_weak_etag_from_a_proxy_matches(
    client: FlaskClient, artifact_store: ArtifactStore, shown: Shown
) -> None:
    sha256 = shown(artifact_store.put(PICTURE))
    answer = client.get(path_of(sha256), headers={"If-None-Match": f'W/"{sha256}"'})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_artifacts_of_expired_jobs_are_not_served(
    client: FlaskClient,
    artifact_store: ArtifactStore,
    session_factory: sessionmaker[Session],
) -> None:
    reference, tile = artifact_store.put(PICTURE), artifact_store.put(as_png(photo(24, 24)))
    with session_factory.begin() as session:
        asked = Submission(
            options=OPTIONS, design=DesignInput(reference_sha256=reference), ttl_s=60
        )
        job = submit(session, asked)
        session.add(
            Artifact(
                job_id=job.id, stage="generate", kind="tile", variant=0, sha256=tile,
                media_type="image/png", size_bytes=9,
            )
        )  # fmt: skip
        cancel(session, job.id)
    statuses = [client.get(path_of(each)).status_code for each in (reference, tile)]
    assert statuses == [200, 200]
    with session_factory.begin() as session:
        session.execute(update(Job).values(expires_at=Job.created_at))
    for each in (reference, tile):
        answer = client.get(path_of(each))
        assert (answer.status_code, answer.get_json()["code"]) == (404, "artifact_not_found")
    body = {"brief": "mug, waves", "reference": {"sha256": reference}}
    assert client.post("/api/v1/jobs", json=body).status_code == 422


def test_artifact_redirects_to_a_signed_url_that_serves_the_bytes(
    linked: Callable[..., FlaskClient], bucket: str, shown: Shown
) -> None:
    sha256 = shown(ArtifactStore(bucket).put(PICTURE))
    answer = linked().get(path_of(sha256))
    assert (answer.status_code, answer.data) == (302, b"")
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    link = answer.headers["Location"]
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["600"]
    request = urllib.request.Request(link, headers={"Range": "bytes=0-7"})
    with urllib.request.urlopen(request, timeout=20) as fetched:
        assert (fetched.status, fetched.read()) == (206, PICTURE[:8])
        assert fetched.headers["Content-Type"] == "image/png"
        assert "immutable" in fetched.headers["Cache-Control"]


def test_signed_url_of_a_non_image_is_an_attachment(
    linked: Callable[..., FlaskClient], bucket: str
) -> None:
    sha256 = ArtifactStore(bucket).put(b"<script>alert(1)</script>")
    link = linked().get(path_of(sha256), headers=ADMIN).headers["Location"]
    with urllib.request.urlopen(link) as fetched:
        assert fetched.headers["Content-Type"] == "application/octet-stream"
        assert fetched.headers["Content-Disposition"].startswith("attachment")
        assert fetched.headers["Cache-Control"] == "private, no-store"


def test_head_and_conditional_requests_are_not_redirected(
    linked: Callable[..., FlaskClient], bucket: str, shown: Shown
) -> None:
    client, sha256 = linked(), shown(ArtifactStore(bucket).put(PICTURE))
    head = client.head(path_of(sha256))
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(PICTURE)))
    known = client.get(path_of(sha256), headers={"If-None-Match": f'"{sha256}"'})
    assert known.status_code == 304
    assert client.get(path_of("ab" * 32)).status_code == 404


def test_no_redirect_without_the_setting_or_a_bucket(
    linked: Callable[..., FlaskClient], bucket: str, settings: Settings, shown: Shown
) -> None:
    for changed in ({"signed_links_s": 0}, {"artifacts_url": settings.artifacts_url}):
        sha256 = shown(
            ArtifactStore({"artifacts_url": bucket, **changed}["artifacts_url"]).put(PICTURE)
        )
        client = linked(**changed)
        part = client.get(path_of(sha256), headers={"Range": "bytes=8-15"})
        assert (part.status_code, part.data) == (206, PICTURE[8:16])
        assert "img-src 'self' blob: data:;" in client.get("/").headers["Content-Security-Policy"]


def test_content_security_policy_allows_images_from_the_bucket(
    linked: Callable[..., FlaskClient], bucket: str, shown: Shown
) -> None:
    client, sha256 = linked(), shown(ArtifactStore(bucket).put(PICTURE))
    link = urlsplit(client.get(path_of(sha256)).headers["Location"])
    policy = client.get("/").headers["Content-Security-Policy"]
    assert f"img-src 'self' blob: data: {link.scheme}://{link.netloc};" in policy
