"""Soak of the queue: workers in threads that die, freeze and race, on a real database.

The soak with real processes is in test_soak. Each mutant removes one safeguard from the queue;
then an invariant must be violated, a job lost, or a write collide.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import ACTIVE, Job
from shared.errors import CodesignerError, StaleFence
from shared.jobs import submission as jobs
from shared.queue import leases as queue
from shared.queue.recovery.invariants import check_invariants
from tests.soak.mutants import MUTANTS

SHA = "aa" * 32
TILE = queue.ArtifactRecord(
    kind="tile", variant=0, sha256=SHA, media_type="image/png", size_bytes=1
)
MADE = queue.StageOutput(output_sha256=SHA, output_media_type="application/json", artifacts=(TILE,))
JOBS = 120
CHAOS_S = 60.0
DRAIN_S = 120.0


class Soak:
    """Clients, relay, reaper and workers in threads, with a seeded random generator."""

    def __init__(self, factory: sessionmaker[Session], seed: int) -> None:
        self._sessions = factory
        self._seed = seed
        self._hints: deque[str] = deque()
        self._stop = threading.Event()
        self._calm = threading.Event()
        self._ids: list[str] = []
        self._lease_s = 0.1
        self.unexpected: list[str] = []

    def run(self, *, until_faulty: bool = False) -> dict[str, int]:
        """Run with faults, then without until all jobs have ended; return the violations found."""
        self._lease_s = max(0.1, 15 * self._transaction_s())
        actors = [self._client, self._relay, self._reaper, *[self._worker] * 4]
        threads = [
            threading.Thread(target=self._act, args=(actor, random.Random(self._seed + index)))
            for index, actor in enumerate(actors)
        ]
        for thread in threads:
            thread.start()
        try:
            self._watch(
                CHAOS_S,
                lambda: len(self._ids) >= JOBS or (until_faulty and bool(self._faults())),
            )
            self._calm.set()
            self._watch(
                DRAIN_S, lambda: self._active() == 0 or bool(until_faulty and self._faults())
            )
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(timeout=30)
        return self._faults() | ({"lost": lost} if (lost := self._active()) else {})

    def _transaction_s(self) -> float:
        """Measure the duration of a transaction now, from which leases and freezes are derived."""
        began = time.monotonic()
        for _ in range(5):
            self._active()
        return (time.monotonic() - began) / 5

    def _watch(self, seconds: float, done: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not done():
            time.sleep(0.2)

    def _faults(self) -> dict[str, int]:
        with self._sessions() as session:
            found = {name: n for name, n in check_invariants(session).items() if n}
        return found | ({"unexpected": n} if (n := len(self.unexpected)) else {})

    def _active(self) -> int:
        with self._sessions() as session:
            return jobs.active_jobs(session)

    def ended(self) -> dict[str, int]:
        with self._sessions() as session:
            rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
            return dict(rows.all())

    def _act(self, actor: Callable[[random.Random], None], rng: random.Random) -> None:
        while not self._stop.is_set():
            try:
                actor(rng)
            except StaleFence:
                pass
            except (DBAPIError, AssertionError) as error:
                self.unexpected.append(f"{actor.__name__}: {error}")

    def _client(self, rng: random.Random) -> None:
        time.sleep(0.01)
        if self._calm.is_set():
            return
        with self._sessions.begin() as session:
            asked = jobs.Submission(options={}, model_versions={})
            self._ids.append(jobs.submit(session, asked).id)
        if rng.random() < 0.3:
            with self._sessions.begin() as session:
                jobs.cancel(session, rng.choice(self._ids[-20:]))

    def _relay(self, rng: random.Random) -> None:
        """Send hints; send a fifth of them twice and drop a tenth."""
        time.sleep(0.005)
        with self._sessions.begin() as session:
            rows = queue.unsent(session)
            for row in rows:
                self._hints.extend([row.stage] * rng.choices((0, 1, 2), (1, 7, 2))[0])
            queue.mark_sent(session, [row.id for row in rows])

    def _reaper(self, rng: random.Random) -> None:
        time.sleep(0.03)
        with self._sessions.begin() as session:
            queue.reap(session, ready_timeout_s=0.5)

    def _worker(self, rng: random.Random) -> None:
        try:
            stage = self._hints.popleft()
        except IndexError:
            time.sleep(0.005)
            return
        with self._sessions.begin() as session:
            claims = queue.claim(
                session, stage, "w", limit=rng.choice((1, 4)), lease_s=self._lease_s
            )
        while claims:
            claims = self._work(claims, rng)

    def _work(self, claims: Sequence[queue.Claim], rng: random.Random) -> Sequence[queue.Claim]:
        """Compute a batch, or simulate a fault; return the claims to continue with."""
        fate = 0.0 if self._calm.is_set() else rng.random()
        if fate > 0.92:  # worker dies
            return ()
        if fate > 0.6:  # worker is frozen for about the length of the lease
            time.sleep(self._lease_s * rng.uniform(0.8, 1.4))
        for claim in claims if fate < 0.3 else ():
            with self._sessions.begin() as session:
                queue.progress(session, claim, 0.5)
        return self._end(claims, fate)

    def _end(self, claims: Sequence[queue.Claim], fate: float) -> Sequence[queue.Claim]:
        with self._sessions.begin() as session:
            if 0.50 < fate < 0.55:
                for claim in claims[:1]:
                    queue.release(session, claim)
            elif 0.55 < fate < 0.6:
                for claim in claims[:1]:
                    error = CodesignerError("stage_failed", "x")
                    queue.fail(session, claim, error, retryable=True)
            else:
                done = [(claim, MADE) for claim in claims]
                opened = queue.finish_many(session, done).opened
                if opened and (0.1 < fate < 0.5 or fate > 0.75):
                    return queue.claim(session, min(opened), "w", limit=2, lease_s=self._lease_s)
        return ()


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_no_job_is_lost_and_no_effect_is_repeated(
    session_factory: sessionmaker[Session], seed: int
) -> None:
    soak = Soak(session_factory, seed)
    assert soak.run() == {}, soak.unexpected[:3]
    ended = soak.ended()
    assert set(ended) <= {"succeeded", "failed", "cancelled"}
    assert ended["succeeded"] > 20
    assert ended["cancelled"] > 5


@pytest.mark.long
@pytest.mark.parametrize("safeguard", ["fence", "reaper-predicate", "outbox", "job-lock"])
def test_soak_detects_each_removed_safeguard(
    session_factory: sessionmaker[Session], safeguard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    MUTANTS[safeguard](monkeypatch.setattr)
    monkeypatch.setattr(f"{__name__}.DRAIN_S", 3.0)
    # A mutant fails by chance, at about every second try; thirty in a row do not miss it.
    assert any(Soak(session_factory, seed=seed).run(until_faulty=True) for seed in range(3, 33))


def test_active_states_match_the_states_in_the_sql() -> None:
    assert ACTIVE == ("queued", "running")
