"""A worker's child: loads the models, tells that it is ready, serves, watches what it computes.

Three threads: the main one computes; the housekeeping tells that the worker lives and stops what
nobody waits for; a third loads what is promoted, beside the versions that are in use.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from shared.broker.hints import hint
from shared.db.engine import engine, sessions
from shared.errors import CodesignerError, ModelsMissing
from shared.pipelines import STAGES, known_stages, stages_of
from shared.queue.leases import release
from shared.queue.recovery.heartbeats import Heartbeat, beat, gone
from shared.queue.stage_inputs import still_held
from shared.registry.releases import champions
from shared.settings import Settings, load_settings
from shared.storage.artifacts import ArtifactStore
from worker.execution.artifact_cache import RecentBytes
from worker.execution.batch_executor import EXIT_DEVICE_LOST
from worker.execution.context import Computing, Workplace
from worker.execution.limits import Stopper
from worker.execution.result_writer import change_held
from worker.execution.runner import serve
from worker.runtime.devices import SHARING_VARIABLE, child_device
from worker.runtime.launch import DRAIN_VARIABLE, NAME_VARIABLE, queues_of
from worker.runtime.memory import budget_bytes, device_lost, device_name, empty_cache
from worker.runtime.model_cache import Residency, ResidentModels
from worker.runtime.warmup import warm_up
from worker.runtime.weight_locator import Finder
from worker.stages import table_from

__all__ = ["Child", "child"]

_log = logging.getLogger(__name__)
_WATCH_S = 0.5
_LOOK_S = 2.0
"""Between two looks for newly promoted models."""
_LOOK_AFTER_FAILURE_S = 30.0
_END_S = 10.0
_DB_AWAY = (OperationalError, ProgrammingError)


class Child:
    """The state of one child process."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._name = environ.get(NAME_VARIABLE) or f"worker-{os.getpid()}@{socket.gethostname()}"
        self._engine = engine(settings)
        self._sessions = sessions(self._engine)
        self._store = ArtifactStore(settings.artifacts_url)
        self._stopper = Stopper()
        self._computing: Computing | None = None
        self._preparing = threading.Lock()
        self._loaded: dict[str, str] | None = None
        """What new jobs need, by role, once it is resident and has computed."""
        self._said = ""
        self._ended = threading.Event()
        self._drain_at: float | None = None
        self._look_in_s = _LOOK_S
        self._threads: list[threading.Thread] = []
        drain = environ.get(DRAIN_VARIABLE)
        self.place = self._workplace(environ, None if drain is None else Path(drain))

    def _workplace(self, environ: Mapping[str, str], drain: Path | None) -> Workplace:
        device = child_device(self._settings.devices)
        store = self._store
        residency = Residency(
            device,
            Finder(self._settings, self._sessions, store),
            budget_bytes(device, int(environ.get(SHARING_VARIABLE, "1"))),
        )
        return Workplace(
            settings=self._settings,
            sessions=self._sessions,
            store=store,
            residency=residency,
            table=table_from(environ.get("CODESIGNER_STAGES")),
            stages=known_stages(self._settings.worker_stages) or stages_of(["gpu"]),
            owner=f"{self._name}/{os.getpid()}",
            device=device_name(device),
            limited=self._limited,
            draining=lambda: drain is not None and drain.exists(),
            recent=RecentBytes(store),
        )

    @contextmanager
    def _limited(
        self, computing: Computing, soft_s: float, hard_s: float
    ) -> Iterator[Callable[[], None]]:
        with self._stopper.limited(soft_s, hard_s) as advance:
            self._computing = computing
            try:
                yield advance
            finally:
                self._computing = None

    def start(self) -> None:
        """Load what new jobs need, tell that this worker is ready, keep telling."""
        self.prepare()
        for name, chores in (("housekeeping", self._keep_house), ("models", self._keep_models)):
            thread = threading.Thread(target=chores, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def serve(self, stage: str) -> int:
        """Serve a hint; a broken database costs one line, for the reaper heals the rest."""
        if self._loaded is None:
            return 0  # once it is ready it sends itself hints
        try:
            return serve(self.place, stage)
        except OperationalError as error:
            self._say(f"The database does not answer: {_first_line(error.orig)}")
            return 0

    def prepare(self) -> bool:
        """Load the champions' models where they changed; tells whether this worker is ready.

        What computes meanwhile goes on with the versions that it has.
        """
        with self._preparing:
            try:
                wanted = self._wanted()
                if wanted == self._loaded:
                    return True
                for version_id in wanted.values():
                    self.place.residency.get(version_id)
                if self._loaded is None:
                    self._warm_up(wanted)
                if self._ended.is_set():
                    return False
                with self._sessions.begin() as session:
                    beat(session, self._heartbeat(wanted))
            except _DB_AWAY as error:
                self._say(f"The database does not answer: {_first_line(error.orig)}")
                return self._loaded is not None
            except CodesignerError as error:
                self._say(f"Not ready: {error}")
                return self._loaded is not None
            except Exception as error:  # noqa: BLE001 (the boundary: whatever weights may raise)
                self._cannot_load(error)
                return self._loaded is not None
            first, self._loaded, self._said = self._loaded is None, wanted, ""
        _log.info("ready on %s for %s", self.place.device, ", ".join(self.place.stages))
        if first:
            for stage in self.place.stages:
                hint(self._settings, stage)  # what was announced before nobody could take it
        return True

    def _warm_up(self, wanted: Mapping[str, str]) -> None:
        """Compute a small batch, in the way of the first job."""
        began = time.monotonic()
        models = ResidentModels(wanted, self.place.residency)
        quick = self.place.residency.device == "cpu"
        if ran := warm_up(self.place.stages, self.place.table, models, quick=quick):
            _log.info("warmed up %s in %.1f s", ", ".join(ran), time.monotonic() - began)

    def _cannot_load(self, error: Exception) -> None:
        """Tell why models cannot be loaded, or cannot compute, and leave time before more tries."""
        if device_lost(error):
            _log.error("the device is lost: starting a new child", exc_info=error)
            os._exit(EXIT_DEVICE_LOST)
        empty_cache()
        self._look_in_s = _LOOK_AFTER_FAILURE_S
        line = f"the models in use cannot be loaded: {type(error).__name__}: {error}"
        if self._loaded is None:
            line = f"Not ready: {line}"  # which `codesigner up` repeats on the terminal
        if line != self._said:
            self._said = line
            _log.error("%s", line, exc_info=error)

    def _wanted(self) -> dict[str, str]:
        """Give the version ids by role that this worker's stages need for new jobs."""
        table = self.place.table
        roles: set[str] = set()
        for name in self.place.stages:
            entry = table[name]
            if entry.pure:
                roles |= set(STAGES[name].roles if entry.roles is None else entry.roles)
        with self._sessions() as session:
            found = champions(session)
        if missing := roles - set(found):
            raise ModelsMissing(
                f"no release is in use that has {', '.join(sorted(missing))}: "
                "run `codesigner migrate`, or promote a release."
            )
        return {role: found[role] for role in sorted(roles)}

    def _heartbeat(self, loaded: Mapping[str, str]) -> Heartbeat:
        return Heartbeat(
            name=self._name,
            host=socket.gethostname(),
            device=self.place.device,
            queues=queues_of(self.place.stages),
            stages=self.place.stages,
            roles=tuple(sorted(loaded)),
        )

    def _keep_house(self) -> None:
        """Tell that this worker lives; stop what nobody waits for."""
        every_s = self._settings.worker_stale_s / 3
        next_beat = time.monotonic()
        while not self._ended.wait(_WATCH_S):
            try:
                self._stop_if_unwanted()
                self._stop_if_drained()
                if time.monotonic() >= next_beat:
                    next_beat = time.monotonic() + every_s
                    if self._loaded is not None:
                        with self._sessions.begin() as session:
                            beat(session, self._heartbeat(self._loaded))
            except DBAPIError as error:
                self._say(f"The database does not answer: {_first_line(error.orig)}")

    def _keep_models(self) -> None:
        """Load what is promoted."""
        while not self._ended.wait(self._look_in_s):
            self._look_in_s = _LOOK_S
            self.prepare()

    def _stop_if_unwanted(self) -> None:
        computing = self._computing
        claims = None if computing is None else computing.held()
        if claims is None:
            return
        with self._sessions() as session:
            held = still_held(session, claims)
        if not held and self._computing is computing:
            self._stopper.stop("gone")

    def _stop_if_drained(self) -> None:
        """Give back what still computes some time after this worker was told to end.

        A training ends by itself, with a checkpoint.
        """
        if not self.place.draining():
            return
        now = time.monotonic()
        self._drain_at = self._drain_at or now + self._settings.drain_s
        computing = self._computing
        if now < self._drain_at or computing is None or not self.place.table[computing.stage].pure:
            return
        self._stopper.stop(
            "draining", lambda: change_held(self.place, computing.held() or (), release)
        )

    def end(self) -> None:
        """Tell that this worker is gone; best effort."""
        self._ended.set()
        for thread in self._threads:
            thread.join(timeout=_END_S if thread.name == "housekeeping" else _WATCH_S)
        try:
            with self._sessions.begin() as session:
                gone(session, self._name)
        except DBAPIError as error:
            self._say(f"The database does not answer: {_first_line(error.orig)}")
        self._engine.dispose()

    def _say(self, line: str) -> None:
        """Log a line once, until it changes or all is well again."""
        if line != self._said:
            self._said = line
            _log.error("%s", line)


def _first_line(error: Any) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@lru_cache(maxsize=1)
def child() -> Child:
    """Give this process's state; it is built at the first call."""
    return Child(load_settings(), os.environ)
