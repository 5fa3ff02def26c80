"""Search of the library: filters, and an order by time, name, words, meaning, colour or look.

Words match by terms, see `shared.library.terms`; meaning and look by exact nearest neighbours of
embeddings (pgvector); colours by their distance in OKLab. All filters are combined by AND.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Numeric,
    Select,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by, distinct_on
from sqlalchemy.orm import Session, aliased

from shared.db.library_models import CollectionItem, LibraryColour, LibraryEntry, LibraryVariant
from shared.db.models import Job
from shared.library.colours import oklab
from shared.library.terms import query_terms, tag_term
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import unexpired

__all__ = ["MAX_COUNT", "SORTS", "Found", "FoundPage", "LibraryQuery", "Vector", "search"]

SORTS = ("newest", "oldest", "name", "best")
"""Orders of a list; best: by how well the words, the colour or the look match."""
MAX_COUNT = 10_000
"""Designs that are counted at most."""
_MIN_SIMILARITY = 0.25
"""Cosine from which a brief is found by meaning; unrelated ones are below, see decision 0030."""
_MAX_COLOUR_DISTANCE = 0.1
"""Distance in OKLab up to which a colour is found; two shades that have one name differ so."""
_MOST_ALIKE = 60
"""Jobs that a search by look finds at most."""


@dataclass(frozen=True, kw_only=True)
class Vector:
    """An embedding and the model versions that computed it."""

    encoder: str
    values: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class LibraryQuery:
    """What is searched for in a workspace; a field that is None or empty does not restrict."""

    workspace_id: str = MAIN_WORKSPACE
    words: str = ""
    meaning: Vector | None = None
    """Embedding of the words."""
    look: Vector | None = None
    """Embedding of a picture that designs are to look like."""
    like: str | None = None
    """Id of the job that is not to be found itself."""
    colour: str | None = None
    """#rrggbb"""
    tags: tuple[str, ...] = ()
    favourite: bool = False
    verdict: str | None = None
    product: str | None = None
    state: str | None = None
    collection: str | None = None
    batch: str | None = None
    collapse_batches: bool = False
    """Whether only the last job of each batch is listed."""
    sort: str = "newest"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A job that was found, and the variant that matches best, if one does."""

    job: Job
    variant: int | None = None


@dataclass(frozen=True, kw_only=True)
class FoundPage:
    """A page of what was found, and how much was found in all, up to `MAX_COUNT`."""

    found: list[Found]
    total: int


def search(
    session: Session,
    query: LibraryQuery,
    limit: int,
    *,
    before: str | None = None,
    offset: int = 0,
) -> FoundPage:
    """Return a page of the jobs that match.

    Args:
        before: id of the last job of the previous page; for the orders newest and oldest.
        offset: number of jobs on the previous pages; for the other orders.
    """
    matching, best, variant = _matching(query)
    statement = matching.add_columns(Job, variant)
    if query.sort in ("newest", "oldest"):
        oldest = query.sort == "oldest"
        if before is not None:
            statement = statement.where(Job.id > before if oldest else Job.id < before)
        statement = statement.order_by(Job.id.asc() if oldest else Job.id.desc())
        rows = session.execute(statement.limit(limit)).all()
        return FoundPage(found=_found(rows), total=_bounded_count(session, matching))
    if query.sort == "name":
        best = func.lower(func.coalesce(func.nullif(LibraryEntry.name, ""), Job.brief))
    # All that matches is compared for the order, so that counting it costs nothing.
    statement = statement.add_columns(func.count().over()).order_by(best, Job.id.desc())
    rows = session.execute(statement.limit(limit).offset(offset)).all()
    total = rows[0][-1] if rows else _bounded_count(session, matching)
    return FoundPage(found=_found(rows), total=min(total, MAX_COUNT))


def _found(rows: Sequence[Any]) -> list[Found]:
    return [Found(job=row[0], variant=row[1]) for row in rows]


def _bounded_count(session: Session, matching: Select[Any]) -> int:
    bounded = matching.add_columns(Job.id).limit(MAX_COUNT).subquery()
    return session.scalar(select(func.count()).select_from(bounded)) or 0


def _matching(
    query: LibraryQuery,
) -> tuple[Select[Any], ColumnElement[Any] | None, ColumnElement[Any]]:
    """Return the statement without columns, the sort key of the best match, and its variant."""
    statement = select().select_from(Job).join(LibraryEntry, LibraryEntry.job_id == Job.id)
    of_workspace = Job.workspace_id == query.workspace_id
    statement = statement.where(of_workspace, unexpired(), *_filters(query))
    best: ColumnElement[Any] | None = None
    variant: ColumnElement[Any] = cast(None, LibraryVariant.variant.type)
    if query.words.strip():
        matches, best = _by_words(query)
        statement = statement.where(matches)
    if query.colour is not None:
        colours = _by_colour(query.colour)
        statement = statement.join(colours, colours.c.job_id == Job.id)
        best, variant = colours.c.score, colours.c.variant
    if query.look is not None:
        looks = _by_look(query.look)
        statement = statement.join(looks, looks.c.job_id == Job.id)
        best, variant = looks.c.score, looks.c.variant
        if query.meaning is not None and not query.words:  # of the design that others are like
            best = best + LibraryEntry.text_vector.cosine_distance(query.meaning.values)
    return statement, best, variant


def _filters(query: LibraryQuery) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = [_has_any([tag_term(tag)]) for tag in query.tags]
    if query.product is not None:
        filters.append(_has_any([f"product:{query.product}"]) | _product_option(query.product))
    if query.state is not None:
        filters.append(Job.state == query.state)
    if query.batch is not None:
        filters.append(Job.batch_id == query.batch)
    if query.like is not None:
        filters.append(Job.id != query.like)
    if query.favourite:
        filters.append(_has_variant(LibraryVariant.favourite))
    if query.verdict is not None:
        filters.append(_has_variant(LibraryVariant.verdict == query.verdict))
    if query.collection is not None:
        of_collection = select(CollectionItem.job_id).where(
            CollectionItem.collection_id == query.collection
        )
        filters.append(Job.id.in_(of_collection))
    if query.collapse_batches:
        filters.append(_is_last_of_batch())
    return filters


def _product_option(product: str) -> ColumnElement[bool]:
    is_product: ColumnElement[bool] = Job.options["product"].astext == product
    return is_product


def _has_variant(condition: ColumnElement[bool] | Any) -> ColumnElement[bool]:
    return select(LibraryVariant.job_id).where(LibraryVariant.job_id == Job.id, condition).exists()


def _is_last_of_batch() -> ColumnElement[bool]:
    later = aliased(Job)
    has_later = select(later.id).where(
        later.batch_id == Job.batch_id,
        later.batch_index > Job.batch_index,
        later.deleted_at.is_(None),
        later.expires_at.is_(None) | (later.expires_at > func.clock_timestamp()),
    )
    return Job.batch_id.is_(None) | ~has_later.exists()


def _has_any(terms: Sequence[str]) -> ColumnElement[bool]:
    wanted = cast(list(terms), ARRAY(TEXT()))
    overlaps: ColumnElement[bool] = LibraryEntry.terms.bool_op("&&")(wanted)
    return overlaps


def _by_words(query: LibraryQuery) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    """Return the condition of a match, and the sort key: words first, then meaning."""
    groups = query_terms(query.words)
    has_words = and_(*map(_has_any, groups)) if groups else literal(value=False)
    if query.meaning is None:
        return has_words, cast(has_words, Integer)
    vector: Any = LibraryEntry.text_vector
    similarity = -vector.max_inner_product(query.meaning.values)
    means = and_(LibraryEntry.encoder == query.meaning.encoder, similarity >= _MIN_SIMILARITY)
    nearness = func.coalesce(func.round(cast(similarity, Numeric()), 3), 0)
    return or_(has_words, means), -(cast(has_words, Integer()) + nearness)


def _by_colour(colour: str) -> FromClause:
    """Return per job the negated score of its closest colour, and the variant that has it."""
    wanted = zip(
        (LibraryColour.lightness, LibraryColour.a, LibraryColour.b), oklab(colour), strict=True
    )
    distance = func.sqrt(sum((column - value) * (column - value) for column, value in wanted))
    score = func.sqrt(LibraryColour.share) * (1 - distance / _MAX_COLOUR_DISTANCE)
    variants = func.array_agg(aggregate_order_by(LibraryColour.variant, score.desc()))
    return (
        select(
            LibraryColour.job_id, (-func.max(score)).label("score"), variants[1].label("variant")
        )
        .where(distance < _MAX_COLOUR_DISTANCE)
        .group_by(LibraryColour.job_id)
        .subquery()
    )


def _by_look(look: Vector) -> FromClause:
    """Return per job the distance of its variant that looks most alike, and the variant."""
    column: Any = LibraryVariant.look_vector
    distance = column.cosine_distance(look.values)
    same = (
        select(
            LibraryVariant.job_id,
            LibraryVariant.variant,
            distance.label("score"),
        )
        .join(LibraryEntry, LibraryEntry.job_id == LibraryVariant.job_id)
        .where(LibraryEntry.encoder == look.encoder, column.is_not(None))
        .subquery()
    )
    one_of_each = select(same).ext(distinct_on(same.c.job_id))
    best = one_of_each.order_by(same.c.job_id, same.c.score).subquery()
    return select(best).order_by(best.c.score).limit(_MOST_ALIKE).subquery()
