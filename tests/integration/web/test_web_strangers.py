"""Access control: only the administrator can access training, through any route."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule

from shared.clients import add_client
from shared.db.models import Artifact, Base, Job, StageRun
from shared.db.webhook_models import WebhookDelivery, WebhookEndpoint
from shared.jobs.batches import BatchSubmission, submit_batch
from shared.jobs.submission import Submission, cancel, submit
from shared.queue import leases as queue
from shared.queue.events import EVENT_KINDS
from shared.queue.leases import ArtifactRecord, StageOutput
from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.queue.transitions import seconds_from_now
from shared.registry.releases import ReleaseManifest, VersionManifest, register_release
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.conftest import ADMIN_TOKEN
from tests.images import as_png, photo, sheet
from tests.integration.web.test_web_admin import dataset
from tests.queue_driver import QueueDriver
from web.openapi.operations import operation_of

JOBS = "/api/v1/jobs"
REFUSED = {401, 403, 404, 429}
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"json": {}},
    {"data": {"variant": "0"}},
    {"headers": {"Accept": "text/html"}},
    {"headers": {"Accept": "application/json", "Prefer": "wait=1"}},
)
"""Ways to ask; some routes look at the body first, and pages are not what programs get."""
NAMES = {"filename", "motif_id", "collection_id", "palette_id", "link_id", "token", "export_id"}
NAMES |= {"account_id", "invitation_id", "key_id", "session_id", "workspace_id"}
"""Arguments of routes that name nothing of training."""


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Administrator-only resources, their ids keyed by route argument."""

    ids: dict[str, list[str]]
    words: tuple[str, ...]
    """Texts that stand in it and nowhere else."""

    @property
    def secrets(self) -> set[str]:
        """Strings that must not appear in a public response."""
        return {*self.ids["job_id"], *self.ids["sha256"], *self.words}


@pytest.fixture
def hidden(
    admin: FlaskClient, driver: QueueDriver, session_factory: sessionmaker[Session]
) -> Hidden:
    """An ended, a waiting and an expired training run, with artifacts of every kind."""
    hook = {"url": "https://hooks.example.org/in", "events": ["job.submitted", "job.cancelled"]}
    admin.post("/api/v1/webhooks", json=hook)
    runs = [
        admin.post(
            "/api/v1/training-runs",
            data={"dataset": (dataset(), "secret-pictures.zip"), "name": f"trained-{number}"},
        ).get_json()["job"]
        for number in range(3)
    ]
    files = [
        *_trained(driver, session_factory, runs[0]["id"]),
        runs[0]["options"]["dataset_sha256"],
    ]
    with session_factory.begin() as session:
        cancel(session, runs[2]["id"])
        session.execute(
            update(Job).where(Job.id == runs[2]["id"]).values(expires_at=seconds_from_now(-60))
        )
        deliveries = session.scalars(select(WebhookDelivery.id)).all()
        endpoints = session.scalars(select(WebhookEndpoint.id)).all()
    assert deliveries
    ids = {
        "job_id": [each["id"] for each in runs],
        "batch_id": [runs[0]["id"]],
        "sha256": files,
        "release": ["autumn"],
        "endpoint_id": list(endpoints),
        "delivery_id": list(deliveries),
        "variant": ["0"],
    }
    return Hidden(ids=ids, words=("secret-pictures", "secret-config", "hooks.example.org"))


def _trained(driver: QueueDriver, sessions: sessionmaker[Session], job_id: str) -> list[str]:
    """Finish a training run; return the sha256 of its artifacts, one of each kind."""
    store = driver.store
    claim = driver.one("train")
    checkpoint, weights, output, sample, stray = (
        store.put(each)
        for each in (b"checkpoint", b"weights", b"output", as_png(sheet(0)), b"stray")
    )
    made = (
        ArtifactRecord(kind="model", variant=0, sha256=weights, media_type="application/x-model",
                       size_bytes=7),
        ArtifactRecord(kind="samples", variant=0, sha256=sample, media_type="image/png",
                       size_bytes=9),
    )  # fmt: skip
    with sessions.begin() as session:
        queue.checkpoint(session, claim, 1, checkpoint)
        finished = StageOutput(
            output_sha256=output, output_media_type="application/json", artifacts=made
        )
        queue.finish(session, claim, finished)
        version = VersionManifest(
            role="generator", name="generator-autumn", source={"artifact": weights},
            sha256=weights, licence="own", config={"of": "secret-config"},
            training={"dataset": "secret-pictures"},
        )  # fmt: skip
        register_release(
            session, ReleaseManifest(name="autumn", versions=(version,), job_id=job_id)
        )
    return [checkpoint, weights, output, sample, stray]


@pytest.fixture(params=["nobody", "client", "wrong token", "proxied"])
def stranger(
    app: Flask, session_factory: sessionmaker[Session], request: pytest.FixtureRequest
) -> FlaskClient:
    """Test client without the administrator's token."""
    client = app.test_client()
    if request.param == "client":
        with session_factory.begin() as session:
            token = add_client(session, "studio", top_priority=1)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    elif request.param == "wrong token":
        client.environ_base["HTTP_AUTHORIZATION"] = "Bearer another"
    elif request.param == "proxied":
        client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.7"
    return client


def _walk(app: Flask, ids: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route with arguments, for every combination of ids."""
    for rule in app.url_map.iter_rules():
        assert rule.arguments <= {*ids, *NAMES}, f"{rule}: name something of it in `hidden`"
        if not rule.arguments or rule.arguments & NAMES:
            continue
        for values in product(*(ids[name] for name in sorted(rule.arguments))):
            named = dict(zip(sorted(rule.arguments), values, strict=True))
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                yield method, _path(rule, named)


def _path(rule: Rule, named: dict[str, str]) -> str:
    built = rule.build(named)
    assert built is not None
    return built[1]


def _rows(engine: Engine) -> dict[str, list[str]]:
    """Return all rows of the database as text, by table; failed sign-ins are recorded."""
    with engine.connect() as connection:
        rows = {
            name: sorted(connection.scalars(text(f"SELECT t::text FROM {name} t")))
            for name in Base.metadata.tables
        }
    audited = [row for row in rows["audit_event"] if "session.sign_in_failed" not in row]
    return rows | {"audit_event": audited}


def test_no_route_gives_access_to_training_without_the_admin_token(
    app: Flask, stranger: FlaskClient, hidden: Hidden, engine: Engine
) -> None:
    before, asked = _rows(engine), 0
    for method, path in _walk(app, hidden.ids):
        for how in BODIES:
            answer = stranger.open(path, method=method, **how)
            refused = REFUSED | ({415} if "data" in how else set())
            assert answer.status_code in refused, (method, path, how, answer.status_code)
            told = f"{answer.headers} {answer.text}"
            assert not [each for each in hidden.secrets if each in told and each not in path], path
            asked += 1
    assert asked > 500
    assert _rows(engine) == before


def test_hidden_and_unknown_ids_get_identical_responses(
    app: Flask, client: FlaskClient, hidden: Hidden
) -> None:
    nobody, no_bytes = "01900000-0000-7000-8000-000000000000", "ab" * 32
    compared = 0
    for method, path in _walk(app, {**hidden.ids, "job_id": ["J"], "sha256": ["S"]}):
        for mark, unknown in (("J", nobody), ("S", no_bytes)):
            if f"/{mark}" not in path:
                continue
            kind = {"J": "job_id", "S": "sha256"}[mark]
            told = {
                client.open(path.replace(mark, each), method=method).text.replace(each, mark)
                for each in (*hidden.ids[kind], unknown)
            }
            assert len(told) == 1, path
            compared += 1
    assert compared > 20


def test_no_public_page_or_list_reveals_training(
    app: Flask, stranger: FlaskClient, hidden: Hidden, engine: Engine
) -> None:
    before = _rows(engine)
    job_id = hidden.ids["job_id"][0]
    queries = ("", f"from={job_id}", f"before={job_id}", f"job={job_id}&endpoint={job_id}")
    for rule, query in product(app.url_map.iter_rules(), queries):
        if rule.arguments or "GET" not in (rule.methods or ()):
            continue
        described = operation_of(app.view_functions[rule.endpoint]) is not None
        for accept in ("application/json",) if described else ("text/html", "application/json"):
            answer = stranger.get(f"{rule}?{query}", headers={"Accept": accept})
            told = f"{answer.headers} {answer.text}"
            assert not [s for s in hidden.secrets if s in told and s not in query], (rule, query)
    assert stranger.get(f"/?from={job_id}").status_code == 404
    assert _rows(engine) == before


def test_hidden_artifact_is_refused_as_a_reference(
    client: FlaskClient, hidden: Hidden, engine: Engine
) -> None:
    before = _rows(engine)
    for sha256 in hidden.ids["sha256"]:
        reference = {"sha256": sha256}
        page = {"brief": "teal mug", "reference_sha256": sha256}
        for answer in (
            client.post(JOBS, json={"brief": "teal mug", "reference": reference}),
            client.post("/api/v1/batches", json={"briefs": ["mug"], "reference": reference}),
            client.post("/designs", data=page, headers={"Accept": "application/json"}),
            client.post("/designs", data=page | {"seeds": "1-2"}),
        ):
            assert answer.status_code == 422
            assert answer.get_json()["fields"][0]["field"] == "reference.sha256"
            unknown = {"brief": "teal mug", "reference": {"sha256": "ab" * 32}}
            assert client.post(JOBS, json=unknown).get_json() == (
                answer.get_json() | {"instance": JOBS}
            )
    assert _rows(engine) == before


def test_administrator_can_access_all_hidden_resources(
    app: Flask, admin: FlaskClient, hidden: Hidden
) -> None:
    """It also shows that the hidden ids exist."""
    expired = hidden.ids["job_id"][2]
    alive = {**hidden.ids, "job_id": hidden.ids["job_id"][:2]}
    for method, path in _walk(app, alive):
        is_of_designs = path.startswith(("/batches", "/api/v1/batches")) or path.endswith(
            ("/zip", "/share")
        )
        if method == "GET" and not is_of_designs:
            answer = admin.get(path, headers={"Accept": "application/json"})
            assert answer.status_code < 400, path
    assert admin.get(f"{JOBS}/{expired}").status_code == 410
    dataset_sha256 = hidden.ids["sha256"][-1]
    for sha256 in hidden.ids["sha256"]:
        answer = admin.get(f"/api/v1/artifacts/{sha256}")
        assert answer.headers["Cache-Control"] == "private, no-store"  # not for shared caches
    content = admin.get(f"/api/v1/artifacts/{dataset_sha256}").data
    assert content.startswith(b"PK")
    done, waits = alive["job_id"]
    assert admin.post(f"{JOBS}/{waits}/cancel").get_json()["state"] == "cancelled"
    assert admin.post(f"{JOBS}/{done}/retry").status_code == 202
    models = json.dumps(admin.get("/api/v1/models").get_json())
    assert all(each in models for each in (done, "secret-config", "secret-pictures"))


def test_signed_in_browser_can_view_training_samples(app: Flask, hidden: Hidden) -> None:
    browser = app.test_client()
    browser.post("/admin/login", data={"token": ADMIN_TOKEN})
    page = browser.get(f"/admin/training/{hidden.ids['job_id'][0]}").text
    sample = hidden.ids["sha256"][3]
    assert f"/api/v1/artifacts/{sample}" in page
    assert browser.get(f"/api/v1/artifacts/{sample}").status_code == 200


def test_designs_and_prints_stay_accessible_without_a_token(
    client: FlaskClient, driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    form = {"brief": "teal mug", "reference": (io.BytesIO(as_png(photo(60, 40))), "a.png")}
    job = client.post(JOBS, data=form).get_json()
    driver.run_all(has_reference=True)
    printed = client.post(job["links"]["prints"], json={"variant": 1}).get_json()
    driver.finish(driver.one("print"), variants=1)
    for each in (job, printed):
        told = client.get(each["links"]["self"]).get_json()
        assert told["state"] == "succeeded"
        for made in (*told["artifacts"], told["reference"]):
            answer = client.get(made["url"])
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert client.get(f"/jobs/{each['id']}").status_code == 200
        assert client.post(told["links"]["retry"]).status_code == 202
    made = client.get(job["links"]["self"]).get_json()["artifacts"]
    tile = next(each["sha256"] for each in made if each["kind"] == "tile")
    again = {"brief": "teal mug", "reference": {"sha256": tile}}
    assert client.post(JOBS, json=again).status_code == 202
    assert f'value="{job["brief"]}"' in client.get(f"/?from={job['id']}").text or (
        job["brief"] in client.get(f"/?from={job['id']}").text
    )
    with session_factory() as session:
        outputs = session.scalars(select(StageRun.output_sha256).where(StageRun.state == "done"))
        kept = {each for each in outputs if each}
    for sha256 in kept:  # outputs of stages are internal
        assert client.get(f"/api/v1/artifacts/{sha256}").status_code == 404


def test_artifact_shared_with_a_design_is_public(
    client: FlaskClient,
    driver: QueueDriver,
    artifact_store: ArtifactStore,
    hidden: Hidden,
    session_factory: sessionmaker[Session],
) -> None:
    """The same bytes are public as a tile, and are served with the tile's media type."""
    client.post(JOBS, json={"brief": "teal mug"})
    driver.run_all(variants=1)
    sample = hidden.ids["sha256"][3]
    with session_factory.begin() as session:
        session.execute(update(Artifact).where(Artifact.kind == "tile").values(sha256=sample))
    answer = client.get(f"/api/v1/artifacts/{sample}")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_batch_accepts_only_designs(session_factory: sessionmaker[Session]) -> None:
    runs = [Submission(pipeline="training", options={})]
    asked = BatchSubmission(jobs=runs, asked={}, payload_hash="")
    with session_factory.begin() as session, pytest.raises(ValueError, match="designs"):
        submit_batch(session, asked)


def test_public_model_list_has_only_public_fields(client: FlaskClient, hidden: Hidden) -> None:
    models = client.get("/api/v1/models").get_json()
    (release,) = models["releases"]
    assert set(release) == {
        "name", "origin", "base", "champion", "gates", "versions", "created_at",
    }  # fmt: skip
    assert set(release["versions"][0]) == {
        "id", "role", "name", "licence", "metrics", "created_at",
    }  # fmt: skip


def test_metrics_and_health_contain_no_names_or_addresses(
    client: FlaskClient, admin: FlaskClient, hidden: Hidden, session_factory: sessionmaker[Session]
) -> None:
    with session_factory.begin() as session:
        token = add_client(session, "studio-of-somebody")
        job = submit(session, Submission(options={}, owner="client:studio-of-somebody"))
    heard = {"name": "gpu0@secret-host", "host": "secret-host", "device": "H200"}
    with session_factory.begin() as session:
        beat(session, Heartbeat(queues=("gpu", "train"), **heard))
    client.get(f"{JOBS}/{job.id}")
    admin.post("/api/v1/queue/pause", json={"stage": "train", "reason": "secret-reason"})
    names = {"studio", "secret", job.id, token, "127.0.0.1", "visitor:", "autumn"}
    for path in ("/metrics", "/readyz", "/healthz"):
        told = client.get(path).text
        assert not [each for each in (*names, *hidden.secrets) if each in told], path


def test_webhook_url_and_secret_are_never_public(
    app: Flask, client: FlaskClient, driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    """Paths and queries of webhook URLs often contain secrets."""
    secret = "whsec_c2VjcmV0LW9mLXRoaXMtdGVzdC1hbG9uZQ=="
    url = "https://hooks.example.org/services/T0K3N?key=qu3ry"
    hook = {"url": url, "secret": secret, "events": [*EVENT_KINDS]}
    job = client.post(JOBS, json={"brief": "teal mug", "webhook": hook}).get_json()
    driver.run_all(variants=1)
    printed = client.post(job["links"]["prints"], json={"webhook": hook}).get_json()
    batch = client.post("/api/v1/batches", json={"briefs": ["mug"], "webhook": hook}).get_json()
    client.post(batch["links"]["cancel"])
    again = client.post(job["links"]["retry"]).get_json()
    with session_factory() as session:
        ids = {
            "job_id": [each["id"] for each in (job, printed, *batch["jobs"], again)],
            "batch_id": [batch["id"]],
            "sha256": list(session.scalars(select(Artifact.sha256))),
            "release": ["autumn"],
            "endpoint_id": list(session.scalars(select(WebhookEndpoint.id))),
            "delivery_id": list(session.scalars(select(WebhookDelivery.id))),
            "variant": ["0"],
        }
    assert len(ids["endpoint_id"]) == 4  # including that of the retry, which has the same owner
    assert ids["delivery_id"]
    plain = [str(each) for each in app.url_map.iter_rules() if not each.arguments]
    seen = 0
    for method, path in (*_walk(app, ids), *(("GET", path) for path in plain)):
        if method == "GET":
            answer = client.get(path, headers={"Accept": "application/json"})
            told = f"{answer.headers} {answer.get_data().decode('utf-8', 'replace')}"
            wrong = [part for part in ("T0K3N", "qu3ry", secret, "hooks.example") if part in told]
            assert not wrong, path
            seen += answer.status_code == 200
    assert seen > 20


@pytest.mark.parametrize("public_url", ["http://127.0.0.1:8000", "https://design.example"])
def test_cookies_and_headers_depend_on_https(
    make_app: Any, settings: Settings, public_url: str
) -> None:
    application = make_app(settings.model_copy(update={"public_url": public_url}))
    is_https = public_url.startswith("https")
    answer = application.test_client().get("/", base_url=public_url)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-codesigner_" if is_https else "codesigner_")
    attributes = {part.strip() for part in cookie.split(";")[1:]}
    assert attributes >= {"HttpOnly", "Path=/", "SameSite=Strict"}
    assert ("Secure" in attributes) is is_https
    assert not any(part.startswith("Domain") for part in attributes)
    sent = answer.headers.get("Strict-Transport-Security")
    assert sent == ("max-age=31536000" if is_https else None)
