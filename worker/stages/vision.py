"""Vision stage: computes the features s(I) and the palette of the reference image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import save

from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress
from worker.imaging.colour import rgb_from_lab
from worker.imaging.reference import open_reference

__all__ = ["run"]


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Embed each job's reference image.

    Returns:
        Per call safetensors: "features" (V,) and "palette" (5, 4), see `VisionFeatures`.

    Raises:
        ValueError: a job has no reference image.
    """
    vision = models.vision.embed([_picture(call) for call in calls])
    on_progress(1.0)
    return [
        StageResult(
            output=save({"features": features, "palette": palette}),
            media_type="application/vnd.safetensors",
            details={"palette": _hex_colours(palette), "features": len(features)},
        )
        for features, palette in zip(vision.features, vision.palette, strict=True)
    ]


def _picture(call: StageCall) -> Image.Image:
    if call.reference is None:
        raise ValueError(f"job {call.job_id} has no reference image")
    return open_reference(call.reference)


def _hex_colours(palette: NDArray[np.float32]) -> list[dict[str, object]]:
    """Return the palette as hex colours with their shares, for the provenance record."""
    rows = palette[palette[:, 3] > 0]
    colours = np.rint(rgb_from_lab(rows[:, :3] * [100, 128, 128])).astype(int)
    return [
        {"hex": "#{:02X}{:02X}{:02X}".format(*colour), "share": round(float(row[3]), 3)}
        for colour, row in zip(colours, rows, strict=True)
    ]
