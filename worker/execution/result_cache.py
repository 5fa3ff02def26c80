"""Reuse of results computed earlier from equal inputs by the same models and program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from shared.pipelines import STAGES
from shared.queue.leases import Claim, StageOutput
from shared.queue.result_cache import CachedResult, cached_results
from shared.queue.stage_inputs import Inputs
from shared.storage.artifacts import ArtifactStore
from worker.execution.provenance import reused_record
from worker.stages import StageEntry

__all__ = [
    "cached_outputs",
    "distinct_claims",
    "input_key",
    "program_sha256",
]

_ROOT = Path(__file__).parents[2]
_PARTS = ("brief", "understood", "reference", "outputs", "artifacts")


def input_key(stage: str, entry: StageEntry, inputs: Inputs) -> str | None:
    """Return the hash of all inputs of a stage's result; None where its entry lists none.

    The inputs are the parts of the call that the entry lists, the pinned versions of the models
    it uses, and the program itself. The job's id and URL are not among them; its workspace is.
    """
    if entry.inputs is None:
        return None
    job = inputs.job
    parts: Mapping[str, Any] = {
        "brief": job.brief,
        "understood": job.understood,
        "reference": job.reference_sha256,
        "outputs": dict(inputs.outputs),
        "artifacts": sorted((*key, sha256) for key, sha256 in inputs.artifacts.items()),
    }
    roles = STAGES[stage].roles if entry.roles is None else entry.roles
    document = {
        "workspace": job.workspace_id,  # reuse would tell another one what was submitted here
        "stage": stage,
        "program": [entry.path, program_sha256()],
        "models": {role: job.model_versions.get(role) for role in roles},
        "inputs": {
            name: parts[name] if name in _PARTS else job.options.get(name) for name in entry.inputs
        },
    }
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@lru_cache(maxsize=1)
def program_sha256() -> str:
    """Return the hash of the program's source: another program may compute other results."""
    digest = hashlib.sha256()
    for folder in ("shared", "worker"):
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(_ROOT)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def distinct_claims(claims: Sequence[Claim], keys: Mapping[str, str | None]) -> list[Claim]:
    """Return the claims without those whose key equals that of an earlier one in the list."""
    seen: set[str] = set()
    distinct = []
    for claim in claims:
        key = keys[claim.job_id]
        if key is None or key not in seen:
            distinct.append(claim)
        if key is not None:
            seen.add(key)
    return distinct


def cached_outputs(
    session: Session,
    store: ArtifactStore,
    claims: Sequence[Claim],
    inputs: Mapping[str, Inputs],
    keys: Mapping[str, str | None],
) -> list[tuple[Claim, StageOutput]]:
    """Return the claims of one stage that have a cached result, each with its output.

    They must be finished in the same transaction: until its end the source rows stay locked.

    Args:
        inputs, keys: by job id; a key of None: not to be reused.
    """
    lookup = {key for claim in claims if (key := keys[claim.job_id]) is not None}
    if not lookup:
        return []
    cached = {
        key: result
        for key, result in cached_results(session, claims[0].stage, lookup).items()
        if all(store.exists(sha256) for sha256 in result.sha256s)
    }
    return [
        (claim, _output(claim, inputs[claim.job_id], key, cached[key]))
        for claim in claims
        if (key := keys[claim.job_id]) is not None and key in cached
    ]


def _output(claim: Claim, inputs: Inputs, key: str, earlier: CachedResult) -> StageOutput:
    return StageOutput(
        output_sha256=earlier.output_sha256,
        output_media_type=earlier.output_media_type,
        artifacts=earlier.artifacts,
        provenance=reused_record(claim, inputs, earlier),
        description=earlier.description,
        notices=tuple(earlier.provenance.get("details", {}).get("notices", ())),
        input_key=key,
        reused=True,
    )
