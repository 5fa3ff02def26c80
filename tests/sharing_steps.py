"""Steps of tests of share links."""

import io
from typing import Any
from zipfile import ZipFile

from flask.testing import FlaskClient

from tests.integration.web.conftest import picture
from tests.queue_driver import QueueDriver

API = "/api/v1"
BRIEF = "teal waves with foxes, mug"


def made_design(client: FlaskClient, driver: QueueDriver) -> dict[str, Any]:
    """Return a finished design of two variants, with a reference image and a print."""
    form = {"brief": BRIEF, "variants": "2", "reference": (io.BytesIO(picture()), "photo.png")}
    job_id = client.post(f"{API}/jobs", data=form).get_json()["id"]
    driver.run_all(has_reference=True)
    client.post(f"{API}/jobs/{job_id}/prints", json={"variant": 1, "size": 2048})
    driver.finish(driver.one("print"), variants=1)
    found: dict[str, Any] = client.get(f"{API}/jobs/{job_id}").get_json()
    return found


def linked(client: FlaskClient, path: str, **given: Any) -> dict[str, Any]:
    """Make a share link of `jobs/ID` or `collections/ID`."""
    answer = client.post(f"{API}/{path}/share-links", json=given)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.get_json()
    return found


def to_job(client: FlaskClient, job: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Make a share link of a job."""
    return linked(client, f"jobs/{job['id']}", **given)


def shared(link: dict[str, Any]) -> str:
    """Return the path of what a link shows."""
    return f"{API}/shared/{link['token']}"


def refusal(client: FlaskClient, path: str) -> tuple[int, str]:
    """Return status and code of an error."""
    answer = client.get(path)
    return answer.status_code, answer.get_json()["code"]


def file_of(job: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the first artifact of a kind."""
    return next(each for each in job["artifacts"] if each["kind"] == kind)


def zipped(client: FlaskClient, link: dict[str, Any]) -> ZipFile:
    """Return the zip of a link."""
    with client.get(f"{shared(link)}/zip") as answer:
        assert answer.status_code == 200, answer.text
        content = answer.data
    archive = ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive
