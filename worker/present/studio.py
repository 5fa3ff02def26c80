"""The paper background of a picture: lighting, shadows, line work and palette chips."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from worker.present.canvas import Chip, Composite, Floats, Sheet, box, composite
from worker.present.ink import Callout, Lines, draw_lines
from worker.present.lighting import blur
from worker.present.printing import Plate, pack

__all__ = [
    "Frame",
    "Scene",
    "cast_shadow",
    "compose_plate",
    "palette_chips",
    "paper_light",
    "place_icons",
]

_INK = 0.86
"""Share of the paper's light that a fully drawn line absorbs."""
_ICONS = 6
"""Maximum number of icons in a picture."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The size of a picture in px. Layouts are defined at 768 x 960 px and scaled to it."""

    width: int
    height: int

    @property
    def unit(self) -> float:
        """Scale: picture px per layout px."""
        return min(self.width / 768, self.height / 960)

    def x(self, value: float) -> float:
        """Convert a layout x coordinate to px."""
        return self.width / 2 + (value - 384) * self.unit

    def y(self, value: float) -> float:
        """Convert a layout y coordinate to px."""
        return self.height / 2 + (value - 480) * self.unit

    def window(self, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
        """Convert a layout box (left, top, right, bottom) to (top, left, height, width) in px."""
        left, top = max(int(self.x(box[0])), 0), max(int(self.y(box[1])), 0)
        right = min(int(np.ceil(self.x(box[2]))), self.width)
        bottom = min(int(np.ceil(self.y(box[3]))), self.height)
        return top, left, bottom - top, right - left


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """The surroundings of a sheet; shadow, glow and wall are (H, W) or (H, W, 3)."""

    shadow: Floats
    repeat_px: float
    lines: Lines
    relief: float = 0.0
    glow: Floats | None = None
    wall: Floats | None = None
    """(H, W) light on the background, in place of the studio's paper."""


@lru_cache(maxsize=1)
def paper_light(frame: Frame) -> Floats:
    """Return the light on the studio's paper, (H, W): a pool from the upper left."""
    x = ((np.arange(frame.width, dtype=np.float32) + 0.5) / frame.width)[None, :]
    y = ((np.arange(frame.height, dtype=np.float32) + 0.5) / frame.height)[:, None]
    far = np.hypot((x - 0.40) * 0.9, y - 0.36)
    return np.asarray(1.06 - 0.34 * far**1.7, np.float32)


def palette_chips(frame: Frame) -> tuple[Chip, ...]:
    """Return the palette chips: a row at the lower left."""
    return tuple(
        Chip(x=frame.x(64 + 35 * i), y=frame.y(904), radius=12.5 * frame.unit) for i in range(5)
    )


def place_icons(
    frame: Frame,
    functions: tuple[str, ...],
    targets: Mapping[str, tuple[float, float]],
    fallbacks: Sequence[tuple[float, float]],
    row: tuple[float, float, float, float] = (704, 150, 0, 104),
) -> Lines:
    """Return the icons of functions with leader lines to their targets.

    Functions without a target share the `fallbacks`. At most six icons are shown.

    Args:
        frame: the size of the picture.
        functions: keys, in the order of the brief.
        targets: the point that a function's leader line ends at, px.
        fallbacks: points for functions without a target, px.
        row: x and y of the first icon, and the step in x and y to the next, layout px.
    """
    x, y, right, down = row
    shown = functions[:_ICONS]
    positions = [(frame.x(x + right * i), frame.y(y + down * i)) for i in range(len(shown))]
    endpoints = [targets.get(key) or fallbacks[i % len(fallbacks)] for i, key in enumerate(shown)]
    order = _assign_endpoints(positions, endpoints)
    callouts = [
        Callout(icon=shown[i], at=position, target=endpoints[i])
        for position, i in zip(positions, order, strict=True)
    ]
    return Lines(callouts=callouts, radius=25 * frame.unit)


def _assign_endpoints(
    positions: Sequence[tuple[float, float]], endpoints: Sequence[tuple[float, float]]
) -> tuple[int, ...]:
    """Assign targets to icons by the shortest total line length, so that lines never cross."""
    return min(
        itertools.permutations(range(len(endpoints))),
        key=lambda order: sum(
            math.dist(position, endpoints[i]) for position, i in zip(positions, order, strict=True)
        ),
    )


def cast_shadow(
    frame: Frame,
    alpha: Floats,
    layers: Sequence[tuple[float, float, float, float]],
    *,
    top: int,
    left: int,
) -> Floats:
    """Return the shadow (H, W), 0 to 1, that a sheet's alpha casts on the paper.

    Each layer is (right, down, blur, strength), the lengths in layout px. The layers' light losses
    are multiplied.
    """
    height, width = frame.height, frame.width
    mask = np.zeros((height, width), np.float32)
    mask[top : top + alpha.shape[0], left : left + alpha.shape[1]] = alpha
    light = np.ones((height, width), np.float32)
    for right, down, radius, strength in layers:
        shifted = np.zeros_like(mask)
        dy, dx = round(down * frame.unit), round(right * frame.unit)
        shifted[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = mask[
            max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)
        ]
        light *= 1.0 - np.float32(strength) * blur(shifted, radius * frame.unit)
    return np.asarray(1.0 - light, np.float32)


def compose_plate(sheet: Sheet, frame: Frame, scene: Scene, *, top: int, left: int) -> Plate:
    """Composite a product's sheet onto the paper and build its plate."""
    light = paper_light(frame) if scene.wall is None else scene.wall
    light = light * (1.0 - scene.shadow)
    drawn = draw_lines(frame.width, frame.height, scene.lines)
    lit = light * (1.0 - _INK * drawn)
    picture = composite(
        sheet,
        top=top,
        left=left,
        paper=lit.astype(np.float32),
        base=None,
        glow=scene.glow,
        repeat_px=scene.repeat_px,
        relief=scene.relief,
        chips=palette_chips(frame),
    )
    _draw_lines_over_product(picture, drawn)
    return pack(picture)


def _draw_lines_over_product(picture: Composite, drawn: Floats) -> None:
    """Draw the lines over the product: dark ink with a pale edge, visible on any print."""
    height, width = picture.accent.shape
    window = (slice(picture.top, picture.top + height), slice(picture.left, picture.left + width))
    inked = blur(drawn[window], 1.3)
    at = box(inked)
    lines, shown = drawn[window][at], picture.paper[window][at]
    edge = np.clip(3.0 * inked[at], 0, 1) * (1.0 - shown)
    transmittance = (1.0 - 0.5 * edge) * (1.0 - _INK * lines)
    base = picture.base[window][at]
    base *= transmittance[..., None]
    base += (0.42 * edge * (1.0 - lines))[..., None]
    picture.multiply[at] *= transmittance[..., None]
    picture.accent[at] *= transmittance
