"""The warm-up runs a batch through the served stages that use models."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.pipelines import stages_of
from worker.execution.contracts import StageCall, StageResult
from worker.runtime.warmup import warm_up
from worker.stages import TABLE, StageEntry

SEEN: list[tuple[tuple[str, ...], bool]] = []


def run(calls: Sequence[StageCall], models: Any, _on_progress: Any) -> list[StageResult]:
    """Record the inputs of a stage."""
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
        (("generate",), ()),  # another worker computes its code
        (stages_of(["cpu"]), ()),
        (("train",), ()),
    ],
)
def test_served_stages_with_models_are_warmed_up(
    served: tuple[str, ...], ran: tuple[str, ...]
) -> None:
    assert warm_up(served, ALL, object()) == ran  # type: ignore[arg-type]


def test_stages_receive_the_outputs_of_earlier_stages() -> None:
    SEEN.clear()
    warm_up(stages_of(["gpu"]), ALL, object())  # type: ignore[arg-type]
    assert SEEN == [
        ((), False),
        (("caption",), True),
        (("caption",), False),
        (("caption", "fusion"), False),
    ]


def test_quick_warm_up_skips_the_captioner() -> None:
    ran = warm_up(stages_of(["gpu"]), ALL, object(), quick=True)  # type: ignore[arg-type]
    assert ran == ("vision", "fusion", "generate")


def test_stages_without_models_are_not_warmed_up() -> None:
    SEEN.clear()
    table = {name: StageEntry(path=f"{__name__}:run", roles=()) for name in TABLE}
    assert warm_up(stages_of(["gpu", "cpu"]), table, object()) == ()  # type: ignore[arg-type]
    assert SEEN == []


def test_worker_whose_stages_cannot_be_imported_never_reports_ready() -> None:
    table = ALL | {"draw": StageEntry(path="nowhere:nothing")}
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        warm_up(stages_of(["cpu"]), table, object())  # type: ignore[arg-type]
    assert warm_up(("caption",), table, object()) == ("caption",)  # type: ignore[arg-type]
