"""Every described endpoint under generated requests, well formed and not: no 5xx, no surprise.

Each answer is compared with the OpenAPI document: its status, media type and schema. The requests
are drawn from fixed seeds: the same ones every time.
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

from shared.queue.leases import check_invariants
from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.settings import Settings
from tests.conftest import ADMIN_TOKEN
from tests.driving import StageDriver

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


@dataclass
class Attack:
    """What came of it."""

    statuses: dict[str, Counter[int]]
    problems: list[str]


@pytest.fixture
def calm_app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    """An application that holds a worker for ready however long this takes."""
    return make_app(settings.model_copy(update={"worker_stale_s": 3600.0}))


@pytest.fixture
def known(
    admin: FlaskClient,
    driver: StageDriver,
    released: None,
    session_factory: sessionmaker[Session],
) -> dict[str, list[str]]:
    """Something of everything, by the names that paths give to ids."""
    with session_factory.begin() as session:
        beat(session, Heartbeat(name="w", host="h", device="cpu", queues=("gpu",)))
    hook = {"url": "https://hooks.example.org/", "events": ["job.submitted", "job.succeeded"]}
    endpoint = admin.post("/api/v1/webhooks", json=hook).get_json()
    done = admin.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()
    driver.run_all(variants=1)
    batch = admin.post("/api/v1/batches", json={"briefs": ["teal mug"], "seeds": [1, 2]})
    admin.post(batch.get_json()["links"]["cancel"])
    lines = admin.get("/api/v1/webhook-deliveries").get_json()["deliveries"]
    made = admin.get(done["links"]["self"]).get_json()["artifacts"]
    return {
        # Jobs that have ended: the stream of an active one lasts.
        "job_id": [done["id"], *(job["id"] for job in batch.get_json()["jobs"])],
        "batch_id": [batch.get_json()["id"]],
        "sha256": [each["sha256"] for each in made],
        "release": ["first", "second"],
        "endpoint_id": [endpoint["id"]],
        "delivery_id": [each["id"] for each in lines],
    }


def attacked(app: Flask, known: dict[str, list[str]], mode: GenerationMode) -> Attack:
    """Send what is generated to every endpoint."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    attack = Attack(statuses=defaultdict(Counter), problems=[])
    for result in schema.get_all_operations():
        _attack_one(result.ok(), known, mode, attack)
    return attack


def _attack_one(
    operation: Any, known: dict[str, list[str]], mode: GenerationMode, attack: Attack
) -> None:

    @given(case=operation.as_strategy(generation_mode=mode), luck=st.integers(0, 11))
    @how(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Case, luck: int) -> None:
        for name in case.path_parameters or {}:
            if luck >= 3 and name in known and case.method != "DELETE":  # or it were gone
                case.path_parameters[name] = known[name][luck % len(known[name])]
        for name in ("before", "endpoint", "job") if luck % 2 else ():
            (case.query or {}).pop(name, None)  # an id that nobody has
        answer = case.call(headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        attack.statuses[operation.label][answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    try:
        send()
    except Unsatisfiable:  # nothing about it can be wrong
        assert mode is GenerationMode.NEGATIVE
    except AssertionError as error:
        attack.problems.append(str(error))
    except BaseExceptionGroup as group:
        attack.problems += [str(each) for each in group.exceptions]


@pytest.mark.long
def test_well_formed_requests_are_answered_as_described(
    calm_app: Flask, known: dict[str, list[str]], session_factory: sessionmaker[Session]
) -> None:
    attack = attacked(calm_app, known, GenerationMode.POSITIVE)
    assert attack.problems == []
    taken = {label for label, found in attack.statuses.items() if min(found) < 400}
    assert taken >= REACHED
    assert len(taken) > len(attack.statuses) / 2
    _nothing_broke(session_factory)


@pytest.mark.long
def test_malformed_requests_are_refused_as_described(
    calm_app: Flask, known: dict[str, list[str]], session_factory: sessionmaker[Session]
) -> None:
    attack = attacked(calm_app, known, GenerationMode.NEGATIVE)
    assert attack.problems == []
    assert sum(sum(found.values()) for found in attack.statuses.values()) > 500
    _nothing_broke(session_factory)


def _nothing_broke(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session:
        assert not any(check_invariants(session).values())
