"""Index of the library: which jobs are not indexed yet, and writing what a worker computed.

The caller commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.library_models import LibraryColour, LibraryEntry, LibraryVariant
from shared.db.models import ENDED, Artifact, Job, StageRun
from shared.library.colours import oklab
from shared.library.entries import entry_texts
from shared.library.terms import terms_of

__all__ = [
    "IndexedVariant",
    "Unindexed",
    "encoder_of",
    "has_unindexed",
    "next_unindexed",
    "write_index",
]

_ENCODER_ROLES = ("text_encoder", "vision")
"""Roles of the models that embed briefs and tiles."""
_VERSION = "2"
"""To be raised when the same models are to give other embeddings."""
_COLOUR_STAGES = ("draw", "render")
"""Stages whose output has the colours of the tiles with their areas."""


@dataclass(frozen=True, kw_only=True)
class Unindexed:
    """A job that has ended and is not indexed, whose entry the transaction holds."""

    job: Job
    text: str
    """What its meaning is computed from."""
    tiles: Mapping[int, str]
    """sha256 of the tile of each variant."""
    colours_sha256: str | None
    """Output of the stage that measured the colours; None if there is none."""


@dataclass(frozen=True, kw_only=True)
class IndexedVariant:
    """The look of a variant."""

    variant: int
    vector: Sequence[float]
    """Embedding of its tile, of unit length."""
    colours: Mapping[str, float] = field(default_factory=dict)
    """Share of the area of each colour, #rrggbb."""


def encoder_of(versions: Mapping[str, str]) -> str | None:
    """Return what identifies the encoders of model versions by role; None if one is missing."""
    if not set(_ENCODER_ROLES) <= set(versions):
        return None
    return " ".join([_VERSION, *(versions[role] for role in _ENCODER_ROLES)])


def has_unindexed(session: Session, encoder: str) -> bool:
    """Return whether a job that has ended is not indexed with these encoders."""
    return session.scalar(_ids(encoder).limit(1)) is not None


def _ids(encoder: str) -> Select[str]:
    column = LibraryEntry.encoder
    is_other = column.is_(None) | (column < encoder) | (column > encoder)  # by the index
    return (
        select(LibraryEntry.job_id)
        .join(Job, Job.id == LibraryEntry.job_id)
        .where(is_other, Job.state.in_(ENDED), Job.deleted_at.is_(None))
    )


def next_unindexed(session: Session, encoder: str) -> Unindexed | None:
    """Return the newest job to index, and lock it with its entry; None if there is none.

    What others hold is left out: who deletes a job locks it first, then its entry.
    """
    job_id = session.scalar(
        _ids(encoder)
        .order_by(LibraryEntry.job_id.desc())
        .limit(1)
        .with_for_update(of=(Job, LibraryEntry), key_share=True, skip_locked=True)
    )
    return None if job_id is None else _read(session, session.get_one(Job, job_id))


def _read(session: Session, job: Job) -> Unindexed:
    tiles = session.execute(
        select(Artifact.variant, Artifact.sha256).where(
            Artifact.job_id == job.id, Artifact.kind == "tile"
        )
    )
    colours = session.scalars(
        select(StageRun.output_sha256).where(
            StageRun.job_id == job.id, StageRun.stage.in_(_COLOUR_STAGES), StageRun.state == "done"
        )
    )
    return Unindexed(
        job=job,
        text=". ".join(entry_texts(job)),
        tiles=dict(tiles.all()),
        colours_sha256=colours.first(),
    )


def write_index(
    session: Session,
    job: Job,
    *,
    encoder: str,
    vector: Sequence[float],
    variants: Sequence[IndexedVariant],
) -> None:
    """Write what a search finds a job by.

    Args:
        encoder: what identifies the encoders, see `encoder_of`.
        vector: embedding of its text, of unit length.
    """
    entry = session.get_one(LibraryEntry, job.id)
    entry.terms = terms_of([*entry_texts(job), entry.name], job.understood, tags=entry.tags)
    entry.text_vector, entry.encoder = list(vector), encoder
    for each in variants:
        look = {"look_vector": list(each.vector)}
        session.execute(
            upsert(LibraryVariant)
            .values(job_id=job.id, variant=each.variant, **look)
            .on_conflict_do_update(index_elements=["job_id", "variant"], set_=look)
        )
        if each.colours:
            session.execute(
                upsert(LibraryColour).on_conflict_do_nothing(), _colour_rows(job.id, each)
            )


def _colour_rows(job_id: str, look: IndexedVariant) -> list[dict[str, object]]:
    rows = []
    for colour, share in look.colours.items():
        lightness, a, b = oklab(colour)
        values = {"lightness": lightness, "a": a, "b": b, "share": share}
        rows.append({"job_id": job_id, "variant": look.variant, "hex": colour, **values})
    return rows
