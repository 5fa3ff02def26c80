"""What must hold at any moment; each count above zero is a fault."""

from sqlalchemy import text
from sqlalchemy.orm import Session

__all__ = ["INVARIANTS", "check_invariants"]

INVARIANTS = {
    # An active job has a stage run that is ready or leased.
    "active_without_work": """
        SELECT count(*) FROM job j WHERE j.state IN ('queued', 'running') AND NOT EXISTS (
            SELECT FROM stage_run s WHERE s.job_id = j.id
              AND (s.state = 'ready' OR (s.state = 'running' AND s.lease_until IS NOT NULL)))""",
    "ended_with_open_stage": """
        SELECT count(*) FROM job j WHERE j.state IN ('succeeded', 'failed', 'cancelled')
          AND EXISTS (SELECT FROM stage_run s WHERE s.job_id = j.id
                        AND s.state IN ('waiting', 'ready', 'running'))""",
    "succeeded_without_all_done": """
        SELECT count(*) FROM job j WHERE j.state = 'succeeded' AND EXISTS (
            SELECT FROM stage_run s WHERE s.job_id = j.id
              AND s.state NOT IN ('done', 'skipped'))""",
    "two_stages_at_once": """
        SELECT count(*) FROM (
            SELECT FROM stage_run WHERE state IN ('ready', 'running')
            GROUP BY job_id HAVING count(*) > 1) AS several""",
    # A stage has at most one effect.
    "double_effects": """
        SELECT count(*) FROM (
            SELECT FROM job_event WHERE kind = 'stage.done'
            GROUP BY job_id, body ->> 'stage' HAVING count(*) > 1) AS twice""",
    "done_without_effect": """
        SELECT count(*) FROM stage_run s WHERE s.state = 'done' AND NOT EXISTS (
            SELECT FROM job_event e WHERE e.job_id = s.job_id AND e.kind = 'stage.done'
              AND e.body ->> 'stage' = s.stage)""",
    # No write succeeds with a stale fence: a stage's events carry rising fences.
    "stale_writes": """
        SELECT count(*) FROM (
            SELECT (body ->> 'fence')::bigint AS fence,
                   max((body ->> 'fence')::bigint) OVER (
                       PARTITION BY job_id, body ->> 'stage' ORDER BY seq) AS highest
            FROM job_event WHERE body ? 'fence') AS writes
        WHERE fence < highest""",
    # A job ends once, and nothing happens to it afterwards.
    "events_after_end": """
        SELECT count(*) FROM job_event e WHERE EXISTS (
            SELECT FROM job_event x WHERE x.job_id = e.job_id AND x.seq < e.seq
              AND x.kind IN ('job.succeeded', 'job.failed', 'job.cancelled'))""",
    "version_gaps": """
        SELECT count(*) FROM job j JOIN (
            SELECT job_id, max(seq) AS last, count(*) AS events FROM job_event GROUP BY job_id
        ) AS e ON e.job_id = j.id WHERE e.last <> j.version OR e.events <> j.version""",
    "artifacts_of_no_effect": """
        SELECT count(*) FROM artifact a WHERE NOT EXISTS (
            SELECT FROM stage_run s WHERE s.job_id = a.job_id AND s.stage = a.stage
              AND s.state = 'done')""",
    "lease_past_its_limit": """
        SELECT count(*) FROM stage_run WHERE state = 'running' AND lease_until > run_until""",
}


def check_invariants(session: Session) -> dict[str, int]:
    """Count the violations of each invariant, by its name."""
    return {name: session.execute(text(sql)).scalar_one() for name, sql in INVARIANTS.items()}
