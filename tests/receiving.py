"""A webhook receiver on a real socket, whose responses are set by the test."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Received", "Receiver", "receiving"]


@dataclass(frozen=True, kw_only=True)
class Received:
    """A received request."""

    path: str
    headers: dict[str, str]
    """With names in small letters."""
    body: bytes

    @property
    def id(self) -> str:
        """The webhook-id header."""
        return self.headers["webhook-id"]


Answer = Callable[[Received, BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """The received requests and the responses to the next ones."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    answer: Answer | None = None
    """Answers instead, with the connection in hand."""

    def wait_for(self, number: int, *, timeout_s: float = 60.0) -> list[Received]:
        """Wait until that many requests have been received and return them."""
        until = time.monotonic() + timeout_s
        while len(self.got) < number:
            assert time.monotonic() < until, f"{len(self.got)} of {number} came"
            time.sleep(0.02)
        return self.got


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen on a loopback port and yield the receiver."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender was killed, and no request has come
                self.close_connection = True
                return
            named = {name.lower(): value for name, value in self.headers.items()}
            received = Received(path=self.path, headers=named, body=body)
            receiver.got.append(received)
            if receiver.answer is not None:
                receiver.answer(received, self)
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # some tests close the connection early on purpose

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        receiver.url = f"{scheme}://localhost:{server.server_port}/hooks?a=1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
