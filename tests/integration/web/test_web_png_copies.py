"""PNG copies of sketches, by every address that gives the sketch."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Artifact
from tests.images import as_png
from tests.images import sketch as drawn
from tests.integration.web.test_web_artifact_links import signed
from tests.queue_driver import QueueDriver
from tests.sharing_steps import API, file_of, made_design, shared, to_job


@pytest.fixture
def job(client: FlaskClient, driver: QueueDriver, released: None) -> dict[str, Any]:
    return made_design(client, driver)


@pytest.fixture
def addresses(client: FlaskClient, job: dict[str, Any]) -> tuple[str, ...]:
    """Return the addresses of a sketch: with a sign-in, signed, and by a share link."""
    sha256 = file_of(job, "sketch")["sha256"]
    link = to_job(client, job)
    return (
        f"{API}/artifacts/{sha256}?",
        f"{signed(client, sha256)}&",
        f"{shared(link)}/files/{sha256}?",
    )


def test_sketch_is_copied_with_its_metadata(
    client: FlaskClient, job: dict[str, Any], addresses: tuple[str, ...]
) -> None:
    sha256 = file_of(job, "sketch")["sha256"]
    for address in addresses:
        with client.get(address) as answer:
            assert answer.mimetype == "image/jpeg"
            stored, caching = answer.data, answer.headers["Cache-Control"].partition("=")[0]
        with client.get(f"{address}format=png") as answer:
            assert (answer.status_code, answer.mimetype) == (200, "image/png")
            assert answer.headers["ETag"] == f'"{sha256}.png"'
            assert answer.headers["Cache-Control"].partition("=")[0] == caching
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            content = answer.data
        with Image.open(BytesIO(stored)) as jpeg, Image.open(BytesIO(content)) as png:
            assert png.format == "PNG"
            assert np.array_equal(np.asarray(png), np.asarray(jpeg))
            assert png.info["XML:com.adobe.xmp"] == jpeg.info["xmp"].decode()


def test_copy_and_stored_file_are_told_apart_by_their_tags(
    client: FlaskClient, job: dict[str, Any], addresses: tuple[str, ...]
) -> None:
    sha256 = file_of(job, "sketch")["sha256"]
    for address in addresses:
        for path, tag, status in (
            (f"{address}format=png", f"{sha256}.png", 304),
            (f"{address}format=png", sha256, 200),
            (address, f"{sha256}.png", 200),
            (address, sha256, 304),
        ):
            with client.get(path, headers={"If-None-Match": f'"{tag}"'}) as answer:
                assert answer.status_code == status, (path, tag)


def test_what_is_stored_as_png_is_sent_as_it_is(
    client: FlaskClient, job: dict[str, Any], driver: QueueDriver
) -> None:
    sha256 = file_of(job, "tile")["sha256"]
    with client.get(f"{API}/artifacts/{sha256}?format=png") as answer:
        assert answer.headers["ETag"] == f'"{sha256}"'
        assert answer.data == driver.store.get(sha256)


@pytest.mark.parametrize(("kind", "wanted"), [("sketch", "gif"), ("sketch", ""), ("design", "png")])
def test_other_formats_and_files_are_refused(
    client: FlaskClient, job: dict[str, Any], kind: str, wanted: str
) -> None:
    answer = client.get(f"{API}/artifacts/{file_of(job, kind)['sha256']}?format={wanted}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")
    assert [each["field"] for each in answer.get_json()["fields"]] == ["format"]


def test_sketch_of_an_earlier_version_keeps_its_name_and_bytes(
    app: Flask,
    client: FlaskClient,
    job: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    content = as_png(drawn(0))
    sha256 = driver.store.put(content)
    with session_factory.begin() as session:
        session.execute(
            update(Artifact)
            .where(Artifact.job_id == job["id"], Artifact.kind == "sketch", Artifact.variant == 0)
            .values(sha256=sha256, media_type="image/png", size_bytes=len(content))
        )
    with client.get(f"{API}/artifacts/{sha256}?format=png") as answer:
        assert (answer.mimetype, answer.data) == ("image/png", content)
    page = client.get(f"/jobs/{job['id']}").text
    short = job["id"][:12]
    assert f'download="{short}-1-sketch.png"' in page
    assert f'download="{short}-2-sketch.jpg"' in page
