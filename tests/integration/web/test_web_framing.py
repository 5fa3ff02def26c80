"""Requests with invalid, costly or oversized framing are refused without delaying others."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from shared.settings import Settings, load_settings
from tests.conftest import ADMIN_TOKEN
from tests.serving import answer_of, connected, served, to_end
from web.server.deadlines import Limits

HEAD = b"POST /api/v1/understand HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
MIB = 1024 * 1024
LONG = Limits(head_s=900.0, idle_s=900.0, grace_s=900.0, per_address=0)
"""Deadlines that play no part: what waits for one runs into the guard."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a server without a database; teardown checks that it logged no traceback."""
    home = tmp_path_factory.mktemp("home")
    settings = load_settings(
        home=home, database_url="postgresql://nobody@127.0.0.1:1/none", admin_token=ADMIN_TOKEN
    )
    with served(settings, LONG) as number:
        yield number


def problem(connection: socket.socket) -> tuple[int, str]:
    """Return status and code of a problem document; the server closes the connection after it."""
    head, _, body = to_end(connection).partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, head
    document = json.loads(body)
    assert document["status"] == int(head.split(b" ")[1])
    return document["status"], document["code"]


@pytest.mark.parametrize(
    "sent",
    [
        CHUNKED + b"zz\r\n",
        CHUNKED + b"-1\r\n",
        CHUNKED + b"0x1\r\na\r\n0\r\n\r\n",
        CHUNKED + b"1_0\r\na\r\n0\r\n\r\n",
        CHUNKED + b"1\r\naXX1\r\na\r\n0\r\n\r\n",
        CHUNKED + b"0\r\n" + b"X: y\r\n" * 300_000 + b"\r\n",
        CHUNKED + b"1;" + b"a" * 20 * MIB + b"\r\na\r\n0\r\n\r\n",
        CHUNKED + b"1\r\na\r\n" * 400_000 + b"0\r\n\r\n",
        HEAD + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
        HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n",
        HEAD + b"Host: localhost\r\n\r\n",
        HEAD + b"X: y\r\n" * 200 + b"\r\n",
        HEAD + b"X: " + b"y" * 9000 + b"\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/3.0\r\nHost: 127.0.0.1\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
    ids=range(18),
)
def test_invalid_framing_returns_malformed_request(port: int, sent: bytes) -> None:
    with connected(port) as connection:
        connection.sendall(sent)
        assert problem(connection) == (400, "malformed_request")


def test_chunked_body_with_one_kibibyte_chunks_is_accepted(port: int) -> None:
    body = b'{"brief": "teal mug"}' + b" " * 20 * 1024
    chunks = [body[at : at + 1024] for at in range(0, len(body), 1024)]
    with connected(port) as connection:
        encoded = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
        connection.sendall(CHUNKED + encoded + b"0\r\nX-Trailer: y\r\n\r\n")
        assert answer_of(connection)[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"Content-Length: 500000000\r\n\r\n{",
        HEAD + b"Content-Length: 500000000\r\nExpect: 100-continue\r\n\r\n",
        CHUNKED + b"1dcd6500\r\n{",
        CHUNKED + b"10000\r\n%b\r\n" % (b"{" * 65536) * 2,
        HEAD.replace(b"understand", b"training-runs") + b"Content-Length: 500000000\r\n\r\n{",
        HEAD.replace(b"understand", b"nowhere") + b"Content-Length: 500000000\r\n\r\n{",
    ],
    ids=range(6),
)
def test_body_above_the_route_limit_is_refused_before_it_is_received(
    port: int, sent: bytes
) -> None:
    with connected(port) as connection:
        connection.sendall(sent)
        assert problem(connection) == (413, "payload_too_large")


def test_pending_large_bodies_do_not_block_a_dataset_upload(settings: Settings) -> None:
    form = b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n"
    train = b"POST /api/v1/training-runs HTTP/1.1\r\nHost: 127.0.0.1\r\n" + form
    authorized = train + b"Authorization: Bearer %b\r\n\r\n"
    body = b'--x\r\nContent-Disposition: form-data; name="dataset"; filename="d.zip"\r\n\r\n'
    body += b"PK" * 20 * MIB + b"\r\n--x--\r\n"
    with served(settings, LONG) as number, ExitStack() as stack:
        for _ in range(8):
            for half in (HEAD + b"Content-Length: 500000000\r\n\r\n", train % len(body) + b"\r\n"):
                stranger = stack.enter_context(connected(number))
                stranger.sendall(half + b"{" * 1000)
        connection = stack.enter_context(connected(number))
        connection.sendall(authorized % (len(body), ADMIN_TOKEN.encode()) + body)
        status, answer = answer_of(connection)
        assert (status, json.loads(answer)["code"]) == (415, "unsupported_media_type")
        in_chunks = (authorized % (0, ADMIN_TOKEN.encode())).replace(
            b"Content-Length: 0", b"Transfer-Encoding: chunked"
        )
        chunk = b"%x\r\n%b\r\n" % (len(body), body)
        for end, expected in (
            (b"0\r\n\r\n", (415, "unsupported_media_type")),
            (b"zz\r\n", (400, "malformed_request")),
        ):
            with connected(number) as connection:
                connection.sendall(in_chunks + chunk + end)
                status, answer = answer_of(connection)
                assert (status, json.loads(answer)["code"]) == expected


def test_client_cannot_set_script_name(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nSCRIPT_NAME: /x\r\n\r\n")
        assert answer_of(connection)[0] == 200
