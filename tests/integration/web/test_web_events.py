"""Event stream of a job: starts with a snapshot, resumable, limited in number and duration."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.api_keys import create_key
from shared.accounts.workspaces import remove_member, set_role
from shared.clients import add_client
from shared.db.models import Job
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import add_member, in_transaction, new_key
from tests.integration.web.account_pages import signed_in
from tests.queue_driver import QueueDriver
from web.db.queries import head_of
from web.extensions import MAX_STREAMS, MAX_STREAMS_OF_A_NETWORK, MAX_STREAMS_OF_AN_ACCOUNT
from web.http.access import later_check
from web.http.concurrency import Visitor
from web.http.job_watch import JobVersion, Watched
from web.http.sse import Pace, job_events, last_event_id


def ask(client: FlaskClient) -> dict[str, Any]:
    return client.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()


def follow(
    app: Flask,
    job_id: str,
    after: int | None,
    pace: Pace,
    connection: socket.socket | None = None,
) -> Iterator[str]:
    """Return a stream that is watched until its end."""
    services = app.extensions["codesigner"]
    head = head_of(services.autocommit, job_id)
    version = JobVersion(number=head.version, ended=head.ended)
    watched = Watched(job_id, version, connection)
    services.watch.add(watched)
    yield from job_events(services, watched, after, pace)
    services.watch.remove(watched)


def messages(lines: str) -> list[tuple[str, int, dict[str, Any]]]:
    found = []
    for block in lines.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields["event"], int(fields["id"]), json.loads(fields["data"])))
    return found


def test_stream_starts_with_a_snapshot_and_ends_with_the_job(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = ask(client)
    with client.get(job["links"]["events"], buffered=False) as answer:
        assert answer.mimetype == "text/event-stream"
        stream = iter(answer.response)
        assert next(stream).startswith(b"retry:")
        kind, number, snapshot = messages(next(stream).decode())[0]
        assert (kind, number, snapshot["id"]) == ("snapshot", job["version"], job["id"])
        driver.run_all(variants=1)
        rest = messages(b"".join(stream).decode())
    kinds = [kind for kind, _, _ in rest]
    assert kinds[:2] == ["stage.started", "stage.done"]
    assert kinds[-2:] == ["job.succeeded", "snapshot"]
    assert [number for _, number, _ in rest[:-1]] == list(range(2, len(rest) + 1))
    assert rest[-1][2]["state"] == "succeeded"


def test_stream_resumes_after_last_event_id(client: FlaskClient, driver: QueueDriver) -> None:
    job = ask(client)
    driver.run_all(variants=1)
    answer = client.get(job["links"]["events"], headers={"Last-Event-ID": "3"})
    numbers = [number for _, number, _ in messages(answer.text)]
    assert numbers[0] == 4
    nothing = client.get(job["links"]["events"], headers={"Last-Event-ID": str(numbers[-1])})
    assert nothing.status_code == 204
    garbled = client.get(job["links"]["events"], headers={"Last-Event-ID": "x"})
    assert [kind for kind, _, _ in messages(garbled.text)] == ["snapshot"]


def test_stream_count_is_limited_and_closed_streams_release_slots(
    app: Flask, client: FlaskClient
) -> None:
    job = ask(client)
    addresses = [f"127.0.0.{number % 4}" for number in range(MAX_STREAMS)]
    open_ones = [stream(client, job, REMOTE_ADDR=address) for address in addresses]
    full = stream(client, job, REMOTE_ADDR="127.0.0.99")
    assert (full.status_code, full.get_json()["code"]) == (429, "rate_limited")
    assert full.headers["Retry-After"] == "10"
    for each in open_ones:
        each.close()
    with client.get(job["links"]["events"], buffered=False) as one:
        assert one.status_code == 200


def stream(client: FlaskClient, job: dict[str, Any], **environ: str) -> Any:
    return client.get(job["links"]["events"], buffered=False, environ_base=environ)


def test_streams_of_one_network_are_limited_whatever_cookies_it_sends(app: Flask) -> None:
    browsers = [app.test_client() for _ in range(8)]
    for browser in browsers:
        assert browser.get("/").status_code == 200
        job = ask(browser)
    mine = [stream(browsers[number % 8], job) for number in range(MAX_STREAMS_OF_A_NETWORK)]
    assert {each.status_code for each in mine} == {200}
    assert mine[0].headers["RateLimit"].endswith(f'"streams";r={MAX_STREAMS_OF_A_NETWORK - 1}')
    for browser in (*browsers, app.test_client(), app.test_client(use_cookies=False)):
        refused = stream(browser, job)
        assert (refused.status_code, refused.get_json()["code"]) == (429, "rate_limited")
        assert refused.headers["Retry-After"] == "10"
        assert refused.headers["RateLimit"].endswith('"streams";r=0')
        policy = f'"streams";q={MAX_STREAMS_OF_A_NETWORK};qu="concurrent-requests"'
        assert refused.headers["RateLimit-Policy"].endswith(policy)
    unknown = {"Authorization": "Bearer nobody"}
    assert browsers[0].get(job["links"]["events"], headers=unknown).status_code == 429
    with stream(browsers[0], job, REMOTE_ADDR="127.0.0.2") as elsewhere:
        assert elsewhere.status_code == 200
    mine.pop().close()
    with stream(browsers[0], job) as again:
        assert again.status_code == 200
    for each in mine:
        each.close()


def test_streams_of_one_api_client_are_limited_wherever_it_is(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    job = ask(client)
    with session_factory.begin() as session:
        token = add_client(session, "studio")
    known = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    mine = [
        stream(client, job, REMOTE_ADDR=f"127.0.1.{number}", **known)
        for number in range(MAX_STREAMS_OF_AN_ACCOUNT)
    ]
    assert {each.status_code for each in mine} == {200}
    assert stream(client, job, REMOTE_ADDR="127.0.1.99", **known).status_code == 429
    with stream(client, job, REMOTE_ADDR="127.0.1.99") as without:
        assert without.status_code == 200
    for each in mine:
        each.close()


def test_waiting_requests_of_one_network_are_limited(app: Flask, client: FlaskClient) -> None:
    job = ask(client)
    waits = app.extensions["codesigner"].waits
    while waits.take(Visitor(network="127.0.0.1")):
        pass
    waited = client.get(job["links"]["self"], headers={"Prefer": "wait=30"})
    assert waited.status_code == 200  # at once: no slot is free


def test_idle_stream_sends_keep_alives_and_ends_at_its_maximum_duration(
    app: Flask, client: FlaskClient
) -> None:
    job = ask(client)
    pace = Pace(keep_alive_s=0.1, max_s=3)
    lines = list(follow(app, job["id"], None, pace))
    assert lines.count(": keep-alive\n") >= 2
    assert messages("".join(lines))[0][0] == "snapshot"


def test_every_blank_line_ends_a_message_with_data(app: Flask, client: FlaskClient) -> None:
    job = ask(client)
    pace = Pace(keep_alive_s=0.05, max_s=0.5)
    text = "".join(follow(app, job["id"], None, pace))
    *blocks, rest = text.split("\n\n")
    assert blocks
    assert all("data: {" in block for block in blocks)
    assert set(rest.splitlines()) <= {": keep-alive"}


def test_stream_ends_when_the_client_disconnects(app: Flask, client: FlaskClient) -> None:
    job = ask(client)
    server, visitor = socket.socketpair()
    with server, visitor:
        lines = follow(app, job["id"], None, Pace(max_s=600.0), server)
        assert [next(lines)[:5] for _ in range(2)] == ["retry", "event"]
        visitor.close()
        began = time.monotonic()
        assert list(lines) == []
        assert time.monotonic() - began < 15.0  # before a keep-alive would have failed


def test_stream_ends_when_the_job_is_deleted(
    app: Flask, client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    job = ask(client)
    lines = follow(app, job["id"], None, Pace(max_s=600.0))
    assert [next(lines)[:5] for _ in range(2)] == ["retry", "event"]
    with session_factory.begin() as session:
        session.get_one(Job, job["id"]).deleted_at = datetime.now(UTC)
    began = time.monotonic()
    assert list(lines) == []
    assert time.monotonic() - began < 15.0


def test_stream_ends_when_its_client_may_not_see_the_job_any_more(
    app: Flask, client: FlaskClient
) -> None:
    job = ask(client)
    services, answers = app.extensions["codesigner"], [True, False]
    version = JobVersion(number=1, ended=False)
    watched = Watched(job["id"], version, is_allowed=lambda: answers.pop(0))
    lines = "".join(job_events(services, watched, None, Pace(keep_alive_s=0.05, max_s=60.0)))
    assert ("event: snapshot" in lines, answers) == (True, [])


def test_later_check_reads_the_account_anew(
    site: Flask, root: str, session_factory: sessionmaker[Session]
) -> None:
    anna = add_member(session_factory)
    key, _row = in_transaction(session_factory, create_key, new_key(anna))
    with site.test_request_context(headers={"Authorization": f"Bearer {key}"}):
        by_key = [later_check(right, MAIN_WORKSPACE) for right in ("see", "create")]
    with signed_in(site, "anna") as browser:
        browser.get("/jobs")
        by_session = [later_check(right, MAIN_WORKSPACE) for right in ("see", "create")]
        elsewhere = later_check("see", "another")
    assert [each() for each in (*by_key, *by_session, elsewhere)] == [
        True,
        False,
        True,
        True,
        False,
    ]
    in_transaction(session_factory, set_role, anna, MAIN_WORKSPACE, "viewer")
    assert [each() for each in by_session] == [True, False]
    browser.post("/sign-out")
    assert (by_session[0](), by_key[0]()) == (False, True)
    in_transaction(session_factory, remove_member, anna, MAIN_WORKSPACE)
    assert not by_key[0]()


def test_streams_of_many_jobs_are_woken_by_one_statement(
    app: Flask, client: FlaskClient, driver: QueueDriver
) -> None:
    services = app.extensions["codesigner"]
    jobs = [ask(client) for _ in range(3)]
    kinds: dict[str, list[str]] = {job["id"]: [] for job in jobs}
    statements: list[str] = []

    def listen(job_id: str) -> None:
        text = "".join(follow(app, job_id, None, Pace(max_s=60.0)))
        kinds[job_id] += [kind for kind, _, _ in messages(text)]

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.current_thread().name == "job-watch":
            statements.append(statement)

    event.listen(services.engine, "before_cursor_execute", note)
    threads = [threading.Thread(target=listen, args=(job["id"],)) for job in jobs]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    time.sleep(2.0)
    looks = (time.monotonic() - began) / 0.4
    assert 1 <= len(statements) <= looks + 1  # however many streams there are
    for _ in jobs:
        driver.run_all(variants=1)
    for thread in threads:
        thread.join()
    assert all(found[-2:] == ["job.succeeded", "snapshot"] for found in kinds.values())
    assert all(found[0] == "snapshot" for found in kinds.values())


def test_invalid_last_event_id_is_ignored() -> None:
    assert last_event_id("17") == 17
    assert last_event_id(None) is None
    assert last_event_id("-1") is None
    assert last_event_id("9" * 40) is None


def test_stream_resumes_without_gaps_after_its_maximum_duration(
    app: Flask, client: FlaskClient, driver: QueueDriver
) -> None:
    job = ask(client)
    held = driver.one("caption")
    numbers: list[int] = []
    after: int | None = None
    for step in range(1, 6):
        lines = "".join(follow(app, job["id"], after, Pace(max_s=0)))
        numbers += [number for kind, number, _ in messages(lines) if kind != "snapshot"]
        after = max([number for _, number, _ in messages(lines)], default=after)
        driver.progress(held, step / 10)
    assert numbers == [3, 4, 5, 6]  # the first snapshot had version 2
    assert after == 6


def test_events_are_returned_as_a_list_when_json_is_accepted(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = ask(client)
    driver.finish(driver.one("caption"))
    url, wants = job["links"]["events"], {"Accept": "application/json"}
    answer = client.get(url, headers=wants)
    page = answer.get_json()
    assert [each["kind"] for each in page["events"]] == [
        "job.submitted",
        "stage.started",
        "stage.done",
    ]
    assert (page["version"], page["state"]) == (3, "running")
    known = wants | {"If-None-Match": answer.headers["ETag"]}
    assert client.get(url, headers=known).status_code == 304
    driver.one("fusion")
    later = client.get(f"{url}?after=3", headers=known).get_json()
    assert [each["seq"] for each in later["events"]] == [4]
    wrong = client.get(f"{url}?after=-1", headers=wants)
    assert wrong.get_json()["fields"][0]["field"] == "after"
    with client.get(f"{url}?after=2", buffered=False) as stream:
        lines = iter(stream.response)
        assert next(lines).startswith(b"retry:")
        assert messages(next(lines).decode())[0][:2] == ("stage.done", 3)
