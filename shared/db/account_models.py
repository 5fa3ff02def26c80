"""ORM models of accounts: people, workspaces, and what they sign in with.

Secrets are kept as hashes only: passwords by Argon2id, random tokens by SHA-256.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.models import NOW, Base

__all__ = [
    "Account",
    "AccountSession",
    "ApiKey",
    "Invitation",
    "Membership",
    "OidcIdentity",
    "PasswordReset",
    "ShareLink",
    "SignInThrottle",
    "Workspace",
]

_ROLE = "role IN ('viewer', 'designer', 'administrator')"
_SCOPES = "cardinality(scopes) > 0 AND scopes <@ '{read,submit,manage}'"


class Account(Base):
    """A person."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email"),
        CheckConstraint("locale IN ('en', 'zh')", name="locale"),
        CheckConstraint("least(max_jobs, jobs_per_day, max_bytes) >= 0", name="quota"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    """The name with case folded: what makes it unique."""
    email: Mapped[str | None] = mapped_column(unique=True)
    display_name: Mapped[str] = mapped_column(server_default="")
    password_hash: Mapped[str | None]
    """Argon2id in the encoded form; None: the account signs in by OpenID Connect alone."""
    locale: Mapped[str | None]
    """Language of its pages; None: that of the browser."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    disabled_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """When its deletion was asked for; it can be restored until it is collected."""
    max_jobs: Mapped[int | None]
    """Its own limit in place of the installation's, as the two below; 0: unlimited."""
    jobs_per_day: Mapped[int | None]
    max_bytes: Mapped[int | None] = mapped_column(BigInteger)


class Workspace(Base):
    """What members share; everything made belongs to one."""

    __tablename__ = "workspace"
    __table_args__ = (CheckConstraint("retention_s >= 3600", name="retention_s"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    retention_s: Mapped[float | None]
    """Seconds for which new jobs are kept after their end; None: as long as the installation."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Membership(Base):
    """The role of an account in a workspace."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(_ROLE, name="role"),
        Index("ix_membership_workspace_id", "workspace_id", "role"),
    )

    account_id: Mapped[str] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    workspace_id: Mapped[str] = mapped_column(
        ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class AccountSession(Base):
    """A browser that is signed in."""

    __tablename__ = "account_session"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires"),
        CheckConstraint("length(user_agent) <= 200", name="user_agent"),
        Index("ix_account_session_account_id", "account_id", "network"),
        Index("ix_account_session_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    workspace_id: Mapped[str | None] = mapped_column(
        ForeignKey("workspace.id", ondelete="SET NULL")
    )
    """The workspace in use; None: the first that the account became a member of."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    last_seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    """Exact to a minute."""
    expires_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(server_default="")
    """Where it was signed in from."""
    network: Mapped[str] = mapped_column(server_default="")
    """The address, or the /64 network of an IPv6 address."""
    user_agent: Mapped[str] = mapped_column(server_default="")
    revoked_at: Mapped[datetime | None]


class ApiKey(Base):
    """A key by which a program acts for an account in one workspace."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint(_SCOPES, name="scopes"),
        CheckConstraint("expires_at > created_at", name="expires"),
        Index("ix_api_key_account_id", "account_id"),
        Index("ix_api_key_workspace_id", "workspace_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    key_sha256: Mapped[str] = mapped_column(unique=True)
    prefix: Mapped[str]
    """The beginning of the key, by which people recognise it; no secret."""
    name: Mapped[str]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT()))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """Exact to a minute."""
    revoked_at: Mapped[datetime | None]


class Invitation(Base):
    """A link by which one person becomes a member of a workspace."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint(_ROLE, name="role"),
        CheckConstraint("email = lower(email)", name="email"),
        CheckConstraint("expires_at > created_at", name="expires"),
        Index("ix_invitation_workspace_id", "workspace_id"),
        Index("ix_invitation_invited_by", "invited_by"),
        Index("ix_invitation_accepted_by", "accepted_by"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    role: Mapped[str]
    email: Mapped[str | None]
    """Whom it is meant for; becomes the e-mail of the account."""
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    """None: it was made on the command line."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class PasswordReset(Base):
    """A link, made by an administrator, by which an account sets a new password."""

    __tablename__ = "password_reset"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires"),
        Index(
            "uq_password_reset_open",
            "account_id",
            unique=True,
            postgresql_where=text("used_at IS NULL"),
        ),
        Index("ix_password_reset_account_id", "account_id"),
        Index("ix_password_reset_made_by", "made_by"),
    )

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    made_by: Mapped[str | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    """None: it was made on the command line."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ShareLink(Base):
    """A link by which whoever has it sees one job or one collection."""

    __tablename__ = "share_link"
    __table_args__ = (
        CheckConstraint("num_nonnulls(job_id, collection_id) = 1", name="resource"),
        CheckConstraint("expires_at > created_at", name="expires"),
        Index("ix_share_link_workspace_id", "workspace_id", "id"),
        Index("ix_share_link_job_id", "job_id"),
        Index("ix_share_link_collection_id", "collection_id"),
        Index("ix_share_link_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    collection_id: Mapped[str | None] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE")
    )
    download: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether tiles, vectors and design records may be fetched by it, beside the pictures."""
    note: Mapped[str] = mapped_column(server_default="")
    """What the people of the workspace tell it by; visitors do not see it."""
    created_by: Mapped[str]
    """Owner who made it, as of jobs."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    """Exact to a minute."""
    revoked_at: Mapped[datetime | None]


class OidcIdentity(Base):
    """Somebody at a provider of OpenID Connect, who signs in to an account."""

    __tablename__ = "oidc_identity"
    __table_args__ = (Index("ix_oidc_identity_account_id", "account_id"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    """The claim `sub`: unique at the issuer, and never given to another person."""
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class SignInThrottle(Base):
    """Failed sign-ins of one name or from one network, see `shared.accounts.throttle`."""

    __tablename__ = "sign_in_throttle"
    __table_args__ = (
        CheckConstraint("failures >= 0", name="failures"),
        Index("ix_sign_in_throttle_tried_at", "tried_at"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    """A hash: people type passwords into the field of the name."""
    failures: Mapped[int]
    tried_at: Mapped[datetime] = mapped_column(server_default=NOW)
    blocked_until: Mapped[datetime] = mapped_column(server_default=NOW)
