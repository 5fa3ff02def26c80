"""Start the workers: one `celery worker` for each device."""

import logging
import os
import sys
from collections.abc import Sequence

from shared.pipelines import QUEUES, STAGES, stages_of
from shared.settings import PREFIX, Settings
from worker.runtime.devices import BadDevices, DeviceSlot, device_slots, pin
from worker.runtime.fleet import Fleet, Member

__all__ = [
    "DRAIN_VARIABLE",
    "NAME_VARIABLE",
    "STAGES_VARIABLE",
    "queues_of",
    "run_workers",
    "worker_arguments",
]

_log = logging.getLogger(__name__)
STAGES_VARIABLE = f"{PREFIX}WORKER_STAGES"
"""The setting, by which a worker's child is told the stages it serves."""
NAME_VARIABLE = "CODESIGNER_WORKER_NAME"
"""Tells the child its worker's name."""
DRAIN_VARIABLE = "CODESIGNER_WORKER_DRAIN"
"""Tells the child the path of a file that the parent makes once it has been told to end."""
_BEYOND_DRAIN_S = 30.0
"""What several workers have to end after the time for what they compute is over."""


def queues_of(stages: Sequence[str]) -> tuple[str, ...]:
    """List the classes of hardware that these stages run on."""
    found = {STAGES[stage].queue for stage in stages}
    return tuple(queue for queue in QUEUES if queue in found)


def worker_arguments(slot: DeviceSlot, stages: Sequence[str], log_level: str) -> list[str]:
    """Give the command line of one worker, which hears the hints of these stages alone."""
    queues = queues_of(stages)
    served = queues if tuple(stages) == stages_of(queues) else stages
    name = f"{'-'.join(served)}-{slot.name.replace(':', '')}-{os.getpid()}@%h"
    return [
        *(sys.executable, "-m", "celery", "-A", "worker.runtime.app", "worker"),
        *("-Q", ",".join(stages), "-n", name, "--loglevel", log_level),
        *("--without-gossip", "--without-mingle"),
    ]


def run_workers(settings: Settings, devices: str, stages: Sequence[str]) -> int:
    """Run the workers of these stages until told to end; gives the exit status.

    A single worker takes this process's place. Several are started again where one ends.
    """
    try:
        slots = device_slots(devices, threads=settings.worker_threads)
    except BadDevices as error:
        _log.error("%s", error)
        return 2
    members = [
        Member(
            name=slot.name,
            arguments=worker_arguments(slot, stages, settings.log_level),
            environment=os.environ | slot.environment | {STAGES_VARIABLE: ",".join(stages)},
            cores=slot.cores,
        )
        for slot in slots
    ]
    if len(members) == 1:
        only = members[0]
        pin(only.cores)
        os.execve(only.arguments[0], only.arguments, only.environment)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s")
    return Fleet(members=members, patience_s=settings.drain_s + _BEYOND_DRAIN_S).run()
