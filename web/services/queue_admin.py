"""The queue's state and its dead jobs, as documents for the API and the pages."""

from typing import Any

from sqlalchemy.orm import Session

from shared.db.models import Job
from shared.jobs.dead_letters import DeadJob, count_untried, retry_all, retry_each
from shared.jobs.serializers import job_path
from shared.jobs.submission import Limits, active_jobs, first_stage
from shared.queue.pauses import pauses
from shared.queue.stats import owner_lines, stage_lines
from shared.settings import Settings
from web.db.queries import moment
from web.extensions import Services
from web.schemas.queue import RetryRequest

__all__ = ["dead_document", "queue_state", "retry_dead"]


def queue_state(session: Session, settings: Settings) -> dict[str, Any]:
    """Describe the queue: pauses, stages, owners, dead jobs."""
    return {
        "active": active_jobs(session),
        "max_queue": settings.max_queue,
        "pauses": [
            {"stage": each.stage, "actor": each.actor, "reason": each.reason, "at": moment(each.at)}
            for each in pauses(session)
        ],
        "stages": [vars(each) | {"drained": each.drained} for each in stage_lines(session)],
        "owners": [vars(each) for each in owner_lines(session)],
        "dead": count_untried(session),
    }


def dead_document(dead: DeadJob) -> dict[str, Any]:
    """Describe a dead job with what its workers told."""
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
        "created_at": moment(job.created_at),
        "finished_at": None if job.finished_at is None else moment(job.finished_at),
        "retried_from": job.retried_from,
        "retries": job.retries,
        "links": {"self": job_path(job.id), "retry": f"{job_path(job.id)}/retry"},
    }


def retry_dead(services: Services, asked: RetryRequest) -> tuple[list[tuple[str, Job]], int]:
    """Submit dead jobs anew, as their owners', and tell the workers; gives how many are left.

    Raises:
        CodesignerError: see `shared.jobs.dead_letters.retry_each`.
    """
    settings = services.settings
    limits = Limits(queue=settings.max_queue)
    with services.recording() as session:
        if asked.ids is None:
            done = retry_all(session, limits=limits, ttl_s=settings.job_ttl_s)
        else:
            done = retry_each(session, asked.ids, limits=limits, ttl_s=settings.job_ttl_s)
        left = count_untried(session)
        stages = {first_stage(job) for _, job in done}
    for stage in sorted(stages):
        services.hints.tell(stage)
    return done, left
