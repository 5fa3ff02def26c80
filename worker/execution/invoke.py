"""Calls a stage function for a batch of jobs under its time limits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from shared.deletions.disposal import release_bytes
from shared.errors import CodesignerError, StaleFence
from shared.logs import log_fields
from shared.pipelines import StageSpec
from shared.queue import leases as queue
from shared.queue.leases import ArtifactRecord, Claim
from shared.queue.stage_inputs import Inputs
from worker.execution.context import Computation, WorkerContext
from worker.execution.contracts import StageArtifact, StageCall, StageResult, StageRunner
from worker.execution.inputs import put_files
from worker.execution.limits import Interrupted
from worker.execution.progress import Reporter
from worker.models.cpu_threads import allowed_threads
from worker.runtime.cpu_load import idle_cores
from worker.runtime.model_cache import LoadedModel, ResidentModels
from worker.stages import resolve

__all__ = ["BatchResult", "StageReporter", "WorkItem", "compute_batch", "stage_limits"]

_log = logging.getLogger(__name__)
_RENEWALS_PER_LEASE = 30
"""A lease of 60 s is renewed every two seconds, so that a quick job costs no renewal."""
_PUBLISH_INTERVAL_S = 0.15
"""Least time between two publications of a job's files, and before the first."""


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """A claimed stage run and the arguments of its stage function."""

    claim: Claim
    inputs: Inputs
    call: StageCall
    input_key: str | None


@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """The results of one call of a stage function for several jobs."""

    stage: str
    results: Mapping[str, StageResult]
    """By job."""
    models: Mapping[str, LoadedModel]
    """The models that were used, by role."""
    started_at: datetime
    finished_at: datetime

    @property
    def seconds(self) -> float:
        """Return the duration of the computation."""
        return (self.finished_at - self.started_at).total_seconds()


def compute_batch(
    context: WorkerContext, spec: StageSpec, items: Sequence[WorkItem]
) -> BatchResult:
    """Call a stage function for items that pin the same model versions; its exceptions propagate.

    Raises:
        Interrupted: the computation was stopped.
        ModelsMissing: a version cannot be found.
        RuntimeError: the number of results differs from the number of calls.
    """
    run: StageRunner = resolve(context.stage_table[spec.name].path)
    calls, claims = [item.call for item in items], [item.claim for item in items]
    models = ResidentModels(items[0].inputs.job.model_versions, context.model_cache)
    computation = Computation(stage=spec.name, claims=claims)
    # The threads that are set for workers, else one for each idle core.
    allowed_threads.set(lambda: context.settings.worker_threads or idle_cores())
    started_at = datetime.now(UTC)
    with context.time_limits(computation, *stage_limits(context, spec)) as advance:
        lease_s = context.settings.lease_s or spec.lease_s
        reporter = StageReporter(context, claims, advance, lease_s / _RENEWALS_PER_LEASE)
        results = run(calls, models, reporter)
    if len(results) != len(calls):
        raise RuntimeError(f"{spec.name} returned {len(results)} results for {len(calls)} calls")
    return BatchResult(
        stage=spec.name,
        results={call.job_id: result for call, result in zip(calls, results, strict=True)},
        models=models.used,
        started_at=started_at,
        finished_at=datetime.now(UTC),
    )


class StageReporter(Reporter):
    """Records the progress of a computation, which renews its leases, and publishes its files.

    A computation that hangs makes no progress. Its leases expire, and the reaper makes its stage
    runs ready for other workers.
    """

    def __init__(
        self,
        context: WorkerContext,
        claims: Sequence[Claim],
        advance: Callable[[], None],
        interval_s: float,
    ) -> None:
        self._context = context
        self._claims = claims
        self._advance = advance
        self._interval_s = interval_s
        self._started_at = self._renewed_at = time.monotonic()
        self._published_at: dict[str, float] = {}
        self._waiting: dict[str, list[StageArtifact]] = {}
        """Files that are published with later ones, by job."""

    def __call__(self, share: float) -> None:
        """Record the finished share, 0 to 1, at most once per interval.

        Raises:
            Interrupted: none of the claims is held any more.
        """
        now = time.monotonic()
        if now - self._renewed_at < self._interval_s:
            return
        self._renewed_at = now
        self._advance()
        if not sum(self._renew(claim, share) for claim in self._claims):
            raise Interrupted("gone")

    def publish(self, job_id: str, files: Sequence[StageArtifact]) -> None:
        """Store finished files of a job and tell of them; at a fault the end of the stage does.

        A transaction takes about as long as a variant, so what is finished sooner than
        `_PUBLISH_INTERVAL_S` after the last files is published with later ones or at the end.
        """
        waiting = self._waiting.setdefault(job_id, [])
        waiting += files
        now = time.monotonic()
        if now - self._published_at.get(job_id, self._started_at) < _PUBLISH_INTERVAL_S:
            return
        self._published_at[job_id] = now
        self._waiting[job_id] = []
        self._publish(job_id, waiting)

    def _publish(self, job_id: str, files: Sequence[StageArtifact]) -> None:
        claim = next(each for each in self._claims if each.job_id == job_id)
        records: list[ArtifactRecord] = []
        try:
            records = put_files(files, self._context.artifact_cache.put_many)
            with self._context.sessions.begin() as session:
                queue.publish(session, claim, records)
        except StaleFence:
            _log.info(
                "did not publish files of %s: the claim was lost",
                claim.stage,
                extra=log_fields(job=job_id, stage=claim.stage),
            )
            self._drop([record.sha256 for record in records])
        except (CodesignerError, DBAPIError) as error:
            _log.warning(
                "cannot publish files of %s before its end: %s",
                claim.stage,
                error,
                extra=log_fields(job=job_id, stage=claim.stage),
            )

    def _drop(self, sha256s: Sequence[str]) -> None:
        """Delete the bytes that were stored for a lost claim; best effort."""
        try:
            with self._context.sessions.begin() as session:
                release_bytes(session, sha256s)
        except DBAPIError as error:
            _log.warning("cannot drop files of a lost claim: %s", error.orig)

    def _renew(self, claim: Claim, share: float) -> bool:
        """Record one claim's progress; return whether it may still be held."""
        try:
            with self._context.sessions.begin() as session:
                queue.progress(session, claim, share)
        except StaleFence:
            return False
        except DBAPIError as error:  # the result may still be in time
            _log.warning(
                "cannot renew the lease of %s: %s",
                claim.stage,
                error.orig,
                extra=log_fields(job=claim.job_id, stage=claim.stage),
            )
        return True


def stage_limits(context: WorkerContext, spec: StageSpec) -> tuple[float, float]:
    """Return a stage's soft and hard time limit in seconds."""
    entry = context.stage_table[spec.name]
    return (
        spec.soft_limit_s if entry.soft_limit_s is None else entry.soft_limit_s,
        spec.hard_limit_s if entry.hard_limit_s is None else entry.hard_limit_s,
    )
