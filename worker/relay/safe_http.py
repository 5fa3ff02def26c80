"""SSRF-safe POST to an untrusted URL: one checked, time-limited connection without redirects.

The host name is resolved once, and the connection goes to an address that was checked, which
prevents DNS rebinding.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_address
from typing import Any

from shared.webhooks.deliveries import Outcome
from shared.webhooks.url_policy import (
    InvalidWebhookUrl,
    Network,
    Target,
    is_allowed,
    parse_webhook_url,
)

__all__ = ["post"]

_CONNECT_TIMEOUT_S = 5.0
_Address = tuple[socket.AddressFamily, Any]
"""Family and address from the resolver: connecting resolves nothing again."""
_MAX_ERROR_CHARS = 200


class _NotAllowed(Exception):
    """The host name resolves to no address that webhooks may be sent to."""


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allowed: Sequence[Network] = (),
    limit_s: float = 15.0,
    trust: ssl.SSLContext | None = None,
) -> Outcome:
    """Post once and return the outcome; of the response only status and headers are read.

    Args:
        allowed: networks that may be reached although they are not public.
        limit_s: total timeout, without name resolution.
        trust: TLS context; None: the certificate authorities of the system.
    """
    started_at = time.monotonic()
    try:
        target = parse_webhook_url(url, allowed)
        addresses = _resolve(target, allowed)
        outcome = _send(target, addresses, headers, body, limit_s, trust or _default_trust())
    except (InvalidWebhookUrl, _NotAllowed) as error:
        outcome = Outcome(error=_truncated(f"refused: {error}"), final=True)
    except socket.gaierror as error:
        outcome = Outcome(error=_truncated(f"the host name does not resolve: {error.strerror}"))
    except (TimeoutError, _DeadlineExceeded):
        outcome = Outcome(error=f"no response within {limit_s:g} s")
    except ssl.SSLError as error:
        outcome = Outcome(
            error=_truncated(f"TLS: {getattr(error, 'verify_message', '') or error.reason}")
        )
    except HTTPException as error:
        outcome = Outcome(error=_truncated(f"invalid HTTP response: {type(error).__name__}"))
    except (OSError, ValueError) as error:
        outcome = Outcome(
            error=_truncated(f"connection failed: {getattr(error, 'strerror', '') or error}")
        )
    return replace(outcome, took_ms=round(1000 * (time.monotonic() - started_at)))


class _DeadlineExceeded(Exception):
    """The total timeout was exceeded."""


def _truncated(text: str) -> str:
    return text[:_MAX_ERROR_CHARS]


@lru_cache(maxsize=1)
def _default_trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _resolve(target: Target, allowed: Sequence[Network]) -> list[_Address]:
    """Return the allowed addresses of the target's host, in the resolver's order."""
    resolved = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    permitted: list[_Address] = [
        (family, address)
        for family, _, _, _, address in resolved
        if is_allowed(ip_address(address[0]), allowed)
    ]
    if not permitted:
        raise _NotAllowed(f"{target.host} is not a public address")
    return permitted


def _send(
    target: Target,
    addresses: Sequence[_Address],
    headers: Mapping[str, str],
    body: bytes,
    limit_s: float,
    trust: ssl.SSLContext,
) -> Outcome:
    deadline = time.monotonic() + limit_s
    with _connect(addresses, deadline) as raw, _shutdown_at(raw, deadline) as expired:
        try:
            # The socket timeout alone does not stop a server that sends a byte now and then.
            raw.settimeout(limit_s)
            stream = raw
            if target.https:
                stream = trust.wrap_socket(raw, server_hostname=target.host)
            with contextlib.closing(stream):
                outcome = _exchange(stream, target, headers, body)
        except (OSError, HTTPException, ValueError) as error:
            if expired.is_set():
                raise _DeadlineExceeded from error
            raise
        if expired.is_set():  # truncated headers parse as complete ones
            raise _DeadlineExceeded
        return outcome


@contextlib.contextmanager
def _connect(addresses: Sequence[_Address], deadline: float) -> Iterator[socket.socket]:
    """Connect to the first address that answers."""
    failure: OSError | None = None
    for family, address in addresses:
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            break
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(min(_CONNECT_TIMEOUT_S, remaining_s))
            try:
                connection.connect(address)
            except OSError as error:
                failure = error
                continue
            yield connection
            return
    raise failure or TimeoutError


@contextlib.contextmanager
def _shutdown_at(connection: socket.socket, deadline: float) -> Iterator[threading.Event]:
    """Shut the connection down at the deadline; yield the event that is set when it was."""
    expired = threading.Event()
    handle = connection.dup()

    def shut() -> None:
        expired.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), shut)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _exchange(
    stream: socket.socket, target: Target, headers: Mapping[str, str], body: bytes
) -> Outcome:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = stream
    connection.auto_open = 0  # else it would resolve the name again and reconnect
    connection.request("POST", target.path, body, {**headers, "Host": target.netloc})
    response = connection.getresponse()
    try:
        return _outcome(response)
    finally:
        response.close()


def _outcome(response: HTTPResponse) -> Outcome:
    status = response.status
    if 200 <= status < 300:
        return Outcome(status=status)
    error = "redirects are not followed" if 300 <= status < 400 else f"HTTP status {status}"
    return Outcome(status=status, error=error, retry_after_s=_retry_after_s(response))


def _retry_after_s(response: HTTPResponse) -> float | None:
    text = response.getheader("Retry-After") or ""
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
