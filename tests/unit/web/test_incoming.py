"""Where requests end in a stream of bytes, however it is cut."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import CodesignerError
from web.server.deadlines import Limits, Pace, Room
from web.server.request_buffer import Incoming

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PLENTY = Room(10**9)


@pytest.fixture
def begin() -> Iterator[Callable[..., Incoming]]:
    """Begins requests, whose bodies are forgotten at the end."""
    begun: list[Incoming] = []

    def begin(limits: Limits | None = None, room: Room = PLENTY) -> Incoming:
        begun.append(Incoming(limits or Limits(), room))
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
    st.just(GET),
    bodies.map(sized),
    st.builds(
        in_chunks, st.lists(bodies), st.sampled_from([b"", b"A: b\r\n", b"A: b\r\nC: d\r\n"])
    ),
)


@given(st.lists(requests, min_size=1, max_size=4), st.lists(st.integers(0, 2000)))
def test_requests_are_told_apart_in_any_pieces(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(sent)
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
    assert found == sent
    assert not incoming.begun


def test_what_waits_for_continue_is_told_and_the_parser_does_not_see_it(
    begin: Callable[..., Incoming],
) -> None:
    incoming = begin()
    incoming.feed(HEAD + b"Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
    assert incoming.expects
    incoming.feed(b"abc")
    assert b"".join(incoming.chunks()) == sized(b"abc")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\nHost: x",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"-5\r\n",
        CHUNKED + b"1" * 9000,
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 1_0\r\n\r\n",
    ],
)
def test_what_is_malformed_is_left_to_the_parser_at_once(
    sent: bytes, begin: Callable[..., Incoming]
) -> None:
    incoming = begin()
    incoming.feed(sent)
    assert incoming.complete


def test_a_head_has_a_most_size(begin: Callable[..., Incoming]) -> None:
    incoming = begin()
    for _ in range(64):
        incoming.feed(b"x" * 1024)
    with pytest.raises(CodesignerError) as caught:
        incoming.feed(b"x")
    assert caught.value.code == "malformed_request"


def test_large_bodies_take_room_and_give_it_back(begin: Callable[..., Incoming]) -> None:
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


def test_a_body_above_the_cap_is_passed_on(begin: Callable[..., Incoming]) -> None:
    incoming = begin(Limits(body_bytes=10))
    incoming.feed(sized(b"x" * 11)[:-5])
    assert incoming.too_large
    assert b"".join([*incoming.chunks(), incoming.passed_on(b"xxxxxGET")]) == sized(b"x" * 11)
    assert (incoming.complete, incoming.surplus) == (True, b"GET")


def test_a_deadline_moves_with_bytes_and_only_so_far() -> None:
    pace = Pace(Limits(grace_s=10.0, bytes_per_s=100.0, ahead_s=30.0))
    began = pace.until
    pace.add(500)
    assert pace.until == began + 5.0
    pace.add(10**9)
    assert 25.0 < pace.left_s() <= 30.0
