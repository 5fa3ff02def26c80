"""Koi, goldfish and carp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver, tapered
from worker.drawing.motifs.pen import Body, disc, fill, halo, outline, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle

__all__ = ["DRAWINGS"]

_Place = tuple[float, float]
_Spot = tuple[float, ...]


def _fin(
    x: float, y: float, angle: float, length: float, wide: float, bend: float,
    slots: tuple[int, int], rays: int = 3,
) -> list[MotifShape]:  # fmt: skip
    """Draw a flowing fin with a waved edge from (x, y).

    Args:
        angle: where it points, radians clockwise from upwards.
        bend: how far its tip turns to the right.
        slots: of the fin and of its rays.
    """

    def at(u: float, v: float) -> _Place:
        turn = (v - 0.5) * wide + bend * u
        return u * length * float(np.sin(turn)), -u * length * float(np.cos(turn))

    edge = [(0.0, 0.0, 0), at(0.5, 0.02), at(0.86, 0.0), at(1.0, 0.06), at(0.99, 0.2),
        (*at(0.9, 0.3), 0), at(0.98, 0.38), at(0.94, 0.5), (*at(0.84, 0.59), 0), at(0.88, 0.68),
        at(0.83, 0.78), (*at(0.72, 0.85), 0), at(0.7, 0.95), at(0.55, 1.02),
        at(0.3, 0.98)]  # fmt: skip
    thick = 0.022 * length + 0.009
    lines = [sliver([at(0.16, v), at(0.5, v), at(0.76, v - 0.02)], thick)
        for v in np.linspace(0.2, 0.84, rays)]  # fmt: skip
    return turned([fill(slots[0], outline(edge)), fill(slots[1], *lines)], angle, 1.0, (x, y))


def _koi(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a koi from above: bent to the left, straight, curled, bent in an S."""
    spine: list[_Place] = [[(-0.2, -0.6), (-0.06, -0.42), (0.06, -0.16), (0.08, 0.1),
            (-0.02, 0.34), (-0.2, 0.52)],
        [(0.03, -0.62), (0.0, -0.42), (-0.02, -0.16), (0.0, 0.1), (0.04, 0.34), (0.03, 0.56)],
        [(0.12, -0.5), (-0.1, -0.44), (-0.29, -0.24), (-0.32, 0.04), (-0.18, 0.27), (0.06, 0.34)],
        [(0.14, -0.6), (0.1, -0.42), (-0.04, -0.2), (-0.08, 0.06), (0.06, 0.3), (0.22, 0.48)]][
        view]  # fmt: skip
    body = Body.through(spine, (0.12, 0.27, 0.35, 0.3, 0.17, 0.06))
    tail_at, tail = body.at([(0.97, 0)])[0], body.angle(0.99)
    sway = random.uniform(-0.15, 0.15)
    shapes: list[MotifShape] = []
    for d in (-1, 1):
        lobe = _fin(0, 0, 0, 0.64 if d < 0 else 0.56, 0.5, 0.7 + sway, (1, 3))
        shapes += turned(lobe, tail + 0.12 * d + 0.1 * sway, 1.0, tuple(tail_at), flip=d < 0)
    for s, spread, length in ((0.27, 0.85, 0.4), (0.6, 0.6, 0.24)):
        for d in (-1, 1):
            x, y = body.at([(s, 0.8 * d)])[0]
            fin = _fin(0, 0, 0, length, 0.8, 0.6, (1, 3))
            # t is to the right of the way to the tail, thus to the left of the head's.
            shapes += turned(fin, body.angle(s) + d * spread, 1.0, (x, y), flip=d < 0)
    nose = disc(body.spine[0], 0.068)
    feelers = []
    for d in (-1, 1):
        (a, b) = body.at([(0.02, 0.9 * d), (0.06, 1.9 * d)])
        feelers.append(ribbon([a, (a + b) / 2 + (b - a)[::-1] * (0.2, -0.2) * d, b],
                (0.03, 0.024, 0.01)))  # fmt: skip
    whole = fill(0, body.contour(), nose)
    shapes += [fill(2, *feelers), *halo(3, 0.02, [whole]), whole]
    shapes += [*_spots(body, view, random), fill(1, disc(tail_at, 0.05))]
    dorsal = body.at([(0.36, 0), (0.46, 0.1), (0.62, -0.05), (0.74, 0)])
    shapes.append(fill(1, ribbon(dorsal, (0, 0.06, 0.05, 0))))
    eyes = [disc(body.at([(0.1, 0.8 * d)])[0], 0.024) for d in (-1, 1)]
    gills = [tapered(body.at([(0.2, 0.95 * d), (0.235, 0.75 * d), (0.21, 0.5 * d)]), (0, 0.02, 0))
        for d in (-1, 1)]  # fmt: skip
    return [*shapes, fill(2, *eyes), fill(3, *gills)]


def _spots(body: Body, view: int, random: np.random.Generator) -> list[MotifShape]:
    """Draw a koi's red and black spots."""
    j = random.uniform(-0.03, 0.03, 6)
    d = -1 if view % 2 else 1
    red: list[list[_Spot]] = [[(0.03, -0.5), (0.06, 0.55 * d), (0.16, 0.7 * d), (0.2 + j[0], 0.1),
            (0.16, -0.6), (0.08, -0.7)],
        [(0.28, 0.2 * d), (0.27, 1.0 * d, 0), (0.42 + j[1], 1.0 * d, 0), (0.43, 0.3 * d),
            (0.5 + j[2], -0.3 * d), (0.42, -0.7 * d), (0.33, -0.4 * d)],
        [(0.58, -0.1 * d), (0.57, -1 * d, 0), (0.72 + j[3], -1 * d, 0), (0.76, -0.1 * d),
            (0.68, 0.5 * d)],
        [(0.84, 0.0), (0.85, 1 * d, 0), (0.93, 1 * d, 0), (0.95, -0.2 * d),
            (0.9, -0.6 * d)]]  # fmt: skip
    black: list[list[_Spot]] = [[(0.3 + j[4], -1 * d, 0), (0.31, -0.55 * d), (0.38, -0.65 * d),
            (0.4, -1 * d, 0)],
        [(0.5, 0.5 * d), (0.53, 1 * d, 0), (0.61 + j[5], 1 * d, 0), (0.58, 0.4 * d)]]  # fmt: skip
    if view == 3:
        red = [[(0.06, 0.0), (0.08, 0.55), (0.14, 0.72), (0.2 + j[0], 0.3), (0.21, -0.3),
                (0.14, -0.72), (0.08, -0.55)]]  # fmt: skip
        black += [[(0.66, -0.2), (0.66, -1, 0), (0.78 + j[1], -1, 0), (0.76, -0.1)],
            [(0.36, 0.1), (0.42, 0.5), (0.5 + j[2], 0.2), (0.44, -0.4)]]  # fmt: skip
    return [fill(1, *map(body.patch, red)), fill(2, *map(body.patch, black))]


def _goldfish(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a goldfish with veiled fins: from the side, from above, turning upwards."""
    sway = random.uniform(-0.12, 0.12)
    slots = (1, 3)
    if view == 1:
        body = Body.through([(0, -0.5), (0.02, -0.34), (0, -0.1), (-0.04, 0.12), (0, 0.24)],
            (0.16, 0.34, 0.44, 0.26, 0.1))  # fmt: skip
        half = [*_fin(0, 0.2, np.pi - 0.62, 0.66, 0.8, 0.45 + sway, slots, 4),
            *_fin(0, 0.2, np.pi - 0.1, 0.54, 0.5, 0.4, slots, 3),
            *_fin(0.16, -0.2, 1.75, 0.3, 0.9, 0.6, slots, 2)]  # fmt: skip
        tails = [*turned(half, flip=True), *half]
        eyes = [circle(0.15 * d, -0.42, 0.062) for d in (-1, 1)]
        pupils = [circle(0.165 * d, -0.435, 0.034) for d in (-1, 1)]
        crown = outline([(-0.1, -0.4), (0, -0.5), (0.1, -0.4), (0.08, -0.24), (-0.08, -0.24)])
        back = ribbon([(0, -0.14), (0.02, 0.0), (-0.02, 0.14)], (0, 0.09, 0))
        return [*tails, fill(0, body.contour(), circle(0, -0.46, 0.1)), fill(2, *eyes),
            fill(4, *pupils), fill(1, crown), fill(3, back),
            *_scales(body, 0.45, 0.85)]  # fmt: skip
    body = Body.through([(-0.5, 0.0), (-0.36, 0.0), (-0.12, 0.0), (0.1, -0.03), (0.24, -0.06)],
        (0.13, 0.33, 0.46, 0.26, 0.1))  # fmt: skip
    fins = [*_fin(0.2, -0.06, 1.1, 0.62, 0.75, 0.5 + sway, slots, 4),
        *_fin(0.2, -0.05, 1.75, 0.7, 0.75, 0.5 + sway, slots, 4),
        *_fin(0.18, -0.04, 2.3, 0.52, 0.6, 0.5 + sway, slots, 3),
        *_fin(-0.12, -0.17, 0.25, 0.32, 1.1, 0.75, slots, 3),
        *turned(_fin(0, 0, 0, 0.3, 0.8, 0.5, slots, 2), 2.5, 1.0, (0.02, 0.14)),
        *turned(_fin(0, 0, 0, 0.26, 0.7, 0.5, slots, 2), 2.7, 1.0, (-0.2, 0.18))]  # fmt: skip
    belly = body.patch([(0.16, 1, 0), (0.5, 1), (0.82, 1, 0), (0.55, 0.5), (0.3, 0.5)])
    cheek = tapered(body.at([(0.28, 0.85), (0.36, 0.2), (0.3, -0.6)]), (0, 0.028, 0))
    near = _fin(-0.14, 0.06, 1.9, 0.24, 0.9, 0.5, slots, 2)
    mouth = [circle(-0.525, 0.0, 0.035), circle(-0.51, -0.02, 0.062)]
    fish = [*fins, fill(0, body.contour(), *mouth), fill(2, belly), *_scales(body, 0.42, 0.86),
        fill(3, cheek), fill(2, circle(-0.4, -0.05, 0.07)), fill(4, circle(-0.41, -0.05, 0.038)),
        *near]  # fmt: skip
    return turned(fish, 0.75 if view == 2 else -0.08, flip=view == 2)


def _scales(body: Body, start: float, end: float) -> list[MotifShape]:
    """Draw scales as small arcs in staggered rows."""
    arcs = []
    for row, s in enumerate(np.arange(start, end, 0.075)):
        for t in (-0.62, 0.0, 0.62) if row % 2 else (-0.31, 0.31):
            places = [(s - 0.025, t - 0.22), (s + 0.02, t - 0.1), (s + 0.02, t + 0.1),
                (s - 0.025, t + 0.22)]  # fmt: skip
            arcs.append(tapered(body.at(places), (0.005, 0.02, 0.02, 0.005)))
    return [fill(3, *arcs)]


def _carp(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a carp from the side with scales: swimming, leaping, bent down."""
    sway = random.uniform(-0.1, 0.1)
    spine = ([(-0.62, 0.02), (-0.46, 0.0), (-0.2, -0.02), (0.1, 0.0), (0.34, 0.02), (0.52, -0.02)],
        [(-0.34, -0.5), (-0.3, -0.36), (-0.16, -0.12), (0.06, 0.1), (0.3, 0.18), (0.5, 0.1)],
        [(-0.56, 0.24), (-0.46, 0.12), (-0.24, -0.06), (0.06, -0.1), (0.32, 0.0), (0.46, 0.14)])[
        view]  # fmt: skip
    body = Body.through(spine, (0.1, 0.26, 0.36, 0.3, 0.16, 0.09))
    x, y = body.at([(0.97, 0)])[0]
    tail = body.angle(0.98)
    shapes = [*_fin(x, y, tail - 0.05, 0.4, 0.75, -0.5 + sway, (1, 3)),
        *turned(_fin(0, 0, 0, 0.4, 0.75, -0.5 + sway, (1, 3)), tail + 0.05, 1.0, (x, y),
            flip=True)]  # fmt: skip
    top = [(0.3, -0.9), (0.36, -1.75), (0.46, -1.6), (0.62, -1.45), (0.74, -1.5, 0), (0.7, -0.9)]
    if view == 1:
        top = [(s, t, *rest) for s, t, *rest in top]
    dorsal = body.patch([(0.3, -0.9, 0), *top[1:-1], (0.7, -0.9, 0)])
    rays = [tapered(body.at([(s, -0.95), (s + 0.03, -1.3)]), (0.024, 0.012))
        for s in (0.4, 0.48, 0.56, 0.64)]  # fmt: skip
    shapes += [fill(1, dorsal), fill(3, *rays)]
    for s, length in ((0.36, 0.26), (0.6, 0.22), (0.8, 0.17)):
        fx, fy = body.at([(s, 0.8)])[0]
        fin = _fin(0, 0, 0, length, 0.8, -0.45, (1, 3), 2)
        shapes += turned(fin, body.angle(s) + 0.55, 1.0, (fx, fy), flip=True)
    snout = body.spine[0]
    feeler = body.at([(0.0, 0.6), (0.04, 1.5), (0.1, 1.7)])
    belly = body.patch([(0.06, 0.9, 0), (0.3, 1, 0), (0.55, 1), (0.84, 1, 0), (0.6, 0.55),
            (0.3, 0.45)])  # fmt: skip
    head = body.patch([(0.02, -0.9), (0.2, -1, 0), (0.3, -0.3), (0.29, 0.4), (0.2, 1, 0),
            (0.02, 0.9)])  # fmt: skip
    plates = [body.patch([(s - 0.055, t - 0.24, 0), (s, t - 0.22), (s + 0.035, t), (s, t + 0.22),
                (s - 0.055, t + 0.24, 0)]) for row, s in enumerate(np.arange(0.37, 0.9, 0.075))
        for t in ((-0.64, -0.16, 0.3) if row % 2 else (-0.4, 0.08))]  # fmt: skip
    eye_at = body.at([(0.13, -0.35)])[0]
    return [*shapes, fill(1, ribbon(feeler, (0.03, 0.026, 0.008))),
        fill(0, body.contour(), disc(snout, 0.058)), fill(2, belly), fill(3, *plates),
        fill(1, head, disc(snout, 0.055)), fill(2, disc(eye_at, 0.05)),
        fill(4, disc(eye_at, 0.028))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"koi": _koi, "goldfish": _goldfish, "carp": _carp}
