"""Whose turn it is: owners go round-robin, priorities move them ahead, waiting makes up for it.

Each job has a turn, the number of the round in which its owner comes with it. Rounds go on as jobs
are begun. An owner's first waiting job comes in the round that goes on now, its second in the next
one, and so on: a thousand jobs of one owner leave a place in every round for everybody else.

A level of priority is worth `LEVEL_TURNS` rounds, and no more: a job overtakes those a level
below that came less than so many rounds before it. One that has been passed over for so long goes
first, whatever comes; that is all there is to ageing, and since every job ages alike, a job's
place (`StageRun.turn`) never has to be written again.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

__all__ = ["LEVEL_TURNS", "PRIORITIES", "lock_owner", "next_turn", "place_in_line"]

LEVEL_TURNS = 100
"""Rounds that a level of priority is worth."""
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
    """Have submissions of one owner come one after another until the transaction ends."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(:space, hashtext(:owner))"),
        {"space": _OWNER_LOCKS, "owner": owner},
    )


def next_turn(session: Session, owner: str, pipeline: str, priority: int) -> int:
    """Give the turn of a job that this owner submits now; two looks into indexes."""
    given = {"owner": owner, "pipeline": pipeline, "priority": priority}
    turn: int = session.execute(_NEXT_TURN, given).scalar_one()
    return turn


def place_in_line(turn: int, priority: int) -> int:
    """Give what claims go by: the turn, moved ahead or back by the priority."""
    return turn - LEVEL_TURNS * priority
