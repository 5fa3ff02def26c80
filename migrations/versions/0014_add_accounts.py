"""Add accounts, workspaces, members, sessions, API keys, invitations and password resets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("clock_timestamp()")
_ROLE = "role IN ('viewer', 'designer', 'administrator')"
_SCOPES = "cardinality(scopes) > 0 AND scopes <@ '{read,submit,manage}'"
_TABLES = (
    *("sign_in_throttle", "password_reset", "invitation", "api_key", "account_session"),
    *("membership", "workspace", "account"),
)


def upgrade() -> None:
    _limit_waiting()
    _create_accounts()
    _create_memberships()
    _create_sessions()
    _create_keys()
    _create_invitations()
    _create_resets()
    _create_sign_ins()


def downgrade() -> None:
    _limit_waiting()
    for table in _TABLES:
        op.drop_table(table)


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")


def _text(name: str, **options: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), **{"nullable": False, **options})  # type: ignore[arg-type]


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, _TIME, nullable=True)


def _now(name: str = "created_at") -> sa.Column[object]:
    return sa.Column(name, _TIME, server_default=_NOW, nullable=False)


def _expiry() -> sa.Column[object]:
    return sa.Column("expires_at", _TIME, nullable=False)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _expires_later(table: str) -> sa.CheckConstraint:
    return _check(table, "expires", "expires_at > created_at")


def _references(
    table: str, column: str, target: str, ondelete: str = "CASCADE"
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}"))


def _create_accounts() -> None:
    op.create_table(
        "account",
        _text("id"),
        _text("name"),
        _text("name_key"),
        _text("email", nullable=True),
        _text("display_name", server_default=""),
        _text("password_hash"),
        _text("locale", nullable=True),
        _now(),
        _time("disabled_at"),
        _check("account", "email", "email = lower(email)"),
        _check("account", "locale", "locale IN ('en', 'zh')"),
        _unique("account", "name_key"),
        _unique("account", "email"),
        _key("account", "id"),
    )
    op.create_table("workspace", _text("id"), _text("name"), _now(), _key("workspace", "id"))


def _create_memberships() -> None:
    op.create_table(
        "membership",
        _text("account_id"),
        _text("workspace_id"),
        _text("role"),
        _now(),
        _check("membership", "role", _ROLE),
        _references("membership", "account_id", "account"),
        _references("membership", "workspace_id", "workspace"),
        _key("membership", "account_id", "workspace_id"),
    )
    op.create_index("ix_membership_workspace_id", "membership", ["workspace_id", "role"])


def _create_sessions() -> None:
    table = "account_session"
    op.create_table(
        table,
        _text("id"),
        _text("token_sha256"),
        _text("account_id"),
        _text("workspace_id", nullable=True),
        _now(),
        _now("last_seen_at"),
        _expiry(),
        _text("address", server_default=""),
        _text("network", server_default=""),
        _text("user_agent", server_default=""),
        _time("revoked_at"),
        _expires_later(table),
        _check(table, "user_agent", "length(user_agent) <= 200"),
        _references(table, "account_id", "account"),
        _references(table, "workspace_id", "workspace", "SET NULL"),
        _unique(table, "token_sha256"),
        _key(table, "id"),
    )
    op.create_index("ix_account_session_account_id", table, ["account_id", "network"])
    op.create_index("ix_account_session_expires_at", table, ["expires_at"])


def _create_keys() -> None:
    op.create_table(
        "api_key",
        _text("id"),
        _text("key_sha256"),
        _text("prefix"),
        _text("name"),
        _text("account_id"),
        _text("workspace_id"),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        _now(),
        _time("expires_at"),
        _time("last_used_at"),
        _time("revoked_at"),
        _check("api_key", "scopes", _SCOPES),
        _expires_later("api_key"),
        _references("api_key", "account_id", "account"),
        _references("api_key", "workspace_id", "workspace"),
        _unique("api_key", "key_sha256"),
        _key("api_key", "id"),
    )
    op.create_index("ix_api_key_account_id", "api_key", ["account_id"])
    op.create_index("ix_api_key_workspace_id", "api_key", ["workspace_id"])


def _create_invitations() -> None:
    table = "invitation"
    op.create_table(
        table,
        _text("id"),
        _text("token_sha256"),
        _text("workspace_id"),
        _text("role"),
        _text("email", nullable=True),
        _text("invited_by", nullable=True),
        _now(),
        _expiry(),
        _time("accepted_at"),
        _text("accepted_by", nullable=True),
        _check(table, "role", _ROLE),
        _check(table, "email", "email = lower(email)"),
        _expires_later(table),
        _references(table, "workspace_id", "workspace"),
        _references(table, "invited_by", "account", "SET NULL"),
        _references(table, "accepted_by", "account", "SET NULL"),
        _unique(table, "token_sha256"),
        _key(table, "id"),
    )
    for column in ("workspace_id", "invited_by", "accepted_by"):
        op.create_index(f"ix_invitation_{column}", table, [column])


def _create_resets() -> None:
    table = "password_reset"
    op.create_table(
        table,
        _text("token_sha256"),
        _text("account_id"),
        _text("made_by", nullable=True),
        _now(),
        _expiry(),
        _time("used_at"),
        _expires_later(table),
        _references(table, "account_id", "account"),
        _references(table, "made_by", "account", "SET NULL"),
        _key(table, "token_sha256"),
    )
    op.create_index(
        "uq_password_reset_open",
        table,
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL"),
    )
    op.create_index("ix_password_reset_account_id", table, ["account_id"])
    op.create_index("ix_password_reset_made_by", table, ["made_by"])


def _create_sign_ins() -> None:
    op.create_table(
        "sign_in_throttle",
        _text("key"),
        sa.Column("failures", sa.Integer(), nullable=False),
        _now("tried_at"),
        _now("blocked_until"),
        _check("sign_in_throttle", "failures", "failures >= 0"),
        _key("sign_in_throttle", "key"),
    )
    op.create_index("ix_sign_in_throttle_tried_at", "sign_in_throttle", ["tried_at"])
