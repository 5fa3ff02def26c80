"""Run an installation under every fault and check the outcome of each job.

Run: python -m tests.soak [--seed 1] [--jobs 2000] [--kills 1000] [--minutes 60] [--out soak.json]

Real PostgreSQL, Valkey, Celery workers, relays and a web front end; stages that compute nothing.
Exit status 0: all correctness targets are met; 1: one is missed; 2: the soak itself failed.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from shared.failpoints import UNPUBLISHED
from shared.queue.recovery.invariants import check_invariants
from tests.soak import mutants
from tests.soak.installation import Installation, new_folder
from tests.soak.kills import KILLS
from tests.soak.pace import paced
from tests.soak.plan import LONG, NAMES, SHORT, Plan, episodes
from tests.soak.verdict import Verdict, reach_verdict
from tests.soak.workload import Workload
from tests.soak.world import World

_DRAIN_S = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak that the command line describes; return the exit status."""
    given = _arguments(arguments)
    plan = _plan(given)
    installation = Installation(
        folder=new_folder(),
        workers=tuple(
            f"{what}-{number}" for what in ("worker", "drawer") for number in range(plan.workers)
        ),
        pace=paced(),
        without=plan.without,
        small_disks=given.disk == "small" and os.geteuid() == 0,
    )
    workload = Workload(installation, plan.seed, backlog=given.backlog, rate=given.rate)
    world = World(
        installation=installation,
        workload=workload,
        random=random.Random(plan.seed),
        trials=plan.trials,
        outage_s=plan.outage_s,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # runs the cleanup handlers
    began = time.monotonic()
    try:
        installation.start()
        world.watch_for_stalls()
        _run(world, plan)
        verdict = reach_verdict(world)
        document = _document(world, plan, verdict, time.monotonic() - began)
    except Exception:  # noqa: BLE001 (a process boundary)
        traceback.print_exc()
        return 2
    finally:
        installation.stop()
        if not given.keep:
            installation.remove()
    _print(document)
    if given.out is not None:
        given.out.write_text(json.dumps(document, indent=1) + "\n")
    in_time = verdict.in_time(given.margin * installation.pace.slowness)
    return 0 if verdict.right() and in_time else 1


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--short", action="store_true", help="the extent that the tests run")
    for name in ("seed", "jobs", "kills", "workers", "trials", "deploys", "kills-between"):
        parser.add_argument(f"--{name}", type=int)
    for name in ("minutes", "outage-s", "loading-s", "deploy-every-s"):
        parser.add_argument(f"--{name}", type=float)
    parser.add_argument("--faults", help=f"kills, {', '.join(NAMES)}; parted by commas")
    parser.add_argument("--without", choices=list(mutants.MUTANTS), help="take a safeguard out")
    parser.add_argument("--stop-at-first", action="store_true", default=None)
    parser.add_argument("--backlog", type=int, default=16, help="most jobs that wait")
    parser.add_argument("--rate", type=float, default=2.0, help="jobs a second, at most")
    parser.add_argument("--disk", choices=["small", "limit"], default="small")
    parser.add_argument("--margin", type=float, default=6.0, help="of times over their targets")
    parser.add_argument("--keep", action="store_true", help="keep the logs")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    return parser.parse_args(arguments)


def _plan(given: argparse.Namespace) -> Plan:
    told = {
        field.name: getattr(given, field.name)
        for field in fields(Plan)
        if getattr(given, field.name) is not None
    }
    if "faults" in told:
        told["faults"] = tuple(told["faults"].split(","))
        if unknown := set(told["faults"]) - {*NAMES, "kills"}:
            raise SystemExit(f"no such fault: {', '.join(sorted(unknown))}")
    return replace(SHORT if given.short else LONG, **told)


def _run(world: World, plan: Plan) -> None:
    """Apply faults until jobs, kills and minutes are reached, then let the installation settle."""
    end = time.monotonic() + 60.0 * plan.minutes
    world.workload.start()
    first_round = episodes(plan, world)
    queue = list(first_round)
    while time.monotonic() < end and not (plan.stop_at_first and _faulty(world)):
        if queue:
            _episode(world, *queue.pop(0))
        elif sum(world.kills.values()) >= plan.kills and len(world.workload.asked) >= plan.jobs:
            break
        _kill_some(world, plan, end)
        if not queue and sum(world.kills.values()) < plan.kills:
            queue = episodes(plan, world)
    left = [name for name, _ in first_round if not world.faults[name]]
    if left and not plan.stop_at_first:
        print(f"no time was left for {', '.join(left)}", flush=True)
    _come_to_rest(world, plan)


def _episode(world: World, name: str, run: Any) -> None:
    print(
        f"{sum(world.kills.values()):5d} kills {len(world.workload.asked):5d} jobs  {name}",
        flush=True,
    )
    run()
    world.faults[name] += 1


def _kill_some(world: World, plan: Plan, end: float) -> None:
    if plan.faults and "kills" not in plan.faults:
        return
    names = list(KILLS)
    weights = [KILLS[name][1] for name in names]
    for _ in range(plan.kills_between):
        if time.monotonic() >= end:
            return
        (name,) = world.random.choices(names, weights)
        KILLS[name][0](world)
        world.faults[f"kill {name}"] += 1
        world.installation.pause(world.random.uniform(0.1, 1.0))


def _faulty(world: World) -> bool:
    """Return whether a problem was found already."""
    try:
        with world.installation.sessions() as session:
            return bool(world.problems) or any(check_invariants(session, lately_s=None).values())
    except SQLAlchemyError:  # the database may be down
        return False


def _come_to_rest(world: World, plan: Plan) -> None:
    """Apply the last fault, then wait until every job has ended."""
    workload, installation = world.workload, world.installation
    workload.stop()
    installation.settled(60.0)
    token = installation.tokens / UNPUBLISHED
    token.write_text("self")
    last = workload.plain(kind="unheard", reference=False)
    workload.try_once(last)
    installation.until(lambda: not token.exists(), 5.0)
    token.unlink(missing_ok=True)
    world.kills[f"self at {UNPUBLISHED}"] += 1
    began = time.monotonic()
    drained = installation.until(lambda: workload.active() == 0, _DRAIN_S)
    world.figures["drained_s"].append(time.monotonic() - began)
    world.expect(drained, f"{workload.active()} jobs have not ended {_DRAIN_S:.0f} s later")
    if drained:
        unanswered = workload.answer_all(60.0)
        world.expect(unanswered == 0, f"{unanswered} submissions have had no answer")
        installation.until(lambda: workload.active() == 0, _DRAIN_S)


def _document(world: World, plan: Plan, verdict: Verdict, seconds: float) -> dict[str, Any]:
    return {
        "plan": asdict(plan),
        "pace": asdict(world.installation.pace),
        "cores": os.cpu_count(),
        "seconds": round(seconds),
        "right": verdict.right(),
        "counts": verdict.counts,
        "kills": {"all": sum(world.kills.values()), **dict(sorted(world.kills.items()))},
        "faults": dict(sorted(world.faults.items())),
        "refused": dict(sorted(world.workload.refused.items())),
        "times": verdict.times,
        "samples": verdict.samples,
        "problems": verdict.problems,
        "disks": {
            n: "small" if d.mounted else "limit" for n, d in world.installation.disks.items()
        },
    }


def _print(document: dict[str, Any]) -> None:
    print(
        json.dumps(
            {k: v for k, v in document.items() if k not in {"problems", "samples"}}, indent=1
        )
    )
    for problem in document["problems"]:
        print(f"PROBLEM {problem}")
    print("right" if document["right"] else "WRONG", flush=True)


if __name__ == "__main__":
    sys.exit(main())
