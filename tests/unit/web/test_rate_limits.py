"""Rate limits: a burst, then a steady rate for each key; the fields that tell clients of them."""

from flask import Flask, Response

from web.http.rate_limits import MAX_KEYS, LimitState, Policy, RateLimiter, register, report

POLICY = Policy(name="requests", quota=20, window_s=10)


class Clock:
    """A clock that the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_burst_is_allowed_and_then_the_steady_rate() -> None:
    clock = Clock()
    limiter = RateLimiter(POLICY, clock)
    assert [limiter.take("a")[0] for _ in range(20)] == [0.0] * 20
    wait_s, state = limiter.take("a")
    assert wait_s == 0.5
    assert (state.remaining, state.reset_s) == (0, 0.5)
    clock.now += 0.5
    assert limiter.take("a")[0] == 0.0
    assert limiter.take("a")[0] > 0
    clock.now += 10
    assert [limiter.take("a")[0] for _ in range(20)] == [0.0] * 20


def test_keys_have_buckets_of_their_own_and_refusals_do_not_count() -> None:
    clock = Clock()
    limiter = RateLimiter(POLICY, clock)
    for _ in range(500):
        limiter.take("a")
    assert limiter.take("b") == (0.0, LimitState(policy=POLICY, remaining=19, reset_s=0.5))
    clock.now += 0.5
    assert limiter.take("a")[0] == 0.0


def test_number_of_tracked_keys_is_bounded() -> None:
    limiter = RateLimiter(POLICY, Clock())
    for _ in range(20):
        limiter.take("kept")
    for number in range(MAX_KEYS + 100):
        limiter.take(str(number))
        assert limiter.take("kept")[0] > 0
    assert len(limiter) == MAX_KEYS


def test_fields_list_every_reported_limit() -> None:
    app = Flask(__name__)
    register(app)
    app.add_url_rule("/other", view_func=Response)
    streams = Policy(name="streams", quota=32, unit="concurrent-requests")

    @app.get("/")
    def view() -> Response:
        report(LimitState(policy=POLICY, remaining=7, reset_s=1.2))
        report(LimitState(policy=streams, remaining=-1))
        return Response()

    answer = app.test_client().get("/")
    assert answer.headers["RateLimit-Policy"] == (
        '"requests";q=20;w=10, "streams";q=32;qu="concurrent-requests"'
    )
    assert answer.headers["RateLimit"] == '"requests";r=7;t=2, "streams";r=0'
    assert "RateLimit" not in app.test_client().get("/other").headers
