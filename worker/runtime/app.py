"""The Celery application of the workers: one task, which is a shell around the runner.

Run: codesigner worker   (it starts: celery -A worker.runtime.app worker -Q caption,generate,... )
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from celery import Celery, signals

from shared.broker.celery_config import STAGE_TASK, celery_config
from shared.failpoints import reach
from shared.pipelines import STAGES, known_stages
from shared.settings import load_settings
from worker.runtime.launch import DRAIN_VARIABLE, NAME_VARIABLE, STAGES_VARIABLE

__all__ = ["app", "stage"]

_MARGIN_S = 60.0

app = Celery("codesigner", include=["worker.runtime.app"])
app.add_defaults(
    lambda: celery_config(load_settings()) | {"worker_consumer": "worker.runtime.consumer:Consumer"}
)


@app.task(name=STAGE_TASK)
def stage(stage_name: str) -> None:
    """There is work for this stage: do it."""
    from worker.runtime.pool_child import child  # loads torch, so never in the parent

    child().serve(stage_name)
    reach("before-ack")


@signals.celeryd_init.connect
def _prepare_parent(sender: str, options: Mapping[str, Any], **_: Any) -> None:
    """In the parent: tell the child what it is called and serves; set the message's limits."""
    os.environ[NAME_VARIABLE] = sender
    heard = options["queues"]  # named as the stages are
    stages = known_stages(heard if isinstance(heard, str) else ",".join(heard))
    os.environ[STAGES_VARIABLE] = ",".join(stages)
    specs = [STAGES[name] for name in stages]
    # Each stage is limited on its own by the child; this is for a child that cannot.
    stage.time_limit = sum(spec.run_limit_s for spec in specs) + _MARGIN_S
    # A training outlives any visibility timeout: its message is done with when it is taken.
    stage.acks_late = all(spec.queue != "train" for spec in specs)
    folder = Path(tempfile.gettempdir())
    os.environ[DRAIN_VARIABLE] = str(folder / f"codesigner-drain-{os.getpid()}")
    Path(os.environ[DRAIN_VARIABLE]).unlink(missing_ok=True)


@signals.worker_process_init.connect
def _start_child(**_: Any) -> None:
    """In the child: load and warm the models, then tell that this worker is ready."""
    gc.disable()  # what is imported and loaded now stays: no looking through it again and again
    try:
        from worker.runtime.pool_child import child

        child().start()
    finally:
        gc.enable()


@signals.worker_process_shutdown.connect
def _end_child(**_: Any) -> None:
    from worker.runtime.pool_child import child

    if child.cache_info().currsize:
        child().end()


@signals.worker_shutting_down.connect
def _drain(**_: Any) -> None:
    """In the parent: have the child give back what can wait for the next worker."""
    Path(os.environ[DRAIN_VARIABLE]).touch()


@signals.worker_shutdown.connect
def _forget_drain(**_: Any) -> None:
    Path(os.environ[DRAIN_VARIABLE]).unlink(missing_ok=True)
