"""Celery application of the workers: the task that calls the runner, and those of the library.

Run: codesigner worker   (starts: celery -A worker.runtime.app worker -Q caption,generate,... )
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from celery import Celery, signals

from shared.broker.celery_config import STAGE_TASK, celery_config
from shared.broker.library_tasks import EMBED_TASK, INDEX_TASK
from shared.failpoints import reach
from shared.garbage import collection_paused
from shared.logs import configure
from shared.pipelines import STAGES, parse_stages
from shared.settings import load_settings
from worker.runtime.launch import DRAIN_VARIABLE, NAME_VARIABLE, STAGES_VARIABLE

__all__ = ["app", "embed", "index", "stage"]

_TIME_LIMIT_MARGIN_S = 60.0
_LIBRARY_LIMIT_S = 60.0

app = Celery("codesigner", include=["worker.runtime.app"])
app.add_defaults(
    lambda: celery_config(load_settings()) | {"worker_consumer": "worker.runtime.consumer:Consumer"}
)


@app.task(name=STAGE_TASK)
def stage(stage_name: str) -> None:
    """Serve a hint: run the waiting work of a stage."""
    from worker.runtime.pool_child import pool_child  # loads torch, so never in the parent

    pool_child().serve(stage_name)
    reach("before-ack")


@app.task(name=EMBED_TASK, time_limit=_LIBRARY_LIMIT_S)
def embed(key: str, text: str) -> None:
    """Compute the embedding of a search of the library."""
    from worker.runtime.pool_child import pool_child

    pool_child().embed(key, text)


@app.task(name=INDEX_TASK, time_limit=_LIBRARY_LIMIT_S)
def index() -> None:
    """Index designs of the library that are not indexed yet."""
    from worker.runtime.pool_child import pool_child

    pool_child().index()


@signals.setup_logging.connect
def _configure_logging(**_: Any) -> None:
    """Log as the other processes do; Celery adds no handlers where this signal is received."""
    settings = load_settings()
    configure(settings.log_level, settings.log_format)


@signals.celeryd_init.connect
def _prepare_parent(sender: str, options: Mapping[str, Any], **_: Any) -> None:
    """In the parent: pass the worker's name and stages to the child; set the task's limits."""
    os.environ[NAME_VARIABLE] = sender
    queues = options["queues"]  # named as the stages are
    stages = parse_stages(queues if isinstance(queues, str) else ",".join(queues))
    os.environ[STAGES_VARIABLE] = ",".join(stages)
    specs = [STAGES[name] for name in stages]
    # The child enforces the limit of each stage; this is a fallback for a child that cannot.
    stage.time_limit = sum(spec.run_limit_s for spec in specs) + _TIME_LIMIT_MARGIN_S
    # A training outlives any visibility timeout: its message is acknowledged on delivery.
    stage.acks_late = all(spec.queue != "train" for spec in specs)
    folder = Path(tempfile.gettempdir())
    os.environ[DRAIN_VARIABLE] = str(folder / f"codesigner-drain-{os.getpid()}")
    Path(os.environ[DRAIN_VARIABLE]).unlink(missing_ok=True)


@signals.worker_process_init.connect
def _start_child(**_: Any) -> None:
    """In the child: load and warm up the models, then report this worker ready."""
    with collection_paused():
        from worker.runtime.pool_child import pool_child

        pool_child().start()


@signals.worker_process_shutdown.connect
def _end_child(**_: Any) -> None:
    from worker.runtime.pool_child import pool_child

    if pool_child.cache_info().currsize:
        pool_child().end()


@signals.worker_shutting_down.connect
def _request_drain(**_: Any) -> None:
    """In the parent: make the child release the work that can wait for another worker."""
    Path(os.environ[DRAIN_VARIABLE]).touch()


@signals.worker_shutdown.connect
def _remove_drain_file(**_: Any) -> None:
    Path(os.environ[DRAIN_VARIABLE]).unlink(missing_ok=True)
