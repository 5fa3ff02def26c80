"""Drawing design records over HTTP: the job, bad records, and files that records refer to."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shared.db.models import Artifact, Job
from shared.designs.parsing import MAX_RECORD_BYTES
from shared.designs.record import MAX_LAYERS, MAX_PALETTE
from shared.jobs.retention import unreferenced
from tests.images import as_png, tile
from tests.queue_driver import SHA, QueueDriver, design

RENDER = "/api/v1/designs/render"
JOBS = "/api/v1/jobs"
Document = dict[str, Any]


def record(**changes: Any) -> Document:
    return design().to_document() | changes


def ask(client: FlaskClient, document: object, **fields: Any) -> Any:
    return client.post(RENDER, json={"design": document, **fields})


def test_render_is_a_job_of_one_stage_with_the_record_as_its_input(
    client: FlaskClient, driver: QueueDriver
) -> None:
    answer = ask(client, record(), size=640, product="mug")
    job = answer.get_json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{JOBS}/{job['id']}"
    assert (job["pipeline"], job["state"]) == ("render", "queued")
    assert [(each["name"], each["state"]) for each in job["stages"]] == [("render", "ready")]
    assert (job["options"]["size"], job["options"]["product"]) == (640, "mug")
    (given,) = job["artifacts"]
    assert (given["kind"], given["variant"]) == ("design", 0)
    assert json.loads(client.get(given["url"]).data) == record()
    driver.finish(driver.one("render"))
    assert client.get(f"{JOBS}/{job['id']}").get_json()["state"] == "succeeded"
    assert driver.faults() == {}


def test_render_has_defaults_and_is_idempotent(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "one"}
    first, again = (
        client.post(RENDER, json={"design": record()}, headers=headers) for _ in range(2)
    )
    assert first.get_json()["id"] == again.get_json()["id"]
    assert first.get_json()["options"] == {
        "variants": 1, "seed": 7, "size": 512, "product": "", "reference_strength": 0.0,
    }  # fmt: skip
    other = record(seed=8)
    conflict = client.post(RENDER, json={"design": other}, headers=headers)
    assert conflict.get_json()["code"] == "idempotency_conflict"


def test_mixed_colours_are_told_where_inks_are_limited(client: FlaskClient) -> None:
    faded = bad_layers(layer(opacity=0.5)) | {"inks": 2}
    assert ask(client, faded).get_json()["notices"] == ["mixed_colours"]
    assert ask(client, record(inks=2)).get_json()["notices"] == []


def test_retry_of_a_render_draws_the_same_record(client: FlaskClient, driver: QueueDriver) -> None:
    job = ask(client, record()).get_json()
    driver.fail(driver.one("render"))
    again = client.post(job["links"]["retry"]).get_json()
    assert again["artifacts"] == job["artifacts"]
    assert again["stages"][0]["state"] == "ready"


def layer(**changes: Any) -> Document:
    return record()["layers"][0] | changes


def bad_layers(*layers: Document) -> Document:
    return record(layers=list(layers))


IMAGE = {"id": "l1", "kind": "image", "sha256": SHA}
FIELD = {"id": "l1", "kind": "field", "release": "gone", "separations": [SHA], "paints": ["p1"]}
ELEMENT = {"id": "e1", "motif": "own:acorn@1", "x_mm": 1, "y_mm": 2, "size_mm": 9,
           "paints": ["p1", "p2", "p1"]}  # fmt: skip


def motifs(**changes: Any) -> Document:
    return bad_layers({"id": "l1", "kind": "motifs", "elements": [ELEMENT | changes]})


BAD_RECORDS: tuple[tuple[object, str], ...] = (
    ([], "design"),
    (record(version=2), "design.version"),
    (record(version="1"), "design.version"),
    (record(more=1), "design.more"),
    (record(layers=[]), "design.layers"),
    (bad_layers(*(layer(id=f"l{n}") for n in range(MAX_LAYERS + 34))), "design.layers"),
    (bad_layers(layer(), layer()), "design.layers.1.id"),
    (bad_layers(layer(kind="mystery")), "design.layers.0"),
    (bad_layers(layer(family="foxes@1")), "design.layers.0.family"),
    (bad_layers(layer(family="dots@99")), "design.layers.0.family"),
    (bad_layers(layer(form="square")), "design.layers.0.form"),
    (bad_layers(layer(scale_mm=0)), "design.layers.0.scale_mm"),
    (bad_layers(layer(scale_mm=10_000)), "design.layers.0.scale_mm"),
    (bad_layers(layer(paints=[{"palette": "p9"}])), "design.layers.0"),
    (record(cell_mm=[0, 80]), "design.cell_mm.0"),
    (record(palette=record()["palette"] * 100), "design.palette"),
    (
        record(palette=[record()["palette"][0] | {"hex": "blue"}, record()["palette"][1]]),
        "design.palette.0.hex",
    ),
    (record(palette=[record()["palette"][0]] * 2), "design.palette.1.id"),
    (bad_layers({"id": "l1", "kind": "text", "text": "hello"}), "design.layers.0.kind"),
    (bad_layers(IMAGE), "design.layers.0.sha256"),
    (bad_layers(FIELD), "design.layers.0.release"),
    (bad_layers(FIELD), "design.layers.0.separations.0"),
    (motifs(motif="own:basilisk@1"), "design.layers.0.elements.0.motif"),
    (motifs(motif="own:acorn@77"), "design.layers.0.elements.0.motif"),
)  # fmt: skip


def test_bad_record_is_refused_with_its_path_and_nothing_is_stored(
    client: FlaskClient, driver: QueueDriver
) -> None:
    for document, field in BAD_RECORDS:
        answer = ask(client, document)
        problem = answer.get_json()
        assert (answer.status_code, problem.get("code")) == (422, "invalid_request"), field
        assert field in [each["field"] for each in problem["fields"]]
    _assert_nothing_stored(driver)


def _assert_nothing_stored(driver: QueueDriver) -> None:
    with driver.session() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0
    assert list(driver.store.aged(0)) == []


def test_numbers_that_are_none_are_refused(client: FlaskClient, driver: QueueDriver) -> None:
    for name in ("NaN", "Infinity", "-Infinity"):
        body = json.dumps({"design": bad_layers(layer(scale_mm="?"))}).replace('"?"', name)
        answer = client.post(RENDER, data=body, content_type="application/json")
        assert answer.get_json()["fields"][0]["field"] == "design.layers.0.scale_mm", name
    _assert_nothing_stored(driver)


def test_bad_options_are_refused(client: FlaskClient, driver: QueueDriver) -> None:
    cases = {"size": (63, 2049, "big"), "product": ("spaceship",), "colour": (1,)}
    for field, values in cases.items():
        for value in values:
            problem = ask(client, record(), **{field: value}).get_json()
            assert [each["field"] for each in problem["fields"]] == [field], value
    _assert_nothing_stored(driver)


def test_record_of_a_mebibyte_is_refused(client: FlaskClient, driver: QueueDriver) -> None:
    body = json.dumps({"design": record(), "x": "a" * MAX_RECORD_BYTES})
    answer = client.post(RENDER, data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "payload_too_large")
    _assert_nothing_stored(driver)


def test_record_at_all_its_limits_is_accepted(client: FlaskClient) -> None:
    palette = [
        record()["palette"][0] | {"id": f"p{n}", "hex": f"#0000{n:02X}"} for n in range(MAX_PALETTE)
    ]
    layers = [
        layer(id=f"l{n}", paints=[{"palette": "p0"}, {"palette": "p1"}]) for n in range(MAX_LAYERS)
    ]
    assert ask(client, record(palette=palette, layers=layers)).status_code == 202


def test_files_that_a_record_refers_to_are_kept_with_it(
    client: FlaskClient, driver: QueueDriver, submitted_reference: Callable[[], str]
) -> None:
    """The reference image of a design becomes a layer, and outlives the design."""
    name = submitted_reference()
    job = ask(client, bad_layers(IMAGE | {"sha256": name})).get_json()
    assert [(each["kind"], each["sha256"]) for each in job["artifacts"]][1] == ("layer-1", name)
    with driver.session() as session:
        session.query(Job).where(Job.pipeline == "design").delete()
    with driver.session() as session:
        assert unreferenced(session, [name]) == set()
        rows = session.scalars(select(Artifact.stage).where(Artifact.sha256 == name)).all()
    assert rows == ["request"]


@pytest.fixture
def submitted_reference(client: FlaskClient) -> Callable[[], str]:
    """Return a function that submits a design with a reference image, and returns its sha256."""

    def submit() -> str:
        content = base64.b64encode(as_png(tile(0))).decode()
        body = {"brief": "teal waves", "reference": {"base64": content}}
        found: str = client.post(JOBS, json=body).get_json()["reference"]["sha256"]
        return found

    return submit


def test_page_of_a_render_and_of_a_design_without_record(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = ask(client, record(), product="mug").get_json()
    page = client.get(f"/jobs/{job['id']}").get_data(as_text=True)
    assert "A drawn record" in page
    old = client.post(JOBS, json={"brief": "teal waves", "variants": 1}).get_json()
    driver.run_all()
    with driver.session() as session:
        session.query(Artifact).where(Artifact.kind == "design").delete()
    page = client.get(f"/jobs/{old['id']}").get_data(as_text=True)
    assert "No record" in page
    answer = client.post(old["links"]["prints"], json={})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "job_not_printable")


def test_schema_of_the_record_is_published(client: FlaskClient) -> None:
    schemas = client.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    assert {"Design", "FamilyLayer", "MotifsLayer", "PaletteEntry"} <= set(schemas)
    assert set(schemas["PaletteEntry"]["required"]) == {"id", "hex", "role", "from"}
    assert schemas["RenderRequest"]["properties"]["design"]["$ref"].endswith("/Design")
