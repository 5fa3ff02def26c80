"""Leaves, buds and scrolls from Bézier curves, shared by ornamental families."""

from __future__ import annotations

import numpy as np

from worker.drawing.path import Path

__all__ = ["leaf", "mirrored"]


def leaf(length: float, width: float, bend: float = 0.0, belly: float = 0.42) -> Path:
    """Return a pointed leaf that grows upwards from (0, 0).

    Args:
        bend: how far its tip leans to the right, in lengths.
        belly: where it is widest, in lengths from its base.
    """
    tip = bend * length
    near, far = -belly * 0.55 * length, -min(0.98, belly + 0.42) * length
    side = width * 0.68
    points = [
        (0, 0), (-side, near), (-side + 0.35 * tip, far), (tip, -length),
        (side + 0.35 * tip, far), (side, near), (0, 0),
    ]  # fmt: skip
    return Path("MCCZ", np.array(points))


def mirrored(path: Path) -> Path:
    """Return the path together with its mirror image left of the y axis."""
    return path + path.scaled(-1, 1).reversed()
