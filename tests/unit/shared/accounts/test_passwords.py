"""Tests of passwords: which are refused, and their hashes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, extract_parameters

from shared.accounts import passwords
from shared.accounts.passwords import (
    MAX_CHARS,
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
)
from shared.errors import CodesignerError, InvalidRequest


@pytest.mark.parametrize(
    "password",
    [
        *("", "short", "seven77", "x" * (MAX_CHARS + 1)),
        *("password", "PassWord", "12345678", "woaini1314", "5201314520", "qwertyuiop"),
        *("ｐａｓｓｗｏｒｄ", "aaaaaaaaaa", "abababababab"),
        *("codesigner", "Codesigner2026!", "anna-lena", "!Anna-Lena99", "anna@studio.example"),
        "lena.studio1",
    ],
)
def test_weak_passwords_are_refused_by_field(password: str) -> None:
    names = ("anna-lena", "anna@studio.example", "lena.studio@studio.example")
    with pytest.raises(InvalidRequest) as caught:
        check_password(password, names=names, field="new_password")
    assert [each.field for each in caught.value.fields] == ["new_password"]
    assert not (password and password in caught.value.message.replace("password", ""))


@pytest.mark.parametrize(
    "password",
    [
        "moss-on-linen",
        "eight ch",
        "狐狸和松树在雪地里",
        "x7#Q" * 32,
        "my anna-lena paints",
        "9172635480",
    ],
)
def test_other_passwords_are_accepted(password: str) -> None:
    check_password(password, names=("anna-lena", ""))


def test_every_common_password_is_refused() -> None:
    common = [each for each in passwords._common_passwords() if len(each) >= 8]
    assert len(common) > 10_000
    assert "woaini1314" in common
    for each in common[:200]:
        with pytest.raises(InvalidRequest):
            check_password(each)


def test_hashes_verify_and_differ() -> None:
    first, second = hash_password("moss-on-linen"), hash_password("moss-on-linen")
    assert first != second
    assert verify_password(first, "moss-on-linen")
    assert not verify_password(first, "moss-on-linen ")
    assert not verify_password(None, "moss-on-linen")
    assert not verify_password(None, "the password of nobody")
    assert not verify_password("no hash", "moss-on-linen")


def test_a_password_typed_in_another_normal_form_is_the_same() -> None:
    assert verify_password(hash_password("caf\u00e9 au lait"), "cafe\u0301 au lait")


def test_too_long_passwords_are_wrong() -> None:
    encoded = hash_password("")
    assert not verify_password(encoded, "x" * (MAX_CHARS + 1))


def test_parameters_are_within_the_memory_of_a_web_process() -> None:
    parameters = extract_parameters(hash_password("moss-on-linen"))
    assert parameters.memory_cost <= 64 * 1024
    assert parameters.memory_cost * parameters.time_cost >= 2 * 46 * 1024  # twice OWASP's least
    assert not needs_rehash(hash_password("moss-on-linen"))
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8192).hash("moss-on-linen"))


def test_number_of_concurrent_hashes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    started, finish, running = threading.Semaphore(0), threading.Event(), []

    class Slow:
        def hash(self, _password: str) -> str:
            running.append(None)
            started.release()
            finish.wait(30)
            return "hash"

    monkeypatch.setattr(passwords, "_HASHER", Slow())
    monkeypatch.setattr(passwords, "_HASH_WAIT_S", 0.05)
    most = passwords.MAX_CONCURRENT_HASHES
    with ThreadPoolExecutor(most) as threads:
        hashing = [threads.submit(hash_password, "moss-on-linen") for _ in range(most)]
        for _ in range(most):
            assert started.acquire(timeout=30)
        with pytest.raises(CodesignerError) as caught:
            hash_password("moss-on-linen")
        assert (caught.value.code, len(running)) == ("unavailable", most)
        finish.set()
        assert [each.result(30) for each in hashing] == ["hash"] * most
    assert hash_password("moss-on-linen") == "hash"
