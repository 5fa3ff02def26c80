"""Arguments and results of stage functions: plain dataclasses, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from shared.briefs.understood import ParsedBrief
from worker.execution.progress import Reporter

if TYPE_CHECKING:
    from worker.models.captioner.model import Captioner
    from worker.models.fusion import Fusion
    from worker.models.generator.draft import DesignGenerator
    from worker.models.text_encoder import TextEncoder
    from worker.models.vision import Vision

__all__ = ["DesignOptions", "Models", "StageArtifact", "StageCall", "StageResult", "StageRunner"]


@dataclass(frozen=True, kw_only=True)
class DesignOptions:
    """The options of a design job, defaults filled in."""

    variants: int
    """1 to 8."""
    seed: int
    """0 to 2**31 - 1; variant i is drawn from its own stream of (seed, i)."""
    product: str
    """Key of `shared.briefs.vocabulary.PRODUCTS`; empty: a render without a product."""
    reference_strength: float
    """0: the brief alone; 1: the reference's palette and character."""
    size: int
    """Side of a tile in px."""
    variant: int | None = None
    """Variant of a print, from 0."""
    dpi: int | None = None
    """Dots per inch of a print, recorded in the file."""
    palette: Sequence[Mapping[str, str]] = ()
    """Colours to draw in: hex, #RRGGBB in upper case, and name, which may be empty."""
    palette_only: bool = False
    """Whether no other colours are drawn."""
    edit: Mapping[str, Any] | None = None
    """Of a render: the edit that is applied to the record, see `shared.designs.edits.kinds`."""


@dataclass(frozen=True, kw_only=True)
class StageArtifact:
    """One file made by a stage."""

    kind: str
    """design, layer-N, tile, vector, sketch, thumbnail, preview, print or model."""
    variant: int
    content: bytes
    media_type: str
    width: int | None = None
    """px; None for what is not a picture."""
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class StageCall:
    """All inputs of a stage for one job."""

    job_id: str
    brief: str
    options: DesignOptions
    understood: ParsedBrief
    reference: bytes | None
    """The normalised reference image (PNG, RGB, upright), where there is one."""
    outputs: Mapping[str, bytes]
    """Output of each earlier stage that was not skipped, by the stage's name."""
    artifacts: Mapping[tuple[str, int], bytes]
    """Files of the earlier stages by (kind, variant)."""
    job_url: str
    """Absolute link to the job, written into the files."""


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """Output and files of a stage for one job."""

    output: bytes
    """For the next stages: JSON or safetensors."""
    media_type: str
    """application/json or application/vnd.safetensors."""
    artifacts: tuple[StageArtifact, ...] = ()
    description: str | None = None
    """d(I), from the caption stage only."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """JSON-serialisable facts for the provenance: options used, defaults filled in, counts."""


class Models(Protocol):
    """The models of one job's pinned versions; each is loaded at first use."""

    @property
    def captioner(self) -> Captioner: ...
    @property
    def vision(self) -> Vision: ...
    @property
    def text_encoder(self) -> TextEncoder: ...
    @property
    def fusion(self) -> Fusion: ...
    @property
    def generator(self) -> DesignGenerator: ...


class StageRunner(Protocol):
    """A pure stage function: equal calls and models give equal results on one kind of device.

    It calls `on_progress` with the finished share of the batch. A stage whose batches take only
    seconds need not. It may publish files of its results before they are complete.
    """

    def __call__(
        self, calls: Sequence[StageCall], models: Models, on_progress: Reporter
    ) -> list[StageResult]: ...
