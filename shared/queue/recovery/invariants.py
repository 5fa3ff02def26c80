"""Invariants of the queue as SQL; each query counts violations."""

from sqlalchemy import text
from sqlalchemy.orm import Session

__all__ = ["INVARIANTS", "check_invariants"]

_ALL = "job"
_RECENT = """(SELECT * FROM job WHERE state IN ('queued', 'running')
              OR finished_at > statement_timestamp() - make_interval(secs => :recent_s))"""

# {jobs} is replaced by the jobs to check.
INVARIANTS = {
    # An active job has a stage run that is ready or leased.
    "active_without_work": """
        SELECT count(*) FROM {jobs} j WHERE j.state IN ('queued', 'running') AND NOT EXISTS (
            SELECT FROM stage_run s WHERE s.job_id = j.id
              AND (s.state = 'ready' OR (s.state = 'running' AND s.lease_until IS NOT NULL)))""",
    "ended_with_open_stage": """
        SELECT count(*) FROM {jobs} j WHERE j.state IN ('succeeded', 'failed', 'cancelled')
          AND EXISTS (SELECT FROM stage_run s WHERE s.job_id = j.id
                        AND s.state IN ('waiting', 'ready', 'running'))""",
    "succeeded_without_all_done": """
        SELECT count(*) FROM {jobs} j WHERE j.state = 'succeeded' AND EXISTS (
            SELECT FROM stage_run s WHERE s.job_id = j.id
              AND s.state NOT IN ('done', 'skipped'))""",
    "two_stages_at_once": """
        SELECT count(*) FROM (
            SELECT FROM {jobs} j JOIN stage_run s ON s.job_id = j.id
            WHERE s.state IN ('ready', 'running')
            GROUP BY j.id HAVING count(*) > 1) AS several""",
    # A stage has at most one effect.
    "double_effects": """
        SELECT count(*) FROM (
            SELECT FROM {jobs} j JOIN job_event e ON e.job_id = j.id
            WHERE e.kind = 'stage.done'
            GROUP BY j.id, e.body ->> 'stage' HAVING count(*) > 1) AS twice""",
    "done_without_effect": """
        SELECT count(*) FROM {jobs} j JOIN stage_run s ON s.job_id = j.id
        WHERE s.state = 'done' AND NOT EXISTS (
            SELECT FROM job_event e WHERE e.job_id = s.job_id AND e.kind = 'stage.done'
              AND e.body ->> 'stage' = s.stage)""",
    # No write succeeds with a stale fence: a stage's events carry rising fences.
    "stale_writes": """
        SELECT count(*) FROM (
            SELECT (e.body ->> 'fence')::bigint AS fence,
                   max((e.body ->> 'fence')::bigint) OVER (
                       PARTITION BY j.id, e.body ->> 'stage' ORDER BY e.seq) AS highest
            FROM {jobs} j JOIN job_event e ON e.job_id = j.id
            WHERE e.body ? 'fence') AS writes
        WHERE fence < highest""",
    # A job ends once and has no events afterwards.
    "events_after_end": """
        SELECT count(*) FROM {jobs} j JOIN job_event x ON x.job_id = j.id
        JOIN job_event e ON e.job_id = j.id AND e.seq > x.seq
        WHERE x.kind IN ('job.succeeded', 'job.failed', 'job.cancelled')""",
    "version_gaps": """
        SELECT count(*) FROM (
            SELECT FROM {jobs} j LEFT JOIN job_event e ON e.job_id = j.id
            GROUP BY j.id, j.version
            HAVING max(e.seq) IS DISTINCT FROM j.version OR count(e.seq) <> j.version) AS gaps""",
    # An artifact was submitted with the job, or is of a finished stage, or an event published it.
    "artifacts_of_no_effect": """
        SELECT count(*) FROM {jobs} j JOIN artifact a ON a.job_id = j.id
        WHERE a.stage <> 'request' AND NOT EXISTS (
            SELECT FROM stage_run s WHERE s.job_id = a.job_id AND s.stage = a.stage
              AND s.state = 'done')
          AND NOT EXISTS (
            SELECT FROM job_event e WHERE e.job_id = a.job_id AND e.kind = 'stage.artifacts'
              AND e.body ->> 'stage' = a.stage
              AND e.body -> 'files' @> jsonb_build_array(
                  jsonb_build_object('kind', a.kind, 'variant', a.variant)))""",
    "lease_past_its_limit": """
        SELECT count(*) FROM {jobs} j JOIN stage_run s ON s.job_id = j.id
        WHERE s.state = 'running' AND s.lease_until > s.run_until""",
}


def check_invariants(session: Session, *, lately_s: float | None = 3600.0) -> dict[str, int]:
    """Return the number of violations of each invariant, by name.

    Args:
        lately_s: check active jobs and jobs that ended within this many seconds; None: all jobs.
    """
    jobs, parameters = (_ALL, {}) if lately_s is None else (_RECENT, {"recent_s": lately_s})
    return {
        name: session.execute(text(sql.replace("{jobs}", jobs)), parameters).scalar_one()
        for name, sql in INVARIANTS.items()
    }
