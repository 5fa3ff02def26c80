"""Cacti."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import sliver, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    fill,
    placed,
    rays,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_BODY, _SHADE, _SPINE, _FLOWER, _LIGHT = range(5)


def _spines(places: ArrayLike, random: np.random.Generator, size: float) -> MotifShape:
    """Return forked spines at (n, 2) places."""
    at = np.asarray(places, float)
    at = at + random.uniform(-0.3, 0.3, at.shape) * size
    return fill(_SPINE, *(sliver([(x - size, y - 0.8 * size), (x, y), (x + size, y - 0.8 * size)],
        0.9 * size) for x, y in at))  # fmt: skip


def _bloom(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Return a flower that stands on the origin."""
    outer = rays(blade_of(0.24, 0.55).scaled(0.3), (-1.0, -0.5, 0.5, 1.0))
    inner = rays(blade_of(0.2, 0.5).scaled(0.26), (-0.26, 0.26))
    return placed([fill(_FLOWER, *outer), fill(_LIGHT, *inner)], at, turn, size)


def _column(
    random: np.random.Generator, at: ArrayLike, turn: float, size: tuple[float, float]
) -> Shapes:
    """Return a ribbed cactus with a round top, its foot at the origin."""
    body = smooth_closed([(-0.26, 0.02), (-0.32, -0.4), (-0.27, -0.82), (0, -1), (0.27, -0.82),
        (0.32, -0.4), (0.26, 0.02)])  # fmt: skip
    lines = [
        tapered([(x * 0.84, -0.02), (x, -0.42), (x * 0.62, -0.86)], (0.03, 0.045, 0.015))
        for x in (-0.17, 0.0, 0.17)
    ]
    places = [(x, y) for x in (-0.245, -0.085, 0.085, 0.245) for y in np.linspace(-0.12, -0.76, 5)]
    shapes = [fill(_BODY, body), fill(_SHADE, *lines), _spines(places, random, 0.045)]
    return placed(shapes, at, turn, size)


def _saguaro(random: np.random.Generator) -> Shapes:
    """Return a tall cactus with two arms."""
    trunk = Stem.through([(0.0, 1.0), (0.02, 0.0), (0.0, -0.96)])
    parts = [trunk.path(0.36, 0.4, 0.38, 0.3), ellipse(0, -0.94, 0.155, 0.15)]
    lines = [
        tapered([(x, 0.96), (x * 1.1, 0), (x * 0.6, -0.92)], (0.03, 0.035, 0.012))
        for x in (-0.1, 0.0, 0.1)
    ]
    high, low = random.uniform(-0.06, 0.06, 2)
    arms = (
        ([(0, 0.34), (0.34, 0.34), (0.5, 0.2), (0.52, -0.3 + low)], 0.24),
        ([(0, 0.1), (-0.3, 0.12), (-0.46, -0.04), (-0.46, -0.62 + high)], 0.22),
    )
    for line, width in arms:
        arm = Stem.through(line)
        x, y = line[-1]
        parts += [
            arm.path(0.8 * width, width, width, 0.9 * width, knots=9),
            ellipse(x, y, 0.45 * width, 0.45 * width),
        ]
        lines.append(arm.path(0.0, 0.03, 0.03, 0.01, knots=8))
    places = [(x, y + 0.5 * x) for x in (-0.15, 0.05, 0.155) for y in np.linspace(0.8, -0.7, 7)]
    shapes = [fill(_BODY, *parts), fill(_SHADE, *lines), _spines(places, random, 0.038)]
    return [*shapes, *_bloom((0.02, -1.04), 0.0, 1.0), *_bloom((-0.46, -0.68 + high), -0.15, 0.7)]


def _barrel(random: np.random.Generator) -> Shapes:
    """Return a round cactus in bloom."""
    body = smooth_closed([(-0.7, 0.4), (-0.82, -0.1), (-0.5, -0.6), (0, -0.74), (0.5, -0.6),
        (0.82, -0.1), (0.7, 0.4), (0, 0.6)])  # fmt: skip
    lines = []
    for x in (-0.56, -0.28, 0.0, 0.28, 0.56):
        line = [(x * 0.75, 0.5 - 0.1 * x * x), (x, -0.08), (x * 0.5, -0.66 + 0.06 * abs(x))]
        lines.append(tapered(line, (0.04, 0.06, 0.02)))
    places = [(x, y) for x in (-0.66, -0.41, -0.14, 0.14, 0.41, 0.66) for y in (0.24, -0.04, -0.3)]
    shapes = [fill(_BODY, body), fill(_SHADE, *lines), _spines(places, random, 0.06)]
    for x, y, turn, size in ((-0.3, -0.64, -0.4, 0.9), (0.3, -0.62, 0.4, 0.9),
            (0.0, -0.68, 0.0, 1.2)):  # fmt: skip
        shapes += _bloom((x, y), turn, size)
    return shapes


def _prickly_pear(random: np.random.Generator) -> Shapes:
    """Return a cactus of flat joints."""
    half = [(0.12, 0.0), (0.34, -0.34), (0.36, -0.72)]
    pad = smooth_closed([*half, (0, -1.04), *((-x, y) for x, y in half[::-1])])
    shade = smooth_closed([(0.02, 0.0), *half, (0.06, -1.02), (0.18, -0.6)])
    places = ((-0.18, -0.3), (0.05, -0.42), (-0.16, -0.62), (0.2, -0.7), (0.0, -0.84))
    shapes: Shapes = []
    for x, y, turn, size in ((0.0, 1.0, 0.0, 0.9), (-0.26, 0.34, -0.75, 0.62),
            (0.28, 0.3, 0.7, 0.7), (0.02, 0.16, 0.05, 0.66), (0.56, -0.2, 0.3, 0.5),
            (-0.5, 0.0, 0.1, 0.42)):  # fmt: skip
        parts = [fill(_BODY, pad), fill(_SHADE, shade), _spines(places, random, 0.075)]
        shapes += placed(parts, (x, y), turn, size)
    for x, y, turn in ((0.7, -0.68, 0.35), (0.06, -0.48, 0.0), (-0.46, -0.4, 0.1),
            (-0.66, -0.08, -0.8)):  # fmt: skip
        shapes += _bloom((x, y), turn, 0.75)
    return shapes


def _potted(random: np.random.Generator) -> Shapes:
    """Return a cactus with two young ones in a pot."""
    shapes = _column(random, (0, 0.3), 0.0, (0.95, 1.15)) + _bloom((0.0, -0.82), 0.0, 0.9)
    shapes += _column(random, (0.26, 0.22), 0.62, (0.42, 0.5))
    shapes += _column(random, (-0.26, 0.24), -0.55, (0.36, 0.42))
    pot = smooth_closed(
        [(-0.44, 0.3), (-0.36, 0.86), (-0.28, 0.95), (0.28, 0.95), (0.36, 0.86), (0.44, 0.3)], 0.4
    )
    rim = smooth_closed([(-0.52, 0.22), (-0.5, 0.4), (0.5, 0.4), (0.52, 0.22)], 0.2)
    return [*shapes, fill(_FLOWER, pot), fill(_LIGHT, rim, sliver([(-0.34, 0.66), (0, 0.72),
        (0.34, 0.66)], 0.06))]  # fmt: skip


def _cactus(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a cactus: with two arms; round, in bloom; of flat joints; in a pot."""
    return (_saguaro, _barrel, _prickly_pear, _potted)[view](random)


DRAWINGS: Mapping[str, DrawMotif] = {"cactus": _cactus}
