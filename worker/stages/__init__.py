"""Stage table: the function of each stage, imported at its first use."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

__all__ = ["TABLE", "StageEntry", "resolve", "table_from"]


@dataclass(frozen=True, kw_only=True)
class StageEntry:
    """Location of a stage function and how it is called."""

    path: str
    """module:function."""
    pure: bool = True
    """True: a `worker.execution.contracts.StageRunner`. False: a
    `worker.execution.context.LongStage`, which keeps checkpoints itself."""
    roles: tuple[str, ...] | None = None
    """Roles of the models that must be resident; None: those of the stage's spec."""
    soft_limit_s: float | None = None
    """None: that of the stage's spec."""
    hard_limit_s: float | None = None
    """None: that of the stage's spec."""
    inputs: tuple[str, ...] | None = None
    """All that the result depends on besides the models: brief, understood, reference, outputs,
    artifacts and names of options. None: results are never reused."""


TABLE: Mapping[str, StageEntry] = MappingProxyType(
    {
        "caption": StageEntry(
            path="worker.stages.caption:run",
            inputs=("brief", "understood", "reference", "seed"),
        ),
        "vision": StageEntry(path="worker.stages.vision:run", inputs=("reference",)),
        "fusion": StageEntry(
            path="worker.stages.fusion:run",
            inputs=("brief", "understood", "reference", "outputs", "reference_strength"),
        ),
        "generate": StageEntry(
            path="worker.stages.generate:run",
            inputs=(
                *("brief", "understood", "reference", "outputs"),
                *("variants", "seed", "size", "reference_strength"),
                *("palette", "palette_only"),
            ),
        ),
        "draw": StageEntry(
            path="worker.stages.draw:run",
            inputs=("brief", "understood", "outputs", "artifacts", "variants", "size"),
        ),
        "present": StageEntry(
            path="worker.stages.present:run",
            inputs=("brief", "understood", "artifacts", "variants", "seed", "product"),
        ),
        "print": StageEntry(
            path="worker.stages.print:run",
            inputs=("brief", "outputs", "artifacts", "variant", "seed", "size", "dpi"),
        ),
        "render": StageEntry(
            path="worker.stages.render:run",
            inputs=("brief", "understood", "artifacts", "seed", "size", "product", "edit"),
        ),
        "export": StageEntry(path="worker.execution.export_stage:run", pure=False),
        "train": StageEntry(path="worker.execution.training_stage:run", pure=False),
    }
)


def table_from(path: str | None) -> Mapping[str, StageEntry]:
    """Return the table, with entries replaced by those of a mapping at `module:name`.

    Raises:
        ImportError, AttributeError: the module or mapping does not exist.
    """
    return TABLE if path is None else MappingProxyType({**TABLE, **resolve(path)})


def resolve(path: str) -> Any:
    """Import and return the object at `module:name`."""
    module, _, name = path.partition(":")
    resolved: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return resolved
