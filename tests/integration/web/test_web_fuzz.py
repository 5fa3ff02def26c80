"""Fuzzing of every documented endpoint with generated valid and invalid requests.

They are sent by the local administrator, with an API key of an administrator, and without
credentials. No response may be a 5xx, and the status, headers, media type and schema of each must
match the OpenAPI document. Generation is deterministic: every run sends the same requests.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.api_keys import create_key
from shared.queue.leases import check_invariants
from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.settings import Settings
from tests.account_steps import add_member, in_transaction, new_key
from tests.conftest import ADMIN_TOKEN
from tests.queue_driver import QueueDriver

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
EXAMPLES = 30
"""Requests an endpoint and mode."""
REACHED = {
    "GET /api/v1/jobs",
    "POST /api/v1/jobs",
    "GET /api/v1/jobs/{job_id}",
    "GET /api/v1/jobs/{job_id}/events",
    "POST /api/v1/jobs/{job_id}/cancel",
    "GET /api/v1/batches/{batch_id}",
    "GET /api/v1/artifacts/{sha256}",
}
"""Endpoints of which a well formed request must have been taken, or the attack proves little."""

ENDING = {"DELETE /api/v1/account"}
"""Endpoints after which the credentials of the attack are gone."""
OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /api/v1/openapi.json",
    "GET /api/v1/shared/{token}",
    "GET /api/v1/shared/{token}/files/{sha256}",
    "GET /api/v1/shared/{token}/zip",
    "DELETE /api/v1/session",
}
"""All that takes requests without credentials."""


@dataclass
class Attack:
    """Result of a fuzzing run: response statuses per operation, and failed checks."""

    statuses: dict[str, Counter[int]]
    problems: list[str]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who sends the requests, to an application whose worker heartbeat does not become stale."""

    app: Flask
    headers: dict[str, str]
    admin: FlaskClient
    """A client with all rights."""
    rate: float
    """Share of the requests that is sent."""


@pytest.fixture(params=["local", "key", "stranger"])
def caller(
    request: pytest.FixtureRequest,
    make_app: Callable[[Settings], Flask],
    settings: Settings,
    session_factory: sessionmaker[Session],
) -> Caller:
    """The local administrator, a program with an API key, or nobody in the mode accounts."""
    mode = "local" if request.param == "local" else "accounts"
    changed = {"worker_stale_s": 3600.0, "mode": mode, "max_requests_per_address": 0}
    app = make_app(settings.model_copy(update=changed | {"max_requests_per_account": 0}))
    token = ADMIN_TOKEN
    if mode == "accounts":
        account_id = add_member(session_factory, role="administrator")
        key = new_key(account_id, "read", "submit", "manage")
        token, _row = in_transaction(session_factory, create_key, key)
    bearer = {"Authorization": f"Bearer {token}"}
    admin = app.test_client()
    admin.environ_base["HTTP_AUTHORIZATION"] = bearer["Authorization"]
    return Caller(
        app=app,
        headers={} if request.param == "stranger" else bearer,
        admin=admin,
        rate=1.0 if mode == "local" else 0.3,
    )


@pytest.fixture
def known(
    caller: Caller,
    driver: QueueDriver,
    released: None,
    session_factory: sessionmaker[Session],
) -> dict[str, list[str]]:
    """Existing ids of every kind, keyed by path parameter."""
    admin = caller.admin
    with session_factory.begin() as session:
        beat(session, Heartbeat(name="w", host="h", device="cpu", queues=("gpu", "cpu")))
    hook = {"url": "https://hooks.example.org/", "events": ["job.submitted", "job.succeeded"]}
    endpoint = admin.post("/api/v1/webhooks", json=hook).get_json()
    done = admin.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()
    driver.run_all(variants=1)
    batch = admin.post("/api/v1/batches", json={"briefs": ["teal mug"], "seeds": [1, 2]})
    admin.post(batch.get_json()["links"]["cancel"])
    lines = admin.get("/api/v1/webhook-deliveries").get_json()["deliveries"]
    made = admin.get(done["links"]["self"]).get_json()["artifacts"]
    link = admin.post(f"/api/v1/jobs/{done['id']}/share-links", json={"download": True}).get_json()
    return {
        "token": [link["token"]],
        "link_id": [link["id"]],
        # Only ended jobs: the event stream of an active job stays open.
        "job_id": [done["id"], *(job["id"] for job in batch.get_json()["jobs"])],
        "batch_id": [batch.get_json()["id"]],
        "sha256": [each["sha256"] for each in made],
        "release": ["first", "second"],
        "endpoint_id": [endpoint["id"]],
        "delivery_id": [each["id"] for each in lines],
    }


def attacked(caller: Caller, known: dict[str, list[str]], mode: GenerationMode) -> Attack:
    """Send generated requests to every endpoint and return the result."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", caller.app)
    attack = Attack(statuses=defaultdict(Counter), problems=[])
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.label not in ENDING:
            _attack_one(operation, caller, known, mode, attack)
    return attack


def _attack_one(
    operation: Any,
    caller: Caller,
    known: dict[str, list[str]],
    mode: GenerationMode,
    attack: Attack,
) -> None:

    @given(case=operation.as_strategy(generation_mode=mode), luck=st.integers(0, 11))
    @how(
        max_examples=max(1, round(EXAMPLES * caller.rate)),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Case, luck: int) -> None:
        for name in case.path_parameters or {}:
            if luck >= 3 and name in known and case.method != "DELETE":  # which would remove it
                case.path_parameters[name] = known[name][luck % len(known[name])]
        for name in ("before", "endpoint", "job") if luck % 2 else ():
            (case.query or {}).pop(name, None)  # a random id, which does not exist
        answer = case.call(headers=caller.headers)
        attack.statuses[operation.label][answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    try:
        send()
    except Unsatisfiable:  # the operation has no invalid input
        assert mode is GenerationMode.NEGATIVE
    except AssertionError as error:
        attack.problems.append(f"{operation.label}: {error!r}")
    except BaseExceptionGroup as group:
        attack.problems += [f"{operation.label}: {each!r}" for each in group.exceptions]


@pytest.mark.long
def test_valid_requests_match_the_openapi_document(
    caller: Caller, known: dict[str, list[str]], session_factory: sessionmaker[Session]
) -> None:
    attack = attacked(caller, known, GenerationMode.POSITIVE)
    assert attack.problems == []
    taken = {label for label, found in attack.statuses.items() if min(found) < 400}
    if caller.headers:
        assert taken >= REACHED
        assert len(taken) > len(attack.statuses) / 2
    else:
        assert taken <= OPEN
    _nothing_broke(session_factory)


@pytest.mark.long
def test_invalid_requests_are_refused_as_in_the_openapi_document(
    caller: Caller, known: dict[str, list[str]], session_factory: sessionmaker[Session]
) -> None:
    attack = attacked(caller, known, GenerationMode.NEGATIVE)
    assert attack.problems == []
    assert sum(sum(found.values()) for found in attack.statuses.values()) > 500 * caller.rate
    _nothing_broke(session_factory)


def _nothing_broke(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session:
        assert not any(check_invariants(session).values())
