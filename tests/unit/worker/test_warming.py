"""The first batch runs through the served stages that use models, each given what it needs."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.pipelines import stages_of
from worker.execution.contracts import StageCall, StageResult
from worker.runtime.warmup import warm_up
from worker.stages import TABLE, StageEntry

SEEN: list[tuple[tuple[str, ...], bool]] = []


def run(calls: Sequence[StageCall], models: Any, _on_progress: Any) -> list[StageResult]:
    """Note what a stage is given."""
    (call,) = calls
    SEEN.append((tuple(call.outputs), call.reference is not None))
    return [StageResult(output=b"{}", media_type="application/json")]


ALL = {name: StageEntry(path=f"{__name__}:run") for name in TABLE}


@pytest.mark.parametrize(
    ("served", "ran"),
    [
        (stages_of(["gpu"]), ("caption", "vision", "fusion", "generate")),
        (("caption", "vision"), ("caption", "vision")),
        (("fusion", "generate", "present"), ("fusion", "generate")),
        (("generate",), ()),  # its code is another worker's
        (("train",), ()),
    ],
)
def test_served_stages_with_models_run(served: tuple[str, ...], ran: tuple[str, ...]) -> None:
    assert warm_up(served, ALL, object()) == ran  # type: ignore[arg-type]


def test_each_is_given_what_came_before() -> None:
    SEEN.clear()
    warm_up(stages_of(["gpu"]), ALL, object())  # type: ignore[arg-type]
    assert SEEN == [
        ((), False),
        (("caption",), True),
        (("caption",), False),
        (("caption", "fusion"), False),
    ]


def test_quickly_no_sentences_are_written() -> None:
    ran = warm_up(stages_of(["gpu"]), ALL, object(), quick=True)  # type: ignore[arg-type]
    assert ran == ("vision", "fusion", "generate")


def test_stages_without_models_do_not_run() -> None:
    table = {name: StageEntry(path="nowhere:nothing", roles=()) for name in TABLE}
    assert warm_up(stages_of(["gpu"]), table, object()) == ()  # type: ignore[arg-type]
