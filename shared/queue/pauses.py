"""Pausing stages: nothing is claimed from them until they are resumed; what runs goes on."""

from collections.abc import Sequence

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.models import Pause
from shared.errors import FieldError, InvalidRequest
from shared.pipelines import STAGES

__all__ = ["ALL", "is_paused", "pause", "paused_stages", "pauses", "resume"]

ALL = "all"
"""Stands for every stage."""

_ANNOUNCED = 200

_ANNOUNCE = text("""
INSERT INTO outbox (job_id, stage)
SELECT job_id, stage FROM stage_run
WHERE state = 'ready' AND stage = ANY (:stages)
  AND (not_before IS NULL OR not_before <= statement_timestamp())
ORDER BY stage, turn, id LIMIT :limit
""")


def pause(session: Session, stage: str, actor: str, reason: str = "") -> None:
    """Have nothing claimed from a stage, or from `all`; one paused already stays as it is.

    Raises:
        InvalidRequest: there is no such stage.
    """
    _check(stage)
    session.execute(
        insert(Pause)
        .values(stage=stage, actor=actor, reason=reason)
        .on_conflict_do_nothing(index_elements=["stage"])
    )


def resume(session: Session, stage: str) -> None:
    """Have work claimed again and announce what waits; `all` ends every pause.

    Raises:
        InvalidRequest: there is no such stage.
    """
    _check(stage)
    before = paused_stages(session)
    ended = delete(Pause) if stage == ALL else delete(Pause).where(Pause.stage == stage)
    session.execute(ended)
    freed = sorted(before - paused_stages(session))
    if freed:
        session.execute(_ANNOUNCE, {"stages": freed, "limit": _ANNOUNCED})


def _check(stage: str) -> None:
    if stage != ALL and stage not in STAGES:
        known = ", ".join((ALL, *STAGES))
        raise InvalidRequest(FieldError(field="stage", message=f"Must be one of: {known}."))


def pauses(session: Session) -> Sequence[Pause]:
    """List the pauses, the oldest first."""
    return session.scalars(select(Pause).order_by(Pause.at, Pause.stage)).all()


def paused_stages(session: Session) -> set[str]:
    """Name the stages from which nothing is claimed."""
    named = set(session.scalars(select(Pause.stage)))
    return set(STAGES) if ALL in named else named


def is_paused(session: Session, stage: str) -> bool:
    """Tell whether nothing is claimed from a stage."""
    found = select(Pause.stage).where(Pause.stage.in_((stage, ALL))).limit(1)
    return session.scalar(found) is not None
