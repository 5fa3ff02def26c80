"""Faults caused by jobs: poison jobs, hung calls, out of memory, and cancels at any moment."""

import signal
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from sqlalchemy import select

from shared.broker.celery_config import STAGE_TASK
from shared.broker.hints import celery_app_for_sending
from shared.db.models import Job, JobEvent
from shared.jobs import submission as jobs
from tests.soak.workload import Asked
from tests.soak.world import World

__all__ = [
    "cancel_meets_commit",
    "cancel_races_finish",
    "cancel_stops",
    "hung_call",
    "out_of_memory",
    "poison",
    "unreadable",
    "unreadable_messages",
]

_ATTEMPTS = 3


def _submit_all(world: World, asked: Sequence[Asked]) -> None:
    for each in asked:
        world.workload.submit(each, within_s=30.0)


def _undisturbed(world: World) -> None:
    """Wait until earlier faults are over, because these faults are timed or count attempts."""
    world.workload.hold()
    world.installation.settled(60.0)
    drained = world.installation.until(lambda: world.workload.active() == 0, 60.0)
    world.expect(drained, f"{world.workload.active()} jobs do not end")


def poison(world: World, command: str) -> None:
    """Submit a job that kills its worker or raises; it must fail and its neighbours succeed."""
    workload = world.workload
    _undisturbed(world)
    bad = workload.plain(f"fusion:{command}", expected=("failed",), kind=f"poison {command}")
    good = [workload.plain("caption:sleep:0.05") for _ in range(4)]
    _submit_all(world, [bad, *good])
    over = world.installation.until(lambda: workload.ended(bad, *good), 90.0)
    workload.go_on()
    world.expect(over, f"poison ({command}) has not ended after 90 s")
    world.expect(
        workload.states(good) == ["succeeded"] * len(good),
        f"neighbours of poison ({command}) are {workload.states(good)}",
    )
    attempts = _attempts(world, bad, "fusion")
    world.expect(attempts == _ATTEMPTS, f"poison ({command}) had {attempts} attempts")
    if command == "kill":
        world.kills["child"] += attempts


def _attempts(world: World, asked: Asked, stage: str) -> int:
    return len(_moments(world, asked, "stage.started", stage))


def _moments(world: World, asked: Asked, kind: str, stage: str) -> list[float]:
    """Return the times of a stage's events in a job."""
    with world.installation.sessions() as session:
        rows = session.execute(
            select(JobEvent.at, JobEvent.body)
            .where(JobEvent.job_id == asked.job_id, JobEvent.kind == kind)
            .order_by(JobEvent.seq)
        )
        return [at.timestamp() for at, body in rows if body.get("stage") == stage]


def unreadable(world: World) -> None:
    """Submit a job without options, and one whose reference image is corrupted on disk."""
    installation, workload = world.installation, world.workload
    _undisturbed(world)
    empty = workload.plain(expected=("failed",), kind="poison unreadable", reference=False)
    damaged = workload.plain(expected=("failed",), kind="poison damaged", reference=True)
    asked = jobs.Submission(
        brief=empty.payload["brief"],
        options={},
        model_versions={},
        owner="local",
        idempotency_key=empty.key,
    )
    for worker in installation.workers:
        installation.kill_whole(worker, signal.SIGSTOP)
    try:
        with installation.sessions.begin() as session:
            empty.job_id = jobs.submit(session, asked).id
        workload.submit(damaged, within_s=10.0)
        with installation.sessions() as session:
            sha256 = (
                session.scalar(select(Job.reference_sha256).where(Job.id == damaged.job_id)) or ""
            )
        stored = installation.disks["artifacts"].folder / "store" / sha256[:2] / sha256
        stored.write_bytes(stored.read_bytes()[:-20])
    finally:
        for worker in installation.workers:
            installation.kill_whole(worker, signal.SIGCONT)
    over = installation.until(lambda: workload.ended(empty, damaged), 60.0)
    stored.unlink()
    workload.go_on()
    world.expect(over, "a job that cannot be read has not ended after 60 s")
    for each in (empty, damaged):
        attempts = _attempts(world, each, "caption")
        world.expect(attempts == 1, f"{each.kind} had {attempts} attempts")


def unreadable_messages(world: World) -> None:
    """Publish messages that no worker can decode; workers must go on."""
    installation, workload = world.installation, world.workload
    key = "codesigner:caption"
    with world.disturbing("unreadable messages"), installation.client() as client:
        for message in (b"\x80\x81", b"{", b"null", b'{"body": "x"}', b'{"body": "e30="}'):
            client.lpush(key, message)
        app = celery_app_for_sending(installation.settings)
        for name, arguments in (
            ("codesigner.unheard", []),
            (STAGE_TASK, ["no-such-stage"]),
            (STAGE_TASK, []),
            (STAGE_TASK, [{"a": 1}]),
        ):
            try:
                app.send_task(
                    name, args=arguments, queue="caption", ignore_result=True, retry=False
                )
            except (OSError, KombuError, RedisError):
                continue
        asked = workload.plain()
        workload.submit(asked, within_s=30.0)
        over = installation.until(lambda: workload.ended(asked), 30.0)
    world.expect(over, "a job after unreadable messages has not ended after 30 s")


def hung_call(world: World) -> None:
    """Submit a job that hangs in C; its process is killed and the next job starts."""
    installation, workload = world.installation, world.workload
    _undisturbed(world)
    token = installation.folder / f"hang-{len(workload.asked)}"
    token.touch()
    asked = workload.plain(f"caption:hang-once:{token}", kind="hung", reference=False)
    with world.disturbing("hung call"):
        _submit_all(world, [asked])
        installation.until(lambda: not token.exists(), 20.0)
        run = workload.running(asked, "caption")
        if world.expect(run is not None and run.owner is not None, "no hung call came about"):
            pid = int(run.owner.rpartition("/")[2])  # type: ignore[union-attr]
            limit_s = installation.pace.limits_s[1]
            installation.until(lambda: pid in installation.deaths, limit_s + 30.0)
            started = _moments(world, asked, "stage.started", "caption")[0]
            died = installation.deaths.get(pid, time.time())
            world.figures["hung_over_its_limit_s"].append(died - started - limit_s)
            world.kills["by its time limit"] += 1
            installation.until(installation.all_ready, 60.0)
            world.figures["after_hung_next_s"].append(time.time() - died)
        installation.until(lambda: workload.ended(asked), 30.0)
    workload.go_on()


def out_of_memory(world: World) -> None:
    """Submit jobs that exceed memory together; the batch is halved and all succeed."""
    workload = world.workload
    _undisturbed(world)
    made = [workload.plain("fusion:memory", reference=False) for _ in range(6)]
    for worker in world.installation.workers:
        world.installation.kill_whole(worker, signal.SIGSTOP)
    _submit_all(world, made)
    for worker in world.installation.workers:
        world.installation.kill_whole(worker, signal.SIGCONT)
    world.installation.until(lambda: workload.ended(*made), 30.0)
    workload.go_on()
    world.expect(
        workload.states(made) == ["succeeded"] * len(made),
        f"jobs that did not fit in memory are {workload.states(made)}",
    )


def cancel_stops(world: World) -> None:
    """Cancel running computations, in Python and in C, and measure how soon they stop."""
    installation, workload = world.installation, world.workload
    for command in ("linger", "grind"):
        _undisturbed(world)
        mark = installation.folder / f"{command}-{len(workload.asked)}"
        mark.touch()
        what = f"linger:{mark}" if command == "linger" else f"grind-once:{mark}"
        asked = workload.plain(f"generate:{what}", expected=("cancelled",), reference=False)
        _submit_all(world, [asked])
        if command == "grind":
            installation.until(lambda: not mark.exists(), 20.0)  # noqa: B023
        installation.until(lambda: workload.running(asked, "generate") is not None, 20.0)  # noqa: B023
        run = workload.running(asked, "generate")
        installation.pause(0.3)
        if run is None or run.owner is None:
            continue
        pid = int(run.owner.rpartition("/")[2])
        asked_at = time.time()
        workload.cancel(asked.job_id or "")
        stopped = installation.until(lambda: _stopped(world, mark, pid), 20.0)  # noqa: B023
        world.expect(stopped, f"a cancelled {command} did not stop")
        figure = "cancel_stops_s" if command == "linger" else "cancel_ends_hung_s"
        world.figures[figure].append(_stopped_at(world, mark, pid) - asked_at)
        workload.go_on()


def _stopped(world: World, mark: Path, pid: int) -> bool:
    return pid in world.installation.deaths or (mark.exists() and mark.stat().st_size > 0)


def _stopped_at(world: World, mark: Path, pid: int) -> float:
    if mark.exists() and mark.stat().st_size > 0:
        return mark.stat().st_mtime
    return world.installation.deaths.get(pid, time.time())


def cancel_races_finish(world: World) -> None:
    """Cancel jobs at about the moment they end: half just before, half just after.

    The delay is adjusted a little after each trial, so that it follows the duration of the jobs.
    """
    world.workload.hold()
    world.installation.settled(60.0)
    delay_s = 0.2
    outcomes: dict[str | None, int] = {}
    with ThreadPoolExecutor(4) as pool:
        left = world.trials
        while left > 0:
            made = [_short_job(world) for _ in range(min(8, left))]
            delays = [delay_s * world.random.uniform(0.8, 1.2) for _ in made]
            for state in pool.map(
                lambda given: _race(world, *given), zip(made, delays, strict=True)
            ):
                outcomes[state] = outcomes.get(state, 0) + 1
                delay_s *= 0.97 if state == "succeeded" else 1.03 if state == "cancelled" else 1.0
            delay_s = min(3.0, max(0.005, delay_s))
            left -= len(made)
            world.installation.look()
    world.workload.go_on()
    for state, count in outcomes.items():
        world.faults[f"cancel raced: {state or 'no answer'}"] += count


def cancel_meets_commit(world: World) -> None:
    """Cancel a job whose worker is frozen before its commit, then resume it; exactly one wins."""
    installation, workload = world.installation, world.workload
    _undisturbed(world)
    for _ in range(5):
        token = installation.tokens / "before-commit"
        asked = _short_job(world)
        _submit_all(world, [asked])
        token.write_text("stop")
        frozen = installation.until(lambda: not token.exists(), 3.0)  # noqa: B023
        with ThreadPoolExecutor(1) as pool:
            state = pool.submit(workload.cancel, asked.job_id or "")
            installation.pause(0.4)
            token.unlink(missing_ok=True)
            for worker in installation.workers:
                installation.kill_whole(worker, signal.SIGCONT)
            told = state.result()
        world.faults[f"cancel met a {'frozen' if frozen else 'late'} commit: {told}"] += 1
        world.expect(told is not None, "a cancel that met a commit had no answer")
        installation.until(lambda: workload.active() == 0, 30.0)
    workload.go_on()


def _short_job(world: World) -> Asked:
    return world.workload.plain(
        "", expected=("cancelled", "succeeded"), kind="raced", reference=False
    )


def _race(world: World, asked: Asked, delay_s: float) -> str | None:
    if not world.workload.submit(asked, within_s=20.0):
        return None
    time.sleep(delay_s)
    return world.workload.cancel(asked.job_id or "")
