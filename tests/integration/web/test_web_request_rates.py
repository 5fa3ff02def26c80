"""Limits of request rates: by address whatever cookies are sent, and by account."""

import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from shared.clients import add_client
from shared.settings import Settings
from tests.serving import answer_of, connected, get, served
from web.server.deadlines import Limits

JOBS = "/api/v1/jobs"
PER_SECOND = 3
BURST = 5 * PER_SECOND
REQUESTS = 90
"""More than are allowed meanwhile, unless one takes a third of a second."""


@pytest.fixture
def strict(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    """Application with small limits."""
    update = {"max_requests_per_address": PER_SECOND, "max_requests_per_account": 1}
    return make_app(settings.model_copy(update=update))


def allowed(ask: Callable[[int], int], per_second: float, burst: int) -> None:
    """Check that requests are answered up to the limit, and refused above it."""
    began = time.monotonic()
    found = [ask(number) for number in range(REQUESTS)]
    most = burst + 1 + per_second * (time.monotonic() - began)
    assert found[:burst] == [found[0]] * burst
    assert found[0] < 300
    assert found.count(found[0]) <= most
    assert found.count(found[0]) + found.count(429) == REQUESTS


def status(client: FlaskClient, address: str) -> int:
    return client.get(JOBS, environ_base={"REMOTE_ADDR": address}).status_code


def test_requests_of_one_address_are_limited_whatever_cookies_it_sends(strict: Flask) -> None:
    allowed(lambda _: status(strict.test_client(), "127.0.0.7"), PER_SECOND, BURST)
    assert status(strict.test_client(), "127.0.0.8") == 200


def test_addresses_of_one_ipv6_network_share_their_limit(strict: Flask) -> None:
    client = strict.test_client()
    allowed(lambda number: status(client, f"2001:db8::{number:x}"), PER_SECOND, BURST)
    assert status(client, "2001:db8:0:1::1") == 200


def test_refusal_says_when_to_come_again_and_what_is_left(strict: Flask) -> None:
    client = strict.test_client()
    first = client.get(JOBS)
    assert first.headers["RateLimit-Policy"] == f'"address";q={BURST};w=5'
    assert first.headers["RateLimit"] == f'"address";r={BURST - 1};t=1'
    refused = next(
        answer for _ in range(REQUESTS) if (answer := client.get(JOBS)).status_code == 429
    )
    assert refused.get_json()["code"] == "rate_limited"
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit-Policy"] == f'"address";q={BURST};w=5'
    assert refused.headers["RateLimit"] == '"address";r=0;t=1'


def test_pages_are_limited_and_say_so_in_a_page(strict: Flask) -> None:
    client = strict.test_client()
    answers = [client.get("/", headers={"Accept": "text/html"}) for _ in range(REQUESTS)]
    assert {each.status_code for each in answers} == {200, 429}
    refused = next(each for each in answers if each.status_code == 429)
    assert refused.mimetype == "text/html"
    assert "Too many requests; try again later." in refused.text


def test_requests_of_one_api_client_are_limited_wherever_it_is(
    strict: Flask, session_factory: sessionmaker[Session]
) -> None:
    with session_factory.begin() as session:
        token = add_client(session, "studio")
    client = strict.test_client(use_cookies=False)
    known = {"Authorization": f"Bearer {token}"}
    refusals: list[str] = []

    def ask(number: int) -> int:
        environ = {"REMOTE_ADDR": f"127.0.0.{number + 1}"}
        answer = client.get(JOBS, headers=known, environ_base=environ)
        if answer.status_code == 429:
            refusals.append(answer.headers["RateLimit"])
        return answer.status_code

    allowed(ask, per_second=1, burst=10)
    assert refusals[0] == f'"address";r={BURST - 1};t=1, "account";r=0;t=1'
    assert status(client, "127.0.0.1") == 200  # without the token


def test_limits_can_be_switched_off(
    make_app: Callable[[Settings], Flask], settings: Settings
) -> None:
    update = {"max_requests_per_address": 0, "max_requests_per_account": 0}
    client = make_app(settings.model_copy(update=update)).test_client()
    assert {status(client, "127.0.0.1") for _ in range(REQUESTS)} == {200}
    assert "RateLimit" not in client.get(JOBS).headers


def test_defaults_are_lower_with_accounts(
    make_app: Callable[[Settings], Flask], settings: Settings
) -> None:
    for mode, quota in (("local", 3000), ("accounts", 500)):
        client = make_app(settings.model_copy(update={"mode": mode})).test_client()
        answer = client.get("/api/v1/openapi.json")
        assert answer.headers["RateLimit-Policy"] == f'"address";q={quota};w=5'


def test_refused_connection_is_not_listened_to_for_a_second(settings: Settings) -> None:
    ask = b"GET /api/v1/queue HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    strict = settings.model_copy(update={"max_requests_per_address": 1})
    with served(strict, Limits()) as port, connected(port) as one, connected(port) as other:
        statuses: list[int] = []
        began = time.monotonic()
        while 429 not in statuses:
            one.sendall(ask)
            statuses.append(answer_of(one)[0])
        refused_at = time.monotonic()
        one.sendall(ask)
        other.sendall(ask)
        assert answer_of(other)[0] == 429
        assert time.monotonic() - refused_at < 1.0 or time.monotonic() - began > 10.0
        answer_of(one)
        assert time.monotonic() - refused_at > 0.9
        assert get(port, "/healthz", "127.0.0.2")[0] == 200
