"""Zips of a job, a batch and a selection: contents, access, limits and conditional requests."""

import io
import json
import re
import socket
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from codesigner.cli import main
from shared.db.models import Artifact, Job, StageRun
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.browsing import chromium_path, served
from tests.integration.web.conftest import picture
from tests.queue_driver import QueueDriver
from web.extensions import MAX_ZIPS_OF_A_NETWORK
from web.uploads.palette_files import palette_colours

JOBS = "/api/v1/jobs"
UNKNOWN = "00000000-0000-7000-8000-000000000000"
BRIEF = "teal waves & foxes, 狐狸"


def made(client: FlaskClient, driver: QueueDriver, **given: Any) -> dict[str, Any]:
    """Return the document of a design with two finished variants."""
    asked = {"brief": BRIEF, "variants": 2, "seed": 7} | given
    job = client.post(JOBS, json=asked).get_json()
    driver.run_all()
    found: dict[str, Any] = client.get(f"{JOBS}/{job['id']}").get_json()
    return found


def fetched(client: FlaskClient, path: str, **headers: str) -> ZipFile:
    with client.get(path, headers=headers) as answer:
        assert answer.status_code == 200, answer.text
        content = answer.data
        assert answer.headers["Content-Type"] == "application/zip"
        assert int(answer.headers["Content-Length"]) == len(content)
    archive = ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive


def refused(client: FlaskClient, path: str) -> tuple[int, str, str]:
    answer = client.get(path).get_json()
    return answer["status"], answer["code"], answer["detail"]


def folder_of(archive: ZipFile) -> str:
    (folder,) = {name.partition("/")[0] for name in archive.namelist()} - {"index.html"}
    return folder


@pytest.fixture
def job(client: FlaskClient, driver: QueueDriver, released: None) -> dict[str, Any]:
    return made(client, driver)


def test_zip_of_a_job_has_every_public_file_of_it(
    client: FlaskClient, job: dict[str, Any], driver: QueueDriver
) -> None:
    asked = {"variant": 1, "size": 2048}
    client.post(job["links"]["prints"], json=asked)
    driver.finish(driver.one("print"), variants=1)
    archive = fetched(client, job["links"]["zip"])
    folder = folder_of(archive)
    assert folder == f"teal-waves-foxes-狐狸-{job['id'][-12:]}"
    endings = ("design.json", "tile.png", "sketch.jpg")
    palettes = ("palette.ase", "palette.gpl", "palette.css")
    assert sorted(archive.namelist()) == sorted(
        f"{folder}/{name}"
        for name in (
            "how-it-was-made.html",
            "provenance.json",
            *(f"variant-1/variant-1-{each}" for each in (*endings, *palettes)),
            *(f"variant-2/variant-2-{each}" for each in (*endings, *palettes)),
            "variant-2/variant-2-print-2048px-300dpi.png",
        )
    )
    shown = {each["kind"]: each["url"] for each in job["artifacts"] if each["variant"] == 1}
    for kind, suffix in (("tile", "png"), ("sketch", "jpg"), ("design", "json")):
        stored = archive.read(f"{folder}/variant-2/variant-2-{kind}.{suffix}")
        assert stored == client.get(shown[kind]).data


def test_zip_has_reference_layers_and_licences_of_all_drawings(
    client: FlaskClient,
    driver: QueueDriver,
    released: None,
    session_factory: sessionmaker[Session],
) -> None:
    form = {"brief": "狐", "variants": "2", "reference": (io.BytesIO(picture()), "photo.png")}
    job = client.post(JOBS, data=form).get_json()
    driver.run_all(has_reference=True)
    with session_factory.begin() as session:
        for variant in (0, 1):
            content = with_motifs(variant)
            session.execute(
                update(Artifact)
                .where(
                    Artifact.job_id == job["id"],
                    Artifact.kind == "design",
                    Artifact.variant == variant,
                )
                .values(sha256=driver.store.put(content), size_bytes=len(content))
            )
        layer = driver.store.put(b"grey")
        session.add(
            Artifact(
                job_id=job["id"], stage="generate", kind="layer-1", variant=1, sha256=layer,
                media_type="image/png", size_bytes=4,
            )
        )  # fmt: skip
    archive = fetched(client, f"{JOBS}/{job['id']}/zip")
    folder = folder_of(archive)
    sha256 = job["reference"]["sha256"]
    assert archive.read(f"{folder}/reference.png") == driver.store.get(sha256)
    assert archive.read(f"{folder}/variant-2/layers/{layer}.png") == b"grey"
    licences = archive.read(f"{folder}/LICENCES.txt").decode()
    assert "own:fox@1, 4 times" in licences
    assert "Apache License" in licences
    assert "Version 2.0, January 2004" in licences


def with_motifs(variant: int) -> bytes:
    element = {"motif": "own:fox@1", "x_mm": 1, "y_mm": 1, "size_mm": 5, "paints": ["p2"]}
    layer = {
        "id": "l1", "kind": "motifs",
        "elements": [element | {"id": "e1"}, element | {"id": "e2"}],
    }  # fmt: skip
    palette = [
        {"id": "p1", "hex": "#F3ECDF", "role": "ground", "from": "brief"},
        {"id": "p2", "hex": "#1F3A5F", "role": "hero", "from": "brief", "name": "ink"},
    ]
    record = {"version": 1, "seed": 7, "variant": variant, "palette": palette, "layers": [layer]}
    return json.dumps(record).encode()


def test_palettes_are_ordered_by_measured_area_and_named(
    client: FlaskClient,
    job: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    areas = {"palette": ["#1F3A5F", "#F3ECDF"], "areas": [0.75, 0.25]}
    output = {"variants": [{"variant": 0, **areas}, {"variant": 1, **areas, "areas": [0.2, 0.8]}]}
    sha256 = driver.store.put(json.dumps(output).encode())
    with session_factory.begin() as session:
        session.execute(
            update(StageRun)
            .where(StageRun.job_id == job["id"], StageRun.stage == "draw")
            .values(output_sha256=sha256)
        )
    archive = fetched(client, job["links"]["zip"])
    folder = folder_of(archive)
    orders = {1: ["#1F3A5F", "#F3ECDF"], 2: ["#F3ECDF", "#1F3A5F"]}
    for number, order in orders.items():
        for ending in ("ase", "gpl", "css"):
            name = f"{folder}/variant-{number}/variant-{number}-palette.{ending}"
            found = list(palette_colours(archive.read(name)))
            assert [each.hex for each in found] == order
            assert {each.name for each in found} == {"navy", "ivory"}
    css = archive.read(f"{folder}/variant-1/variant-1-palette.css").decode()
    assert "--navy: #1F3A5F; /* 75.0% */" in css
    chinese = fetched(client, f"{job['links']['zip']}?lang=zh")
    gpl = chinese.read(f"{folder}/variant-1/variant-1-palette.gpl")
    assert next(palette_colours(gpl)).name == "藏青色"


def test_sheet_is_self_contained_and_in_the_language_of_the_request(
    client: FlaskClient, job: dict[str, Any]
) -> None:
    path = job["links"]["zip"]
    for archive, title in (
        (fetched(client, path), "How it was made"),
        (fetched(client, path, **{"Accept-Language": "zh"}), "生成记录"),
    ):
        folder = folder_of(archive)
        page = archive.read(f"{folder}/how-it-was-made.html").decode()
        assert title in page
        assert job["id"] in page
        assert "teal waves &amp; foxes, 狐狸" in page
        assert "<script" not in page
        assert "//" not in page.replace("<!--", "")
        links = re.findall(r"""(?:src|href)="([^"]+)"|url\('([^']+)'\)""", page)
        names = {first or second for first, second in links}
        assert len(names) == 13
        assert {f"{folder}/{name}" for name in names} <= set(archive.namelist())


def test_zip_has_no_owner_and_no_host_names(
    client: FlaskClient,
    admin: FlaskClient,
    job: dict[str, Any],
    settings: Settings,
    session_factory: sessionmaker[Session],
) -> None:
    with session_factory.begin() as session:
        row = session.get_one(Job, job["id"])
        row.owner = "browser:somebody"
        failure = {"code": "out_of_memory", "message": "at build-host-7"}
        for run in session.scalars(select(StageRun).where(StageRun.job_id == row.id)):
            environment = {"host": "worker-host-9", "device": "cpu"}
            run.provenance = run.provenance | {
                "environment": environment, "failures": [failure]
            }  # fmt: skip
    assert b"worker-host-9" in admin.get(job["links"]["provenance"]).data
    archive = fetched(client, job["links"]["zip"])
    secrets = ("somebody", "worker-host-9", "build-host-7", settings.public_url)
    for name in archive.namelist():
        content = archive.read(name)
        for secret in secrets:
            assert secret.encode() not in content, (name, secret)
        if not name.endswith((".jpg", ".png")):  # compressed pixels have any short name by chance
            assert socket.gethostname().encode() not in content, name
    document = json.loads(archive.read(f"{folder_of(archive)}/provenance.json"))
    assert {each["prov:agent"] for each in document["wasAssociatedWith"].values()} == {
        "cds:worker.1"
    }
    assert "cds:worker.1" in document["agent"]


def test_equal_requests_give_equal_bytes_and_the_same_etag(
    client: FlaskClient, job: dict[str, Any], driver: QueueDriver
) -> None:
    path = job["links"]["zip"]
    with client.get(path) as first, client.get(path) as second:
        assert first.data == second.data
        etag = first.headers["ETag"]
        assert second.headers["ETag"] == etag
    known = client.get(path, headers={"If-None-Match": etag})
    assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", etag)
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", etag)
    assert int(head.headers["Content-Length"]) == len(first.data)
    client.post(job["links"]["prints"], json={"variant": 0, "size": 2048})
    driver.finish(driver.one("print"), variants=0)
    with client.get(path, headers={"If-None-Match": etag}) as printed:
        assert printed.status_code == 200
        assert b"variant-1-print-2048px" in printed.data


def test_file_name_of_the_zip_is_readable(client: FlaskClient, job: dict[str, Any]) -> None:
    header = client.head(job["links"]["zip"]).headers["Content-Disposition"]
    name = f"teal-waves-foxes-狐狸-{job['id'][-12:]}.zip"
    assert header.startswith('attachment; filename="teal-waves-foxes-')
    assert header.endswith(f"filename*=UTF-8''{quote(name)}")


def test_a_job_has_its_zip_once_a_variant_is_finished(
    client: FlaskClient, driver: QueueDriver, released: None
) -> None:
    job = client.post(JOBS, json={"brief": "mug", "variants": 2}).get_json()
    path = f"{JOBS}/{job['id']}/zip"
    for stage in ("caption", "fusion", "generate", "draw"):
        driver.finish(driver.one(stage))
        assert "zip" not in client.get(job["links"]["self"]).get_json()["links"]
        assert refused(client, path)[:2] == (409, "no_files")
    assert job["id"] in refused(client, path)[2]
    driver.finish(driver.one("present"))
    assert client.get(job["links"]["self"]).get_json()["links"]["zip"] == path
    assert len(fetched(client, path).namelist()) > 10


def test_a_failed_job_gives_the_variants_that_were_drawn(
    client: FlaskClient, driver: QueueDriver, released: None
) -> None:
    job = client.post(JOBS, json={"brief": "mug", "variants": 2}).get_json()
    for stage in ("caption", "fusion", "generate", "draw"):
        driver.finish(driver.one(stage))
    driver.fail(driver.one("present"))
    names = fetched(client, f"{JOBS}/{job['id']}/zip").namelist()
    assert sum(name.endswith("tile.png") for name in names) == 2


def test_unknown_expired_and_other_jobs_are_named(
    client: FlaskClient,
    admin: FlaskClient,
    job: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    printed = client.post(job["links"]["prints"], json={"size": 2048}).get_json()
    training = driver.submit(pipeline="training")
    for ids, code in (
        ([UNKNOWN], "job_not_found"),
        (["nonsense"], "job_not_found"),
        ([training.id], "job_not_found"),
        ([job["id"], UNKNOWN], "job_not_found"),
        ([job["id"], printed["id"]], "no_files"),
    ):
        query = "&".join(f"job={each}" for each in ids)
        status, found, detail = refused(client, f"{JOBS}/zip?{query}")
        assert (found, ids[-1] in detail) == (code, True), detail
        assert status in (404, 409)
        if len(ids) == 1:
            assert refused(client, f"{JOBS}/{ids[0]}/zip")[1] == code
            assert client.head(f"{JOBS}/{ids[0]}/zip").status_code == 404
    assert refused(admin, f"{JOBS}/{training.id}/zip")[1] == "no_files"
    with session_factory.begin() as session:
        session.execute(update(Job).values(expires_at=datetime.now(UTC) - timedelta(hours=1)))
    for path in (f"{JOBS}/{job['id']}/zip", f"{JOBS}/zip?job={job['id']}"):
        status, code, detail = refused(client, path)
        assert (status, code, job["id"] in detail) == (410, "job_expired", True)


def test_selection_takes_whole_jobs_and_single_variants(
    client: FlaskClient, job: dict[str, Any], driver: QueueDriver
) -> None:
    other = made(client, driver, brief="red dots")
    archive = fetched(client, f"{JOBS}/zip?job={other['id']}&job={job['id']}.1")
    index = archive.read("index.html").decode()
    folders = [f"red-dots-{other['id'][-12:]}", f"teal-waves-foxes-狐狸-{job['id'][-12:]}"]
    for folder in folders:
        assert f"{quote(folder)}/how-it-was-made.html" in index
    tiles = [name for name in archive.namelist() if name.endswith("tile.png")]
    assert tiles == [
        f"{folders[0]}/variant-1/variant-1-tile.png",
        f"{folders[0]}/variant-2/variant-2-tile.png",
        f"{folders[1]}/variant-2/variant-2-tile.png",
    ]
    twice = f"{JOBS}/zip?job={job['id']}.0&job={job['id']}&job={job['id']}.0"
    names = fetched(client, twice).namelist()
    assert len(names) == len(set(names))
    assert sum(name.endswith("tile.png") for name in names) == 2


@pytest.mark.parametrize("chosen", ["", "x" * 101, "{job}.2", "{job}.-1", "{job}.", "{job}.１"])
def test_invalid_selections_name_the_field(
    client: FlaskClient, job: dict[str, Any], chosen: str
) -> None:
    parts = [job["id"]] * 101 if len(chosen) > 100 else [chosen.format(job=job["id"])]
    query = "&".join(f"job={each}" for each in parts if each)
    answer = client.get(f"{JOBS}/zip?{query}").get_json()
    assert (answer["status"], answer["code"]) == (422, "invalid_request")
    assert [each["field"] for each in answer["fields"]] == ["job"]


def test_batch_has_the_jobs_that_have_files(client: FlaskClient, driver: QueueDriver) -> None:
    asked = {"briefs": ["teal mug", "红色海报"], "variants": 2}
    batch = client.post("/api/v1/batches", json=asked).get_json()
    path = batch["links"]["zip"]
    assert path == f"/api/v1/batches/{batch['id']}/zip"
    assert refused(client, path)[:2] == (409, "no_files")
    page = client.get(batch["links"]["page"]).text
    assert path not in page
    for stage in ("caption", "fusion", "generate", "draw", "present"):
        driver.finish(driver.one(stage))
    archive = fetched(client, path)
    assert folder_of(archive) == f"teal-mug-{batch['jobs'][0]['id'][-12:]}"
    assert "index.html" in archive.namelist()
    assert f'href="{path}?lang=en" download' in client.get(batch["links"]["page"]).text
    summary = client.get("/api/v1/batches").get_json()["batches"][0]
    assert summary["links"]["zip"] == path
    assert refused(client, f"/api/v1/batches/{UNKNOWN}/zip")[:2] == (404, "batch_not_found")


def test_zips_above_the_limit_are_refused(
    make_app: Callable[[Settings], Flask], settings: Settings, job: dict[str, Any]
) -> None:
    small = make_app(settings.model_copy(update={"max_zip_bytes": 5000})).test_client()
    status, code, detail = refused(small, job["links"]["zip"])
    assert (status, code) == (422, "zip_too_large")
    assert "at most 0.0 MB" in detail
    assert small.head(job["links"]["zip"]).status_code == 422


def test_zips_that_are_sent_are_limited_and_give_their_slots_back(
    client: FlaskClient, job: dict[str, Any]
) -> None:
    path = job["links"]["zip"]
    open_ones = [client.get(path) for _ in range(MAX_ZIPS_OF_A_NETWORK)]
    busy = client.get(path)
    assert (busy.status_code, busy.get_json()["code"]) == (429, "rate_limited")
    assert int(busy.headers["Retry-After"]) > 0
    assert client.head(path).status_code == 200
    for answer in open_ones:
        answer.close()
    fetched(client, path)


def test_a_real_server_sends_zip_after_zip(settings: Settings, job: dict[str, Any]) -> None:
    with served(settings) as url:
        for _ in range(MAX_ZIPS_OF_A_NETWORK + 2):
            with urllib.request.urlopen(f"{url}{job['links']['zip']}", timeout=30) as answer:
                assert ZipFile(io.BytesIO(answer.read())).testzip() is None


def test_damaged_files_end_the_transfer_early(
    settings: Settings, job: dict[str, Any], artifact_store: ArtifactStore
) -> None:
    sha256 = next(each["sha256"] for each in job["artifacts"] if each["kind"] == "sketch")
    root = Path(urlsplit(artifact_store.url).path)
    path = root / sha256[:2] / sha256
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with served(settings) as url:
        answer = urllib.request.urlopen(f"{url}{job['links']['zip']}", timeout=30)
        with answer, pytest.raises(IncompleteRead):
            answer.read()


def test_command_line_saves_a_zip_or_the_artifacts(
    settings: Settings,
    job: dict[str, Any],
    client: FlaskClient,
    driver: QueueDriver,
    tmp_path: Path,
) -> None:
    other = made(client, driver, brief="red dots")
    one, both, out = tmp_path / "new" / "one.zip", tmp_path / "both.zip", tmp_path / "out"
    with served(settings) as url:
        where = ["--url", url]
        commands = [
            ["download", job["id"], "--zip", str(one), *where],
            ["download", f"{other['id']}.1", "--zip", str(both), *where],
            ["download", job["id"], f"{other['id']}.1", "--zip", str(both), *where],
            ["download", job["id"], "--out", str(out), *where],
        ]
        for command in commands:
            result = CliRunner().invoke(main, command)
            assert result.exit_code == 0, result.output
        failed = CliRunner().invoke(main, ["download", UNKNOWN, "--zip", str(one), *where])
    assert failed.exit_code == 1
    assert UNKNOWN in failed.output
    assert ZipFile(one).testzip() is None
    assert sum(name.endswith("tile.png") for name in ZipFile(both).namelist()) == 3
    assert len(list((out / job["id"][-12:]).iterdir())) == len(job["artifacts"])
    assert not list(tmp_path.glob("**/*.part"))


@pytest.mark.browser
@pytest.mark.long
def test_sheet_and_index_open_in_a_browser_without_a_server(
    client: FlaskClient, job: dict[str, Any], tmp_path: Path
) -> None:
    executable = chromium_path()
    from playwright.sync_api import sync_playwright

    archive = fetched(client, f"{JOBS}/zip?job={job['id']}")
    archive.extractall(tmp_path / "zip")
    folder = folder_of(archive)
    requested: list[str] = []
    failed: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("request", lambda request: requested.append(request.url))
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.goto((tmp_path / "zip" / "index.html").as_uri())
        page.get_by_role("link", name=BRIEF).click()
        page.wait_for_url("**/how-it-was-made.html")
        assert page.get_by_role("heading", level=1).inner_text() == BRIEF
        pictures = page.evaluate("[...document.images].map(image => image.naturalWidth)")
        assert len(pictures) == 2
        assert min(pictures) > 0
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        browser.close()
    assert failed == []
    assert all(url.startswith("file://") for url in requested)
    tiles = [url for url in requested if url.endswith("-tile.png")]
    assert len(tiles) == 2
    assert all(quote(folder) in url for url in tiles)
