"""Faults of the servers, of whole workers and of the clock, with recovery times."""

import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from shared.broker.hints import send
from shared.db.models import JobEvent, Outbox
from tests.soak.kills import at_fail_point
from tests.soak.world import World

__all__ = [
    "broker_away",
    "broker_emptied",
    "broker_frozen",
    "broker_without_its_file",
    "clock_off",
    "deploys",
    "disk_full",
    "duplicates",
    "frozen_in_its_pop",
    "slow_loading",
    "thawed_late",
]


def broker_without_its_file(world: World) -> None:
    """Kill the broker and delete its append-only file."""
    with world.disturbing("broker without file"):
        if world.installation.kill("valkey"):
            world.kills["broker"] += 1
        time.sleep(0.05)
        shutil.rmtree(world.installation.valkey.folder / "appendonlydir", ignore_errors=True)
        world.installation.until(world.installation.valkey.answers, 10.0)


def broker_emptied(world: World) -> None:
    """Flush the broker while jobs wait."""
    with world.disturbing("broker emptied"), world.installation.client() as client:
        for _ in range(3):
            client.flushall()
            world.installation.pause(0.3)


def broker_frozen(world: World) -> None:
    """Freeze the broker; submissions continue, and their latency is measured."""
    with world.disturbing("broker frozen"):
        world.installation.kill("valkey", signal.SIGSTOP)
        end = time.monotonic() + world.outage_s
        try:
            while time.monotonic() < end:
                asked = world.workload.plain()
                if world.workload.submit(asked, within_s=5.0):
                    world.figures["submit_frozen_s"].append(asked.submit_s[-1])
                world.installation.pause(world.outage_s / 12)
        finally:
            world.installation.kill("valkey", signal.SIGCONT)


def broker_away(world: World) -> None:
    """Keep the broker down for a while, and measure when work is claimed after its return."""
    installation = world.installation
    with world.disturbing("broker away"):
        installation.kill("valkey")
        world.kills["broker"] += 1
        with _kept_away(world):
            installation.pause(world.outage_s)
        installation.until(installation.valkey.answers, 15.0)
        returned = time.time()
        installation.until(lambda: _started_after(world, returned), 30.0)
        world.figures["broker_back_s"].append(time.time() - returned)


@contextmanager
def _kept_away(world: World) -> Iterator[None]:
    """Keep the supervisor from restarting the broker."""
    supervisor = world.installation.supervisor
    name = "valkey"
    kept = supervisor._children.pop(name)
    if kept.process is not None:
        kept.process.wait()
    try:
        yield
    finally:
        supervisor.start(kept.service)


def _started_after(world: World, moment: float) -> bool:
    try:
        with world.installation.sessions() as session:
            newest = session.scalar(
                select(JobEvent.at)
                .where(JobEvent.kind == "stage.started")
                .order_by(JobEvent.at.desc())
                .limit(1)
            )
    except DBAPIError:
        return False
    return newest is not None and newest.timestamp() > moment


def frozen_in_its_pop(world: World) -> None:
    """Freeze a worker blocked on its queue; kill it when the broker has delivered a message."""
    worker = world.worker()
    with world.disturbing("frozen in its pop"):
        children = [each.pid for each in world.installation.children(worker)]
        world.installation.kill_whole(worker, signal.SIGSTOP)
        world.workload.submit(world.workload.plain(), within_s=10.0)
        world.installation.pause(0.5)
        if world.installation.kill_whole(worker):
            world.kills["both"] += 1
        for pid in children:
            world.installation.deaths.setdefault(pid, time.time())


def thawed_late(world: World) -> None:
    """Freeze a worker past its lease; resume it while another one has its work."""
    installation, workload = world.installation, world.workload
    installation.settled(20.0)
    asked = workload.plain("generate:sleep:1.2")
    with world.disturbing("thawed late"):
        workload.submit(asked, within_s=10.0)
        installation.until(lambda: workload.running(asked, "generate") is not None, 20.0)
        run = workload.running(asked, "generate")
        if run is None or run.owner is None:
            return
        first = run.fence
        frozen = _worker_of(world, run.owner)
        if frozen is None:
            return
        installation.kill_whole(frozen, signal.SIGSTOP)

        def another() -> bool:
            now = workload.running(asked, "generate")
            return now is not None and now.fence > first

        took_over = installation.until(another, 3 * installation.pace.recovery_s)
        installation.kill_whole(frozen, signal.SIGCONT)
        installation.until(lambda: workload.ended(asked), 20.0)
        if took_over:
            world.faults["thawed while another did its work"] += 1


def _worker_of(world: World, owner: str) -> str | None:
    """Return the worker whose child holds a lease."""
    pid = int(owner.rpartition("/")[2])
    for worker in world.installation.workers:
        if pid in [each.pid for each in world.installation.children(worker)]:
            return worker
    return None


def lease_edge(world: World) -> None:
    """Let stages end at about the moment their lease expires."""
    lease_s = world.installation.pace.lease_s
    made = []
    with world.disturbing("stages as long as their lease"):
        for _ in range(4):
            seconds = lease_s + world.random.uniform(0.0, 0.4)
            brief = f"present:sleep:{seconds:.3f}"  # each attempt may lose its lease
            may = ("succeeded", "failed")
            made.append(world.workload.plain(brief, expected=may, reference=False))
            world.workload.submit(made[-1], within_s=10.0)
            world.installation.pause(0.3)
        world.installation.until(lambda: world.workload.ended(*made), 10 * lease_s)


def frozen_at_fail_points(world: World) -> None:
    """Freeze a child at a fail point until its lease has expired, inside transactions too."""
    for place in ("stored", "before-commit"):
        with world.disturbing(f"frozen at {place}"):
            if at_fail_point(world, place, "stop"):
                world.installation.pause(world.installation.pace.lease_s + 1.0)
            for worker in world.installation.workers:
                world.installation.kill_whole(worker, signal.SIGCONT)


def duplicates(world: World) -> None:
    """Send 20 to 100 % of all hints twice, for some seconds."""
    share = world.random.uniform(0.2, 1.0)
    done = threading.Event()
    thread = threading.Thread(target=_send_again, args=(world, share, done))
    thread.start()
    try:
        world.installation.pause(4.0)
    finally:
        done.set()
        thread.join()


def _send_again(world: World, share: float, done: threading.Event) -> None:
    last = 0
    while not done.wait(0.1):
        try:
            with world.installation.sessions() as session:
                rows = session.execute(
                    select(Outbox.id, Outbox.stage)
                    .where(Outbox.sent_at.is_not(None), Outbox.id > last)
                    .order_by(Outbox.id.desc())
                    .limit(50)
                ).all()
            for row in rows:
                last = max(last, row.id)
                if world.random.random() < share:
                    send(world.installation.settings, row.stage)
                    world.faults["hints sent twice"] += 1
        except (DBAPIError, OSError, KombuError, RedisError):
            continue


def disk_full(world: World, which: str) -> None:
    """Fill a disk for some seconds, then free it."""
    disk = world.installation.disks[which]
    with world.disturbing(f"disk of the {which} full", after_s=12.0):
        disk.fill()
        world.installation.pause(3.0)
        disk.free()
        world.installation.until(world.installation.answers, 60.0)


def deploys(world: World, rounds: int, every_s: float) -> None:
    """Restart all workers in turn, repeatedly; a stopped worker releases its claims."""
    installation = world.installation
    for _ in range(rounds):
        began = time.monotonic()
        for worker in installation.workers:
            installation.settled(30.0)
            long_one = world.workload.plain("fusion:sleep:2.5", reference=False)
            world.workload.submit(long_one, within_s=10.0)
            installation.until(lambda: world.workload.running(long_one, "fusion") is not None, 5.0)  # noqa: B023
            run = world.workload.running(long_one, "fusion")
            worker = (_worker_of(world, run.owner or "/0") if run else None) or worker  # noqa: PLW2901
            before = installation.supervisor.pids().get(worker)
            asked_at = time.time()
            if not installation.kill(worker, signal.SIGTERM):
                continue
            ended = installation.until(
                lambda: installation.supervisor.pids().get(worker, before) != before,  # noqa: B023
                30.0,
            )
            world.expect(ended, f"{worker} did not end 30 s after it was told to")
            world.figures["warm_shutdown_s"].append(time.time() - asked_at)
            world.faults["warm shutdowns"] += 1
            world.drained.append((before or 0, asked_at, time.time()))
        installation.pause(max(0.0, every_s - (time.monotonic() - began)))


def _second(workers: tuple[str, ...]) -> list[str]:
    """Return the workers whose clocks can be off: the second of each queue."""
    return [name for name in workers if name.endswith("-1")]


def clock_off(world: World) -> None:
    """Start a worker of each queue and a relay whose clocks are an hour off."""
    installation = world.installation
    seconds = world.random.choice((-3600.0, 3600.0))
    installation.clock.write_text(str(seconds))
    with world.disturbing("clock an hour off"):
        for name in (*_second(installation.workers), installation.relays[-1]):
            children = [each.pid for each in installation.children(name)]
            if installation.kill_whole(name):
                world.kills["both"] += 1
            for pid in children:
                installation.deaths.setdefault(pid, time.time())
        installation.settled(60.0)
    installation.pause(3.0)


def slow_loading(world: World, loading_s: float) -> None:
    """Kill a child whose successor loads slowly, and kill the successor while it loads."""
    installation = world.installation
    worker = world.worker()
    installation.loading.write_text(str(loading_s))
    began = time.monotonic()
    for wait_s in (0.0, loading_s / 2):
        installation.pause(wait_s)
        if installation.kill_child(worker):
            world.kills["child"] += 1
    seen: set[int] = set()

    def ready() -> bool:
        seen.update(each.pid for each in installation.children(worker))
        return installation.all_ready()

    installation.pause(loading_s / 2)
    came_back = installation.until(ready, 60.0 + 20 * loading_s)
    installation.loading.unlink(missing_ok=True)
    world.expect(came_back, f"no child got ready with {loading_s} s of loading")
    world.expect(len(seen) <= 3, f"{len(seen)} children in turn with {loading_s} s of loading")
    world.figures["slow_loading_back_s"].append(time.monotonic() - began)
