"""Documents of the queue's state and dead jobs; retry of dead jobs."""

from typing import Any

from sqlalchemy.orm import Session

from shared.audit.acts import record_retries
from shared.db.models import Job
from shared.jobs.dead_letters import DeadJob, count_untried, retry_all, retry_each
from shared.jobs.insertion import first_stage
from shared.jobs.serializers import job_path
from shared.jobs.submission import Limits, active_jobs
from shared.queue.pauses import pauses
from shared.queue.stats import owner_lines, stage_lines
from shared.settings import Settings
from shared.timestamps import optional_timestamp, timestamp
from web.extensions import Services
from web.http.audit import present_actor
from web.schemas.queue import RetryRequest

__all__ = ["dead_document", "queue_state", "retry_dead"]


def queue_state(session: Session, settings: Settings) -> dict[str, Any]:
    """Return the document of the queue: pauses, stages, owners, count of dead jobs."""
    return {
        "active": active_jobs(session),
        "max_queue": settings.max_queue,
        "pauses": [
            {
                "stage": pause.stage,
                "actor": pause.actor,
                "reason": pause.reason,
                "at": timestamp(pause.at),
            }
            for pause in pauses(session)
        ],
        "stages": [vars(stage) | {"drained": stage.drained} for stage in stage_lines(session)],
        "owners": [vars(owner) for owner in owner_lines(session)],
        "dead": count_untried(session),
    }


def dead_document(dead: DeadJob) -> dict[str, Any]:
    """Return the document of a dead job with the tracebacks of its attempts."""
    job = dead.job
    return {
        "id": job.id,
        "pipeline": job.pipeline,
        "brief": job.brief,
        "owner": job.owner,
        "error": job.error,
        "stage": dead.stage,
        "attempts": dead.attempts,
        "failures": list(dead.failures),
        "created_at": timestamp(job.created_at),
        "finished_at": optional_timestamp(job.finished_at),
        "retried_from": job.retried_from,
        "retries": job.retries,
        "links": {"self": job_path(job.id), "retry": f"{job_path(job.id)}/retry"},
    }


def retry_dead(services: Services, request: RetryRequest) -> tuple[list[tuple[str, Job]], int]:
    """Retry dead jobs on behalf of their owners; send hints to the workers.

    Returns:
        Pairs of the dead job's id and the new job, and the count of dead jobs not yet retried.

    Raises:
        CodesignerError: see `shared.jobs.dead_letters.retry_each`.
    """
    settings = services.settings
    limits = Limits(queue=settings.max_queue)
    with services.hints.deferred() as stages, services.recording() as session:
        if request.ids is None:
            retried = retry_all(session, limits=limits, ttl_s=settings.job_ttl_s)
        else:
            retried = retry_each(session, request.ids, limits=limits, ttl_s=settings.job_ttl_s)
        record_retries(session, present_actor(), retried)
        remaining = count_untried(session)
        stages.update(first_stage(job) for _, job in retried)
    return retried, remaining
