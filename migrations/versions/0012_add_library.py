"""Add the library: names, tags, judgements, collections, deletion, and the index of designs."""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TEXTS = postgresql.ARRAY(sa.TEXT())
_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("clock_timestamp()")
_EMPTY = sa.text("'{}'")
# The workers index these as they do new ones.
_ADD_ENTRIES = """
INSERT INTO library_entry (job_id) SELECT id FROM job WHERE pipeline IN ('design', 'render')
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '120s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.add_column("job", sa.Column("deleted_at", _TIME, nullable=True))
    op.add_column(
        "job", sa.Column("library_version", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index(
        "ix_job_deleted_at",
        "job",
        ["deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    _create_entries()
    _create_variants()
    _create_collections()
    op.create_table(
        "brand_palette",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("colours", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_palette")),
    )
    op.create_table(
        "query_vector",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("encoder", sa.Text(), nullable=False),
        sa.Column("vector", HALFVEC(), nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("key", "encoder", name=op.f("pk_query_vector")),
    )
    op.create_index(op.f("ix_query_vector_created_at"), "query_vector", ["created_at"])
    op.execute(_ADD_ENTRIES)


def _create_entries() -> None:
    op.create_table(
        "library_entry",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", _TEXTS, server_default=_EMPTY, nullable=False),
        sa.Column("terms", _TEXTS, server_default=_EMPTY, nullable=False),
        sa.Column("text_vector", HALFVEC(), nullable=True),
        sa.Column("encoder", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_library_entry_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_library_entry")),
    )
    op.create_index("ix_library_entry_terms", "library_entry", ["terms"], postgresql_using="gin")
    op.create_index(op.f("ix_library_entry_encoder"), "library_entry", ["encoder"])


def _create_variants() -> None:
    op.create_table(
        "library_variant",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("favourite", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("look_vector", HALFVEC(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('keep', 'reject')", name=op.f("ck_library_variant_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_library_variant_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "variant", name=op.f("pk_library_variant")),
    )
    op.create_index(
        "ix_library_variant_favourite",
        "library_variant",
        ["job_id"],
        postgresql_where=sa.text("favourite"),
    )
    op.create_index(
        "ix_library_variant_verdict",
        "library_variant",
        ["verdict", "job_id"],
        postgresql_where=sa.text("verdict IS NOT NULL"),
    )
    op.create_table(
        "library_colour",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("hex", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("lightness", "a", "b", "share")),
        sa.ForeignKeyConstraint(
            ["job_id", "variant"],
            ["library_variant.job_id", "library_variant.variant"],
            name=op.f("fk_library_colour_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("job_id", "variant", "hex", name=op.f("pk_library_colour")),
    )


def _create_collections() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
    )
    op.create_table(
        "collection_item",
        sa.Column("collection_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("added_at", _TIME, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_collection_item_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_collection_item_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection_id", "job_id", name=op.f("pk_collection_item")),
    )
    op.create_index("ix_collection_item_job_id", "collection_item", ["job_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '120s'")
    for table in (
        *("query_vector", "brand_palette", "collection_item", "collection"),
        *("library_colour", "library_variant", "library_entry"),
    ):
        op.drop_table(table)
    op.drop_index("ix_job_deleted_at", "job")
    op.drop_column("job", "library_version")
    op.drop_column("job", "deleted_at")
