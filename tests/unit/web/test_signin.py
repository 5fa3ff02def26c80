"""Sign-in links: signed with the admin token, valid once."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.settings import load_settings
from web.http.sign_in_links import LINK_TTL_S, SignInCodes, sign_in_code, sign_in_link

TOKEN = "a-token-of-the-administration"


def test_code_is_accepted_once() -> None:
    codes, code = SignInCodes(), sign_in_code(TOKEN)
    assert codes.take(code, TOKEN)
    assert not codes.take(code, TOKEN)
    assert codes.take(sign_in_code(TOKEN), TOKEN)


@pytest.mark.parametrize("code", ["", "x", "a.b.c", "\x00", "é", "." * 5000])
def test_invalid_codes_are_rejected(code: str) -> None:
    assert not SignInCodes().take(code, TOKEN)


def test_code_of_another_token_is_rejected() -> None:
    assert not SignInCodes().take(sign_in_code(TOKEN), "another-token-of-the-administration")


def test_code_expires_after_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    codes, code, now = SignInCodes(), sign_in_code(TOKEN), time.time()
    monkeypatch.setattr(time, "time", lambda: now + LINK_TTL_S + 2)
    assert not codes.take(code, TOKEN)


def test_code_older_than_the_process_is_rejected() -> None:
    """An earlier process may have accepted it already."""
    assert not SignInCodes(since=time.time() + 2).take(sign_in_code(TOKEN), TOKEN)


def test_link_does_not_contain_the_token() -> None:
    settings = load_settings(admin_token=TOKEN, public_url="https://design.example/")
    link = sign_in_link(settings)
    assert link is not None
    assert link.startswith("https://design.example/admin/login?code=")
    assert TOKEN not in link
    assert SignInCodes().take(parse_qs(urlsplit(link).query)["code"][0], TOKEN)


def test_without_a_token_no_link_is_made() -> None:
    assert sign_in_link(load_settings(admin_token="")) is None
