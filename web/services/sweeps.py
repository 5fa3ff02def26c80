"""From lists of briefs, seeds and strengths to the jobs that they stand for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from shared.errors import FieldError, InvalidRequest
from shared.jobs.batches import MAX_JOBS
from web.http.i18n import translate as _
from web.schemas.batches import BatchRequest
from web.schemas.jobs import DEFAULT_STRENGTH

__all__ = ["Cell", "cells_of"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one job of a sweep differs in from the others."""

    brief: str
    seed: int
    strength: float


def cells_of(given: BatchRequest, *, drawn_seed: int, has_reference: bool) -> list[Cell]:
    """Combine the lists, the briefs outermost and the strengths innermost.

    Raises:
        InvalidRequest: there are too many jobs, the lists cannot be paired, or strengths differ
            without a reference.
    """
    lists: dict[str, Sequence[Any]] = {
        "briefs": given.briefs,
        "seeds": [drawn_seed] if given.seeds is None else given.seeds,
        "strengths": [DEFAULT_STRENGTH] if given.strengths is None else given.strengths,
    }
    if len(lists["strengths"]) > 1 and not has_reference:
        message = _("Several strengths need a reference image.")
        raise InvalidRequest(FieldError(field="strengths", message=message))
    if given.combine == "pairs":
        rows: Iterable[tuple[Any, ...]] = zip(*_paired(lists), strict=True)
    else:
        _check_number(lists)
        rows = product(*lists.values())
    return [Cell(brief=brief, seed=seed, strength=strength) for brief, seed, strength in rows]


def _check_number(lists: dict[str, Sequence[Any]]) -> None:
    number = 1
    for each in lists.values():
        number *= len(each)
    if number > MAX_JOBS:
        message = _("These make %(number)d jobs; at most %(most)d are taken.",
                    number=number, most=MAX_JOBS)  # fmt: skip
        fields = [name for name, each in lists.items() if len(each) > 1]
        raise InvalidRequest(*(FieldError(field=name, message=message) for name in fields))


def _paired(lists: dict[str, Sequence[Any]]) -> list[Sequence[Any]]:
    length = max(len(each) for each in lists.values())
    wrong = [name for name, each in lists.items() if len(each) not in {1, length}]
    if wrong:
        message = _("Pairs need lists of one length, here %(length)d, or of one.", length=length)
        raise InvalidRequest(*(FieldError(field=name, message=message) for name in wrong))
    return [each if len(each) == length else [each[0]] * length for each in lists.values()]
