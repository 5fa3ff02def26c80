"""A request records its submission and reads its response in one transaction.

Only the queue estimate follows the commit: the owner's other submissions wait for the commit, and
the estimate takes a dozen statements.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from shared.settings import Settings
from tests.integration.web.conftest import picture
from tests.integration.web.test_web_admin import dataset
from tests.queue_driver import QueueDriver
from web.services.notifier import HintSender

JOBS = "/api/v1/jobs"
BATCHES = "/api/v1/batches"
DESIGN = {"brief": "teal waves", "variants": 2, "seed": 7}
SWEEP = {"briefs": ["teal mug"], "seeds": [1, 2, 3]}


@contextmanager
def steps(app: Flask) -> Iterator[list[str]]:
    """Record the transactions and statements of the application, in order."""
    engine: Engine = app.extensions["codesigner"].engine
    seen: list[str] = []

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_given: Any) -> None:
        seen.append(" ".join(statement.split()))

    listeners = {
        "begin": lambda _connection: seen.append("BEGIN"),
        "commit": lambda _connection: seen.append("COMMIT"),
        "rollback": lambda _connection: seen.append("ROLLBACK"),
        "before_cursor_execute": on_statement,
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    yield seen
    for name, listener in listeners.items():
        event.remove(engine, name, listener)


def check_one_transaction(seen: list[str]) -> None:
    assert (seen[0], seen[-1]) == ("BEGIN", "COMMIT")
    assert not {"BEGIN", "COMMIT", "ROLLBACK"} & {*seen[1:-1]}


def check_estimate_follows(seen: list[str]) -> None:
    """After the commit, one transaction reads the estimate; the job and its stages are known."""
    end = seen.index("COMMIT") + 1
    check_one_transaction(seen[:end])
    assert (seen[end], seen[-1]) == ("BEGIN", "ROLLBACK")
    after = seen[end + 1 : -1]
    assert [text for text in after if not text.startswith(("SELECT", "WITH"))] == []
    assert not [text for text in after if text.startswith(("SELECT job.id", "SELECT stage_run.id"))]


def after_hold(seen: list[str]) -> list[str]:
    """Return what follows the transaction by which an upload is held before it is stored."""
    end = seen.index("COMMIT") + 1
    check_one_transaction(seen[:end])
    (statement,) = seen[1 : end - 1]
    assert statement.startswith("INSERT INTO disposal")
    return seen[end:]


def inserts(seen: list[str]) -> int:
    return sum(statement.startswith("INSERT") for statement in seen)


@pytest.fixture
def design(client: FlaskClient, driver: QueueDriver, released: None) -> dict[str, Any]:
    """Document of a succeeded design with two variants."""
    job: dict[str, Any] = client.post(JOBS, json=DESIGN).get_json()
    driver.run_all()
    return job


def test_job_is_submitted_and_described_in_one_transaction(
    app: Flask, client: FlaskClient, released: None
) -> None:
    client.post(JOBS, json=DESIGN)  # opens a connection
    with steps(app) as seen:
        answer = client.post(JOBS, json=DESIGN)
    assert answer.status_code == 202
    check_estimate_follows(seen)
    assert inserts(seen) == 6  # job, stage runs, library entry, event, hint, quota entry
    assert seen.index("COMMIT") == 14  # BEGIN, and 13 statements that hold the owner's lock
    after = client.get(answer.headers["Location"])
    assert after.get_json() == answer.get_json()
    assert after.headers["ETag"] == answer.headers["ETag"]


def test_repeated_key_is_answered_in_one_transaction(
    app: Flask, client: FlaskClient, released: None
) -> None:
    key = {"Idempotency-Key": "a"}
    first = client.post(JOBS, json=DESIGN, headers=key)
    with steps(app) as seen:
        again = client.post(JOBS, json=DESIGN, headers=key)
    check_estimate_follows(seen)
    assert inserts(seen) == 0
    assert (again.status_code, again.get_json()) == (202, first.get_json())
    assert again.headers["ETag"] == first.headers["ETag"]


def test_job_with_reference_and_webhook_is_submitted_in_one_transaction(
    app: Flask, client: FlaskClient, released: None
) -> None:
    given = DESIGN | {"reference": (io.BytesIO(picture()), "a.png")}
    with steps(app) as seen:
        answer = client.post(JOBS, data=given, headers={"Cancel-After": "60"})
    assert answer.status_code == 202
    check_estimate_follows(after_hold(seen))
    assert client.get(answer.headers["Location"]).get_json() == answer.get_json()


@pytest.mark.parametrize("link", ["prints", "retry"])
def test_print_and_retry_are_described_in_their_transaction(
    app: Flask, client: FlaskClient, design: dict[str, Any], link: str
) -> None:
    with steps(app) as seen:
        answer = client.post(design["links"][link])
    assert answer.status_code == 202
    check_estimate_follows(seen)
    after = client.get(answer.headers["Location"])
    changing = {"queue"}  # its estimate depends on the time
    assert {name: value for name, value in after.get_json().items() if name not in changing} == {
        name: value for name, value in answer.get_json().items() if name not in changing
    }
    assert after.headers["ETag"] == answer.headers["ETag"]


def test_pages_read_nothing_after_the_submission(
    app: Flask, client: FlaskClient, design: dict[str, Any]
) -> None:
    page = {"Accept": "text/html"}
    path = f"/jobs/{design['id']}"
    for url, form in (
        ("/designs", {"brief": "teal"}),
        (f"{path}/again", {}),
        (f"{path}/retry", {}),
        (f"{path}/prints", {"variant": "1"}),
    ):
        with steps(app) as seen:
            answer = client.post(url, data=form, headers=page)
        assert answer.status_code == 303
        check_one_transaction(seen)
        assert not seen[-2].startswith("SELECT"), url


def test_batch_is_described_in_its_transaction(
    app: Flask, client: FlaskClient, released: None
) -> None:
    """The cheap checks before the briefs are parsed have a transaction of their own."""
    with steps(app) as seen:
        answer = client.post(BATCHES, json=SWEEP)
    assert answer.status_code == 202
    end = seen.index("ROLLBACK")
    assert end == 2  # BEGIN and the count of active jobs
    check_one_transaction(seen[end + 1 :])
    after = client.get(answer.headers["Location"])
    assert after.get_json() == answer.get_json()
    assert after.headers["ETag"] == answer.headers["ETag"]


def test_training_run_is_described_in_its_transaction(
    app: Flask, admin: FlaskClient, released: None
) -> None:
    form = {"dataset": (dataset(), "d.zip"), "name": "mine"}
    with steps(app) as seen:
        answer = admin.post("/api/v1/training-runs", data=form)
    assert answer.status_code == 202
    token_check = seen.index("BEGIN", 1)
    check_estimate_follows(after_hold(seen[token_check:]))
    assert admin.get(answer.headers["Location"]).get_json() == answer.get_json()


class LoggedHints(HintSender):
    """Logs each hint instead of sending it."""

    log: list[str]

    def tell(self, stage: str) -> None:
        self.log.append(f"hint {stage}")


def test_hint_follows_the_commit_and_a_refused_submission_has_none(
    app: Flask, client: FlaskClient, settings: Settings, released: None
) -> None:
    hints = LoggedHints(settings)
    app.extensions["codesigner"] = replace(app.extensions["codesigner"], hints=hints)
    key = {"Idempotency-Key": "a"}
    for path, given in ((JOBS, DESIGN), (BATCHES, SWEEP)):
        with steps(app) as seen:
            hints.log = seen
            assert client.post(path, json=given, headers=key).status_code == 202
        commit = seen.index("COMMIT")
        assert seen.index("hint caption") == commit + 1
        with steps(app) as seen:
            hints.log = seen
            refused = client.post(path, json=given | {"variants": 1}, headers=key)
        assert refused.get_json()["code"] == "idempotency_conflict"
        assert seen[-1] == "ROLLBACK"
