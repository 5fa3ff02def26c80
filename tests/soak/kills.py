"""Faults that kill one process, at random or at a fail point."""

import signal
import time
from collections.abc import Callable, Mapping

from shared.failpoints import PUBLISHED, UNPUBLISHED, WORKER_FAILPOINTS
from tests.soak.world import World

__all__ = ["KILLS", "at_fail_point"]

_TAKEN_WITHIN_S = 4.0


def _another_is_up(world: World, but: str | None = None) -> None:
    """Wait briefly until a worker other than the victim could take over."""
    installation = world.installation
    others = [worker for worker in installation.workers if worker != but]
    installation.until(lambda: installation.ready(*others) > (0 if but else 1), 4.0)


def child(world: World) -> None:
    """Kill a worker's child at a random moment."""
    worker = world.worker()
    _another_is_up(world, worker)
    if world.installation.kill_child(worker):
        world.kills["child"] += 1


def parent(world: World) -> None:
    """Kill a worker's parent; its child is an orphan until the supervisor ends it."""
    worker = world.worker()
    _another_is_up(world, worker)
    children = [each.pid for each in world.installation.children(worker)]
    if world.installation.kill(worker):
        world.kills["parent"] += 1
        _note(world, children)


def both(world: World) -> None:
    """Kill a worker's parent and child at once."""
    worker = world.worker()
    _another_is_up(world, worker)
    children = [each.pid for each in world.installation.children(worker)]
    if world.installation.kill_whole(worker):
        world.kills["both"] += 1
        _note(world, children)


def _note(world: World, children: list[int]) -> None:
    for pid in children:
        world.installation.deaths.setdefault(pid, time.time())


def at_fail_point(world: World, place: str, fate: str) -> bool:
    """Kill or freeze the next process that reaches a fail point; return whether one did."""
    token = world.installation.tokens / place
    fresh = token.with_suffix(".new")
    fresh.write_text(fate)
    fresh.rename(token)
    taken = world.installation.until(lambda: not token.exists(), _TAKEN_WITHIN_S)
    if not taken:
        try:
            token.unlink()
        except FileNotFoundError:
            taken = True
    if taken and fate != "stop":
        world.kills[f"{fate} at {place}"] += 1
    return taken


def fail_point(world: World) -> None:
    """Kill a worker's child, its parent or both at a fail point."""
    _another_is_up(world)
    place = world.random.choice(WORKER_FAILPOINTS)
    at_fail_point(world, place, world.random.choice(("self", "self", "both", "parent")))


def relay(world: World) -> None:
    """Kill a relay at random."""
    name = world.random.choice(world.installation.relays)
    if world.installation.kill(name):
        world.kills["relay"] += 1


def relay_published(world: World) -> None:
    """Kill a relay that has sent a hint but not recorded it, so that the hint is sent twice."""
    at_fail_point(world, PUBLISHED, "self")


def web(world: World) -> None:
    """Kill all processes of the web front end."""
    if world.installation.kill_whole("web"):
        world.kills["web"] += 1


def web_unpublished(world: World) -> None:
    """Kill the web front end between the commit of a job and the publishing of its hint."""
    at_fail_point(world, UNPUBLISHED, "self")


def broker(world: World) -> None:
    """Kill the broker; it restarts from its append-only file."""
    with world.disturbing("broker"):
        if world.installation.kill("valkey"):
            world.kills["broker"] += 1
        world.installation.until(world.installation.valkey.answers, 10.0)


def postgres(world: World) -> None:
    """Shut PostgreSQL down in immediate mode; it recovers from its write-ahead log."""
    with world.disturbing("postgres"):
        if world.installation.kill("postgres", signal.SIGQUIT):
            world.kills["postgres"] += 1
        world.installation.pause(0.1)
        world.installation.until(world.installation.postgres.answers, 30.0)


KILLS: Mapping[str, tuple[Callable[[World], None], int]] = {
    "child": (child, 34),
    "parent": (parent, 6),
    "both": (both, 8),
    "fail-point": (fail_point, 30),
    "relay": (relay, 9),
    "relay-published": (relay_published, 5),
    "web": (web, 3),
    "web-unpublished": (web_unpublished, 4),
    "broker": (broker, 5),
    "postgres": (postgres, 3),
}
"""With the weight of each."""
