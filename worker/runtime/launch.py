"""Starts the workers: one `celery worker` for each device."""

import logging
import os
import sys
from collections.abc import Sequence

from shared.logs import configure
from shared.pipelines import queues_of, stages_of
from shared.settings import PREFIX, Settings
from worker.runtime.devices import BadDevices, DeviceSlot, device_slots
from worker.runtime.fleet import Fleet, Member

__all__ = [
    "DRAIN_VARIABLE",
    "NAME_VARIABLE",
    "STAGES_VARIABLE",
    "run_workers",
    "worker_arguments",
]

_log = logging.getLogger(__name__)
STAGES_VARIABLE = f"{PREFIX}WORKER_STAGES"
"""The setting that passes the served stages to a worker's pool child."""
NAME_VARIABLE = "CODESIGNER_WORKER_NAME"
"""Passes the worker's name to the pool child."""
DRAIN_VARIABLE = "CODESIGNER_WORKER_DRAIN"
"""Passes the path of a file that the parent creates when it starts to shut down."""
_SHUTDOWN_MARGIN_S = 30.0
"""Time that several workers have to exit after the drain time is over."""


def worker_arguments(slot: DeviceSlot, stages: Sequence[str], log_level: str) -> list[str]:
    """Return the command line of a worker that consumes the hints of these stages only."""
    queues = queues_of(stages)
    served = queues if tuple(stages) == stages_of(queues) else stages
    name = f"{'-'.join(served)}-{slot.name.replace(':', '')}-{os.getpid()}@%h"
    return [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "worker.runtime.app", "worker"),
        *("-Q", ",".join(stages), "-n", name, "--loglevel", log_level),
        *("--without-gossip", "--without-mingle"),
    ]


def run_workers(settings: Settings, devices: str, stages: Sequence[str]) -> int:
    """Run the workers of these stages until told to shut down; return the exit status.

    A single worker replaces this process. Several are supervised and restarted.
    """
    configure(settings.log_level, settings.log_format)
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
        )
        for slot in slots
    ]
    if len(members) == 1:
        only = members[0]
        os.execve(only.arguments[0], only.arguments, only.environment)
    return Fleet(members=members, shutdown_timeout_s=settings.drain_s + _SHUTDOWN_MARGIN_S).run()
