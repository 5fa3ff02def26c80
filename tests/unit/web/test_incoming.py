"""Request framing: where requests end in a byte stream, however it is split."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import CodesignerError
from web.server.deadlines import Limits, Pace, Room
from web.server.framing import Head
from web.server.request_buffer import Incoming

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PLENTY = Room(10**9)


@pytest.fixture
def begin() -> Iterator[Callable[..., Incoming]]:
    """Return a function that begins a request; its body is freed after the test."""
    begun: list[Incoming] = []

    def begin(
        limits: Limits | None = None,
        room: Room = PLENTY,
        max_bytes: Callable[[Head], int] | None = None,
    ) -> Incoming:
        begun.append(Incoming(limits or Limits(), room, max_bytes))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


def sized(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def in_chunks(parts: list[bytes], trailers: bytes) -> bytes:
    chunks = [b"%X;a=b\r\n%b\r\n" % (len(part), part) for part in parts if part]
    return CHUNKED + b"".join(chunks) + b"0\r\n" + trailers + b"\r\n"


bodies = st.binary(max_size=200)
requests = st.one_of(
    st.just((GET, GET)),
    bodies.map(lambda body: (sized(body), sized(body))),
    st.builds(
        lambda parts, trailers: (in_chunks(parts, trailers), sized(b"".join(parts))),
        st.lists(bodies),
        st.sampled_from([b"", b"A: b\r\n", b"A: b\r\nC: d\r\n"]),
    ),
)
"""What is sent, and what the parser gets of it."""


@given(st.lists(requests, min_size=1, max_size=4), st.lists(st.integers(0, 2000)))
def test_pipelined_requests_are_separated_however_the_stream_is_split(
    sent: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(request for request, _ in sent)
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in pairwise(edges)]
    found = []
    incoming = Incoming(Limits(), PLENTY)
    for piece in pieces:
        incoming.feed(piece)
        while incoming.complete:
            found.append(b"".join(incoming.chunks()))
            surplus = incoming.surplus
            incoming.close()
            incoming = Incoming(Limits(), PLENTY)
            incoming.feed(surplus)
    assert found == [parsed for _, parsed in sent]
    assert not incoming.begun


def test_expect_100_continue_is_reported_and_removed_for_the_parser(
    begin: Callable[..., Incoming],
) -> None:
    incoming = begin()
    incoming.feed(HEAD + b"Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
    assert incoming.expects
    incoming.feed(b"abc")
    assert b"".join(incoming.chunks()) == sized(b"abc")


def test_head_with_bare_line_feeds_is_passed_to_the_parser(
    begin: Callable[..., Incoming],
) -> None:
    incoming = begin()
    incoming.feed(b"GET / HTTP/1.1\nHost: x")
    assert incoming.complete


@pytest.mark.parametrize(
    "sent",
    [
        CHUNKED + b"zz\r\n",
        CHUNKED + b"-5\r\n",
        CHUNKED + b"0x1\r\na\r\n",
        CHUNKED + b"1_0\r\n",
        CHUNKED + b"\r\n",
        CHUNKED + b"1\na",
        CHUNKED + b"1\r\naXX1\r\n",
        CHUNKED + b"0" * 2000,
        CHUNKED + b"1;" + b"a" * 2000,
        CHUNKED + b"1;a=\x00\r\n",
        CHUNKED + b"0\r\n" + b"A: b\r\n" * 101,
        CHUNKED + b"0\r\nA: " + b"b" * 2000,
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 1_0\r\n\r\n",
        HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: identity\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_invalid_framing_is_rejected_at_once(sent: bytes, begin: Callable[..., Incoming]) -> None:
    incoming = begin()
    with pytest.raises(CodesignerError) as caught:
        incoming.feed(sent)
    assert caught.value.code == "malformed_request"


@pytest.mark.parametrize("size", [1, 100])
def test_number_of_small_chunks_is_bounded(size: int, begin: Callable[..., Incoming]) -> None:
    """Each chunk costs a loop iteration, so the body size bounds the number of chunks."""
    incoming = begin()
    chunk = b"%x\r\n%b\r\n" % (size, b"a" * size)
    incoming.feed(CHUNKED)
    received = 0
    with suppress(CodesignerError):
        while received < 10_000:
            incoming.feed(chunk)
            received += 1
    assert received == 1000 + received * size // 1024


def test_many_chunks_of_one_kibibyte_are_joined(begin: Callable[..., Incoming]) -> None:
    incoming = begin()
    incoming.feed(CHUNKED)
    for _ in range(5000):
        incoming.feed(b"400\r\n%b\r\n" % (b"a" * 1024))
    incoming.feed(b"0\r\n\r\n")
    assert b"".join(incoming.chunks()) == sized(b"a" * 5000 * 1024)


@pytest.mark.parametrize("sent", [sized(b"x" * 101)[:-101], CHUNKED + b"65\r\n"])
def test_body_declared_too_large_is_rejected_before_it_is_received(
    sent: bytes, begin: Callable[..., Incoming]
) -> None:
    incoming = begin(max_bytes=lambda head: 100 if head.target == "/" else 0)
    incoming.feed(sent)
    assert (incoming.ready, incoming.complete) == (True, False)
    line, _, fields = sized(b"x" * 101)[:-101].partition(b"\r\n")
    assert b"".join(incoming.chunks()) == line + b"\r\nConnection: close\r\n" + fields


def test_head_size_is_limited(begin: Callable[..., Incoming]) -> None:
    incoming = begin()
    for _ in range(64):
        incoming.feed(b"x" * 1024)
    with pytest.raises(CodesignerError) as caught:
        incoming.feed(b"x")
    assert caught.value.code == "malformed_request"


def test_large_bodies_reserve_and_release_memory(begin: Callable[..., Incoming]) -> None:
    room = Room(200_000)
    first, second = begin(room=room), begin(room=room)
    body = sized(b"x" * 150_000)
    first.feed(body)
    with pytest.raises(CodesignerError) as caught:
        second.feed(body)
    assert (caught.value.code, caught.value.retry_after_s) == ("unavailable", 10)
    second.close()
    first.close()
    assert room.take(200_000)


def test_body_above_the_buffer_limit_is_streamed(begin: Callable[..., Incoming]) -> None:
    incoming = begin(Limits(body_bytes=10))
    incoming.feed(sized(b"x" * 11)[:-5])
    assert incoming.too_large
    parsed = b"".join([*incoming.chunks(), incoming.passed_on(b"xxxxxGET")])
    assert parsed == sized(b"x" * 11).replace(b"Host", b"Connection: close\r\nHost")
    assert (incoming.complete, incoming.surplus) == (True, b"GET")


def test_chunked_body_above_the_buffer_limit_is_streamed_in_large_chunks(
    begin: Callable[..., Incoming],
) -> None:
    incoming = begin(Limits(body_bytes=10))
    incoming.feed(CHUNKED + b"6\r\nxxxxxx\r\n6\r\nyyyyyy\r\n")
    assert incoming.too_large
    head, *chunks = incoming.chunks()
    assert head == CHUNKED.replace(b"Host", b"Connection: close\r\nHost")
    assert chunks == [b"c\r\nxxxxxxyyyyyy\r\n"]
    rest = [incoming.passed_on(data) for data in (b"1", b"\r\nz", b"\r\n0\r\n\r\nGET")]
    assert rest == [b"", b"1\r\nz\r\n", b"0\r\n\r\n"]
    assert (incoming.complete, incoming.surplus) == (True, b"GET")


def test_received_bytes_extend_the_deadline_up_to_a_limit() -> None:
    pace = Pace(Limits(grace_s=10.0, bytes_per_s=100.0, ahead_s=30.0))
    began = pace.until
    pace.add(500)
    assert pace.until == began + 5.0
    pace.add(10**9)
    assert 25.0 < pace.left_s() <= 30.0
