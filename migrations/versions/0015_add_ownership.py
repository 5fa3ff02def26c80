"""Add the workspace of jobs, batches, collections, palettes and webhooks.

What was made before belongs to the main workspace, and so to the local user.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MAIN = "INSERT INTO workspace (id, name) VALUES ('main', 'Codesigner') ON CONFLICT DO NOTHING"
_OWNED = ("job", "batch", "collection", "brand_palette", "webhook_endpoint")
_INDEXES = (
    ("ix_job_workspace_id", "job", ["workspace_id", "id"]),
    ("ix_batch_workspace_id", "batch", ["workspace_id", "id"]),
    ("ix_collection_workspace_id", "collection", ["workspace_id"]),
    ("ix_brand_palette_owner", "brand_palette", ["owner"]),
    ("ix_webhook_endpoint_workspace_id", "webhook_endpoint", ["workspace_id"]),
)
_FILL = """
CREATE OR REPLACE FUNCTION note_webhook_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_delivery (id, endpoint_id, job_id, seq)
    SELECT 'msg_' || replace(gen_random_uuid()::text, '-', ''), e.id, n.job_id, n.seq
    FROM fresh n
    CROSS JOIN LATERAL (
        SELECT id, events FROM webhook_endpoint WHERE job_id = n.job_id AND enabled
        UNION ALL
        SELECT w.id, w.events FROM job j JOIN webhook_endpoint w ON w.batch_id = j.batch_id
        WHERE j.id = n.job_id AND w.enabled
        UNION ALL
        SELECT id, events FROM webhook_endpoint
        WHERE job_id IS NULL AND batch_id IS NULL AND enabled {same_workspace}
    ) AS e
    WHERE jsonb_exists(e.events, n.kind);
    RETURN NULL;
END $$
"""
_SAME_WORKSPACE = "AND workspace_id = (SELECT j.workspace_id FROM job j WHERE j.id = n.job_id)"


def upgrade() -> None:
    _limit_waiting()
    op.execute(_MAIN)
    for table in _OWNED:
        op.add_column(
            table, sa.Column("workspace_id", sa.Text(), server_default="main", nullable=False)
        )
        op.create_foreign_key(
            op.f(f"fk_{table}_workspace_id"), table, "workspace", ["workspace_id"], ["id"]
        )
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
    op.execute(_FILL.format(same_workspace=_SAME_WORKSPACE))


def downgrade() -> None:
    _limit_waiting()
    op.execute(_FILL.format(same_workspace=""))
    for name, table, _columns in reversed(_INDEXES):
        op.drop_index(name, table)
    for table in _OWNED:
        op.drop_column(table, "workspace_id")


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
