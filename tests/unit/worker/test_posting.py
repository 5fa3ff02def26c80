"""SSRF-safe POST: only to the checked address, bounded in time, without redirects."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.webhooks.deliveries import Outcome
from shared.webhooks.url_policy import parse_networks
from tests.receiving import Received, Receiver, receiving
from worker.relay.safe_http import post

LOOPBACK = parse_networks("127.0.0.0/8, ::1/128")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


def send(url: str, **how: Any) -> Outcome:
    return post(url, {"X-Own": "1"}, b'{"a": 1}', **{"allowed": LOOPBACK, "limit_s": 10.0} | how)


def test_post_is_delivered_unchanged(receiver: Receiver) -> None:
    outcome = send(receiver.url)
    assert (outcome.status, outcome.error) == (204, None)
    (got,) = receiver.got
    assert (got.path, got.body, got.headers["x-own"]) == ("/hooks?a=1", b'{"a": 1}', "1")
    assert got.headers["host"].startswith("localhost:")


def test_loopback_is_rejected_unless_allowed(receiver: Receiver) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    names = ("localhost", "127.0.0.1", "0x7f.1", "2130706433", "127.1", "[::1]", "0")
    for name in names:
        outcome = send(f"http://{name}:{port}/", allowed=())
        assert (outcome.status, outcome.final) == (None, True), name
        assert outcome.error is not None
        assert outcome.error.startswith("refused: "), outcome.error
    assert receiver.got == []


def test_name_is_resolved_once_to_prevent_dns_rebinding(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name resolves to an allowed address first and to loopback afterwards."""
    asked: list[str] = []

    def rebinding(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = "203.0.113.9" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = receiver.url.split(":")[2].split("/")[0]
    first = parse_networks("203.0.113.0/24")  # a documentation network without hosts
    outcome = send(f"http://rebinding.example:{port}/", allowed=first, limit_s=0.3)
    assert outcome.status is None
    assert asked == ["rebinding.example"]
    refused = send(f"http://rebinding.example:{port}/", allowed=first)
    assert refused.error == "refused: rebinding.example is not a public address"
    assert receiver.got == []


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    for status in (301, 302, 303, 307, 308):
        receiver.status, receiver.headers = status, {"Location": receiver.url}
        outcome = send(receiver.url)
        assert (outcome.status, outcome.error) == (status, "redirects are not followed")
    assert len(receiver.got) == 5


def test_retry_after_of_an_error_response_is_reported(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": "77"}
    outcome = send(receiver.url)
    assert (outcome.status, outcome.error, outcome.retry_after_s) == (503, "HTTP status 503", 77.0)
    receiver.status, receiver.headers = 410, {"Retry-After": "soon"}
    gone = send(receiver.url)
    assert (gone.gone, gone.retry_after_s) == (True, None)


def drip(received: Received, handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        handler.wfile.write(f"X-{number}: ".encode())
        handler.wfile.flush()
        time.sleep(0.05)


def silence(received: Received, handler: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


def interim(received: Received, handler: BaseHTTPRequestHandler) -> None:
    for _ in range(1000):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip, silence, interim])
def test_attempt_ends_at_its_timeout_whatever_the_server_does(
    receiver: Receiver, answer: Any
) -> None:
    receiver.answer = answer
    began = time.monotonic()
    outcome = send(receiver.url, limit_s=0.5)
    assert time.monotonic() - began < 4
    assert (outcome.status, outcome.error) == (None, "no response within 0.5 s")


def flood(received: Received, handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        handler.wfile.write(f"X-{number}: {'x' * 1000}\r\n".encode())


def long_line(received: Received, handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 " + b"x" * 10_000_000)


def garbage(received: Received, handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xff" * 1000 + b"\r\n\r\n")


def hang_up(received: Received, handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("answer", [flood, long_line, garbage, hang_up])
def test_invalid_response_is_reported(receiver: Receiver, answer: Any) -> None:
    receiver.answer = answer
    outcome = send(receiver.url)
    assert outcome.status is None
    assert outcome.error is not None
    assert outcome.error.startswith(("invalid HTTP response", "connection failed"))


def test_response_body_is_not_read(receiver: Receiver) -> None:
    def endless(received: Received, handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            handler.wfile.write(b"x" * 65_536)

    receiver.answer = endless
    assert send(receiver.url).status == 200


def test_unreachable_address_is_reported() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        refused = send(f"http://127.0.0.1:{port}/")  # bound but not listening
    assert refused.error == "connection failed: Connection refused"
    unknown = send("http://no-such-name.invalid/")
    assert unknown.error is not None
    assert unknown.error.startswith("the host name does not resolve")
    assert not refused.final
    assert not unknown.final
    assert send(f"http://{'x' * 70}.example/").status is None


def certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(("name", "taken"), [("localhost", True), ("elsewhere.example", False)])
def test_certificate_is_verified_for_the_requested_name(
    tmp_path: Path, name: str, taken: bool
) -> None:
    chain = certificate(tmp_path, name)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain)
    with receiving(tls) as listening:
        trusted = send(listening.url, trust=ssl.create_default_context(cafile=str(chain)))
        stranger = send(listening.url)
    assert (trusted.status == 204) is taken
    assert stranger.error is not None
    assert stranger.error.startswith("TLS: ")
    assert len(listening.got) == (1 if taken else 0)


def test_stalled_tls_handshake_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        outcome = send(f"https://localhost:{port}/", limit_s=0.5)
    assert outcome.error == "no response within 0.5 s"


def test_no_threads_or_sockets_are_leaked(receiver: Receiver) -> None:
    before = threading.active_count()
    for _ in range(20):
        send(receiver.url)
    until = time.monotonic() + 10
    while threading.active_count() > before + 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert threading.active_count() <= before + 2
