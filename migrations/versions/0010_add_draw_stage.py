"""Add the draw stage to designs that have not been generated yet; draw on the queue cpu."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INSERT_DRAW = """
WITH pending AS (
    SELECT s.job_id, s.position, s.priority, s.turn
    FROM stage_run s JOIN job j ON j.id = s.job_id
    WHERE j.state IN ('queued', 'running') AND j.pipeline = 'design' AND s.stage = 'present'
      AND EXISTS (SELECT FROM stage_run g
                  WHERE g.job_id = s.job_id AND g.stage = 'generate' AND g.state <> 'done')
), moved AS (
    UPDATE stage_run s SET position = s.position + 1 FROM pending p
    WHERE s.job_id = p.job_id AND s.stage = 'present'
)
INSERT INTO stage_run (job_id, stage, position, queue, state, priority, turn, max_attempts)
SELECT job_id, 'draw', position, 'cpu', 'waiting', priority, turn, 3 FROM pending
"""
# Prints used to draw the semantic code again; now they draw the record.
_COPY_RECORDS = """
INSERT INTO artifact (job_id, stage, kind, variant, sha256, media_type, size_bytes)
SELECT j.id, 'request', a.kind, a.variant, a.sha256, a.media_type, a.size_bytes
FROM job j JOIN artifact a ON a.job_id = j.print_of
WHERE j.state IN ('queued', 'running') AND j.pipeline = 'print' AND a.kind = 'design'
"""
_MOVE_TO_QUEUE = """
UPDATE stage_run s SET queue = :queue FROM job j
WHERE j.id = s.job_id AND j.state IN ('queued', 'running') AND s.stage IN ('present', 'print')
  AND s.state IN ('waiting', 'ready', 'running')
"""
_COUNT_DRAWN = """
SELECT count(*) FROM stage_run s JOIN job j ON j.id = s.job_id
WHERE j.state IN ('queued', 'running') AND s.stage = 'draw' AND s.state IN ('ready', 'running')
"""
_DELETE_DRAW = """
WITH removed AS (
    DELETE FROM stage_run s USING job j
    WHERE j.id = s.job_id AND j.state IN ('queued', 'running')
      AND s.stage = 'draw' AND s.state = 'waiting'
    RETURNING s.job_id
)
UPDATE stage_run s SET position = s.position - 1 FROM removed r
WHERE s.job_id = r.job_id AND s.stage = 'present'
"""


def upgrade() -> None:
    _limit_waiting()
    op.execute(_INSERT_DRAW)
    op.execute(_COPY_RECORDS)
    op.execute(sa.text(_MOVE_TO_QUEUE).bindparams(queue="cpu"))


def downgrade() -> None:
    _limit_waiting()
    drawn = op.get_bind().scalar(sa.text(_COUNT_DRAWN))
    if drawn:
        raise RuntimeError(f"{drawn} designs are at the draw stage: wait for them or cancel them.")
    op.execute(_DELETE_DRAW)
    op.execute("DELETE FROM artifact WHERE stage = 'request'")
    op.execute(sa.text(_MOVE_TO_QUEUE).bindparams(queue="gpu"))


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
