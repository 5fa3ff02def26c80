"""The train stage: retrains models with checkpoints in the queue and registers a new release."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from shared.datasets import InvalidDataset
from shared.db.models import ModelVersion
from shared.errors import CodesignerError, ModelsMissing, StaleFence
from shared.jobs.retention import unreferenced
from shared.logs import log_fields
from shared.pipelines import STAGES
from shared.queue import leases as queue
from shared.queue.leases import ArtifactRecord, Claim, StageOutput
from shared.queue.stage_inputs import Inputs
from shared.registry.releases import (
    Gate,
    ReleaseManifest,
    VersionManifest,
    members,
    register_release,
    releases,
)
from shared.registry.training_metrics import record_metrics
from worker.execution.context import Computation, WorkerContext
from worker.execution.invoke import stage_limits
from worker.execution.limits import Interrupted
from worker.execution.provenance import RunFacts, run_record
from worker.execution.result_writer import drop_bytes, finish, record_failure, update_claims
from worker.runtime.model_cache import LoadedModel

if TYPE_CHECKING:
    from worker.training.release import ReleaseFiles
    from worker.training.retrain import Progress, RetrainOptions

__all__ = ["run"]

_log = logging.getLogger(__name__)
_ROLES = ("vision", "text_encoder", "fusion", "generator")
_CHECKPOINT_INTERVAL_S = 60.0
"""Seconds between two checkpoints: the work that a killed process may lose."""
_LEFT_OUT_NOTICE = "pictures_left_out"
_MAX_NAMED = 100
_TOLERANCE = 1.05
"""Factor by which a release's held-out metrics may exceed those of its base release."""


@dataclass
class _TrainingRun:
    """A training run under its claim."""

    context: WorkerContext
    claim: Claim
    inputs: Inputs
    checkpoint_sha256: str | None
    checkpoint_at: float = field(default_factory=time.monotonic)  # monotonic seconds
    stale: bool = False

    def on_progress(self, progress: Progress) -> None:
        """Record the metrics; store a checkpoint when one is due. Both renew the lease."""
        with self.context.sessions.begin() as session:
            record_metrics(session, self.claim.job_id, progress.step, progress.metrics)
        due = time.monotonic() - self.checkpoint_at >= _CHECKPOINT_INTERVAL_S
        if due or self.context.is_draining() or progress.step == progress.steps:
            self._store_checkpoint(progress)
            return
        fraction = progress.step / progress.steps
        self._update(lambda session, held: queue.progress(session, held, fraction))

    def _store_checkpoint(self, progress: Progress) -> None:
        sha256 = self.context.store.put(progress.state)
        step, fraction = progress.step, progress.step / progress.steps
        self._update(lambda session, held: queue.checkpoint(session, held, step, sha256, fraction))
        if self.stale:
            drop_bytes(self.context, [sha256])
        previous = self.checkpoint_sha256
        if previous is not None and not self.stale and previous != sha256:
            with self.context.sessions() as session:
                obsolete = unreferenced(session, [previous])
            for name in obsolete:
                self.context.store.delete(name)
        self.checkpoint_sha256, self.checkpoint_at = sha256, time.monotonic()

    def _update(self, change: Any) -> None:
        if not update_claims(self.context, [self.claim], change):
            self.stale = True

    def should_stop(self) -> bool:
        """Return whether to stop: the worker is draining, or the claim is no longer held."""
        return self.stale or self.context.is_draining()


def run(context: WorkerContext, claim: Claim, inputs: Inputs) -> None:
    """Run the job's training from its last checkpoint; finish, fail or release the claim."""
    from worker.training.retrain import TrainingStopped

    started_at = datetime.now(UTC)
    training = _TrainingRun(context, claim, inputs, claim.checkpoint_sha256)
    job_field = log_fields(job=claim.job_id)
    try:
        base = _base_models(context, inputs)
        computation = Computation(stage=claim.stage, claims=[claim])
        with context.time_limits(computation, *stage_limits(context, STAGES[claim.stage])):
            files = _retrain(training, base)
    except TrainingStopped:
        _log.info("training stops; it will resume from its checkpoint", extra=job_field)
        if not training.stale:
            update_claims(context, [claim], queue.release)
    except Interrupted as interrupt:
        _log.info("training was interrupted: %s", interrupt.reason, extra=job_field)
        if interrupt.reason == "time_limit":
            record_failure(
                context, claim, CodesignerError("time_limit", "The training took too long.")
            )
    except InvalidDataset as error:
        record_failure(
            context, claim, CodesignerError("dataset_invalid", str(error)), retryable=False
        )
    except (ModelsMissing, StaleFence):
        raise
    except Exception as error:  # noqa: BLE001 (the boundary: a training may raise anything)
        record_failure(context, claim, error)
    else:
        _register(training, base, files, started_at)


def _base_models(context: WorkerContext, inputs: Inputs) -> dict[str, LoadedModel]:
    """Return the weights to start from: those that were in use when the job was submitted."""
    pinned = inputs.job.model_versions
    if missing := [role for role in _ROLES if role not in pinned]:
        raise ModelsMissing(f"The job pins no {', '.join(missing)}.")
    return {
        role: LoadedModel(
            version_id=pinned[role],
            model=None,
            source=context.model_cache.find(pinned[role]),
            size_bytes=0,
            load_s=0.0,
        )
        for role in _ROLES
    }


def _retrain(training: _TrainingRun, base: Mapping[str, LoadedModel]) -> ReleaseFiles:
    from worker.training.retrain import retrain

    context, claim = training.context, training.claim
    checkpoint = None
    if claim.checkpoint_sha256 is not None:
        checkpoint = context.store.get(claim.checkpoint_sha256)
    with _dataset(context, training.inputs.job.options["dataset_sha256"]) as dataset:
        return retrain(
            _options(training),
            dataset,
            {role: loaded.source for role, loaded in base.items()},
            checkpoint,
            training.on_progress,
            training.should_stop,
        )


def _options(training: _TrainingRun) -> RetrainOptions:
    """Return the training options of the job; a taken release name gets a part of the job's id."""
    from worker.training.retrain import RetrainOptions

    job = training.inputs.job
    with training.context.sessions() as session:
        taken = {row.name for row in releases(session) if row.job_id != job.id}
    name = str(job.options["name"])
    return RetrainOptions(
        release=f"{name}-{job.id[-6:]}" if name in taken else name,
        steps=int(job.options["steps"]),
        drawing_steps=int(job.options.get("drawing_steps", job.options["steps"] // 3)),
        batch=int(job.options["batch"]),
        rate=float(job.options["learning_rate"]),
        seed=int(job.options["seed"]),
        replay=int(job.options.get("replay", RetrainOptions.replay)),
    )


@contextmanager
def _dataset(context: WorkerContext, sha256: str) -> Iterator[Path]:
    """Yield the path of the uploaded dataset, a zip file."""
    with tempfile.TemporaryDirectory(prefix="codesigner-") as folder:
        path = Path(folder) / "dataset.zip"
        path.write_bytes(context.store.get(sha256))
        yield path


def _register(
    training: _TrainingRun,
    base: Mapping[str, LoadedModel],
    files: ReleaseFiles,
    started_at: datetime,
) -> None:
    """Store weights and sheets, then finish and register the release in one transaction."""
    context, job = training.context, training.inputs.job
    stored = {name: context.store.put(content) for name, content in files.files.items()}
    sheets = [
        ArtifactRecord(
            kind=Path(name).stem,
            variant=number,
            sha256=context.store.put(content),
            media_type="image/png",
            size_bytes=len(content),
        )
        for number, (name, content) in enumerate(sorted(files.sheets.items()))
    ]
    weights = [
        ArtifactRecord(
            kind="model",
            variant=number,
            sha256=stored[name],
            media_type="application/vnd.safetensors",
            size_bytes=len(files.files[name]),
        )
        for number, name in enumerate(sorted(stored))
    ]
    versions = tuple(_version(entry, stored) for entry in files.versions)
    with context.sessions() as session:
        release = _release(session, training, files, versions)
    summary = _summary(files, versions)
    output_sha256 = context.store.put(summary)
    facts = RunFacts(
        claim=training.claim,
        inputs=training.inputs,
        batch=1,
        models=base,
        device=context.device,
        started_at=started_at,
        finished_at=datetime.now(UTC),
        output_sha256=output_sha256,
        artifacts=(*weights, *sheets),
        details={"release": files.release, "left_out": _left_out(files), **files.metrics},
    )
    output = StageOutput(
        output_sha256=output_sha256,
        output_media_type="application/json",
        artifacts=(*weights, *sheets),
        provenance=run_record(facts),
        on_done=partial(register_release, manifest=release),
        notices=(_LEFT_OUT_NOTICE,) if files.left_out else (),
    )
    finish(context, training.claim, output)
    if files.left_out:
        names = _left_out(files)
        _log.warning("left out unreadable pictures: %s", names, extra=log_fields(job=job.id))
    _log.info("registered the release %s", files.release, extra=log_fields(job=job.id))


def _version(entry: Mapping[str, Any], stored: Mapping[str, str]) -> VersionManifest:
    """Return a manifest entry whose source is the artifact store."""
    file = entry["source"]["file"]
    attributes = {key: value for key, value in entry.items() if key != "source"}
    return VersionManifest(source={"artifact": stored[file], "file": file}, **attributes)


def _release(
    session: Session,
    training: _TrainingRun,
    files: ReleaseFiles,
    versions: tuple[VersionManifest, ...],
) -> ReleaseManifest:
    """Return the release's manifest: untrained roles keep the versions that the job pinned."""
    pinned = dict(training.inputs.job.model_versions)
    base = next(
        (row.name for row in releases(session) if members(session, row.name) == pinned), None
    )
    trained = {version.role for version in versions}
    kept = [session.get_one(ModelVersion, pinned[role]) for role in pinned if role not in trained]
    return ReleaseManifest(
        name=files.release,
        versions=(*versions, *(_manifest(row) for row in kept)),
        base=base,
        job_id=training.inputs.job.id,
        gates=_gates(files.metrics),
    )


def _manifest(row: ModelVersion) -> VersionManifest:
    """Return the manifest that a version was registered by."""
    names = [each.name for each in fields(VersionManifest)]
    return VersionManifest(**{name: getattr(row, name) for name in names})


def _gates(metrics: Mapping[str, float]) -> tuple[Gate, ...]:
    """Return a gate for each metric: on held-out designs it must not get worse than before."""
    return tuple(
        Gate(
            metric=name,
            value=metrics[name],
            bar=metrics[f"{name}_before"] * _TOLERANCE,
            passed=metrics[name] <= metrics[f"{name}_before"] * _TOLERANCE,
        )
        for name in sorted(metrics)
        if f"{name}_before" in metrics
    )


def _left_out(files: ReleaseFiles) -> dict[str, Any]:
    """Return the number of unreadable pictures and the names of the first of them."""
    return {"pictures": len(files.left_out), "named": list(files.left_out[:_MAX_NAMED])}


def _summary(files: ReleaseFiles, versions: tuple[VersionManifest, ...]) -> bytes:
    document = {
        "release": files.release,
        "metrics": dict(files.metrics),
        "left_out": _left_out(files),
        "versions": [
            {"role": version.role, "name": version.name, "sha256": version.sha256}
            for version in versions
        ],
    }
    return json.dumps(document, sort_keys=True).encode()
