"""Definitions of pipelines and their stages.

This table is all that the web front end, the relay and the database need: names, order and
limits. The computations are in `worker.stages`.
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
    "WITH_VARIANTS",
    "Pipeline",
    "StageSpec",
    "first_stage_of",
    "parse_stages",
    "queues_of",
    "stages_for",
    "stages_of",
    "work_of",
]

DEFAULT_VARIANTS = 4
DEFAULT_SIZE_PX = 256
_PIXELS_AS_SHAPES_PX = 640
"""Side of a tile whose pixels take as long as its shapes, which do not depend on the size."""
_DEFAULT_PRINT_PX = 2048

ROLES = ("captioner", "vision", "text_encoder", "fusion", "generator")


@dataclass(frozen=True, kw_only=True)
class StageSpec:
    """One stage of a pipeline and its limits."""

    name: str
    queue: str
    """Class of hardware it runs on. Hints go to the broker queue named after the stage."""
    roles: tuple[str, ...] = ()
    """Roles of the models that must be loaded."""
    needs_reference: bool = False
    """Whether it is skipped for jobs without a reference image."""
    lease_s: float = 60.0
    """Lease in seconds; reported progress renews it."""
    soft_limit_s: float = 90.0
    """Time limit of an attempt in seconds; beyond it the job fails with time_limit."""
    hard_limit_s: float = 120.0
    """Seconds without progress after which the worker process is killed."""
    max_attempts: int = 3
    max_batch: int = 32
    """Maximum number of rows of one claim."""
    is_interactive: bool = False
    """Whether somebody waits for the result: claimed before all other stages of a worker."""

    @property
    def run_limit_s(self) -> float:
        """Return the maximum seconds of an attempt: no lease is extended past it."""
        return max(self.soft_limit_s + 30.0, self.hard_limit_s)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A named sequence of stages."""

    name: str
    stages: tuple[StageSpec, ...]
    carries: tuple[str, ...] = ()
    """Earlier stages whose results come from another job, see `shared.jobs.carried_results`."""

    def stage(self, name: str) -> StageSpec:
        """Return the stage of that name; KeyError if the pipeline has none."""
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
        StageSpec(name="draw", queue="cpu", soft_limit_s=600.0, max_batch=4),
        StageSpec(name="present", queue="cpu", soft_limit_s=600.0, max_batch=4),
    ),
)

PRINT = Pipeline(
    name="print",
    carries=("generate",),
    stages=(
        StageSpec(
            name="print",
            queue="cpu",
            lease_s=120.0,  # writing the file reports no progress
            soft_limit_s=600.0,
            max_batch=1,  # a picture of 50 MB, several times that while it is drawn
        ),
    ),
)

RENDER = Pipeline(
    name="render",
    stages=(
        StageSpec(name="render", queue="cpu", soft_limit_s=120.0, max_batch=1, is_interactive=True),
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

EXPORT = Pipeline(
    name="export",
    stages=(
        StageSpec(
            name="export",
            queue="cpu",
            lease_s=300.0,  # storing a large zip reports no progress
            soft_limit_s=1800.0,
            hard_limit_s=600.0,
            max_batch=1,
        ),
    ),
)

WITH_VARIANTS = ("design", "render")
"""Pipelines whose jobs have variants: the library lists them, and they can be changed."""

PIPELINES = MappingProxyType(
    {pipeline.name: pipeline for pipeline in (DESIGN, PRINT, RENDER, TRAINING, EXPORT)}
)
STAGES = MappingProxyType(
    {spec.name: spec for pipeline in PIPELINES.values() for spec in pipeline.stages}
)

QUEUES = tuple(sorted({spec.queue for spec in STAGES.values()}))
"""All queues (classes of hardware): gpu has the models, cpu draws without them, train retrains."""


def stages_of(queues: Collection[str]) -> tuple[str, ...]:
    """Return the stages of these queues, in the order of the pipelines."""
    return tuple(name for name, spec in STAGES.items() if spec.queue in queues)


def queues_of(stages: Collection[str]) -> tuple[str, ...]:
    """Return the queues of these stages."""
    queues = {STAGES[stage].queue for stage in stages}
    return tuple(queue for queue in QUEUES if queue in queues)


def parse_stages(named: str) -> tuple[str, ...]:
    """Parse comma-separated stage names; return each once, in the order of the pipelines.

    Raises:
        ValueError: a name is unknown; the message lists the known names.
    """
    names = {part.strip() for part in named.split(",") if part.strip()}
    if unknown := sorted(names - set(STAGES)):
        raise ValueError(f"unknown stage {', '.join(unknown)}; stages are {', '.join(STAGES)}")
    return tuple(name for name in STAGES if name in names)


def stages_for(pipeline: str, *, has_reference: bool) -> tuple[tuple[StageSpec, bool], ...]:
    """Return the stages of a pipeline in order, each with whether this job skips it."""
    return tuple(
        (spec, spec.needs_reference and not has_reference) for spec in PIPELINES[pipeline].stages
    )


def first_stage_of(pipeline: str, *, has_reference: bool) -> str:
    """Return the name of the first stage of a pipeline that the job does not skip."""
    planned = stages_for(pipeline, has_reference=has_reference)
    return next(spec.name for spec, skipped in planned if not skipped)


def work_of(stage: str, options: Mapping[str, Any]) -> float:
    """Return the relative work of a job for a stage; 1.0 for a request with default options.

    Measured on one CPU thread with one design of each family, relative to tiles of 256 px: drawing
    takes 1.3 times as long for 512 px, 3.6 times for 1024 px, 9.6 times for 2048 px. Prints scale
    with their area, relative to 2048 px.
    """
    variants = options.get("variants", DEFAULT_VARIANTS) / DEFAULT_VARIANTS
    size_px = options.get("size", DEFAULT_SIZE_PX)
    if stage in ("generate", "present"):
        return float(variants)
    if stage == "draw":
        by_size = 1 + (size_px / _PIXELS_AS_SHAPES_PX) ** 2
        return float(variants * by_size / (1 + (DEFAULT_SIZE_PX / _PIXELS_AS_SHAPES_PX) ** 2))
    if stage == "print":
        return float((size_px / _DEFAULT_PRINT_PX) ** 2)
    return 1.0
