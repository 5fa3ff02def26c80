"""The HTTP client of the command line, against a small real server."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from werkzeug.formparser import parse_form_data
from werkzeug.test import EnvironBuilder

from codesigner.client import Client, Refused, Unreachable

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class _Server(ThreadingHTTPServer):
    """A server that records requests and answers each with the same bytes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.content = 200, b'{"id": "j1", "job": {"id": "j2"}}'
        self.missing_bytes = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        length = len(self.server.content) + self.server.missing_bytes
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(self.server.content)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with _Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def _form(headers: dict[str, str], body: bytes) -> tuple[Any, Any]:
    """Return the fields and files of a form, as the web front end reads them."""
    content_type = headers["Content-Type"]
    assert content_type.startswith("multipart/form-data; boundary=")
    environ = EnvironBuilder(method="POST", data=body, content_type=content_type).get_environ()
    _, fields, files = parse_form_data(environ, stream_factory=lambda **_: io.BytesIO())
    return fields, files


def test_form_without_a_file_is_multipart_with_repeated_fields(server: _Server) -> None:
    fields = [("briefs", "手机壳"), ("briefs", 'a "mug"\r\n'), ("seeds", "7")]
    Client(url=server.url).submit_batch(fields, None)
    ((path, headers, body),) = server.requests
    sent, files = _form(headers, body)
    assert path == "/api/v1/batches"
    assert list(sent.items(multi=True)) == fields
    assert not files


def test_file_is_sent_under_the_name_of_its_field(server: _Server, tmp_path: Path) -> None:
    picture = tmp_path / 'my "secret" place.jpg'
    picture.write_bytes(b"\xff" * 200_000)
    Client(url=server.url).submit("a mug", picture, {"seed": 7})
    ((_, headers, body),) = server.requests
    sent, files = _form(headers, body)
    assert dict(sent) == {"brief": "a mug", "seed": "7"}
    file = files["reference"]
    assert (file.filename, file.content_type) == ("reference.jpg", "image/jpeg")
    assert file.read() == picture.read_bytes()
    assert b"secret" not in body


def test_training_run_returns_its_job(server: _Server, tmp_path: Path) -> None:
    dataset = tmp_path / "pictures.zip"
    dataset.write_bytes(b"PK")
    assert Client(url=server.url).train(dataset, {"steps": 5}) == {"id": "j2"}


def test_each_submission_has_an_idempotency_key_of_its_own(server: _Server) -> None:
    client = Client(url=server.url)
    client.submit("a mug", None, {})
    client.submit("a mug", None, {})
    client.print_file("j/1", {"dpi": 300})
    keys = [headers["Idempotency-Key"] for _, headers, _ in server.requests]
    assert len(set(keys)) == 3
    path, headers, body = server.requests[-1]
    assert (path, headers["Content-Type"]) == ("/api/v1/jobs/j%2F1/prints", "application/json")
    assert body == b'{"dpi":300}'


def test_token_and_host_are_sent_to_the_installation(server: _Server) -> None:
    Client(url=server.url, token="t0ken", host="designs.example").job("j1")
    ((_, headers, _),) = server.requests
    assert (headers["Authorization"], headers["Host"]) == ("Bearer t0ken", "designs.example")


def test_text_that_is_not_json_is_not_an_api(server: _Server) -> None:
    server.content = b"<html>"
    with pytest.raises(Unreachable, match="is not a Codesigner API: the response is not JSON"):
        Client(url=server.url).job("j1")
    server.status = 502
    with pytest.raises(Refused, match="502 Bad Gateway"):
        Client(url=server.url).job("j1")


def test_truncated_response_is_unreachable(server: _Server) -> None:
    server.missing_bytes = 5
    with pytest.raises(Unreachable, match="does not answer"):
        Client(url=server.url).download("/api/v1/artifacts/aa")


@pytest.mark.parametrize("url", ["http://[", "http://a\x00b", "http://127.0.0.1:99999"])
def test_invalid_url_is_unreachable(url: str) -> None:
    with pytest.raises(Unreachable):
        Client(url=url).job("j1")


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "socks://x"])
def test_proxies_are_not_used_for_loopback(
    server: _Server, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("all_proxy", proxy)
    assert Client(url=server.url).job("j1")["id"] == "j1"
    assert Client(url=server.url.replace("127.0.0.1", "localhost")).is_ready()


def test_proxy_is_used_for_other_hosts(server: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    assert Client(url="http://designs.invalid", token="t0ken").job("j1")["id"] == "j1"
    assert server.requests[0][0] == "http://designs.invalid/api/v1/jobs/j1"


def test_unsupported_proxy_is_named(server: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    with pytest.raises(Unreachable, match="SOCKS"):
        Client(url="http://designs.invalid").job("j1")
