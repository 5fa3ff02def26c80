"""The pipelines that a job can run through and the stages each is made of.

This table is all that the web front end, the relay and the database need to know of the
stages: names, order, limits. What a stage computes stands in `worker.stages`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

__all__ = [
    "DEFAULT_SIZE_PX",
    "DEFAULT_VARIANTS",
    "PIPELINES",
    "QUEUES",
    "ROLES",
    "STAGES",
    "Pipeline",
    "StageSpec",
    "known_stages",
    "stages_for",
    "stages_of",
    "work_of",
]

DEFAULT_VARIANTS = 4
DEFAULT_SIZE_PX = 256
_FEWEST_DRAWN_PX = 128
"""Tiles of up to 256 px are drawn at this size and enlarged."""
_USUAL_PRINT_PX = 2048

ROLES = ("captioner", "vision", "text_encoder", "fusion", "generator")


@dataclass(frozen=True, kw_only=True)
class StageSpec:
    """One pure step of a pipeline and the limits it runs under."""

    name: str
    queue: str
    """The class of hardware it runs on. Hints go to a broker queue of the stage's own name."""
    roles: tuple[str, ...] = ()
    """Roles of the models that must be resident."""
    needs_reference: bool = False
    """Skipped where the job has no reference image."""
    lease_s: float = 60.0
    """Renewed at each progress that the stage reports."""
    soft_limit_s: float = 90.0
    """Of one attempt: past it the job fails with the error time_limit."""
    hard_limit_s: float = 120.0
    """Time without progress after which the worker's process is ended."""
    max_attempts: int = 3
    max_batch: int = 32
    """Most rows that one claim takes, however quick they are."""

    @property
    def run_limit_s(self) -> float:
        """Return the longest that an attempt can take: no lease is extended past it."""
        return max(self.soft_limit_s + 30.0, self.hard_limit_s)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A named order of stages."""

    name: str
    stages: tuple[StageSpec, ...]
    carries: tuple[str, ...] = ()
    """Stages before these: their results come from another job, `shared.jobs.carried_results`."""

    def stage(self, name: str) -> StageSpec:
        """Give the stage of that name; KeyError where the pipeline has none."""
        for spec in self.stages:
            if spec.name == name:
                return spec
        raise KeyError(name)


DESIGN = Pipeline(
    name="design",
    stages=(
        StageSpec(name="caption", queue="gpu", roles=("captioner", "vision")),
        StageSpec(name="vision", queue="gpu", roles=("vision",), needs_reference=True),
        StageSpec(name="fusion", queue="gpu", roles=("text_encoder", "fusion")),
        StageSpec(name="generate", queue="gpu", roles=("generator",), soft_limit_s=600.0),
        StageSpec(name="present", queue="gpu", soft_limit_s=600.0),
    ),
)

PRINT = Pipeline(
    name="print",
    carries=("caption", "vision", "fusion"),
    stages=(
        StageSpec(
            name="print",
            queue="gpu",
            roles=("generator",),
            lease_s=120.0,  # its file is written in one piece
            soft_limit_s=600.0,
            max_batch=1,  # a picture of 50 MB, and several times that while it is drawn
        ),
    ),
)

TRAINING = Pipeline(
    name="training",
    stages=(
        StageSpec(
            name="train",
            queue="train",
            roles=ROLES,
            lease_s=300.0,
            soft_limit_s=7 * 24 * 3600.0,
            hard_limit_s=7 * 24 * 3600.0 + 60.0,
            max_attempts=5,
            max_batch=1,
        ),
    ),
)

PIPELINES = MappingProxyType({pipeline.name: pipeline for pipeline in (DESIGN, PRINT, TRAINING)})
STAGES = MappingProxyType(
    {spec.name: spec for pipeline in PIPELINES.values() for spec in pipeline.stages}
)

QUEUES = tuple(sorted({spec.queue for spec in STAGES.values()}))
"""The classes of hardware."""


def stages_of(queues: Collection[str]) -> tuple[str, ...]:
    """List the stages of these classes of hardware, in the pipelines' order."""
    return tuple(name for name, spec in STAGES.items() if spec.queue in queues)


def known_stages(named: str) -> tuple[str, ...]:
    """Read names of stages parted by commas; gives each once, in the pipelines' order.

    Raises:
        ValueError: one is no stage; the message lists those that are.
    """
    names = {part.strip() for part in named.split(",") if part.strip()}
    if unknown := sorted(names - set(STAGES)):
        raise ValueError(f"there is no stage {', '.join(unknown)}: only {', '.join(STAGES)}")
    return tuple(name for name in STAGES if name in names)


def stages_for(pipeline: str, *, has_reference: bool) -> tuple[tuple[StageSpec, bool], ...]:
    """List a pipeline's stages in order, each with whether this job skips it."""
    return tuple(
        (spec, spec.needs_reference and not has_reference) for spec in PIPELINES[pipeline].stages
    )


def work_of(stage: str, options: Mapping[str, Any]) -> float:
    """Return how much work a job is for a stage; 1.0 for a request with all its defaults.

    Drawing a tile of the bundled generator on one thread of a processor, against one of 256 px:
    512 px 8 times, 1024 px 33 to 46 times. Prints, against one of 2048 px, by their area.
    """
    variants = options.get("variants", DEFAULT_VARIANTS) / DEFAULT_VARIANTS
    size_px = options.get("size", DEFAULT_SIZE_PX)
    if stage == "generate":
        drawn_px = _FEWEST_DRAWN_PX if size_px <= DEFAULT_SIZE_PX else size_px
        return float(variants * (1 + (drawn_px / _FEWEST_DRAWN_PX) ** 2) / 2)
    if stage == "present":
        return float(variants)
    if stage == "print":
        return float((size_px / _USUAL_PRINT_PX) ** 2)
    return 1.0
