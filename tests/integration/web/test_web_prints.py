"""Print files through the API, the pages and the command line."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from codesigner.cli import main
from shared.db.models import Job
from shared.jobs.submission import get_job
from shared.queue import leases as queue
from shared.queue.recovery.invariants import check_invariants
from shared.registry.releases import promote
from tests.queue_driver import QueueDriver

JOBS = "/api/v1/jobs"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
UNKNOWN = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def design(client: FlaskClient, driver: QueueDriver, released: None) -> dict[str, Any]:
    """Document of a succeeded design with two variants."""
    job = client.post(JOBS, json={"brief": "teal waves", "variants": 2, "seed": 7}).get_json()
    driver.run_all()
    found: dict[str, Any] = client.get(f"{JOBS}/{job['id']}").get_json()
    return found


def ask(client: FlaskClient, job: dict[str, Any], **asked: Any) -> Any:
    return client.post(job["links"]["prints"], json=asked)


def test_print_reuses_the_stages_and_model_versions_of_the_design(
    client: FlaskClient,
    design: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    with session_factory.begin() as session:
        promote(session, "second", "somebody")
    answer = ask(client, design, variant=1)
    job = answer.get_json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{JOBS}/{job['id']}"
    assert (job["pipeline"], job["state"], job["print_of"]) == ("print", "queued", design["id"])
    assert job["links"]["design"] == f"{JOBS}/{design['id']}"
    assert job["options"] == design["options"] | {"variant": 1, "size": 4096, "dpi": 300}
    assert job["model_versions"] == design["model_versions"]
    assert job["description"] == design["description"]
    stages = [(each["name"], each["state"], each["reused"]) for each in job["stages"]]
    assert stages == [
        ("generate", "done", True),
        ("print", "ready", False),
    ]
    driver.finish(driver.one("print"), variants=1)
    done = client.get(f"{JOBS}/{job['id']}").get_json()
    assert done["state"] == "succeeded"
    kinds = [made["kind"] for made in done["artifacts"]]
    assert kinds == ["design", "design", "print", "thumbnail"]
    with session_factory() as session:
        assert not any(check_invariants(session, lately_s=None).values())
    told = client.get(f"{JOBS}/{job['id']}/provenance").get_json()["activity"]
    assert told[f"job:{job['id']}.generate"]["cds:reused_from"] == f"job:{design['id']}"
    assert f"job:{job['id']}.print" in told


def test_a_design_lists_its_prints(client: FlaskClient, design: dict[str, Any]) -> None:
    address = design["links"]["self"]
    assert design["prints"] == []
    before = client.get(address).headers["ETag"]
    small = ask(client, design, size=2048, dpi=150).get_json()
    large = ask(client, design, variant=1).get_json()
    after = client.get(address, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.get_json()["prints"] == [
        {
            "id": each["id"],
            **{name: each["options"][name] for name in ("variant", "size", "dpi")},
            "url": each["links"]["self"],
        }
        for each in (large, small)
    ]
    again = client.get(address, headers={"If-None-Match": after.headers["ETag"]})
    assert again.status_code == 304


def test_repeated_idempotency_key_returns_the_same_print(
    client: FlaskClient, design: dict[str, Any]
) -> None:
    path, key = design["links"]["prints"], {"Idempotency-Key": "k1"}
    first = client.post(path, json={"variant": 1}, headers=key)
    second = client.post(path, json={"variant": 1, "size": 4096}, headers=key)
    assert first.get_json()["id"] == second.get_json()["id"]
    assert len(client.get(design["links"]["self"]).get_json()["prints"]) == 1
    other = client.post(path, json={"variant": 0}, headers=key)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_conflict")


BAD = [
    ({"variant": 2}, "variant"),
    ({"variant": -1}, "variant"),
    ({"variant": "1"}, "variant"),
    ({"size": 1000}, "size"),
    ({"size": 16384}, "size"),
    ({"dpi": 0}, "dpi"),
    ({"dpi": 10_000}, "dpi"),
    ({"seed": 1}, "seed"),
]


def test_invalid_field_of_a_print_is_named(client: FlaskClient, design: dict[str, Any]) -> None:
    for asked, field in BAD:
        answer = ask(client, design, **asked)
        problem = answer.get_json()
        assert (answer.status_code, problem["code"]) == (422, "invalid_request"), asked
        assert [each["field"] for each in problem["fields"]] == [field], asked
    headers = {"Accept-Language": "zh"}
    chinese = client.post(design["links"]["prints"], json={"variant": 2}, headers=headers)
    assert "1" in chinese.get_json()["fields"][0]["message"]
    assert "Must" not in chinese.get_json()["fields"][0]["message"]


def test_only_a_succeeded_design_can_be_printed(
    client: FlaskClient, driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    job = client.post(JOBS, json={"brief": "teal waves", "variants": 1}).get_json()
    early = ask(client, job)
    assert (early.status_code, early.get_json()["code"]) == (409, "job_not_printable")
    assert "queued" in early.get_json()["detail"]
    driver.run_all(variants=1)
    made = ask(client, job).get_json()
    of_print = client.post(f"{JOBS}/{made['id']}/prints")
    assert (of_print.status_code, of_print.get_json()["code"]) == (409, "job_not_printable")
    unknown = client.post(f"{JOBS}/{UNKNOWN}/prints")
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "job_not_found")
    with session_factory.begin() as session:
        session.execute(update(Job).where(Job.id == job["id"]).values(expires_at=Job.created_at))
    expired = ask(client, job)
    assert (expired.status_code, expired.get_json()["code"]) == (410, "job_expired")


def test_retry_of_a_print_keeps_its_options_and_model_versions(
    client: FlaskClient,
    design: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    job = ask(client, design, variant=1).get_json()
    driver.fail(driver.one("print"))
    with session_factory.begin() as session:
        promote(session, "second", "somebody")
        session.delete(session.get_one(Job, design["id"]))  # the design is not needed any more
    again = client.post(f"{JOBS}/{job['id']}/retry").get_json()
    assert (again["pipeline"], again["retried_from"]) == ("print", job["id"])
    assert (again["options"], again["model_versions"]) == (job["options"], job["model_versions"])
    assert [each["state"] for each in again["stages"]] == ["done", "ready"]
    driver.finish(driver.one("print"), variants=1)
    with session_factory() as session:
        assert get_job(session, again["id"]).state == "succeeded"
        assert not any(check_invariants(session, lately_s=None).values())


def test_print_file_is_served_with_a_filename(
    client: FlaskClient, design: dict[str, Any], driver: QueueDriver
) -> None:
    job = ask(client, design, variant=1, size=2048).get_json()
    driver.finish(driver.one("print"), variants=1)
    artifacts = client.get(f"{JOBS}/{job['id']}").get_json()["artifacts"]
    made = {each["kind"]: each["url"] for each in artifacts}
    served = client.get(made["print"])
    assert served.mimetype == "image/png"
    assert re.fullmatch(
        r"attachment; filename=\"print-[0-9a-f]{12}-variant-2-256px\.png\"",
        served.headers["Content-Disposition"],
    )
    assert "Content-Disposition" not in client.get(made["thumbnail"]).headers


def test_job_page_submits_and_shows_a_print(
    client: FlaskClient, design: dict[str, Any], driver: QueueDriver
) -> None:
    url = f"/jobs/{design['id']}"
    assert client.get(url, headers=PAGE).text.count(f'action="{url}/prints"') == 2
    assert "印刷文件" in client.get(f"{url}?lang=zh", headers=PAGE).text
    client.get(f"{url}?lang=en")
    sent = client.post(f"{url}/prints", data={"variant": "1"}, headers=PAGE)
    assert (sent.status_code, sent.headers["Location"]) == (303, url)
    asked = client.get(f"{url}/parts", headers=PAGE)
    assert asked.text.count("data-printing") == 1
    (print_id,) = re.findall(r'data-printing="([^"]+)"', asked.text)
    driver.finish(driver.one("print"), variants=1)
    known = {"If-None-Match": asked.headers["ETag"]}
    done = client.get(f"{url}/parts", headers=known)
    assert done.status_code == 200
    assert "data-printing" not in done.text
    assert "4096 px, 34.7 cm at 300 dpi" in done.text
    page = client.get(f"/jobs/{print_id}", headers=PAGE)
    assert page.status_code == 200
    assert f'href="{url}"' in page.text
    assert "34.7 cm" in page.text
    assert client.post(f"/jobs/{print_id}/again").status_code == 404


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Base URL of the application on a real socket."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_command_line_downloads_the_print_file(
    url: str, design: dict[str, Any], driver: QueueDriver, tmp_path: Path
) -> None:
    asked = ["print", design["id"], "--variant", "1", "--size", "2048", "--url", url]
    waiting = CliRunner().invoke(main, [*asked, "--no-wait"])
    assert (waiting.exit_code, "queued" in waiting.output) == (0, True)
    driver.finish(driver.one("print"), variants=1)
    at_work = threading.Thread(target=_print_next, args=(driver,))
    at_work.start()
    out = tmp_path / "files" / "print.png"
    told = CliRunner().invoke(main, [*asked, "--out", str(out)])
    at_work.join()
    assert told.exit_code == 0, told.output
    assert "256 x 256 px, 2.2 x 2.2 cm at 300 dpi" in told.output
    assert out.read_bytes().startswith(b"\x89PNG")
    refused = CliRunner().invoke(main, ["print", design["id"], "--variant", "5", "--url", url])
    assert refused.exit_code == 1
    assert "variant" in refused.output


def _print_next(driver: QueueDriver) -> None:
    """Claim and finish the next print; wait at most a minute for it."""
    for _ in range(600):
        with driver.sessions.begin() as session:
            claims = queue.claim(session, "print", "driver@here")
        if claims:
            driver.finish(claims[0], variants=1)
            return
        time.sleep(0.1)
