"""Tests of worker heartbeats and of training metrics."""

from dataclasses import replace
from typing import Any

from sqlalchemy import text

from shared.queue.recovery.heartbeats import (
    Heartbeat,
    beat,
    gone,
    stage_workers,
    unserved,
    workers_ready,
)
from shared.registry.training_metrics import record_metrics, training_metrics

WORKER = Heartbeat(name="w1", host="here", device="cpu", queues=("gpu",))


def test_worker_is_ready_while_its_heartbeat_is_recent(work: Any) -> None:
    with work.session() as session:
        beat(session, WORKER)
        beat(session, replace(WORKER, name="w2", queues=("gpu", "train")))
    with work.session() as session:
        assert [each.name for each in workers_ready(session, "gpu")] == ["w1", "w2"]
        assert [each.name for each in workers_ready(session, "train")] == ["w2"]
    work.pass_time(31)
    with work.session() as session:
        beat(session, replace(WORKER, roles=("vision",)))
        (heard,) = workers_ready(session)
        assert (heard.name, heard.roles) == ("w1", ["vision"])
        gone(session, "w1")
        assert workers_ready(session, "gpu") == []


def test_a_design_needs_a_worker_for_each_of_its_stages(work: Any) -> None:
    with work.session() as session:
        beat(session, replace(WORKER, name="looks", stages=("caption", "vision")))
        assert unserved(session) == ["fusion", "generate", "draw", "present"]
        beat(session, replace(WORKER, name="draws", stages=("vision", "fusion", "generate")))
        assert unserved(session) == ["draw", "present"]
        beat(session, replace(WORKER, name="all", queues=("gpu", "cpu")))
    with work.session() as session:
        assert unserved(session) == []
        assert stage_workers(session) == {
            "caption": 2,
            "vision": 3,
            "fusion": 2,
            "generate": 2,
            "draw": 1,
            "present": 1,
            "print": 1,
            "render": 1,
            "export": 1,
            "train": 0,
        }
    work.pass_time(31)
    with work.session() as session:
        assert unserved(session)[0] == "caption"


def test_worker_without_declared_stages_serves_none(work: Any) -> None:
    """An old worker declares no stages, and its queue is not the queue of a stage."""
    with work.session() as session:
        session.execute(
            text(
                "INSERT INTO worker_heartbeat (name, host, device, queues) "
                "VALUES ('old', 'here', 'cpu', '[\"gpu\"]')"
            )
        )
        assert [each.name for each in workers_ready(session, "gpu")] == ["old"]
        assert len(unserved(session)) == 6


def test_repeated_step_replaces_its_metrics(work: Any) -> None:
    job = work.submit(pipeline="training")
    with work.session() as session:
        record_metrics(session, job.id, 10, {"loss": 0.5, "colour": 0.1})
        record_metrics(session, job.id, 20, {"loss": 0.4})
        record_metrics(session, job.id, 20, {"loss": 0.3})
        record_metrics(session, job.id, 30, {})
    with work.session() as session:
        losses = training_metrics(session, job.id, "loss")
        assert [(each.step, each.value) for each in losses] == [(10, 0.5), (20, 0.3)]
        assert len(training_metrics(session, job.id)) == 3
