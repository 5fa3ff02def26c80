"""Tests of webhooks: subscriptions, deliveries, retries, and relays that are killed."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, sessionmaker
from standardwebhooks import Webhook

from shared.db.models import JobEvent
from shared.db.webhook_models import WebhookDelivery
from shared.jobs.batches import BatchSubmission, cancel_batch, submit_batch
from shared.jobs.submission import Submission, cancel, retry
from shared.queue.events import EVENT_KINDS
from shared.settings import PREFIX, Settings
from shared.webhooks import endpoints as webhooks
from shared.webhooks.deliveries import (
    BACKOFF_S,
    Message,
    Outcome,
    claim_due,
    delete_old_deliveries,
    settle,
)
from shared.webhooks.endpoints import WebhookRequest, add_endpoint
from shared.webhooks.url_policy import parse_networks, parse_webhook_url
from tests.queue_driver import BRIEF, OPTIONS
from tests.receiving import Received, Receiver, receiving
from worker.relay.webhook_sender import WebhookSender

ALLOWED = "127.0.0.0/8,::1/128"
PUBLIC_URL = "http://designs.example"


def asked(url: str, *events: str, secret: str | None = None) -> WebhookRequest:
    target = parse_webhook_url(url, parse_networks(ALLOWED))
    return WebhookRequest.at(url, target, secret, events=events or webhooks.DEFAULT_EVENTS)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"webhook_allow": ALLOWED, "public_url": PUBLIC_URL, "relay_interval_s": 0.05}
    )


@contextmanager
def delivering(
    settings: Settings, factory: sessionmaker[Session], **how: Any
) -> Iterator[WebhookSender]:
    """Run a webhook deliverer in a thread."""
    stop = threading.Event()
    deliverer = WebhookSender(settings, factory, **how)
    thread = threading.Thread(target=deliverer.run, args=(stop,))
    thread.start()
    yield deliverer
    stop.set()
    thread.join()


def rows(work: Any) -> list[WebhookDelivery]:
    with work.session() as session:
        found = select(WebhookDelivery).order_by(WebhookDelivery.job_id, WebhookDelivery.seq)
        return list(session.scalars(found))


def wait_until(holds: Any, timeout_s: float = 60.0) -> None:
    until = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def register(work: Any, wanted: WebhookRequest) -> str:
    with work.session() as session:
        return add_endpoint(session, wanted)


def test_each_subscribed_event_has_one_delivery(work: Any) -> None:
    """Each subscribed event has exactly one delivery, whichever statement wrote the event."""
    everything = register(work, asked("http://a.example/", *EVENT_KINDS))
    ends = register(work, asked("http://b.example/"))
    job = work.submit(webhook=asked("http://c.example/", "stage.done", "job.succeeded"))
    other = work.submit()
    with work.session() as session:
        cancel(session, other.id)
    work.run(job)
    lines = Counter((line.endpoint_id, line.job_id, line.seq) for line in rows(work))
    assert max(lines.values()) == 1
    of_all = {(line.job_id, line.seq) for line in rows(work) if line.endpoint_id == everything}
    assert of_all == {(each.id, n) for each in (job, other) for n in _numbers(work, each.id)}
    with work.session() as session:
        ended = [d.event.kind for d in webhooks.deliveries(session, endpoint_id=ends)]
        own = webhooks.deliveries(session, job_id=job.id, own_only=True)
    assert sorted(ended) == ["job.cancelled", "job.succeeded"]
    assert [d.event.kind for d in own][::-1] == ["stage.done"] * 5 + ["job.succeeded"]


def _numbers(work: Any, job_id: str) -> list[int]:
    return [event.seq for event in work.events(job_id)]


def test_rolled_back_or_unsubscribed_events_create_no_delivery(work: Any) -> None:
    job = work.submit()
    assert rows(work) == []
    register(work, asked("http://a.example/"))
    with work.session() as session:
        cancel(session, job.id)
        session.rollback()
    assert rows(work) == []


def test_webhook_of_a_batch_receives_the_events_of_all_its_jobs(work: Any) -> None:
    one = Submission(brief=BRIEF, options=OPTIONS, model_versions={})
    wanted = asked("http://a.example/", "job.submitted", "job.cancelled")
    with work.session() as session:
        whole = BatchSubmission(jobs=[one] * 3, asked={}, payload_hash="x", webhook=wanted)
        batch = submit_batch(session, whole)
    work.submit()
    with work.session() as session:
        cancel_batch(session, batch.id)
    with work.session() as session:
        kinds = Counter(d.event.kind for d in webhooks.deliveries(session))
    assert kinds == {"job.submitted": 3, "job.cancelled": 3}


def test_retry_keeps_the_webhook_of_the_original_job(work: Any) -> None:
    job = work.submit(webhook=asked("http://a.example/"))
    with work.session() as session:
        cancel(session, job.id)
    with work.session() as session:
        again = retry(session, job.id)
        cancel(session, again.id)
    assert [line.job_id for line in rows(work)] == [job.id, again.id]


def test_deliveries_are_signed_and_contain_the_event(
    work: Any, settings: Settings, session_factory: sessionmaker[Session], receiver: Receiver
) -> None:
    wanted = asked(receiver.url, "job.submitted", "stage.done")
    job = work.submit(webhook=wanted)
    with delivering(settings, session_factory):
        (got,) = receiver.wait_for(1)
        wait_until(lambda: rows(work)[0].state == "delivered")
    document = Webhook(wanted.secret).verify(got.body, got.headers)
    event = work.events(job.id)[0]
    assert document == {
        "type": "job.submitted",
        "timestamp": event.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "job_id": job.id,
            "seq": 1,
            "body": {"pipeline": "design"},
            "pipeline": "design",
            "batch_id": None,
            "url": f"{PUBLIC_URL}/api/v1/jobs/{job.id}",
        },
    }
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("Codesigner/")
    (line,) = rows(work)
    assert (got.id, line.attempts, line.response_status, line.error) == (line.id, 1, 204, None)
    assert line.delivered_at is not None
    assert [each["status"] for each in line.log] == [204]


def test_failed_delivery_is_retried_with_the_same_id_until_given_up(
    work: Any, settings: Settings, session_factory: sessionmaker[Session], receiver: Receiver
) -> None:
    receiver.status = 500
    work.submit(webhook=asked(receiver.url, "job.submitted"))
    with delivering(settings, session_factory, backoff_s=(0.05, 0.05, 0.05)):
        got = receiver.wait_for(4)
        wait_until(lambda: rows(work)[0].state == "failed")
    assert len({each.id for each in got}) == 1
    assert len({each.body for each in got}) == 1
    (line,) = rows(work)
    assert (line.attempts, line.response_status, line.next_attempt_at) == (4, 500, None)
    assert [each["error"] for each in line.log] == ["HTTP status 500"] * 4

    receiver.status = 200
    with work.session() as session:
        webhooks.send_again(session, line.id)
    with delivering(settings, session_factory):
        wait_until(lambda: rows(work)[0].state == "delivered")
    assert receiver.got[-1].id == line.id
    assert rows(work)[0].attempts == 5


def test_rotated_secret_signs_during_its_grace_period(
    work: Any, settings: Settings, session_factory: sessionmaker[Session], receiver: Receiver
) -> None:
    old = asked(receiver.url, "job.submitted")
    endpoint_id = register(work, old)
    with work.session() as session:
        new = webhooks.rotate_secret(session, endpoint_id, keep_s=3600).secret
    work.submit()
    with delivering(settings, session_factory):
        receiver.wait_for(1)
        with work.session() as session:  # a day later
            row = webhooks.get_endpoint(session, endpoint_id)
            row.retired = [row.retired[0] | {"until": "2020-01-01T00:00:00+00:00"}]
        work.submit()
        first, second = receiver.wait_for(2)
    for secret in (old.secret, new):
        Webhook(secret).verify(first.body, first.headers)
    Webhook(new).verify(second.body, second.headers)
    assert " " not in second.headers["webhook-signature"]


def test_retry_delays_grow_and_respect_retry_after(work: Any) -> None:
    work.submit(webhook=asked("http://a.example/", "job.submitted"))
    for number, pause_s in enumerate(BACKOFF_S):
        message = take(work)
        wait = 100_000.0 if number == 0 else None  # capped at a day
        settled(work, message, Outcome(status=503, error="answered 503", retry_after_s=wait))
        left_s = due_in_s(work)
        low, high = (86_390, 86_401) if number == 0 else (pause_s * 0.79, pause_s * 1.21)
        assert low <= left_s <= high, number
        pass_time(work, left_s + 1)
    settled(work, take(work), Outcome(error="no answer"))
    assert rows(work)[0].state == "failed"
    assert rows(work)[0].attempts == len(BACKOFF_S) + 1


def take(work: Any) -> Message:
    with work.session() as session:
        (message,) = claim_due(session, PUBLIC_URL, limit=8, each=2)
        return message


def settled(work: Any, message: Message, outcome: Outcome) -> bool:
    with work.session() as session:
        return settle(session, message, outcome)


def due_in_s(work: Any) -> float:
    with work.session() as session:
        left = func.extract("epoch", WebhookDelivery.next_attempt_at - func.clock_timestamp())
        return float(session.scalar(select(left)) or 0)


def pass_time(work: Any, seconds: float) -> None:
    with work.session() as session:
        earlier = text("next_attempt_at - make_interval(secs => :s)").bindparams(s=seconds)
        session.execute(update(WebhookDelivery).values(next_attempt_at=earlier))


def test_unreported_attempt_is_repeated_and_its_late_result_ignored(
    work: Any,
) -> None:
    work.submit(webhook=asked("http://a.example/", "job.submitted"))
    first = take(work)
    with work.session() as session:
        assert claim_due(session, PUBLIC_URL, limit=8, each=2) == []
    pass_time(work, 121)
    second = take(work)
    assert (second.id, second.payload, second.attempt) == (first.id, first.payload, 2)
    assert not settled(work, first, Outcome(error="no answer"))
    assert settled(work, second, Outcome(status=200))
    assert rows(work)[0].state == "delivered"


def test_redelivery_requested_during_an_attempt_is_sent_once_more(work: Any) -> None:
    work.submit(webhook=asked("http://a.example/", "job.submitted"))
    first = take(work)
    with work.session() as session:
        webhooks.send_again(session, first.id)
    assert not settled(work, first, Outcome(status=200))
    assert settled(work, take(work), Outcome(status=200))


def test_endpoint_that_answers_410_receives_nothing_more(work: Any) -> None:
    endpoint_id = register(work, asked("http://a.example/", "job.submitted"))
    work.submit_many(2)
    with work.session() as session:
        first, _second = claim_due(session, PUBLIC_URL, limit=8, each=2)
    settled(work, first, Outcome(status=410, error="answered 410"))
    pass_time(work, 500)
    work.submit()
    with work.session() as session:
        assert claim_due(session, PUBLIC_URL, limit=8, each=2) == []
        row = webhooks.set_enabled(session, endpoint_id, True)
        assert row.disabled_reason is None
    assert len(rows(work)) == 2  # no delivery for events while disabled
    assert take(work).id != first.id


def test_slow_origin_does_not_delay_others(
    work: Any, settings: Settings, session_factory: sessionmaker[Session], receiver: Receiver
) -> None:
    stuck = threading.Event()

    def hang(received: Received, handler: BaseHTTPRequestHandler) -> None:
        stuck.wait(30)

    with receiving() as slow:
        slow.answer = hang
        for _ in range(30):
            work.submit(webhook=asked(slow.url, "job.submitted"))
        work.submit(webhook=asked(receiver.url, "job.submitted"))
        with delivering(settings, session_factory):
            receiver.wait_for(1, timeout_s=20)
            assert len(slow.got) <= 2
            stuck.set()


def test_refused_address_is_not_retried(
    work: Any, settings: Settings, session_factory: sessionmaker[Session], receiver: Receiver
) -> None:
    work.submit(webhook=asked(receiver.url, "job.submitted"))
    strict = settings.model_copy(update={"webhook_allow": ""})
    with delivering(strict, session_factory):
        wait_until(lambda: rows(work)[0].state == "failed")
    assert rows(work)[0].error.startswith("refused: ")  # type: ignore[union-attr]
    assert receiver.got == []


def test_old_deliveries_are_deleted_as_are_those_of_deleted_jobs(work: Any) -> None:
    kept = work.submit(webhook=asked("http://a.example/", "job.submitted"))
    for _ in range(2):
        work.submit(webhook=asked("http://a.example/", "job.submitted"))
        settled(work, take_last(work), Outcome(status=200))
    with work.session() as session:
        created = text("created_at - interval '31 days'")
        session.execute(update(WebhookDelivery).values(created_at=created))
        assert delete_old_deliveries(session) == 2
    assert [line.job_id for line in rows(work)] == [kept.id]
    with work.session() as session:
        session.execute(text("DELETE FROM job"))
    assert rows(work) == []


def take_last(work: Any) -> Message:
    with work.session() as session:
        return claim_due(session, PUBLIC_URL, limit=8, each=8)[-1]


RELAY = """
from shared.settings import load_settings
from worker.relay.relay import run_relay
run_relay(load_settings())
"""


def start_relay(settings: Settings) -> subprocess.Popen[bytes]:
    given = {
        "HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
        "WEBHOOK_ALLOW": ALLOWED,
        "RELAY_INTERVAL_S": "0.05",
    }
    environment = {name: value for name, value in os.environ.items() if PREFIX not in name}
    environment |= {f"{PREFIX}{name}": value for name, value in given.items()}
    return subprocess.Popen(
        [sys.executable, "-c", RELAY],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_every_event_arrives_despite_relay_kills_at_any_moment(
    work: Any, settings: Settings, receiver: Receiver
) -> None:
    """Kill the relay at random moments, each time during an attempt."""
    rng = random.Random(5)

    def slowly(received: Received, handler: BaseHTTPRequestHandler) -> None:
        time.sleep(rng.uniform(0, 0.1))
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answer = slowly
    register(work, asked(receiver.url, "job.submitted", "job.cancelled"))
    for _round in range(6):
        relay = start_relay(settings)
        came = len(receiver.got)
        for job in work.submit_many(8):
            with work.session() as session:
                cancel(session, job.id)
        receiver.wait_for(came + rng.randint(1, 10))
        relay.send_signal(signal.SIGKILL)
        relay.wait()
        pass_time(work, 121)  # the leases of unfinished attempts expire
    relay = start_relay(settings)
    wait_until(lambda: all(line.state == "delivered" for line in rows(work)))
    relay.send_signal(signal.SIGTERM)
    assert relay.wait(timeout=30) == 0
    lines = {line.id: (line.job_id, line.seq) for line in rows(work)}
    assert len(lines) == 6 * 8 * 2
    assert {each.id for each in receiver.got} == set(lines)
    for each in receiver.got:
        told = json.loads(each.body)["data"]
        assert (told["job_id"], told["seq"]) == lines[each.id]
    with work.session() as session:
        assert session.scalar(select(func.count()).select_from(JobEvent)) == 6 * 8 * 2
