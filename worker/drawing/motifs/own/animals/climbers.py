"""Pandas, koalas and raccoons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    Body,
    both_sides,
    disc,
    fill,
    halo,
    outline,
    oval,
    plume,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)


def _smile(y: float, size: float) -> list[Path]:
    """Return the two halves of a small mouth below a nose."""
    return [ribbon([(0, y - 0.05), (0, y), (d * 0.4 * size, y + 0.25 * size), (d * size, y)],
        (0.02, 0.02, 0.022, 0.012)) for d in _SIDES]  # fmt: skip


_WHITE, _BLACK, _SHADE, _BAMBOO = range(4)


def _panda_face() -> list[MotifShape]:
    """Draw the head of a panda from the front around the origin."""
    ears = [circle(d * 0.29, -0.25, 0.13) for d in _SIDES]
    head = outline(both_sides([(0, -0.31), (-0.2, -0.28), (-0.36, -0.08), (-0.38, 0.1),
        (-0.24, 0.26), (0, 0.29)]))  # fmt: skip
    patches = [oval(d * 0.17, 0.0, 0.085, 0.115, d * 0.55) for d in _SIDES]
    nose = outline(both_sides([(0, 0.15), (-0.065, 0.1), (0, 0.07)]))
    lights = [circle(d * 0.15, -0.02, 0.032) for d in _SIDES]
    return [fill(_BLACK, *ears), *halo(_SHADE, 0.012, [fill(_WHITE, head)]), fill(_WHITE, head),
        fill(_BLACK, *patches, nose, *_smile(0.185, 0.075)), fill(_WHITE, *lights)]  # fmt: skip


def _bamboo(
    points: Sequence[tuple[float, float]], leaves: Sequence[tuple[float, ...]]
) -> list[MotifShape]:
    """Draw a stalk with leaves (x, y, angle, length)."""
    blades = [plume(x, y, a, n, n * 0.26, 0.2, 0.4) for x, y, a, n in leaves]
    return [fill(_BAMBOO, ribbon(points, 0.05), *blades)]


def _panda_sitting(random: np.random.Generator) -> list[MotifShape]:
    """Draw a sitting panda that eats bamboo."""
    j = random.uniform(-0.15, 0.15)
    body = outline(both_sides([(0, -0.2), (-0.26, -0.1), (-0.42, 0.2), (-0.4, 0.46), (-0.2, 0.62),
        (0, 0.64)]))  # fmt: skip
    yoke = outline(both_sides([(0, -0.3), (-0.26, -0.16), (-0.37, 0.06, 0), (-0.2, 0.08),
        (0, 0.06)]))  # fmt: skip
    feet = [circle(d * 0.38, 0.5, 0.18) for d in _SIDES]
    pads = [each for d in _SIDES for each in (oval(d * 0.385, 0.535, 0.085, 0.07),
        *(circle(d * 0.385 + e, 0.415 + abs(e) * 0.4, 0.03)
        for e in (-0.08, 0.0, 0.08)))]  # fmt: skip
    arms = [ribbon([(-0.2, -0.16), (-0.39, 0.1), (-0.26, 0.3)], (0.0, 0.21, 0.17)),
        circle(-0.25, 0.31, 0.085)]  # fmt: skip
    raised = [ribbon([(0.2, -0.16), (0.4, 0.06), (0.24, 0.13)], (0.0, 0.2, 0.16)),
        circle(0.22, 0.12, 0.085)]  # fmt: skip
    stalk = _bamboo([(-0.34, 0.46), (0.0, 0.24), (0.28, 0.08), (0.62, -0.2)],
        [(0.6, -0.18, 0.2 + j, 0.32), (0.6, -0.18, 0.9 + j, 0.34), (0.5, -0.08, 1.7 + j, 0.3),
        (0.44, -0.04, -0.2, 0.2)])  # fmt: skip
    body_ = [fill(_WHITE, body)]
    return [*halo(_SHADE, 0.012, body_), *body_, fill(_BLACK, yoke, *feet), fill(_SHADE, *pads),
        *stalk, *halo(_WHITE, 0.014, [fill(_BLACK, *arms), fill(_BLACK, *raised)]),
        fill(_BLACK, *arms), fill(_BLACK, *raised), *turned(_panda_face(), 0.04, 1.05,
        (0, -0.4))]  # fmt: skip


def _panda_lying(random: np.random.Generator) -> list[MotifShape]:
    """Draw a panda that rests on a stalk of bamboo."""
    j = random.uniform(-0.12, 0.12)
    body = outline([(-0.4, 0.1), (-0.16, -0.26), (0.3, -0.3), (0.62, -0.04), (0.62, 0.28),
        (0.2, 0.36), (-0.3, 0.34)])  # fmt: skip
    yoke = outline([(-0.44, 0.1), (-0.3, -0.14), (-0.1, -0.3), (0.08, -0.31), (0.02, 0.0),
        (0.04, 0.34), (-0.3, 0.34)])  # fmt: skip
    leg = [ribbon([(0.4, 0.14), (0.44, 0.36), (0.36, 0.58)], (0.3, 0.23, 0.19)),
        circle(0.36, 0.59, 0.1)]  # fmt: skip
    arm = [ribbon([(-0.16, 0.12), (-0.12, 0.36), (-0.18, 0.56)], (0.26, 0.2, 0.17)),
        circle(-0.18, 0.57, 0.09)]  # fmt: skip
    stalk = _bamboo([(-0.96, 0.34), (0.0, 0.38), (0.96, 0.3)], [(0.9, 0.3, 0.5 + j, 0.3),
        (0.92, 0.3, 1.3 + j, 0.34), (-0.86, 0.34, -0.9 - j, 0.3), (0.84, 0.32, 2.3, 0.26),
        (-0.84, 0.34, -2.0, 0.26)])  # fmt: skip
    joints = fill(_WHITE, *(oval(x, 0.36, 0.008, 0.034) for x in (-0.62, 0.12, 0.74)))
    body_ = [fill(_WHITE, body, circle(0.66, 0.0, 0.08))]
    face = turned(_panda_face(), -0.18, 0.98, (-0.44, 0.02))
    return [*halo(_SHADE, 0.012, body_), *body_, fill(_BLACK, yoke), *stalk, joints,
        fill(_BLACK, *leg, *arm), *face]  # fmt: skip


def _panda(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a panda: sitting with bamboo, walking, resting on a stalk."""
    if view == 0:
        return _panda_sitting(random)
    if view == 2:
        return _panda_lying(random)
    j = random.uniform(-0.02, 0.02)
    body = outline([(-0.5, -0.04), (-0.34, -0.32), (0.0, -0.36), (0.4, -0.34), (0.66, -0.1),
        (0.64, 0.24), (0.3, 0.28), (-0.1, 0.3), (-0.44, 0.24)])  # fmt: skip
    band = outline([(-0.44, -0.14), (-0.34, -0.32), (-0.16, -0.36), (-0.06, -0.3), (-0.14, 0.0),
        (-0.12, 0.3), (-0.44, 0.26)])  # fmt: skip
    legs = [outline([(-0.48, 0.1), (-0.12, 0.1), (-0.16, 0.4), (-0.17, 0.58), (-0.22, 0.62, 0),
        (-0.46, 0.62, 0), (-0.5, 0.54), (-0.43, 0.36)]), outline([(0.34, 0.12), (0.66, 0.06),
        (0.62, 0.36), (0.64, 0.56), (0.6, 0.62, 0), (0.36, 0.62, 0), (0.32, 0.55),
        (0.38, 0.36)])]  # fmt: skip
    far = [outline([(-0.2, 0.2), (0.02, 0.2), (0.0, 0.56), (-0.03, 0.6, 0), (-0.2, 0.6, 0)]),
        outline([(0.16, 0.2), (0.4, 0.2), (0.34, 0.56), (0.3, 0.6, 0), (0.14, 0.6, 0),
        (0.12, 0.54)])]  # fmt: skip
    body_ = [fill(_WHITE, body, circle(0.68, -0.04, 0.09))]
    return [fill(_BLACK, *far), *halo(_SHADE, 0.012, body_), *body_, fill(_BLACK, band, *legs),
        *turned(_panda_face(), -0.06, 1.0, (-0.54, -0.14 + j))]  # fmt: skip


_FUR, _LIGHT, _DARK, _FUR_SHADE, _WOOD, _LEAF = range(6)


def _koala_face() -> list[MotifShape]:
    """Draw the head of a koala from the front around the origin."""
    half = [(0, -0.27), (-0.2, -0.24), (-0.33, -0.04), (-0.32, 0.14), (-0.18, 0.27), (0, 0.3)]
    ear = outline([(0.2, -0.16), (0.26, -0.34), (0.42, -0.4), (0.56, -0.3), (0.58, -0.12),
        (0.48, -0.0, 0), (0.44, -0.05), (0.4, 0.04, 0), (0.34, -0.02), (0.26, 0.02)])  # fmt: skip
    inner = outline([(0.28, -0.14), (0.32, -0.27), (0.44, -0.31), (0.5, -0.2), (0.46, -0.1, 0),
        (0.4, -0.14), (0.36, -0.04, 0)])  # fmt: skip
    nose = outline(both_sides([(0, -0.1), (-0.075, -0.04), (-0.1, 0.08), (-0.06, 0.15),
        (0, 0.165)]))  # fmt: skip
    eyes = [circle(d * 0.19, -0.05, 0.036) for d in _SIDES]
    chin = outline(both_sides([(0, 0.1), (-0.14, 0.14), (-0.16, 0.24), (0, 0.3)]))
    return [fill(_FUR, ear, ear.scaled(-1, 1)), fill(_LIGHT, inner, inner.scaled(-1, 1)),
        fill(_FUR, outline(both_sides(half))), fill(_LIGHT, chin),
        fill(_DARK, nose, *eyes, *_smile(0.21, 0.06)[:2])]  # fmt: skip


def _gum_leaves(spots: Sequence[tuple[float, ...]]) -> MotifShape:
    return fill(_LEAF, *(plume(x, y, a, n, n * 0.24, 0.45, 0.4) for x, y, a, n in spots))


def _koala(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a koala: on a trunk, sitting in the fork of a branch from the front."""
    j = random.uniform(-0.15, 0.15)
    if view == 0:
        trunk = outline([(0.3, -0.95, 0), (0.5, -0.95, 0), (0.5, -0.3), (0.48, 0.3),
            (0.54, 0.95, 0), (0.24, 0.95, 0), (0.28, 0.3), (0.27, -0.3)])  # fmt: skip
        twig = ribbon([(0.44, -0.6), (0.66, -0.74), (0.84, -0.76)], (0.09, 0.06, 0.03))
        leaves = _gum_leaves([(0.82, -0.76, 0.9 + j, 0.36), (0.76, -0.75, 2.4 + j, 0.4),
            (0.66, -0.73, 0.1 + j, 0.34), (0.6, -0.7, 2.9 + j, 0.3),
            (0.3, 0.62, -2.3 - j, 0.34)])  # fmt: skip
        body = outline([(-0.1, -0.16), (0.16, -0.14), (0.3, 0.06), (0.32, 0.44), (0.14, 0.66),
            (-0.16, 0.66), (-0.36, 0.44), (-0.36, 0.1)])  # fmt: skip
        belly = outline([(0.02, 0.0), (0.22, 0.06), (0.26, 0.36), (0.14, 0.54), (0.0, 0.4)])
        arm = [fill(_FUR, ribbon([(-0.16, -0.02), (0.06, 0.16), (0.36, 0.04), (0.44, 0.0)],
            (0.0, 0.2, 0.16, 0.13)), circle(0.44, 0.0, 0.07))]  # fmt: skip
        leg = [fill(_FUR, ribbon([(-0.14, 0.44), (0.08, 0.62), (0.36, 0.52), (0.44, 0.48)],
            (0.0, 0.3, 0.18, 0.14)), circle(0.44, 0.48, 0.075))]  # fmt: skip
        claws = [sliver([(0.44, y), (0.49, y - 0.01), (0.55, y + 0.02)], 0.03)
            for y in (-0.04, 0.01, 0.05, 0.44, 0.49, 0.53)]  # fmt: skip
        return [fill(_WOOD, trunk, twig), leaves, fill(_FUR, body), fill(_LIGHT, belly),
            *halo(_FUR_SHADE, 0.014, arm + leg), *arm, *leg, fill(_DARK, *claws),
            *turned(_koala_face(), -0.1, 1.0, (-0.1, -0.36))]  # fmt: skip
    branch = ribbon([(-0.9, 0.5), (-0.3, 0.58), (0.3, 0.52), (0.92, 0.6)], (0.13, 0.17, 0.16, 0.1))
    twig = ribbon([(0.5, 0.54), (0.66, 0.3), (0.7, 0.06)], (0.1, 0.06, 0.03))
    leaves = _gum_leaves([(0.7, 0.08, 0.5 + j, 0.34), (0.7, 0.08, -0.3 + j, 0.3),
        (0.68, 0.2, 1.4 + j, 0.32), (-0.86, 0.5, -0.7 - j, 0.3), (-0.8, 0.52, -2.2 - j, 0.34),
        (0.6, 0.38, -0.9, 0.2)])  # fmt: skip
    body = outline(both_sides([(0, -0.2), (-0.22, -0.12), (-0.35, 0.2), (-0.3, 0.5), (0, 0.56)]))
    belly = outline(both_sides([(0, -0.06), (-0.14, 0.02), (-0.2, 0.26), (-0.12, 0.46), (0, 0.5)]))
    feet = [fill(_FUR, oval(d * 0.27, 0.5, 0.16, 0.13, -d * 0.3)) for d in _SIDES]
    arms = [fill(_FUR, ribbon([(d * 0.2, -0.12), (d * 0.34, 0.12), (d * 0.2, 0.3)],
        (0.0, 0.19, 0.14)), circle(d * 0.19, 0.31, 0.075)) for d in _SIDES]  # fmt: skip
    claws = [sliver([(d * x, 0.56), (d * x, 0.6), (d * (x + 0.01), 0.65)], 0.03) for d in _SIDES
        for x in (0.2, 0.26, 0.32)]  # fmt: skip
    return [fill(_WOOD, branch, twig), leaves, fill(_FUR, body), fill(_LIGHT, belly),
        *halo(_FUR_SHADE, 0.014, feet + arms), *feet, fill(_DARK, *claws), *arms,
        *turned(_koala_face(), 0.06, 1.05, (0, -0.38))]  # fmt: skip


_RING = 3


def _raccoon_face() -> list[MotifShape]:
    """Draw the head of a raccoon from the front around the origin."""
    head = outline(both_sides([(0, 0.28), (-0.12, 0.24), (-0.28, 0.18), (-0.46, 0.14, 0),
        (-0.38, 0.02), (-0.34, -0.1), (-0.36, -0.36), (-0.29, -0.38), (-0.15, -0.24),
        (0, -0.26)]))  # fmt: skip
    ears = [outline([(d * 0.32, -0.31), (d * 0.29, -0.32), (d * 0.2, -0.2), (d * 0.3, -0.14)])
        for d in _SIDES]  # fmt: skip
    pale = outline(both_sides([(0, 0.28), (-0.12, 0.24), (-0.28, 0.18), (-0.46, 0.14, 0),
        (-0.36, 0.04), (-0.32, -0.08), (-0.17, -0.15), (-0.05, -0.06), (0, -0.04)]))  # fmt: skip
    mask = outline([(0.05, 0.0), (0.16, -0.09), (0.3, -0.02), (0.39, 0.12, 0), (0.24, 0.13),
        (0.13, 0.11)])  # fmt: skip
    bridge = outline(both_sides([(0, -0.25, 0), (-0.035, -0.1), (-0.05, 0.06), (-0.04, 0.17),
        (0, 0.2)]))  # fmt: skip
    eyes = [circle(d * 0.17, 0.02, 0.042) for d in _SIDES]
    glints = [circle(d * 0.17, 0.02, 0.03) for d in _SIDES]
    return [fill(_FUR, head), fill(_LIGHT, *ears, pale),
        fill(_RING, mask, mask.scaled(-1, 1), bridge), fill(_LIGHT, *eyes),
        fill(_DARK, *glints, oval(0, 0.2, 0.055, 0.042))]  # fmt: skip


def _ringed(points: Sequence[tuple[float, float]], widths: Sequence[float]) -> list[MotifShape]:
    """Draw a bushy tail with dark rings."""
    tail = Body.through(points, widths)
    rings = [tail.patch([(s, -1.02, 0), (s + 0.03, 0.0), (s, 1.02, 0), (s + 0.1, 1.02, 0),
        (s + 0.13, 0.0), (s + 0.1, -1.02, 0)]) for s in (0.2, 0.4, 0.6)]  # fmt: skip
    tip = tail.patch([(0.8, -1.02, 0), (0.83, 0.0), (0.8, 1.02, 0), (1.0, 1.0), (1.0, -1.0)])
    return [fill(_FUR, tail.contour()), fill(_RING, *rings, tip, disc(tail.spine[-1],
        float(tail.half[-1])))]  # fmt: skip


def _raccoon(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a raccoon: sitting from the front, walking."""
    j = random.uniform(-0.04, 0.04)
    if view == 0:
        tail = _ringed([(0.26, 0.58), (0.54, 0.58), (0.7, 0.34), (0.64 + j, 0.06)],
            (0.16, 0.24, 0.28, 0.2))  # fmt: skip
        body = outline(both_sides([(0, -0.24), (-0.2, -0.14), (-0.34, 0.2), (-0.36, 0.5),
            (-0.22, 0.66), (0, 0.66)]))  # fmt: skip
        belly = outline(both_sides([(0, -0.16), (-0.13, -0.04), (-0.2, 0.26), (-0.13, 0.54),
            (0, 0.6)]))  # fmt: skip
        feet = [oval(d * 0.23, 0.63, 0.15, 0.075, d * 0.1) for d in _SIDES]
        arms = [ribbon([(d * 0.24, -0.06), (d * 0.32, 0.14), (d * 0.12, 0.24)], (0.15, 0.14, 0.1))
            for d in _SIDES]  # fmt: skip
        hands = [oval(d * 0.09, 0.24, 0.075, 0.06) for d in _SIDES]
        return [*tail, fill(_FUR, body), fill(_LIGHT, belly), fill(_RING, *feet),
            fill(_FUR, *arms), fill(_RING, *hands), *turned(_raccoon_face(), 0, 1.05,
            (0, -0.36))]  # fmt: skip
    tail = _ringed([(0.46, -0.02), (0.7, -0.04), (0.92, 0.1), (1.14, 0.04 + j)],
        (0.16, 0.23, 0.27, 0.18))  # fmt: skip
    body = outline([(-0.44, -0.06), (-0.26, -0.26), (0.1, -0.34), (0.42, -0.24), (0.56, 0.02),
        (0.46, 0.22), (0.1, 0.22), (-0.3, 0.24), (-0.46, 0.1)])  # fmt: skip
    near = [ribbon([(-0.28, 0.08), (-0.3, 0.28), (-0.34, 0.44)], (0.22, 0.14, 0.12)),
        ribbon([(0.36, 0.06), (0.42, 0.24), (0.36, 0.44)], (0.32, 0.2, 0.13))]  # fmt: skip
    far = [ribbon([(-0.16, 0.12), (-0.12, 0.28), (-0.12, 0.43)], (0.18, 0.13, 0.11)),
        ribbon([(0.22, 0.1), (0.2, 0.28), (0.16, 0.43)], (0.22, 0.16, 0.12))]  # fmt: skip
    paws = [oval(x, 0.44, 0.09, 0.05) for x in (-0.36, 0.34, -0.14, 0.14)]
    back = outline([(-0.26, -0.25, 0), (0.1, -0.34), (0.42, -0.24), (0.54, -0.04, 0), (0.3, -0.1),
        (0.0, -0.16)])  # fmt: skip
    return [*tail, fill(_RING, *far, *paws), fill(_FUR, body, *near), fill(_RING, back),
        fill(_RING, *paws[:2]), *turned(_raccoon_face(), -0.04, 0.88, (-0.5, -0.1))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"panda": _panda, "koala": _koala, "raccoon": _raccoon}
