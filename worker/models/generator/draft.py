"""Interface of generators: a request for one variant, and the design that is drafted for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.understood import ParsedBrief
from shared.designs.record import Design
from worker.execution.progress import OnProgress

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DesignGenerator", "Draft", "DraftRequest", "sha256_of"]


def sha256_of(content: bytes) -> str:
    """Return the hash by which a record refers to a file."""
    return sha256(content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class DraftRequest:
    """The semantic code S of a job and the inputs that it was fused from.

    The built-in generator uses only the code. A generator with its own text encoder uses the inputs
    instead: the description, and the reference weighted by its strength.
    """

    code: Tensor  # (T, D) float32, the fusion's
    description: str
    understood: ParsedBrief
    """The parsed brief; what it leaves open comes from the description."""
    named_colours: tuple[str, ...] = ()
    """Keys of the colours that the brief itself names."""
    named_gradient: bool = False
    """Whether the brief itself asks for a gradient."""
    palette: Mapping[str, str] = field(default_factory=dict)
    """Hex colours to draw in, exactly, with their names; empty: any."""
    palette_only: bool = False
    """Whether no other colours are drawn."""
    reference: Image.Image | None
    reference_strength: float
    """0 to 1; 0: the reference is ignored."""
    reference_colours: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))
    """Main colours of the reference, (K, 3) Lab."""
    seed: int
    size_px: int
    """Size at which the tile will be drawn."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A design record, and the files that it refers to."""

    design: Design
    files: tuple[bytes, ...] = ()
    """PNG files of its field and image layers, JSON files of its motifs' drawings."""
    traits: Mapping[str, str] = field(default_factory=dict)
    """The sampled traits as keys of the vocabulary; empty if the generator has none."""

    def get(self, digest: str) -> bytes:
        """Return the file with this sha256; KeyError if there is none."""
        return {sha256_of(content): content for content in self.files}[digest]


class DesignGenerator(Protocol):
    """Interface of loaded generators."""

    def draft(self, request: DraftRequest, variant: int, on_progress: OnProgress = ...) -> Draft:
        """Draft one variant; the same request and variant give the same record."""
        ...

    def drafts(
        self, requests: Sequence[DraftRequest], variants: int, on_progress: OnProgress = ...
    ) -> list[Draft]:
        """Draft the first variants, of the requests in turn; each is the one of `draft`."""
        ...

    def details(self, request: DraftRequest) -> Mapping[str, Any]:
        """Return the generation settings of a request, for the provenance."""
        ...
