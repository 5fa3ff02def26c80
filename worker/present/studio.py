"""The paper a product stands on: its light, the shadows, the lines and the colour chips."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from worker.present.canvas import Chip, Floats, Plate, Sheet, finish
from worker.present.ink import Callout, Lines, draw_lines
from worker.present.lighting import blur

__all__ = ["Frame", "Scene", "chips", "develop", "icons", "paper"]

_INK = 0.86
"""How much of the paper's light a full line takes."""
_ICONS = 6
"""Most icons on a picture."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A picture's size; layouts are drawn for 768 x 960 px and scaled."""

    width: int
    height: int

    @property
    def unit(self) -> float:
        """Px for one px of the layout."""
        return min(self.width / 768, self.height / 960)

    def x(self, value: float) -> float:
        """Place a layout's x."""
        return self.width / 2 + (value - 384) * self.unit

    def y(self, value: float) -> float:
        """Place a layout's y."""
        return self.height / 2 + (value - 480) * self.unit

    def window(self, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
        """Turn a layout's (left, top, right, bottom) into top, left, height, width in px."""
        left, top = max(int(self.x(box[0])), 0), max(int(self.y(box[1])), 0)
        right = min(int(np.ceil(self.x(box[2]))), self.width)
        bottom = min(int(np.ceil(self.y(box[3]))), self.height)
        return top, left, bottom - top, right - left


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """All that surrounds a sheet; shadow, glow and wall are (H, W) or (H, W, 3)."""

    shadow: Floats
    repeat_px: float
    lines: Lines
    relief: float = 0.0
    glow: Floats | None = None
    wall: Floats | None = None
    """(H, W) light on the paper instead of the studio's own."""


def paper(frame: Frame) -> Floats:
    """Give the light on the studio's paper, (H, W): a pool from the upper left."""
    x = ((np.arange(frame.width, dtype=np.float32) + 0.5) / frame.width)[None, :]
    y = ((np.arange(frame.height, dtype=np.float32) + 0.5) / frame.height)[:, None]
    far = np.hypot((x - 0.40) * 0.9, y - 0.36)
    return np.asarray(1.06 - 0.34 * far**1.7, np.float32)


def chips(frame: Frame) -> tuple[Chip, ...]:
    """Give the places of the palette's chips: a row at the lower left."""
    return tuple(
        Chip(x=frame.x(64 + 35 * i), y=frame.y(904), radius=12.5 * frame.unit) for i in range(5)
    )


def icons(
    frame: Frame,
    functions: tuple[str, ...],
    targets: Mapping[str, tuple[float, float]],
    spare: Sequence[tuple[float, float]],
    row: tuple[float, float, float, float] = (704, 150, 0, 104),
) -> Lines:
    """Line up the icons of functions (first x, y and steps in the layout), each with its target.

    Functions without a target of their own share `spare` ones, px. At most six are shown.
    """
    x, y, right, down = row
    shown = functions[:_ICONS]
    places = [(frame.x(x + right * i), frame.y(y + down * i)) for i in range(len(shown))]
    aims = [targets.get(key) or spare[i % len(spare)] for i, key in enumerate(shown)]
    order = _untangled(places, aims)
    callouts = [
        Callout(icon=shown[i], at=place, target=aims[i])
        for place, i in zip(places, order, strict=True)
    ]
    return Lines(callouts=callouts, radius=25 * frame.unit)


def _untangled(
    places: Sequence[tuple[float, float]], aims: Sequence[tuple[float, float]]
) -> tuple[int, ...]:
    """Choose which place points to which aim: the shortest lines in all never cross."""
    return min(
        itertools.permutations(range(len(aims))),
        key=lambda order: sum(
            math.dist(place, aims[i]) for place, i in zip(places, order, strict=True)
        ),
    )


def develop(sheet: Sheet, frame: Frame, scene: Scene, *, top: int, left: int) -> Plate:
    """Lay a product's sheet on the paper and close it into a plate."""
    light = paper(frame) if scene.wall is None else scene.wall
    light = light * (1.0 - scene.shadow)
    drawn = draw_lines(frame.width, frame.height, scene.lines)
    lit = light * (1.0 - _INK * drawn)
    plate = finish(
        sheet,
        top=top,
        left=left,
        paper=lit.astype(np.float32),
        base=None,
        glow=scene.glow,
        repeat_px=scene.repeat_px,
        relief=scene.relief,
        chips=chips(frame),
    )
    _over_product(plate, drawn)
    return plate


def _over_product(plate: Plate, drawn: Floats) -> None:
    """Let the lines run over the product: dark ink within a pale edge, seen on any print."""
    low, high = plate.accent.shape
    at = (slice(plate.top, plate.top + low), slice(plate.left, plate.left + high))
    edge = np.clip(3.0 * blur(drawn[at], 1.3), 0, 1) * (1.0 - plate.paper[at])
    keep = (1.0 - 0.5 * np.clip(edge, 0, 1)) * (1.0 - _INK * drawn[at])
    plate.base[at] *= keep[..., None]
    plate.base[at] += (0.42 * np.clip(edge, 0, 1) * (1.0 - drawn[at]))[..., None]
    plate.multiply[...] *= keep[..., None]
    plate.accent[...] *= keep
