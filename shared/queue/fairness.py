"""Fair queueing: round-robin over owners, with priorities and ageing.

Each job has a turn: the number of the round in which its owner is served with it. Rounds advance
as jobs are started. An owner's first waiting job gets the current round, its second the next one,
and so on. A thousand jobs of one owner therefore leave a place in every round for other owners.

A priority level is worth `LEVEL_TURNS` rounds: a job overtakes jobs one level below that are fewer
than `LEVEL_TURNS` rounds ahead of it. This bound is the ageing. As every job ages alike, the sort
key (`StageRun.turn`) is written once and never updated.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

__all__ = ["LEVEL_TURNS", "PRIORITIES", "claim_order", "lock_owner", "next_turn"]

LEVEL_TURNS = 100
"""Rounds by which one priority level moves a job."""
PRIORITIES = {"low": -1, "normal": 0, "high": 1}

_OWNER_LOCKS = 0x0C0D

_NEXT_TURN = text("""
SELECT greatest(
    coalesce((SELECT max(turn) + 1 FROM job
              WHERE pipeline = :pipeline AND started_at IS NOT NULL), 0),
    coalesce((SELECT max(turn) + 1 FROM job
              WHERE owner = :owner AND pipeline = :pipeline AND priority = :priority
                AND state IN ('queued', 'running')), 0))
""")


def lock_owner(session: Session, owner: str) -> None:
    """Serialize what one owner adds, such as jobs, until the transaction ends (advisory lock)."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(:space, hashtext(:owner))"),
        {"space": _OWNER_LOCKS, "owner": owner},
    )


def next_turn(session: Session, owner: str, pipeline: str, priority: int) -> int:
    """Return the turn of a job that this owner submits now; two index look-ups."""
    parameters = {"owner": owner, "pipeline": pipeline, "priority": priority}
    turn: int = session.execute(_NEXT_TURN, parameters).scalar_one()
    return turn


def claim_order(turn: int, priority: int) -> int:
    """Return the sort key of claims: the turn, moved by the priority."""
    return turn - LEVEL_TURNS * priority
