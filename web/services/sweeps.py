"""Expansion of a batch request's lists into its jobs' parameters."""

import math
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
    """Parameters that vary between the jobs of a batch."""

    brief: str
    seed: int
    strength: float


def cells_of(request: BatchRequest, *, drawn_seed: int, has_reference: bool) -> list[Cell]:
    """Return the combinations of the lists, briefs outermost and strengths innermost.

    Raises:
        InvalidRequest: there are too many jobs, the lists cannot be paired, or strengths differ
            without a reference.
    """
    lists: dict[str, Sequence[Any]] = {
        "briefs": request.briefs,
        "seeds": [drawn_seed] if request.seeds is None else request.seeds,
        "strengths": [DEFAULT_STRENGTH] if request.strengths is None else request.strengths,
    }
    if len(lists["strengths"]) > 1 and not has_reference:
        message = _("Several strengths need a reference image.")
        raise InvalidRequest(FieldError(field="strengths", message=message))
    if request.combine == "pairs":
        rows: Iterable[tuple[Any, ...]] = zip(*_paired(lists), strict=True)
    else:
        _check_count(lists)
        rows = product(*lists.values())
    return [Cell(brief=brief, seed=seed, strength=strength) for brief, seed, strength in rows]


def _check_count(lists: dict[str, Sequence[Any]]) -> None:
    count = math.prod(len(values) for values in lists.values())
    if count > MAX_JOBS:
        message = _("These combine to %(number)d jobs; at most %(most)d are allowed.",
                    number=count, most=MAX_JOBS)  # fmt: skip
        fields = [name for name, values in lists.items() if len(values) > 1]
        raise InvalidRequest(*(FieldError(field=name, message=message) for name in fields))


def _paired(lists: dict[str, Sequence[Any]]) -> list[Sequence[Any]]:
    length = max(len(values) for values in lists.values())
    mismatched = [name for name, values in lists.items() if len(values) not in {1, length}]
    if mismatched:
        message = _(
            "Pairs need lists of equal length, here %(length)d, or of length one.", length=length
        )
        raise InvalidRequest(*(FieldError(field=name, message=message) for name in mismatched))
    return [values if len(values) == length else [values[0]] * length for values in lists.values()]
