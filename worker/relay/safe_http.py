"""Posting to an address that a stranger named: one connection, checked, bounded, no redirects.

The name is resolved once, and the connection goes to an address that was checked then: a name
that resolves to something else a moment later gains nothing.
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
from shared.webhooks.url_policy import BadUrl, Network, Target, checked_target, is_allowed

__all__ = ["post"]

_CONNECT_S = 5.0
_Address = tuple[socket.AddressFamily, Any]
"""Family and address as the resolver gave them: connecting asks it nothing more."""
_ERROR_CHARS = 200


class _NotAllowed(Exception):
    """The name resolves to no address that webhooks may be sent to."""


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allowed: Sequence[Network] = (),
    limit_s: float = 15.0,
    trust: ssl.SSLContext | None = None,
) -> Outcome:
    """Post once and tell what came of it; of the answer only its head is read.

    Args:
        allowed: networks that may be reached though they are not public.
        limit_s: of all but the name's resolution.
        trust: None: the system's authorities.
    """
    began = time.monotonic()
    try:
        target = checked_target(url, allowed)
        addresses = _resolved(target, allowed)
        outcome = _posted(target, addresses, headers, body, limit_s, trust or _trust())
    except (BadUrl, _NotAllowed) as error:
        outcome = Outcome(error=_told(f"refused: {error}"), final=True)
    except socket.gaierror as error:
        outcome = Outcome(error=_told(f"the name does not resolve: {error.strerror}"))
    except (TimeoutError, _Braked):
        outcome = Outcome(error=f"no answer within {limit_s:g} s")
    except ssl.SSLError as error:
        outcome = Outcome(
            error=_told(f"TLS: {getattr(error, 'verify_message', '') or error.reason}")
        )
    except HTTPException as error:
        outcome = Outcome(error=_told(f"no HTTP answer: {type(error).__name__}"))
    except (OSError, ValueError) as error:
        outcome = Outcome(error=_told(f"no connection: {getattr(error, 'strerror', '') or error}"))
    return replace(outcome, took_ms=round(1000 * (time.monotonic() - began)))


class _Braked(Exception):
    """The time was up."""


def _told(text: str) -> str:
    return text[:_ERROR_CHARS]


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _resolved(target: Target, allowed: Sequence[Network]) -> list[_Address]:
    """Give the allowed addresses of the target's host, in the resolver's order."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    usable: list[_Address] = [
        (family, address)
        for family, _, _, _, address in found
        if is_allowed(ip_address(address[0]), allowed)
    ]
    if not usable:
        raise _NotAllowed(f"{target.host} is no public address")
    return usable


def _posted(
    target: Target,
    addresses: Sequence[_Address],
    headers: Mapping[str, str],
    body: bytes,
    limit_s: float,
    trust: ssl.SSLContext,
) -> Outcome:
    until = time.monotonic() + limit_s
    with _connected(addresses, until) as raw, _brake(raw, until) as braked:
        try:
            # The brake is what ends a server that sends a byte now and then.
            raw.settimeout(limit_s)
            stream = raw
            if target.https:
                stream = trust.wrap_socket(raw, server_hostname=target.host)
            with contextlib.closing(stream):
                outcome = _exchanged(stream, target, headers, body)
        except (OSError, HTTPException, ValueError) as error:
            if braked.is_set():
                raise _Braked from error
            raise
        if braked.is_set():  # a head that was cut short reads as a whole one
            raise _Braked
        return outcome


@contextlib.contextmanager
def _connected(addresses: Sequence[_Address], until: float) -> Iterator[socket.socket]:
    """Connect to the first address that answers."""
    failure: OSError | None = None
    for family, address in addresses:
        left_s = until - time.monotonic()
        if left_s <= 0:
            break
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(min(_CONNECT_S, left_s))
            try:
                connection.connect(address)
            except OSError as error:
                failure = error
                continue
            yield connection
            return
    raise failure or TimeoutError


@contextlib.contextmanager
def _brake(connection: socket.socket, until: float) -> Iterator[threading.Event]:
    """Shut the connection down when the time is up, whatever is being read from it."""
    braked = threading.Event()
    handle = connection.dup()

    def shut() -> None:
        braked.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - time.monotonic()), shut)
    timer.daemon = True
    timer.start()
    try:
        yield braked
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _exchanged(
    stream: socket.socket, target: Target, headers: Mapping[str, str], body: bytes
) -> Outcome:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = stream
    connection.auto_open = 0  # or it would resolve the name again by itself
    connection.request("POST", target.path, body, {**headers, "Host": target.netloc})
    answer = connection.getresponse()
    try:
        return _told_by(answer)
    finally:
        answer.close()


def _told_by(answer: HTTPResponse) -> Outcome:
    status = answer.status
    if 200 <= status < 300:
        return Outcome(status=status)
    error = "redirects are not followed" if 300 <= status < 400 else f"answered {status}"
    return Outcome(status=status, error=error, retry_after_s=_retry_after_s(answer))


def _retry_after_s(answer: HTTPResponse) -> float | None:
    text = answer.getheader("Retry-After") or ""
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
