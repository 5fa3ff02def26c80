"""ORM models of the library: what people and the index record of finished designs."""

from datetime import datetime

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.models import NOW, Base
from shared.main_workspace import MAIN_WORKSPACE

__all__ = [
    "VERDICTS",
    "BrandPalette",
    "Collection",
    "CollectionItem",
    "LibraryColour",
    "LibraryEntry",
    "LibraryVariant",
    "QueryVector",
]

VERDICTS = ("keep", "reject")
_TEXTS = ARRAY(TEXT())


class LibraryEntry(Base):
    """Name, tags and search terms of a job that makes designs; inserted with the job."""

    __tablename__ = "library_entry"
    __table_args__ = (Index("ix_library_entry_terms", "terms", postgresql_using="gin"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[str]] = mapped_column(_TEXTS, server_default=text("'{}'"))
    terms: Mapped[list[str]] = mapped_column(_TEXTS, server_default=text("'{}'"))
    """What a search finds it by, see `shared.library.terms`."""
    text_vector: Mapped[list[float] | None] = mapped_column(HALFVEC())
    """Embedding of its brief, of unit length."""
    encoder: Mapped[str | None] = mapped_column(index=True)
    """What the job was indexed with, see `shared.library.index`; None: it is not indexed yet."""


class LibraryVariant(Base):
    """What is recorded of one variant: a person's judgement, and its look for searches."""

    __tablename__ = "library_variant"
    __table_args__ = (
        CheckConstraint("verdict IN ('keep', 'reject')", name="verdict"),
        Index("ix_library_variant_favourite", "job_id", postgresql_where=text("favourite")),
        Index(
            "ix_library_variant_verdict",
            "verdict",
            "job_id",
            postgresql_where=text("verdict IS NOT NULL"),
        ),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    variant: Mapped[int] = mapped_column(primary_key=True)
    favourite: Mapped[bool] = mapped_column(server_default=text("false"))
    verdict: Mapped[str | None]
    """One of `VERDICTS`: what retraining learns from."""
    look_vector: Mapped[list[float] | None] = mapped_column(HALFVEC())
    """Embedding of its tile, of unit length."""


class LibraryColour(Base):
    """A colour of a variant in OKLab, with its share of the area."""

    __tablename__ = "library_colour"
    __table_args__ = (
        ForeignKeyConstraint(
            ["job_id", "variant"],
            ["library_variant.job_id", "library_variant.variant"],
            ondelete="CASCADE",
        ),
    )

    job_id: Mapped[str] = mapped_column(primary_key=True)
    variant: Mapped[int] = mapped_column(primary_key=True)
    hex: Mapped[str] = mapped_column(primary_key=True)
    lightness: Mapped[float]
    a: Mapped[float]
    b: Mapped[float]
    share: Mapped[float]


class Collection(Base):
    """A named set of jobs."""

    __tablename__ = "collection"
    __table_args__ = (Index("ix_collection_workspace_id", "workspace_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner: Mapped[str] = mapped_column(server_default="")
    workspace_id: Mapped[str] = mapped_column(
        ForeignKey("workspace.id"), server_default=MAIN_WORKSPACE
    )
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class CollectionItem(Base):
    """Membership of a job in a collection."""

    __tablename__ = "collection_item"
    __table_args__ = (Index("ix_collection_item_job_id", "job_id"),)

    collection_id: Mapped[str] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    added_at: Mapped[datetime] = mapped_column(server_default=NOW)


class BrandPalette(Base):
    """A saved palette of a brand: colours as #rrggbb."""

    __tablename__ = "brand_palette"
    __table_args__ = (Index("ix_brand_palette_owner", "owner"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner: Mapped[str] = mapped_column(server_default="")
    workspace_id: Mapped[str] = mapped_column(
        ForeignKey("workspace.id"), server_default=MAIN_WORKSPACE
    )
    colours: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class QueryVector(Base):
    """Embedding of what somebody searched for, computed by a worker and kept for a day."""

    __tablename__ = "query_vector"

    key: Mapped[str] = mapped_column(primary_key=True)
    """See `shared.library.query_vectors`."""
    encoder: Mapped[str] = mapped_column(primary_key=True)
    """Id of the model version that computed it."""
    vector: Mapped[list[float]] = mapped_column(HALFVEC())
    created_at: Mapped[datetime] = mapped_column(server_default=NOW, index=True)
