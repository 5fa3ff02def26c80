"""All the I/O around stages: claim, read, compute, put bytes, finish, go on.

The database decides everything; the broker's message only said that a stage has work.
"""

from __future__ import annotations

import time

from sqlalchemy.exc import OperationalError

from shared.db.engine import at_once
from shared.failpoints import reach
from shared.pipelines import StageSpec
from shared.queue import leases as queue
from shared.queue.leases import Claim, Wanted
from shared.queue.stage_inputs import Inputs, inputs_of
from worker.execution.batch_executor import Course, stages_from
from worker.execution.context import Workplace
from worker.execution.result_writer import tell_others

__all__ = ["serve"]

_TURN_S = 5.0
"""How long one hint is served while there is more work of its stage."""
_MOST_COURSES = 2
"""Batches that a worker has under way at a time."""


def serve(place: Workplace, stage: str) -> int:
    """Do waiting work of a stage batch by batch, each on through the stages after it, in place.

    Comes back after some seconds even where more is waiting, for the hints of other stages.

    Returns:
        Number of stage runs that were claimed.
    """
    turn = _Turn(place, stage)
    try:
        return turn.serve()
    finally:
        turn.wait()


class _Turn:
    """What one hint leads to: batches, some of which are written down while others compute."""

    def __init__(self, place: Workplace, stage: str) -> None:
        self._place = place
        self._until = time.monotonic() + _TURN_S
        self._stages = list(stages_from(stage, place.stages))
        self._open = {stage}
        """Stages of which there may be more work."""
        self._courses: list[Course] = []

    def serve(self) -> int:
        """Serve until there is no more work, or time is over."""
        served = 0
        opened: set[str] = set()
        while (spec := self._next_open()) is not None or self._courses:
            course = next((each for each in self._courses if each.is_ready()), None)
            if course is None and spec is not None and self._has_room(spec):
                self._begin(spec)
                continue
            course = course or self._courses[0]
            if not course.go_on():
                self._courses.remove(course)
                served += course.served
                opened |= course.opened
                self._open |= course.opened & {each.name for each in self._stages}
        tell_others(self._place, opened)
        return served

    def wait(self) -> None:
        """Wait until nothing is being written down any more."""
        for course in self._courses:
            course.wait()

    def _next_open(self) -> StageSpec | None:
        """Give the stage to claim work of: late ones first, to end what was begun."""
        if self._place.draining() or time.monotonic() > self._until:
            return None
        return next((each for each in reversed(self._stages) if each.name in self._open), None)

    def _has_room(self, spec: StageSpec) -> bool:
        """Tell whether to begin a batch beside those that wait for their results to be written.

        Only where there is likely more work, and where that does not hold them up for long.
        """
        if not self._courses:
            return True
        if len(self._courses) == _MOST_COURSES or not self._place.pace.company:
            return False
        return self._courses[0].ends or self._place.pace.is_quick(spec)

    def _begin(self, spec: StageSpec) -> None:
        place = self._place
        most = place.pace.most(spec)
        if not self._courses:
            time.sleep(place.pace.wait_s(spec.name))
        try:
            claims, inputs = _claim(place, spec, most)
        except OperationalError:
            if not self._courses:
                raise
            claims, inputs = [], {}  # those that are under way go on
        if not claims or (len(claims) < most and spec is not self._stages[0]):
            self._open.remove(spec.name)
        if claims:
            self._courses.append(Course(place, spec, claims, inputs))


def _claim(place: Workplace, spec: StageSpec, most: int) -> tuple[list[Claim], dict[str, Inputs]]:
    """Claim a batch and read its inputs, by job."""
    with at_once(place.sessions) as session:
        claims = queue.claim(
            session, spec.name, place.owner, most, place.settings.lease_s, _wanted(place, spec)
        )
        place.pace.claimed(len(claims))
        if not claims:
            return [], {}
        reach("claimed")
        return claims, inputs_of(session, claims)


def _wanted(place: Workplace, spec: StageSpec) -> Wanted | None:
    """Give which rows come first: those that need no model to be loaded."""
    entry = place.table[spec.name]
    roles = spec.roles if entry.roles is None else entry.roles
    if not roles or not entry.pure:
        return None
    return Wanted(roles=roles, versions=place.residency.loaded_ids())
