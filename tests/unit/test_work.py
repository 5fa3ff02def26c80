"""Parsers do work that is linear in the size of any input.

Work is counted in lines, calls and returns of the interpreter. Regular expressions, which run
outside of it, are checked by their syntax in test_patterns.
"""

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest
from flask import Flask, request

from shared.briefs.parser import parse_brief
from shared.errors import CodesignerError
from shared.number_lists import numbers_in
from shared.unicode_text import normalized
from shared.webhooks.url_policy import InvalidWebhookUrl, parse_webhook_url
from web.http import i18n
from web.http.conditional import requested_wait_s
from web.http.i18n import language
from web.http.idempotency import idempotency_key
from web.http.identity import _cancel_after_s
from web.http.parsing import page_limit
from web.http.problems import wants_page
from web.http.request_limits import MAX_HEADER_CHARS
from web.http.security import _host_of
from web.http.sse import last_event_id
from web.schemas.jobs import checked_brief
from web.services.trainings import _release_name

CHARS = 2000
"""Of a brief."""
LIST_CHARS = 4000
"""Of a form's list of numbers."""
REJECTIONS = (CodesignerError, InvalidWebhookUrl, ValueError)


def work(act: Callable[[], object]) -> int:
    """Count the interpreter events of a call that may reject its input."""
    count = 0

    def line(_frame: FrameType, _event: str, _given: Any) -> Any:
        nonlocal count
        count += 1
        return line

    def call(_frame: FrameType, _event: str, _given: Any) -> None:
        nonlocal count
        count += 1

    old_trace, old_profile = sys.gettrace(), sys.getprofile()
    gc.disable()  # garbage collection may run other code
    sys.settrace(line)
    sys.setprofile(call)
    try:
        act()
    except REJECTIONS:
        pass
    finally:
        sys.setprofile(old_profile)
        sys.settrace(old_trace)
        gc.enable()
    return count


def assert_linear(parse: Callable[[str], object], part: str, chars: int, end: str = "") -> None:
    """Assert that twice the input costs at most little more than twice the work."""
    texts = [part * (size // len(part)) + end for size in (chars, 2 * chars)]
    for text in texts:  # warms up what is loaded once, such as a message catalog
        with suppress(*REJECTIONS):
            parse(text)
    once, twice = (work(lambda text=text: parse(text)) for text in texts)
    assert twice <= 2.2 * once + 500, f"{part[:20]!r}: {once}, {twice}"


BRIEFS = [
    "a ", "a-", "a'", "mug ", "teal mug, ", "no red, ", "red or ", "red to blue ", "wide ",
    "wide red ", "large fine ", "a,", " ", "\n", "猫", "红", "红色", "大红", "大", "不要", "红不要",
    "金鱼", "的", "色", "、", "a猫", "1 ", "½", "\ufdfa", "\u0301\u0316", "e\u0301",
    "\u1100\u1161", "\U0001f600", "é", "abstract colour gradient with ", "phone ",
    "ombre effect dip dye ",
]  # fmt: skip


@pytest.mark.parametrize("part", BRIEFS)
def test_briefs_are_parsed_in_linear_time(part: str) -> None:
    for end in ("", "x", "色"):
        assert_linear(parse_brief, part, CHARS, end)
        assert_linear(lambda text: checked_brief(text, 2 * CHARS + 1), part, CHARS, end)
        assert_linear(lambda text: normalized("NFKC", text), part, CHARS, end)


@pytest.mark.parametrize("letter", ["\ufdfa", "\u33c2", "\u2026"])
def test_expanded_characters_are_parsed_up_to_the_brief_length_limit(letter: str) -> None:
    expanded = normalized("NFKC", letter)
    plain = (expanded * CHARS)[:CHARS]
    parse_brief(plain)
    usual, most = (work(lambda text=text: parse_brief(text)) for text in (plain, letter * CHARS))
    assert most <= 1.5 * usual


def test_number_of_corrected_unknown_words_is_bounded() -> None:
    def words(number: int) -> str:
        return " ".join(f"s{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}qipes" for n in range(number))

    parse_brief(words(1))
    once, twice = (work(lambda number=number: parse_brief(words(number))) for number in (200, 400))
    assert twice <= 2.2 * once


NUMBERS = [
    "1",
    "1,",
    "1-",
    "1-2,",
    "1-100,",
    " ",
    "- ",
    "..",
    ". ",
    "–",
    "1 - ",
    ", ",
    "、 ",
    "\t-",
    "x",
]


@pytest.mark.parametrize("part", NUMBERS)
def test_number_lists_are_parsed_in_linear_time(part: str) -> None:
    for end in ("", "x", "1"):
        assert_linear(numbers_in, part, LIST_CHARS, end)
        assert len(numbers_in("1" + part * LIST_CHARS + end)) <= 202


@pytest.mark.parametrize("part", ["a", "a.", "/", "@", ":", "[", "]", "%", "?", "#", "..", "1."])
def test_urls_are_parsed_in_linear_time(part: str) -> None:
    for begin in ("https://", "https://a/", "https://[", "https://a@"):
        assert_linear(lambda text, begin=begin: parse_webhook_url(begin + text, ()), part, 1000)
        assert_linear(lambda text, begin=begin: _host_of(begin + text), part, MAX_HEADER_CHARS)


@pytest.fixture
def app() -> Flask:
    """Return a Flask application with translations only."""
    made = Flask(__name__)
    i18n.register(made)
    return made


READ: dict[str, tuple[str, Callable[[], object]]] = {
    "Prefer": ("wait=", requested_wait_s),
    "Idempotency-Key": ("", idempotency_key),
    "Cancel-After": ("", _cancel_after_s),
    "Last-Event-ID": ("", lambda: last_event_id(request.headers.get("Last-Event-ID"))),
    "Accept-Language": ("", language),
    "Accept": ("", wants_page),
    "If-None-Match": ("", lambda: request.if_none_match.contains_weak("v1")),
    "If-Match": ("", lambda: request.if_match.contains("v1")),
    "If-Range": ("", lambda: request.if_range),
    "If-Modified-Since": ("", lambda: request.if_modified_since),
    "Range": ("bytes=", lambda: request.range),
    "Cookie": ("", lambda: request.cookies),
    "Content-Type": ("multipart/form-data; ", lambda: request.mimetype),
    "Host": ("", lambda: request.host),
}
"""Where each header is read, and how it may begin."""
PARTS = [
    "a", "a,", "a;", "a=", "a;q=0.1,", "a-b,", "a/b,", '"', '"a",', "W/", ",", ";", " ", "\t", "=",
    "9", "9-", "*", "\\", '\\"', "a*1=b;", 'a="b";', "wait=1,", "%", ":", ".", "[",
]  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_headers_are_parsed_in_linear_time(app: Flask, name: str) -> None:
    begin, read = READ[name]

    def parse(text: str) -> None:
        variable = name.upper().replace("-", "_")
        variable = variable if variable.startswith("CONTENT") else f"HTTP_{variable}"
        with app.test_request_context(environ_overrides={variable: begin + text}):
            read()

    for part in PARTS:
        assert_linear(parse, part, MAX_HEADER_CHARS)
        assert_linear(parse, part, MAX_HEADER_CHARS, "x")


@pytest.mark.parametrize("part", ["9", "²", " ", "1,"])
def test_query_arguments_are_parsed_in_linear_time(app: Flask, part: str) -> None:
    def parse(text: str) -> None:
        with app.test_request_context("/", query_string={"limit": text}):
            page_limit()

    assert_linear(parse, part, MAX_HEADER_CHARS)


def test_release_names_are_parsed_in_linear_time() -> None:
    for part in (" ", "a ", "-"):
        assert_linear(_release_name, part, 64)
