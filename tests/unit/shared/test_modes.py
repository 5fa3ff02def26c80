"""Tests of the modes of an installation."""

import pytest

from shared.modes import mode_fault
from shared.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "localhost", "127.0.0.2"])
def test_local_mode_is_served_on_loopback(host: str) -> None:
    assert mode_fault(Settings(host=host)) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::", "192.0.2.1", "designs.example.org"])
def test_local_mode_is_not_served_to_others(host: str) -> None:
    fault = mode_fault(Settings(host=host))
    assert fault is not None
    assert "CODESIGNER_HOST" in fault
    assert "CODESIGNER_MODE=accounts" in fault
    assert mode_fault(Settings(host=host, mode="accounts")) is None


def test_local_mode_has_no_public_address() -> None:
    fault = mode_fault(Settings(public_url="https://designs.example.org"))
    assert fault is not None
    assert "CODESIGNER_PUBLIC_URL is designs.example.org" in fault
