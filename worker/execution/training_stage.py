"""The train stage: a retraining with checkpoints in the queue, which ends in a new release."""

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

from shared.datasets import BadDataset
from shared.db.models import ModelVersion
from shared.errors import CodesignerError, ModelsMissing, StaleFence
from shared.jobs.retention import unreferenced
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
from worker.execution.context import Computing, Workplace
from worker.execution.invoke import limits_of
from worker.execution.limits import Interrupted
from worker.execution.provenance import RunFacts, run_record
from worker.execution.result_writer import change_held, fail, finish
from worker.runtime.model_cache import Loaded

if TYPE_CHECKING:
    from worker.training.release import ReleaseFiles
    from worker.training.retrain import Progress, RetrainOptions

__all__ = ["run"]

_log = logging.getLogger(__name__)
_ROLES = ("vision", "text_encoder", "fusion", "generator")
_CHECKPOINT_S = 60.0
"""Seconds of work that a kill may cost."""
_LEFT_OUT_NOTICE = "pictures_left_out"
_MOST_NAMED = 100
_TOLERANCE = 1.05
"""A release may be this much worse on what was held out than the one it started from."""


@dataclass
class _Run:
    """One training under its claim."""

    place: Workplace
    claim: Claim
    inputs: Inputs
    kept_sha256: str | None
    kept_at: float = field(default_factory=time.monotonic)
    stale: bool = False

    def on_progress(self, progress: Progress) -> None:
        """Note the figures; keep a checkpoint when one is due. Both extend the lease."""
        with self.place.sessions.begin() as session:
            record_metrics(session, self.claim.job_id, progress.step, progress.metrics)
        due = time.monotonic() - self.kept_at >= _CHECKPOINT_S
        if due or self.place.draining() or progress.step == progress.steps:
            self._keep(progress)
            return
        fraction = progress.step / progress.steps
        self._change(lambda session, held: queue.progress(session, held, fraction))

    def _keep(self, progress: Progress) -> None:
        sha256 = self.place.store.put(progress.state)
        step, fraction = progress.step, progress.step / progress.steps
        self._change(lambda session, held: queue.checkpoint(session, held, step, sha256, fraction))
        if self.kept_sha256 is not None and not self.stale and self.kept_sha256 != sha256:
            with self.place.sessions() as session:
                unneeded = unreferenced(session, [self.kept_sha256])
            for each in unneeded:
                self.place.store.delete(each)
        self.kept_sha256, self.kept_at = sha256, time.monotonic()

    def _change(self, change: Any) -> None:
        if not change_held(self.place, [self.claim], change):
            self.stale = True

    def should_stop(self) -> bool:
        """Tell whether to stop: the worker ends, or the claim is no longer held."""
        return self.stale or self.place.draining()


def run(place: Workplace, claim: Claim, inputs: Inputs) -> None:
    """Retrain as the job asks, from its last checkpoint; finish, fail or give back the claim."""
    from worker.training.retrain import Stopped

    began = datetime.now(UTC)
    running = _Run(place, claim, inputs, claim.checkpoint_sha256)
    try:
        base = _base(place, inputs)
        computing = Computing(stage=claim.stage, jobs=1, held=lambda: [claim])
        with place.limited(computing, *limits_of(place, STAGES[claim.stage])):
            files = _retrain(running, base)
    except Stopped:
        _log.info("training of job %s stops; it goes on from its checkpoint", claim.job_id)
        if not running.stale:
            change_held(place, [claim], queue.release)
    except Interrupted as stopped:
        _log.info("training of job %s was stopped: %s", claim.job_id, stopped.reason)
        if stopped.reason == "time_limit":
            fail(place, claim, CodesignerError("time_limit", "The training took too long."))
    except BadDataset as error:
        fail(place, claim, CodesignerError("dataset_invalid", str(error)), retryable=False)
    except (ModelsMissing, StaleFence):
        raise
    except Exception as error:  # noqa: BLE001 (the boundary: whatever a training may raise)
        fail(place, claim, error)
    else:
        _register(running, base, files, began)


def _base(place: Workplace, inputs: Inputs) -> dict[str, Loaded]:
    """Find the weights to start from: those that were in use when the job was made."""
    pinned = inputs.job.model_versions
    if missing := [role for role in _ROLES if role not in pinned]:
        raise ModelsMissing(f"The job pins no {', '.join(missing)}.")
    return {
        role: Loaded(
            version_id=pinned[role],
            model=None,
            source=place.residency.find(pinned[role]),
            size_bytes=0,
            load_s=0.0,
        )
        for role in _ROLES
    }


def _retrain(running: _Run, base: Mapping[str, Loaded]) -> ReleaseFiles:
    from worker.training.retrain import retrain

    place, claim = running.place, running.claim
    checkpoint = None
    if claim.checkpoint_sha256 is not None:
        checkpoint = place.store.get(claim.checkpoint_sha256)
    with _dataset(place, running.inputs.job.options["dataset_sha256"]) as dataset:
        return retrain(
            _options(running),
            dataset,
            {role: loaded.source for role, loaded in base.items()},
            checkpoint,
            running.on_progress,
            running.should_stop,
        )


def _options(running: _Run) -> RetrainOptions:
    """Map the job's options; a name that is taken gets a part of the job's id."""
    from worker.training.retrain import RetrainOptions

    job = running.inputs.job
    with running.place.sessions() as session:
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
def _dataset(place: Workplace, sha256: str) -> Iterator[Path]:
    """Give the uploaded dataset as a zip file."""
    with tempfile.TemporaryDirectory(prefix="codesigner-") as folder:
        path = Path(folder) / "dataset.zip"
        path.write_bytes(place.store.get(sha256))
        yield path


def _register(
    running: _Run, base: Mapping[str, Loaded], files: ReleaseFiles, began: datetime
) -> None:
    """Store weights and sheets, then finish with the new release in one transaction."""
    place, job = running.place, running.inputs.job
    stored = {name: place.store.put(content) for name, content in files.files.items()}
    sheets = [
        ArtifactRecord(
            kind=Path(name).stem,
            variant=number,
            sha256=place.store.put(content),
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
    with place.sessions() as session:
        release = _release(session, running, files, versions)
    summary = _summary(files, versions)
    output_sha256 = place.store.put(summary)
    facts = RunFacts(
        claim=running.claim,
        inputs=running.inputs,
        batch=1,
        models=base,
        device=place.device,
        started_at=began,
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
    finish(place, [(running.claim, output)])
    if files.left_out:
        _log.warning("job %s left out pictures that cannot be read: %s", job.id, _left_out(files))
    _log.info("job %s made the release %s", job.id, files.release)


def _version(entry: Mapping[str, Any], stored: Mapping[str, str]) -> VersionManifest:
    """Point a manifest entry to the artifact store."""
    file = entry["source"]["file"]
    told = {key: value for key, value in entry.items() if key != "source"}
    return VersionManifest(source={"artifact": stored[file], "file": file}, **told)


def _release(
    session: Session, running: _Run, files: ReleaseFiles, versions: tuple[VersionManifest, ...]
) -> ReleaseManifest:
    """Make the release's manifest: roles that were not trained stay as the job pinned them."""
    pinned = dict(running.inputs.job.model_versions)
    base = next(
        (row.name for row in releases(session) if members(session, row.name) == pinned), None
    )
    trained = {each.role for each in versions}
    kept = [session.get_one(ModelVersion, pinned[role]) for role in pinned if role not in trained]
    return ReleaseManifest(
        name=files.release,
        versions=(*versions, *(_manifest(row) for row in kept)),
        base=base,
        job_id=running.inputs.job.id,
        gates=_gates(files.metrics),
    )


def _manifest(row: ModelVersion) -> VersionManifest:
    """Give back the manifest that a version was registered by."""
    names = [each.name for each in fields(VersionManifest)]
    return VersionManifest(**{name: getattr(row, name) for name in names})


def _gates(metrics: Mapping[str, float]) -> tuple[Gate, ...]:
    """Hold each figure against what it was before: on held-out designs it may not get worse."""
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
    """Count the pictures that cannot be read, and name the first of them."""
    return {"pictures": len(files.left_out), "named": list(files.left_out[:_MOST_NAMED])}


def _summary(files: ReleaseFiles, versions: tuple[VersionManifest, ...]) -> bytes:
    document = {
        "release": files.release,
        "metrics": dict(files.metrics),
        "left_out": _left_out(files),
        "versions": [
            {"role": each.role, "name": each.name, "sha256": each.sha256} for each in versions
        ],
    }
    return json.dumps(document, sort_keys=True).encode()
