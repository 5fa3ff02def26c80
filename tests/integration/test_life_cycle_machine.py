"""Stateful test of the job life cycle: model and database agree after every operation.

Hypothesis generates the order of submissions, claims, results, failures, cancellations, retries,
pauses and passing time. The model below states the expected effect of each, including claim order.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Artifact, Job, JobEvent, StageRun
from shared.errors import CodesignerError, JobStillActive, StaleFence
from shared.jobs import submission as jobs
from shared.jobs.insertion import DesignInput
from shared.queue import leases as queue
from shared.queue import pauses
from shared.queue.fairness import LEVEL_TURNS
from shared.queue.recovery.invariants import check_invariants
from tests.queue_driver import SHA, QueueDriver, output

STAGES = ("caption", "vision", "fusion", "generate", "draw", "present")
LEASE_S, LIMIT_S, ATTEMPTS = 60.0, 120.0, 3
ACTIVE = ("queued", "running")
# Time moves by multiples of 25 s, which end at least 10 s before any lease, delay or deadline. The
# time that the test itself takes is subtracted, so that it has no effect.
JUMPS_S, DELAYS_S, DEADLINES_S = (25.0, 75.0), (0.0, 20.0), (None, 40.0, 110.0)
FAILED = CodesignerError("stage_failed", "commanded")


@dataclass
class Run:
    """Expected state of a stage run."""

    number: int
    stage: str
    state: str
    attempt: int = 0
    fence: int = 0
    not_before: float = 0.0
    lease_until: float = 0.0
    run_until: float = 0.0


@dataclass
class Model:
    """Expected state of a job."""

    id: str
    owner: str
    priority: int
    turn: int
    deadline: float | None
    runs: list[Run]
    state: str = "queued"
    started: bool = False
    version: int | None = None
    """Once it has ended: never to change again."""
    effects: list[str] = field(default_factory=list)

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    def run(self, stage: str) -> Run:
        return next(run for run in self.runs if run.stage == stage)

    def end(self, state: str) -> None:
        self.state = state
        for run in self.runs:
            if run.state in ("waiting", "ready", "running"):
                run.state, run.fence = "skipped", run.fence + 1

    def advance(self) -> None:
        following = next((run for run in self.runs if run.state == "waiting"), None)
        if following is None:
            self.state = "succeeded"
        else:
            following.state = "ready"


class LifeCycle(RuleBasedStateMachine):
    """State machine with every operation of clients, workers and operators, on a real database."""

    sessions: sessionmaker[Session]
    made = Bundle("made")
    claims = Bundle("claims")

    @initialize()
    def begin(self) -> None:
        self.work = QueueDriver(self.sessions)
        with self.work.session() as session:
            session.execute(text("TRUNCATE job, outbox, pause CASCADE"))
        self.now, self.real = 0.0, time.monotonic()
        self.models: dict[str, Model] = {}
        self.keys: dict[tuple[str, str], str] = {}
        self.paused: set[str] = set()
        self.numbers = 0

    # Submission

    @rule(
        target=made,
        owner=st.sampled_from("ab"),
        priority=st.sampled_from((-1, 0, 0, 1)),
        key=st.sampled_from((None, None, "k")),
        seconds=st.sampled_from(DEADLINES_S),
        reference=st.booleans(),
    )
    def submit(
        self, owner: str, priority: int, key: str | None, seconds: float | None, reference: bool
    ) -> str:
        known = None if key is None else self.keys.get((owner, key))
        job = self.work.submit(
            owner=owner,
            priority=priority,
            idempotency_key=key,
            payload_hash="p",
            cancel_after_s=seconds,
            design=DesignInput(reference_sha256=SHA if reference else None),
        )
        if known is not None:
            assert job.id == known
        elif key is not None:
            self.keys[owner, key] = job.id
        if job.id not in self.models:
            deadline = None if seconds is None else self.now + seconds
            self.expect(job.id, owner, priority, deadline, reference)
        return job.id

    def expect(
        self, job_id: str, owner: str, priority: int, deadline: float | None, reference: bool
    ) -> None:
        runs = [
            Run(number=self.numbers + n, stage=s, state="waiting") for n, s in enumerate(STAGES)
        ]
        self.numbers += len(STAGES)
        runs[0].state = "ready"
        if not reference:
            runs[1].state = "skipped"
        begun = [m.turn for m in self.models.values() if m.started]
        own = [
            m.turn
            for m in self.models.values()
            if m.active and (m.owner, m.priority) == (owner, priority)
        ]
        turn = 1 + max([*begun, *own], default=-1)
        self.models[job_id] = Model(job_id, owner, priority, turn, deadline, runs)

    @rule(target=made, job_id=made)
    def retry(self, job_id: str) -> Any:
        old = self.models[job_id]
        with self.work.session() as session:
            try:
                new = jobs.retry(session, job_id)
            except JobStillActive:
                assert old.active
                return multiple()
        assert not old.active
        assert new.retried_from == job_id
        reference = new.reference_sha256 is not None
        self.expect(new.id, old.owner, old.priority, None, reference)
        return new.id

    @rule(job_id=made)
    def cancel(self, job_id: str) -> None:
        model = self.models[job_id]
        with self.work.session() as session:
            jobs.cancel(session, job_id)
        if model.active:
            model.end("cancelled")

    # Workers

    @rule(
        target=claims,
        stage=st.sampled_from(("caption", "caption", *STAGES)),
        limit=st.integers(1, 4),
    )
    def claim(self, stage: str, limit: int) -> Any:
        expected = self.next_in_line(stage, limit)
        taken = self.work.claim(stage, limit=limit)
        assert [each.job_id for each in taken] == [model.id for model in expected]
        for each, model in zip(taken, expected, strict=True):
            run = model.run(stage)
            run.state, run.attempt, run.fence = "running", run.attempt + 1, run.fence + 1
            run.lease_until, run.run_until = self.now + LEASE_S, self.now + LIMIT_S
            model.state, model.started = "running", True
            assert (each.attempt, each.fence) == (run.attempt, run.fence)
        return multiple(*taken)

    def next_in_line(self, stage: str, limit: int) -> list[Model]:
        if self.paused & {stage, pauses.ALL}:
            return []
        open_ = [model for model in self.models.values() if self.claimable(model, stage)]
        open_.sort(key=lambda m: (m.turn - LEVEL_TURNS * m.priority, m.run(stage).number))
        first = open_[:limit]
        if first and first[0].run(stage).attempt:
            return first[:1]
        return first[:1] + [m for m in first[1:] if m.run(stage).attempt == 0]

    def claimable(self, model: Model, stage: str) -> bool:
        run = model.run(stage)
        in_time = model.deadline is None or model.deadline > self.now
        due = run.state == "ready" and run.not_before <= self.now
        lapsed = run.state == "running" and run.lease_until < self.now
        return model.active and in_time and (due or lapsed) and run.attempt < ATTEMPTS

    def held(self, claim: queue.Claim) -> Run | None:
        """Return the run for which a claim is still valid."""
        model = self.models[claim.job_id]
        run = model.run(claim.stage)
        return run if model.active and (run.state, run.fence) == ("running", claim.fence) else None

    def act(self, claim: queue.Claim, change: Any) -> Run | None:
        """Apply an operation to a claim and check that it succeeds only if the claim is valid."""
        run = self.held(claim)
        try:
            with self.work.session() as session:
                change(session)
        except StaleFence:
            assert run is None
        else:
            assert run is not None, "a stale claim has written"
        return run

    @rule(claim=claims, fraction=st.sampled_from((0.25, 0.5)))
    def progress(self, claim: queue.Claim, fraction: float) -> None:
        run = self.act(claim, lambda session: queue.progress(session, claim, fraction))
        if run is not None:
            run.lease_until = min(self.now + LEASE_S, run.run_until)

    @rule(claim=claims)
    def finish(self, claim: queue.Claim) -> None:
        made = queue.ArtifactRecord(
            kind="tile", variant=0, sha256=SHA, media_type="image/png", size_bytes=1
        )
        run = self.act(
            claim, lambda session: queue.finish(session, claim, output(artifacts=(made,)))
        )
        if run is not None:
            run.state = "done"
            model = self.models[claim.job_id]
            model.effects.append(claim.stage)
            model.advance()

    @rule(held=st.lists(claims, min_size=2, max_size=4, unique_by=lambda c: c.stage_run_id))
    def finish_together(self, held: list[queue.Claim]) -> None:
        """Finish a batch whose rows have different fences; each row is written under its own."""
        stands = [self.held(claim) for claim in held]
        unique = {claim.job_id: claim for claim in held}
        if len(unique) < len(held):
            return  # a batch has one stage only, hence one run a job
        with self.work.session() as session:
            stale = queue.finish_many(session, [(claim, output()) for claim in held]).stale
        assert [claim.fence for claim in stale] == [
            claim.fence for claim, run in zip(held, stands, strict=True) if run is None
        ]
        for claim, run in zip(held, stands, strict=True):
            if run is not None:
                run.state = "done"
                self.models[claim.job_id].effects.append(claim.stage)
                self.models[claim.job_id].advance()

    @rule(claim=claims, retryable=st.booleans(), delay_s=st.sampled_from(DELAYS_S))
    def fail(self, claim: queue.Claim, retryable: bool, delay_s: float) -> None:
        run = self.act(
            claim,
            lambda session: queue.fail(session, claim, FAILED, retryable, delay_s=delay_s),
        )
        if run is None:
            return
        if retryable and run.attempt < ATTEMPTS:
            run.state, run.not_before = "ready", self.now + delay_s
        else:
            run.state = "dead"
            self.models[claim.job_id].end("failed")

    @rule(claim=consumes(claims))
    def release(self, claim: queue.Claim) -> None:
        run = self.act(claim, lambda session: queue.release(session, claim))
        if run is not None:
            run.state, run.attempt = "ready", run.attempt - 1

    # Time, pauses and the reaper

    @rule(seconds=st.sampled_from(JUMPS_S))
    def pass_time(self, seconds: float) -> None:
        self.work.pass_time(seconds)
        self.now += seconds

    @rule()
    def reap(self) -> None:
        self.work.reap()
        for model in [each for each in self.models.values() if each.active]:
            if model.deadline is not None and model.deadline < self.now:
                model.end("failed")
                continue
            for run in model.runs:
                if run.state == "running" and run.lease_until < self.now:
                    if run.attempt < ATTEMPTS:
                        run.state = "ready"
                    else:
                        run.state = "dead"
                        model.end("failed")

    @rule(stage=st.sampled_from(("caption", "generate", pauses.ALL)))
    def pause(self, stage: str) -> None:
        with self.work.session() as session:
            pauses.pause(session, stage, "test")
        self.paused.add(stage)

    @precondition(lambda self: self.paused)
    @rule(stage=st.sampled_from(("caption", "generate", pauses.ALL)))
    def resume(self, stage: str) -> None:
        with self.work.session() as session:
            pauses.resume(session, stage)
        self.paused = set() if stage == pauses.ALL else self.paused - {stage}

    # Invariants after each step

    @invariant()
    def nothing_is_wrong(self) -> None:
        self.hold_time()
        with self.sessions() as session:
            assert not {n: c for n, c in check_invariants(session, lately_s=None).items() if c}
            self.agree(session.scalars(select(Job)).all(), session.scalars(select(StageRun)).all())
            self.effects_are_once(session)

    def hold_time(self) -> None:
        """Move recorded times forward by the time that passed in the test itself."""
        passed = time.monotonic() - self.real
        if passed > 1.0:
            self.work.pass_time(-passed)
            self.real += passed

    def agree(self, rows: Iterable[Job], runs: Iterable[StageRun]) -> None:
        states = {}
        for job in rows:
            model = self.models[job.id]
            states[job.id] = (job.state, job.turn)
            if not model.active:
                model.version = job.version if model.version is None else model.version
                assert job.version == model.version, "an ended job has changed"
        assert states == {m.id: (m.state, m.turn) for m in self.models.values()}
        found = {(r.job_id, r.stage): (r.state, r.attempt, r.fence) for r in runs}
        assert found == {
            (m.id, r.stage): (r.state, r.attempt, r.fence)
            for m in self.models.values()
            for r in m.runs
        }

    def effects_are_once(self, session: Session) -> None:
        done = session.execute(
            select(JobEvent.job_id, JobEvent.body["stage"].astext)
            .where(JobEvent.kind == "stage.done")
            .order_by(JobEvent.job_id, JobEvent.seq)
        )
        effects: dict[str, list[str]] = {m.id: [] for m in self.models.values()}
        for job_id, stage in done:
            effects[job_id].append(stage)
        assert effects == {m.id: m.effects for m in self.models.values()}
        files = session.execute(select(Artifact.job_id, Artifact.stage)).all()
        assert len(files) == len(set(files))
        assert {(job_id, stage) for job_id, stage in files} <= {
            (m.id, stage) for m in self.models.values() for stage in m.effects
        }

    @precondition(lambda self: self.models)
    @rule()
    def every_job_can_end(self) -> None:
        """Check that a healthy worker alone brings each remaining job to an end."""
        with self.work.session() as session:
            pauses.resume(session, pauses.ALL)
        self.paused = set()
        self.pass_time(75.0)
        self.reap()
        for stage in STAGES:
            while taken := self.claim_all(stage):
                for claim in taken:
                    self.finish(claim)
        assert not any(model.active for model in self.models.values())

    def claim_all(self, stage: str) -> list[queue.Claim]:
        expected = self.next_in_line(stage, 4)
        taken = self.work.claim(stage, limit=4)
        assert [each.job_id for each in taken] == [model.id for model in expected]
        for model in expected:
            run = model.run(stage)
            run.state, run.attempt, run.fence = "running", run.attempt + 1, run.fence + 1
            run.lease_until, run.run_until = self.now + LEASE_S, self.now + LIMIT_S
            model.state, model.started = "running", True
        return taken


def test_life_cycle_matches_its_model(session_factory: sessionmaker[Session]) -> None:
    LifeCycle.sessions = session_factory
    run_state_machine_as_test(
        LifeCycle,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
