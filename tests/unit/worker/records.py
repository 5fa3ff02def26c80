"""Design records, and calls of the stages that draw them."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.understood import ParsedBrief
from shared.designs.parsing import record_json
from shared.designs.record import Design
from worker.execution.contracts import DesignOptions, Models, StageArtifact, StageCall
from worker.execution.progress import Reporter
from worker.stages.layer_files import layer_file_kind

BRIEF = "海浪 & a teal mug"
GROUND, HERO = "#F3ECDF", "#1F3A5F"
NO_MODELS = cast("Models", None)
PALETTE = [
    {"id": "p1", "hex": GROUND, "role": "ground", "from": "brief"},
    {"id": "p2", "hex": HERO, "role": "hero", "from": "brief"},
]
DOTS = {
    "id": "l1", "kind": "family", "family": "dots@1", "scale_mm": 10,
    "paints": [{"palette": "p1"}, {"palette": "p2"}],
}  # fmt: skip


def record(variant: int = 0, *layers: dict[str, Any], **changed: Any) -> Design:
    """Return a record of two colours, by default with dots on the whole ground."""
    fields = {"seed": 7, "variant": variant, "palette": PALETTE, "layers": list(layers or [DOTS])}
    return Design.model_validate(fields | changed)


def field_layer(*separations: bytes) -> dict[str, Any]:
    """Return a field layer of one or two separations."""
    names = [sha256(content).hexdigest() for content in separations]
    paints = [entry["id"] for entry in PALETTE[: len(names)]]
    return {
        "id": "l1", "kind": "field", "release": "tiny", "separations": names, "paints": paints,
    }  # fmt: skip


def image_layer(content: bytes) -> dict[str, Any]:
    """Return an image layer."""
    return {"id": "l1", "kind": "image", "sha256": sha256(content).hexdigest()}


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return pixels as PNG."""
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def noise(*shape: int, seed: int = 5) -> NDArray[np.uint8]:
    """Return random pixels."""
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def pixels_of(content: bytes) -> NDArray[np.uint8]:
    """Return the pixels of a picture in its own mode."""
    with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
        return np.asarray(image)


def call_of(
    designs: Sequence[Design | bytes | None], files: Sequence[bytes] = (), **options: Any
) -> StageCall:
    """Return the call of a stage that draws these records; the files are of the first one."""
    artifacts = {
        ("design", variant): each if isinstance(each, bytes) else record_json(each).encode()
        for variant, each in enumerate(designs)
        if each is not None
    }
    artifacts |= {(layer_file_kind(index), 0): content for index, content in enumerate(files)}
    known = DesignOptions(
        variants=len(designs), seed=7, product="mug", reference_strength=0.5, size=64
    )
    return StageCall(
        job_id="1",
        brief=BRIEF,
        options=replace(known, **options),
        understood=ParsedBrief(),
        reference=None,
        outputs={},
        artifacts=artifacts,
        job_url="http://127.0.0.1:8000/jobs/1",
    )


class Published(Reporter):
    """Records what a stage reports, in order."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.files: list[tuple[str, Sequence[StageArtifact]]] = []
        self.log: list[str] = []

    def __call__(self, share: float) -> None:
        """Record a finished share."""
        self.shares.append(share)
        self.log.append(f"{share:g}")

    def publish(self, job_id: str, files: Sequence[StageArtifact]) -> None:
        """Record published files."""
        self.files.append((job_id, tuple(files)))
        self.log.append("+".join(f"{each.kind} {each.variant}" for each in files))
