"""Celery pool child: loads the models, reports ready, serves hints, supervises computations.

Three threads: the main thread computes; the housekeeping thread sends heartbeats and stops
computations whose claims are lost; a third loads promoted models beside those in use.
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
from shared.pipelines import STAGES, parse_stages, queues_of, stages_of
from shared.queue.leases import release
from shared.queue.recovery.heartbeats import Heartbeat, beat, gone
from shared.queue.recovery.reaper import expire_leases_of
from shared.queue.stage_inputs import valid_claims
from shared.registry.releases import champion_versions
from shared.settings import Settings, load_settings
from shared.storage.artifacts import ArtifactStore
from worker.execution.artifact_cache import ArtifactCache
from worker.execution.batch_executor import EXIT_DEVICE_LOST
from worker.execution.context import Computation, WorkerContext
from worker.execution.library import LibraryEncoder
from worker.execution.limits import TimeLimiter
from worker.execution.result_writer import update_claims
from worker.execution.runner import serve
from worker.runtime.devices import SHARING_VARIABLE, child_device
from worker.runtime.launch import DRAIN_VARIABLE, NAME_VARIABLE
from worker.runtime.memory import budget_bytes, device_lost, device_name, empty_cache
from worker.runtime.model_cache import ModelCache, ResidentModels
from worker.runtime.registered_weights import WeightLocator
from worker.runtime.warmup import warm_up
from worker.stages import table_from

__all__ = ["PoolChild", "pool_child"]

_log = logging.getLogger(__name__)
_WATCH_INTERVAL_S = 0.5
_PROMOTION_INTERVAL_S = 2.0
"""Between two checks for newly promoted models."""
_PROMOTION_INTERVAL_AFTER_FAILURE_S = 30.0
_JOIN_TIMEOUT_S = 10.0
_DATABASE_UNAVAILABLE = (OperationalError, ProgrammingError)


class PoolChild:
    """State of one pool child process."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._name = environ.get(NAME_VARIABLE) or f"worker-{os.getpid()}@{socket.gethostname()}"
        self._engine = engine(settings)
        self._sessions = sessions(self._engine)
        self._store = ArtifactStore(settings.artifacts_url)
        self._limiter = TimeLimiter()
        self._computation: Computation | None = None
        self._prepare_lock = threading.Lock()
        self._loaded: dict[str, str] | None = None
        """Model versions of new jobs by role, once they are resident and warmed up."""
        self._last_message = ""
        self._ended = threading.Event()
        self._drain_at: float | None = None
        self._promotion_interval_s = _PROMOTION_INTERVAL_S
        self._threads: list[threading.Thread] = []
        drain = environ.get(DRAIN_VARIABLE)
        self.context = self._build_context(environ, None if drain is None else Path(drain))
        self._library = LibraryEncoder(
            sessions=self._sessions,
            store=self._store,
            model_cache=self.context.model_cache,
            is_draining=self.context.is_draining,
            stages=self.context.stages,
        )

    def _build_context(self, environ: Mapping[str, str], drain: Path | None) -> WorkerContext:
        device = child_device(self._settings.devices)
        store = self._store
        model_cache = ModelCache(
            device,
            WeightLocator(self._settings, self._sessions, store),
            budget_bytes(device, int(environ.get(SHARING_VARIABLE, "1"))),
        )
        return WorkerContext(
            settings=self._settings,
            sessions=self._sessions,
            store=store,
            model_cache=model_cache,
            stage_table=table_from(environ.get("CODESIGNER_STAGES")),
            stages=parse_stages(self._settings.worker_stages) or stages_of(["gpu", "cpu"]),
            owner=f"{self._name}/{os.getpid()}",
            device=device_name(device),
            time_limits=self._time_limits,
            is_draining=lambda: drain is not None and drain.exists(),
            artifact_cache=ArtifactCache(store),
        )

    @contextmanager
    def _time_limits(
        self, computation: Computation, soft_s: float, hard_s: float
    ) -> Iterator[Callable[[], None]]:
        with self._limiter.enforce(soft_s, hard_s) as advance:
            self._computation = computation
            try:
                yield advance
            finally:
                self._computation = None

    def start(self) -> None:
        """Load the models of new jobs, report ready, and start the background threads."""
        self._expire_predecessors()
        self.prepare()
        for name, target in (("housekeeping", self._housekeep), ("models", self._watch_models)):
            thread = threading.Thread(target=target, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _expire_predecessors(self) -> None:
        """End the leases of this worker's earlier children; else their jobs wait for the lease."""
        try:
            with self._sessions.begin() as session:
                count = expire_leases_of(session, self._name, self.context.owner)
        except _DATABASE_UNAVAILABLE as error:
            self._log_once(f"The database does not answer: {_first_line(error.orig)}")
        else:
            if count:
                _log.warning("ended %d leases of an earlier child", count)

    def serve(self, stage: str) -> int:
        """Serve a hint; log a database outage in one line, for the reaper recovers the rest."""
        if self._loaded is None:
            return 0  # once ready, it sends hints to itself
        try:
            return serve(self.context, stage)
        except OperationalError as error:
            self._log_once(f"The database does not answer: {_first_line(error.orig)}")
            return 0

    def embed(self, key: str, text: str) -> None:
        """Compute the embedding of a search; it is not done while models or database are away."""
        if self._loaded is not None:
            with self._best_effort("a search has no embedding"):
                self._library.embed(key, text)

    def index(self) -> None:
        """Index designs of the library; those that are left are requested again."""
        if self._loaded is not None:
            with self._best_effort("designs are not indexed"):
                self._library.index()

    @contextmanager
    def _best_effort(self, outcome: str) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, CodesignerError, OSError) as error:
            _log.error("%s: %s", outcome, _first_line(getattr(error, "orig", None) or error))

    def prepare(self) -> bool:
        """Load the champions' models if they changed; return whether this worker is ready.

        A running computation continues with its own versions.
        """
        with self._prepare_lock:
            try:
                versions = self._champion_versions()
                if versions == self._loaded:
                    return True
                for version_id in versions.values():
                    self.context.model_cache.get(version_id)
                if self._loaded is None:
                    self._warm_up(versions)
                if self._ended.is_set():
                    return False
                with self._sessions.begin() as session:
                    beat(session, self._heartbeat(versions))
            except _DATABASE_UNAVAILABLE as error:
                self._log_once(f"The database does not answer: {_first_line(error.orig)}")
                return self._loaded is not None
            except CodesignerError as error:
                self._log_once(f"Not ready: {error}")
                return self._loaded is not None
            except Exception as error:  # noqa: BLE001 (the boundary: loading weights may raise anything)
                self._report_load_failure(error)
                return self._loaded is not None
            first, self._loaded, self._last_message = self._loaded is None, versions, ""
        _log.info("ready on %s for %s", self.context.device, ", ".join(self.context.stages))
        if first:
            for stage in self.context.stages:
                hint(self._settings, stage)  # earlier hints had no ready worker
        return True

    def _warm_up(self, versions: Mapping[str, str]) -> None:
        """Compute a small batch as the first job would be computed."""
        started_at = time.monotonic()
        models = ResidentModels(versions, self.context.model_cache)
        quick = self.context.model_cache.device == "cpu"
        if ran := warm_up(self.context.stages, self.context.stage_table, models, quick=quick):
            _log.info("warmed up %s in %.1f s", ", ".join(ran), time.monotonic() - started_at)

    def _report_load_failure(self, error: Exception) -> None:
        """Log why models cannot be loaded or warmed up, and delay the next attempt."""
        if device_lost(error):
            _log.error("device lost: starting a new child process", exc_info=error)
            os._exit(EXIT_DEVICE_LOST)
        empty_cache()
        self._promotion_interval_s = _PROMOTION_INTERVAL_AFTER_FAILURE_S
        message = f"the models in use cannot be loaded: {type(error).__name__}: {error}"
        if self._loaded is None:
            message = f"Not ready: {message}"  # `codesigner up` repeats it on the terminal
        if message != self._last_message:
            self._last_message = message
            _log.error("%s", message, exc_info=error)

    def _champion_versions(self) -> dict[str, str]:
        """Return the champions' version ids by role, for the roles that the served stages use."""
        table = self.context.stage_table
        roles: set[str] = set()
        for name in self.context.stages:
            entry = table[name]
            if entry.pure:
                roles |= set(STAGES[name].roles if entry.roles is None else entry.roles)
        with self._sessions() as session:
            versions = champion_versions(session)
        if missing := roles - set(versions):
            raise ModelsMissing(
                f"no release is in use that has {', '.join(sorted(missing))}: "
                "run `codesigner migrate`, or promote a release."
            )
        return {role: versions[role] for role in sorted(roles)}

    def _heartbeat(self, loaded: Mapping[str, str]) -> Heartbeat:
        return Heartbeat(
            name=self._name,
            host=socket.gethostname(),
            device=self.context.device,
            queues=queues_of(self.context.stages),
            stages=self.context.stages,
            roles=tuple(sorted(loaded)),
        )

    def _housekeep(self) -> None:
        """Send heartbeats; stop a computation that lost its claims or exceeds the drain time."""
        interval_s = self._settings.worker_stale_s / 3
        next_beat = time.monotonic()
        while not self._ended.wait(_WATCH_INTERVAL_S):
            try:
                self._stop_if_claims_lost()
                self._stop_if_drain_expired()
                if time.monotonic() >= next_beat:
                    next_beat = time.monotonic() + interval_s
                    if self._loaded is not None:
                        with self._sessions.begin() as session:
                            beat(session, self._heartbeat(self._loaded))
            except DBAPIError as error:
                self._log_once(f"The database does not answer: {_first_line(error.orig)}")

    def _watch_models(self) -> None:
        """Load newly promoted models."""
        while not self._ended.wait(self._promotion_interval_s):
            self._promotion_interval_s = _PROMOTION_INTERVAL_S
            self.prepare()

    def _stop_if_claims_lost(self) -> None:
        computation = self._computation
        if computation is None:
            return
        with self._sessions() as session:
            held = valid_claims(session, computation.claims)
        if not held and self._computation is computation:
            self._limiter.stop("gone")

    def _stop_if_drain_expired(self) -> None:
        """Stop the computation and release its claims when the drain time is over.

        A training stops by itself, with a checkpoint.
        """
        if not self.context.is_draining():
            return
        now = time.monotonic()
        self._drain_at = self._drain_at or now + self._settings.drain_s
        computation = self._computation
        if now < self._drain_at or computation is None:
            return
        if not self.context.stage_table[computation.stage].pure:
            return
        self._limiter.stop(
            "draining",
            lambda: update_claims(self.context, computation.claims, release),
        )

    def end(self) -> None:
        """Stop the threads and delete the heartbeat; best effort."""
        self._ended.set()
        for thread in self._threads:
            thread.join(
                timeout=_JOIN_TIMEOUT_S if thread.name == "housekeeping" else _WATCH_INTERVAL_S
            )
        try:
            with self._sessions.begin() as session:
                gone(session, self._name)
        except DBAPIError as error:
            self._log_once(f"The database does not answer: {_first_line(error.orig)}")
        self._engine.dispose()

    def _log_once(self, message: str) -> None:
        """Log a message unless it repeats the last one since the worker was ready."""
        if message != self._last_message:
            self._last_message = message
            _log.error("%s", message)


def _first_line(error: Any) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@lru_cache(maxsize=1)
def pool_child() -> PoolChild:
    """Return this process's state, built at the first call."""
    return PoolChild(load_settings(), os.environ)
