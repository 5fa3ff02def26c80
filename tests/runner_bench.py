"""A queue driver with a pool child in this process, whose stages the brief commands."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from shared.jobs import submission as jobs
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.queue_driver import QueueDriver
from worker.execution.context import WorkerContext
from worker.execution.runner import serve
from worker.runtime.pool_child import PoolChild

__all__ = ["OPTIONS", "Bench", "running_bench"]

OPTIONS = {
    "variants": 2,
    "seed": 7,
    "product": "phone-case",
    "reference_strength": 0.5,
    "size": 64,
    "defaulted": ["reference_strength", "size"],
}


class Bench(QueueDriver):
    """A queue driver with a pool child in this process, with stages commanded by the brief."""

    run_of = QueueDriver.stage

    def __init__(
        self, child: PoolChild, sessions: sessionmaker[Session], store: ArtifactStore
    ) -> None:
        super().__init__(sessions, store)
        self.child = child

    @property
    def context(self) -> WorkerContext:
        return self.child.context

    def submit(self, brief: str, **asked: Any) -> str:
        known = {
            "options": OPTIONS,
            "design": jobs.DesignInput(understood={"language": "en"}),
        }
        return super().submit(brief=brief, **known | asked).id

    def until_ended(self, *job_ids: str) -> list[str]:
        """Serve hints as the broker delivers them until these jobs have ended."""
        until = time.monotonic() + 120
        while any(self.job(each).finished_at is None for each in job_ids):
            assert time.monotonic() < until
            for stage in self.hints():
                serve(self.context, stage)
            time.sleep(0.05)
        return [self.job(each).state for each in job_ids]


@contextmanager
def running_bench(
    settings: Settings,
    sessions: sessionmaker[Session],
    store: ArtifactStore,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bench]:
    """Yield a bench; at its end no invariant may be violated."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "integration"))
    environ = {"CODESIGNER_STAGES": "stages_for_worker:STAGES"}
    child = PoolChild(settings.model_copy(update={"devices": "cpu"}), environ)
    bench = Bench(child, sessions, store)
    yield bench
    child.end()
    assert bench.faults() == {}
