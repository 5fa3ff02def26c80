"""Pause and resume stages; a paused stage is not claimed from, running stage runs continue."""

from collections.abc import Sequence

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.models import Pause
from shared.errors import FieldError, InvalidRequest
from shared.pipelines import STAGES

__all__ = ["ALL", "is_paused", "pause", "paused_stages", "pauses", "resume"]

ALL = "all"
"""Name that stands for every stage."""

_MAX_HINTS = 200

_INSERT_HINTS = text("""
INSERT INTO outbox (job_id, stage)
SELECT job_id, stage FROM stage_run
WHERE state = 'ready' AND stage = ANY (:stages)
  AND (not_before IS NULL OR not_before <= statement_timestamp())
ORDER BY stage, turn, id LIMIT :limit
""")


def pause(session: Session, stage: str, actor: str, reason: str = "") -> None:
    """Pause a stage, or `all`; pausing a paused stage changes nothing.

    Raises:
        InvalidRequest: the stage does not exist.
    """
    _check(stage)
    session.execute(
        insert(Pause)
        .values(stage=stage, actor=actor, reason=reason)
        .on_conflict_do_nothing(index_elements=["stage"])
    )


def resume(session: Session, stage: str) -> None:
    """Resume a stage and insert hints for its ready work; `all` ends every pause.

    Raises:
        InvalidRequest: the stage does not exist.
    """
    _check(stage)
    before = paused_stages(session)
    pauses_to_end = delete(Pause) if stage == ALL else delete(Pause).where(Pause.stage == stage)
    session.execute(pauses_to_end)
    resumed = sorted(before - paused_stages(session))
    if resumed:
        session.execute(_INSERT_HINTS, {"stages": resumed, "limit": _MAX_HINTS})


def _check(stage: str) -> None:
    if stage != ALL and stage not in STAGES:
        names = ", ".join((ALL, *STAGES))
        raise InvalidRequest(FieldError(field="stage", message=f"Must be one of: {names}."))


def pauses(session: Session) -> Sequence[Pause]:
    """Return the pauses, oldest first."""
    return session.scalars(select(Pause).order_by(Pause.at, Pause.stage)).all()


def paused_stages(session: Session) -> set[str]:
    """Return the names of the paused stages."""
    names = set(session.scalars(select(Pause.stage)))
    return set(STAGES) if ALL in names else names


def is_paused(session: Session, stage: str) -> bool:
    """Return whether a stage is paused."""
    query = select(Pause.stage).where(Pause.stage.in_((stage, ALL))).limit(1)
    return session.scalar(query) is not None
