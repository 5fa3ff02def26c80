"""Tests of names, e-mail addresses, tokens and backoff."""

import re

import pytest

from shared.accounts.fields import folded_name, parse_email, parse_label, parse_name
from shared.accounts.throttle import NAME, Attempt
from shared.accounts.tokens import key_prefix, new_api_key, new_token
from shared.errors import InvalidRequest


@pytest.mark.parametrize("name", ["anna", "李雷", "Anna.Lena-2", "a_b", "  anna "])
def test_names_are_of_any_script(name: str) -> None:
    assert parse_name(name) == name.strip()


@pytest.mark.parametrize("name", ["", "a", "a@b.example", "two words", "a\nb", "-anna", "x" * 65])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="name"):
        parse_name(name)


def test_names_are_folded() -> None:
    assert folded_name(" ＡNNA") == folded_name("anna")
    assert folded_name("x" * 100_000) == "x" * 254


@pytest.mark.parametrize("email", ["Anna@Studio.example", "a+b@c.d.example"])
def test_addresses_are_in_lower_case(email: str) -> None:
    assert parse_email(email) == email.lower()


@pytest.mark.parametrize("email", [None, "", "  "])
def test_no_address_is_none(email: str | None) -> None:
    assert parse_email(email) is None


@pytest.mark.parametrize(
    "email", ["anna", "a@b", "a b@c.example", "a@@c.example", "a@c.example\nb"]
)
def test_other_addresses_are_refused(email: str) -> None:
    with pytest.raises(InvalidRequest, match="email"):
        parse_email(email)


@pytest.mark.parametrize("label", ["", " ", "x" * 101, "a\nb", "a\x00b"])
def test_labels_are_one_short_line(label: str) -> None:
    with pytest.raises(InvalidRequest, match="key"):
        parse_label(label, field="key")
    assert parse_label(" nightly 夜间 ", field="key") == "nightly 夜间"


def test_tokens_differ_and_keys_have_their_form() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    key = new_api_key()
    assert re.fullmatch(r"cds_[A-Za-z0-9]{8}_[A-Za-z0-9]{43}", key)
    assert key_prefix(key) == key[:12]
    for broken in ("", "cds_", key[:-1], f"{key}x", key.replace("cds", "abc"), f"{key}\n"):
        assert key_prefix(broken) is None


def test_backoff_doubles_up_to_its_cap() -> None:
    waits = [NAME.wait_s(failures) for failures in range(18)]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert NAME.wait_s(10**9) == 900
    per_hour = 3600 // NAME.cap_s + len(waits)
    assert per_hour < 100  # the most that ASVS allows for one account


def test_attempts_are_counted_by_name_and_network_apart() -> None:
    first = Attempt.of("anna", "10.0.0.1")
    assert first == Attempt.of("anna", "10.0.0.1")
    assert first.name_key == Attempt.of("anna", "10.0.0.2").name_key
    assert first.network_key == Attempt.of("lena", "10.0.0.1").network_key
    known = Attempt.of("anna", "10.0.0.1", is_known_network=True)
    assert known.name_key not in first.keys
    assert known.network_key == first.network_key
    assert not any("anna" in key for key in first.keys)
