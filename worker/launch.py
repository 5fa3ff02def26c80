"""Start the workers: one `celery worker` for each device."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

from celery.platforms import set_pdeathsig

from shared.settings import Settings
from worker.devices import BadDevices, DeviceSlot, device_slots

__all__ = [
    "DRAIN_VARIABLE",
    "NAME_VARIABLE",
    "QUEUES_VARIABLE",
    "run_workers",
    "worker_arguments",
]

_log = logging.getLogger(__name__)
QUEUES_VARIABLE = "CODESIGNER_WORKER_QUEUES"
"""Tells a worker's child the queues of its parent."""
NAME_VARIABLE = "CODESIGNER_WORKER_NAME"
"""Tells the child its worker's name."""
DRAIN_VARIABLE = "CODESIGNER_WORKER_DRAIN"
"""Tells the child the path of a file that the parent makes once it has been told to end."""
_RESTART_S = 2.0


def worker_arguments(slot: DeviceSlot, queues: Sequence[str], log_level: str) -> list[str]:
    """Give the command line of one worker."""
    name = f"{'-'.join(queues)}-{slot.name.replace(':', '')}-{os.getpid()}@%h"
    return [
        *(sys.executable, "-m", "celery", "-A", "worker.app", "worker"),
        *("-Q", ",".join(queues), "-n", name, "--loglevel", log_level),
        *("--without-gossip", "--without-mingle"),
    ]


def run_workers(settings: Settings, devices: str, queues: tuple[str, ...]) -> int:
    """Run the workers of these queues until told to end; gives the exit status.

    A single worker takes this process's place. Several are started again where one ends.
    """
    try:
        slots = device_slots(devices, threads=settings.worker_threads)
    except BadDevices as error:
        _log.error("%s", error)
        return 2
    environment = os.environ | {QUEUES_VARIABLE: ",".join(queues)}
    commands = [
        (worker_arguments(slot, queues, settings.log_level), environment | dict(slot.environment))
        for slot in slots
    ]
    if len(commands) == 1:
        arguments, environment = commands[0]
        os.execve(arguments[0], arguments, environment)
    return _Fleet(commands=commands).run()


@dataclass(frozen=True, kw_only=True)
class _Fleet:
    commands: Sequence[tuple[list[str], dict[str, str]]]

    def run(self) -> int:
        asked: list[int] = []
        running = [self._start(number) for number in range(len(self.commands))]

        def stop(number: int, _frame: FrameType | None) -> None:
            asked.append(number)
            for each in running:
                if each.poll() is None:
                    each.send_signal(number)

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, stop)
        while not asked:
            for index, each in enumerate(running):
                if each.poll() is not None and not asked:
                    _log.error("a worker ended (%s): starting it again", each.returncode)
                    time.sleep(_RESTART_S)
                    running[index] = self._start(index)
            time.sleep(0.5)
        return max(abs(each.wait()) for each in running)

    def _start(self, index: int) -> subprocess.Popen[bytes]:
        arguments, environment = self.commands[index]
        return subprocess.Popen(
            arguments,
            env=environment,
            preexec_fn=lambda: set_pdeathsig("SIGTERM"),  # noqa: PLW1509 (one thread only)
        )
