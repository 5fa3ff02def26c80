"""Add the audit log, which the database keeps append-only.

A trigger refuses UPDATE, DELETE and TRUNCATE for everybody, the owner of the table too. Revoked
privileges would not: the application owns the table that it migrates, and an owner passes grants.
Deletion is left to `expire_audit_events`, which sets `codesigner.audit_expiry` for its own run only
and deletes nothing that is younger than a day. The trigger guards against faults of this program
and injected statements, not against who administers the database; against these, export the log.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_REFUSE_CHANGE = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR current_setting('codesigner.audit_expiry', true) IS DISTINCT FROM 'on'
    THEN
        RAISE EXCEPTION 'audit_event is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$
"""
_ADD_TRIGGER = """
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
"""
_EXPIRE = """
CREATE FUNCTION expire_audit_events(keep interval, most integer) RETURNS bigint LANGUAGE sql
SET codesigner.audit_expiry = 'on' AS $$
    WITH deleted AS (
        DELETE FROM audit_event WHERE id IN (
            SELECT id FROM audit_event
            WHERE at < clock_timestamp() - greatest(keep, interval '1 day')
            ORDER BY at LIMIT most
        )
        RETURNING 1
    )
    SELECT count(*) FROM deleted
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("actor", "actor_kind", "action", "object_kind")
        ),
        *(
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("object_id", "address", "request_id")
        ),
        *(
            sa.Column(name, postgresql.JSONB(none_as_null=True), nullable=True)
            for name in ("before", "after")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_action", "audit_event", ["action", "id"])
    op.create_index("ix_audit_event_actor", "audit_event", ["actor", "id"])
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"])
    for statement in (_REFUSE_CHANGE, _ADD_TRIGGER, _EXPIRE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.execute("DROP FUNCTION expire_audit_events(interval, integer)")
    op.drop_table("audit_event")
    op.execute("DROP FUNCTION refuse_audit_change()")
