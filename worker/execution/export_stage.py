"""The export stage: writes everything that an account has into one zip."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared.db.models import Job
from shared.errors import CodesignerError, StaleFence
from shared.logs import log_fields
from shared.pipelines import STAGES
from shared.queue import leases as queue
from shared.queue.leases import ArtifactRecord, Claim, StageOutput
from shared.queue.stage_inputs import Inputs
from worker.execution.context import Computation, WorkerContext
from worker.execution.export_zip import ExportCounts, write_export
from worker.execution.invoke import stage_limits
from worker.execution.limits import Interrupted
from worker.execution.provenance import RunFacts, run_record
from worker.execution.result_writer import finish, record_failure, update_claims

__all__ = ["run"]

_log = logging.getLogger(__name__)
_RENEWAL_S = 2.0


class _Stopped(Exception):
    """The worker is draining, or the claim is lost."""


@dataclass
class _Export:
    """A running export under its claim."""

    context: WorkerContext
    claim: Claim
    inputs: Inputs
    progressed: Callable[[], None]
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    renewed_at: float = field(default_factory=time.monotonic)  # monotonic seconds
    stale: bool = False

    def on_progress(self, fraction: float) -> None:
        """Renew the lease now and then.

        Raises:
            _Stopped: the export is to end.
        """
        if self.context.is_draining():
            raise _Stopped
        if time.monotonic() - self.renewed_at < _RENEWAL_S:
            return
        self.renewed_at = time.monotonic()
        self.progressed()
        shown = min(fraction, 0.99)
        if not update_claims(
            self.context, [self.claim], lambda session, held: queue.progress(session, held, shown)
        ):
            self.stale = True
            raise _Stopped


def run(context: WorkerContext, claim: Claim, inputs: Inputs) -> None:
    """Write and store the zip of the job's account; finish, fail or release the claim."""
    computation = Computation(stage=claim.stage, claims=[claim])
    try:
        with (
            tempfile.TemporaryDirectory(prefix="codesigner-export-") as folder,
            context.time_limits(
                computation, *stage_limits(context, STAGES[claim.stage])
            ) as progressed,
        ):
            export = _Export(context, claim, inputs, progressed)
            path = Path(folder) / "export.zip"
            account_id = str(inputs.job.options["account_id"])
            counts = write_export(
                path, account_id, context.sessions, context.store, export.on_progress
            )
            size_bytes = path.stat().st_size
            sha256 = context.store.put(path)
    except _Stopped:
        _log.info("export stops", extra=log_fields(job=claim.job_id))
        if not export.stale:
            update_claims(context, [claim], queue.release)
    except Interrupted as interrupt:
        if interrupt.reason == "time_limit":
            record_failure(context, claim, CodesignerError("time_limit", "It took too long."))
        elif interrupt.reason == "draining":
            update_claims(context, [claim], queue.release)
    except StaleFence:
        raise
    except Exception as error:  # noqa: BLE001 (the boundary: disks and stores raise anything)
        record_failure(context, claim, error)
    else:
        made = ArtifactRecord(
            kind="export",
            variant=0,
            sha256=sha256,
            media_type="application/zip",
            size_bytes=size_bytes,
        )
        finish(context, claim, _output(export, made, counts))


def _output(export: _Export, made: ArtifactRecord, counts: ExportCounts) -> StageOutput:
    context = export.context
    details = {"designs": counts.designs, "files": counts.files, "missing": len(counts.missing)}
    output_sha256 = context.store.put(json.dumps(details | {"sha256": made.sha256}).encode())
    facts = RunFacts(
        claim=export.claim,
        inputs=export.inputs,
        batch=1,
        models={},
        device=context.device,
        started_at=export.started_at,
        finished_at=datetime.now(UTC),
        output_sha256=output_sha256,
        artifacts=(made,),
        details=details,
    )
    return StageOutput(
        output_sha256=output_sha256,
        output_media_type="application/json",
        artifacts=(made,),
        provenance=run_record(facts),
        on_done=partial(_do_not_count, job_id=export.claim.job_id),
    )


def _do_not_count(session: Session, job_id: str) -> None:
    """Leave the zip out of the bytes that its owner's quota limits."""
    session.execute(update(Job).where(Job.id == job_id).values(stored_bytes=0))
