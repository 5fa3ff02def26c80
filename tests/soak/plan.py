"""The plan of a run: faults, jobs and kills, in an order derived from the seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from tests.soak import faults, trouble
from tests.soak.world import World

__all__ = ["LONG", "NAMES", "SHORT", "Plan", "episodes"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The faults of a run, and its numbers of jobs and kills."""

    seed: int = 1
    jobs: int = 300
    """At least so many are submitted, those of the faults included."""
    kills: int = 100
    minutes: float = 10.0
    """No new fault begins after that."""
    faults: tuple[str, ...] = ()
    """Names of `NAMES`; none: all."""
    workers: int = 2
    """Of each queue of a design."""
    trials: int = 1000
    """Of cancelling against finishing."""
    outage_s: float = 30.0
    loading_s: float = 7.0
    deploys: int = 2
    deploy_every_s: float = 30.0
    kills_between: int = 10
    """Kills from one of the other faults to the next."""
    without: str | None = None
    stop_at_first: bool = False


LONG = Plan()
SHORT = Plan(
    jobs=100,
    kills=20,
    minutes=2.6,
    kills_between=1,
    trials=40,
    outage_s=3.0,
    loading_s=2.0,
    deploys=1,
    deploy_every_s=0.0,
)

NAMES: Mapping[str, Callable[[World, Plan], None]] = {
    "lease-edge": lambda world, _: faults.lease_edge(world),
    "thawed-late": lambda world, _: faults.thawed_late(world),
    "frozen-at-fail-points": lambda world, _: faults.frozen_at_fail_points(world),
    "frozen-in-its-pop": lambda world, _: faults.frozen_in_its_pop(world),
    "cancel-meets-commit": lambda world, _: trouble.cancel_meets_commit(world),
    "cancel-race": lambda world, _: trouble.cancel_races_finish(world),
    "cancel-stops": lambda world, _: trouble.cancel_stops(world),
    "duplicates": lambda world, _: faults.duplicates(world),
    "broker-without-its-file": lambda world, _: faults.broker_without_its_file(world),
    "broker-emptied": lambda world, _: faults.broker_emptied(world),
    "broker-frozen": lambda world, _: faults.broker_frozen(world),
    "broker-away": lambda world, _: faults.broker_away(world),
    "poison-kills": lambda world, _: trouble.poison(world, "kill"),
    "poison-raises": lambda world, _: trouble.poison(world, "raise"),
    "unreadable": lambda world, _: trouble.unreadable(world),
    "unreadable-messages": lambda world, _: trouble.unreadable_messages(world),
    "hung-call": lambda world, _: trouble.hung_call(world),
    "out-of-memory": lambda world, _: trouble.out_of_memory(world),
    "disk-database": lambda world, _: faults.disk_full(world, "database"),
    "disk-broker": lambda world, _: faults.disk_full(world, "broker"),
    "disk-artifacts": lambda world, _: faults.disk_full(world, "artifacts"),
    "clock": lambda world, _: faults.clock_off(world),
    "slow-loading": lambda world, plan: faults.slow_loading(world, plan.loading_s),
    "deploys": lambda world, plan: faults.deploys(world, plan.deploys, plan.deploy_every_s),
}
"""Faults beside the random kills, which are named `kills`."""


def episodes(plan: Plan, world: World) -> list[tuple[str, Callable[[], None]]]:
    """Return the chosen faults in an order derived from the seed."""
    chosen = [name for name in NAMES if not plan.faults or name in plan.faults]
    world.random.shuffle(chosen)
    return [(name, partial(NAMES[name], world, plan)) for name in chosen]
