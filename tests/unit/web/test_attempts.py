"""The login throttle: failed attempts are limited per address and overall, in bounded memory."""

from dataclasses import dataclass, field

import pytest

from web.http.login_throttle import EACH, MAX_ADDRESSES, OVERALL, Attempts


@dataclass
class Guesses:
    """Attempts to guess a secret, with a count of the attempts that were checked."""

    now: float = 1000.0
    looked_at: int = 0
    attempts: Attempts = field(init=False)

    def __post_init__(self) -> None:
        self.attempts = Attempts(clock=lambda: self.now)

    def __call__(self, address: str, *, right: bool = False) -> float | None:
        def is_right() -> bool:
            self.looked_at += 1
            return right

        return self.attempts.attempt(address, is_right)


@pytest.fixture
def guess() -> Guesses:
    return Guesses()


def test_throttled_address_may_log_in_after_the_interval(guess: Guesses) -> None:
    assert [guess("192.0.2.1") for _ in range(EACH.burst)] == [0.0] * EACH.burst
    assert guess("192.0.2.1") == pytest.approx(EACH.every_s)
    assert guess("192.0.2.1", right=True) == pytest.approx(EACH.every_s)  # not checked
    assert guess.looked_at == EACH.burst
    guess.now += EACH.every_s
    assert guess("192.0.2.1", right=True) is None


def test_other_addresses_are_not_throttled(guess: Guesses) -> None:
    for _ in range(EACH.burst + 1):
        guess("192.0.2.1")
    assert guess("192.0.2.2", right=True) is None


def test_successful_attempts_are_not_throttled(guess: Guesses) -> None:
    assert [guess("192.0.2.1", right=True) for _ in range(1000)] == [None] * 1000


def test_attempts_from_all_addresses_share_an_overall_limit(guess: Guesses) -> None:
    for number in range(1000):
        guess(f"198.51.{number // 250}.{number % 250}")
    assert guess.looked_at == OVERALL.burst
    assert guess("203.0.113.1", right=True) == pytest.approx(OVERALL.every_s)


def test_rate_of_checked_attempts_is_bounded(guess: Guesses) -> None:
    hour_s, every_s = 3600, 0.5
    for _ in range(int(hour_s / every_s)):
        guess.now += every_s
        guess("192.0.2.1")
    assert guess.looked_at <= EACH.burst + hour_s / EACH.every_s


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8::1", "2001:db8::ffff:1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("", "")],
)
def test_addresses_of_one_network_share_a_limit(guess: Guesses, one: str, other: str) -> None:
    for _ in range(EACH.burst):
        guess(one)
    assert guess(other) != 0.0


def test_number_of_tracked_addresses_is_bounded(guess: Guesses) -> None:
    for number in range(MAX_ADDRESSES + 500):
        guess.now += OVERALL.every_s
        guess(f"198.{18 + number // 65536}.{number // 256 % 256}.{number % 256}")
    assert guess.looked_at == MAX_ADDRESSES + 500
    assert len(guess.attempts) == MAX_ADDRESSES
