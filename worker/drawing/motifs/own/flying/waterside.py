"""Herons and mandarin ducks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    fill,
    outline,
    oval,
    plume,
    quill,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_Places = Sequence[tuple[float, float]]

_BODY, _LIGHT, _DARK, _BEAK, _WING = range(5)


def _heron_head(random: np.random.Generator) -> list[MotifShape]:
    """Draw the head of a heron that looks to the left, its neck at the origin."""
    j = random.uniform(-0.08, 0.08)
    head = outline([(0.07, 0.04), (0.05, -0.05), (-0.04, -0.085), (-0.14, -0.06), (-0.2, -0.01),
        (-0.12, 0.05), (-0.02, 0.06)])  # fmt: skip
    bill = outline([(-0.16, -0.045, 0), (-0.34, -0.02), (-0.56, 0.03, 0), (-0.34, 0.045),
        (-0.15, 0.045, 0)])  # fmt: skip
    crown = outline([(-0.15, -0.055, 0), (-0.04, -0.09), (0.06, -0.07), (0.1, -0.03, 0),
        (-0.02, -0.035)])  # fmt: skip
    plumes = [plume(0.03, -0.05, 1.9 + j, 0.34, 0.04, 0.3), plume(0.04, -0.04, 2.15 + j, 0.28,
        0.035, 0.3)]  # fmt: skip
    return [fill(_BEAK, bill), fill(_DARK, *plumes), fill(_LIGHT, head),
        fill(_DARK, crown, circle(-0.1, -0.02, 0.02))]  # fmt: skip


def _heron_legs(spots: _Places) -> list[MotifShape]:
    """Draw legs from places on the body to the ground."""
    legs = [ribbon([(x, y), (x + 0.02, 0.62), (x - 0.02, 0.94)], (0.06, 0.036, 0.03)) for x,
        y in spots]  # fmt: skip
    toes = [sliver([(x - 0.02, 0.94), (x + d * 0.5, 0.945), (x + d, 0.97)], 0.032) for x,
        _ in spots for d in (-0.16, 0.08)]  # fmt: skip
    return [fill(_BEAK, *legs, *toes)]


def _heron_body(random: np.random.Generator) -> list[MotifShape]:
    """Draw the body of a heron with hanging back feathers."""
    j = random.uniform(-0.04, 0.04)
    body = outline([(-0.3, -0.06), (-0.16, -0.22), (0.06, -0.2), (0.34, 0.0), (0.56, 0.24, 0),
        (0.3, 0.3), (0.0, 0.32), (-0.24, 0.2)])  # fmt: skip
    wing = outline([(-0.16, -0.16), (0.08, -0.18), (0.34, 0.0), (0.58, 0.26, 0), (0.3, 0.22),
        (0.04, 0.16), (-0.14, 0.02)])  # fmt: skip
    tips = [plume(x, y, 2.0 + a + j, 0.44, 0.085, 0.1) for x, y, a in ((0.3, 0.06, 0.2),
        (0.24, 0.1, 0.1), (0.18, 0.14, 0.0))]  # fmt: skip
    lines = [sliver([(0.0, -0.1), (0.18, -0.02), (0.36, 0.12)], 0.03), sliver([(-0.04, 0.0),
        (0.12, 0.06), (0.28, 0.17)], 0.03)]  # fmt: skip
    breast = [plume(x, y, 3.1 + a, 0.32, 0.07, 0.15) for x, y, a in ((-0.28, -0.02, -0.1),
        (-0.22, 0.02, -0.25), (-0.16, 0.06, -0.4))]  # fmt: skip
    return [fill(_DARK, *tips), fill(_LIGHT, body), fill(_BODY, wing), fill(_WING, *lines),
        fill(_LIGHT, *breast)]  # fmt: skip


def _heron(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a heron: standing, stalking fish, flying with its neck drawn in."""
    if view == 2:
        return _heron_flying(random)
    body = _heron_body(random)
    if view == 0:
        neck = [(-0.16, 0.0), (-0.36, -0.16), (-0.3, -0.4), (-0.16, -0.58), (-0.22, -0.78)]
        head = turned(_heron_head(random), 0.05, 1.0, (-0.2, -0.8))
        legs = _heron_legs([(0.02, 0.2), (0.16, 0.2)])
        shift = (0.06, 0.0)
    else:
        body = turned(body, -0.2, 1.0, (0.06, 0.0))
        neck = [(-0.12, 0.02), (-0.4, -0.04), (-0.58, -0.22), (-0.76, -0.22), (-0.88, 0.06)]
        head = turned(_heron_head(random), -0.75, 1.0, (-0.89, 0.08))
        legs = _heron_legs([(0.02, 0.18), (0.2, 0.16)])
        shift = (0.0, 0.0)
    dense = np.asarray(neck, float)
    front = ribbon(dense[1:] + np.array((0.012, 0.03)), (0.02, 0.036, 0.034, 0.0))
    return [*legs, *turned(body, 0.0, 1.0, shift), fill(_LIGHT, ribbon(neck, (0.3, 0.15, 0.1,
        0.09, 0.1))), fill(_DARK, front), *head]  # fmt: skip


def _heron_flying(random: np.random.Generator) -> list[MotifShape]:
    """Draw a flying heron."""
    j = random.uniform(-0.06, 0.06)
    body = outline([(-0.36, -0.04), (-0.2, -0.14), (0.1, -0.1), (0.4, 0.06), (0.5, 0.12, 0),
        (0.2, 0.18), (-0.2, 0.14)])  # fmt: skip
    neck = ribbon([(-0.2, 0.0), (-0.42, 0.1), (-0.52, -0.04), (-0.44, -0.14), (-0.56, -0.2)],
        (0.2, 0.14, 0.11, 0.1, 0.1))  # fmt: skip
    legs = [sliver([(0.3, 0.1), (0.7, 0.16 + e), (1.06, 0.2 + e)], 0.05) for e in (0.0, 0.05)]
    arm = [(0.2, 0.04), (0.02, -0.22), (0.1, -0.5)]
    wings = []
    for slot, dx, long in ((_DARK, 0.0, 1.0), (_BODY, 0.0, 0.62)):
        share = np.linspace(0, 1, 10)
        x = np.interp(share * 1.3, (0, 0.5, 1), [p[0] for p in arm]) + dx
        y = np.interp(share * 1.3, (0, 0.5, 1), [p[1] for p in arm])
        a = np.interp(share, (0, 0.5, 1), (1.75, 1.3, 0.35 + j))
        n = np.interp(share, (0, 1), (0.4, 0.66)) * long
        wings.append(fill(slot, *(quill(left, top, angle, length, 0.16, 0.1)
            for left, top, angle, length in np.stack([x, y, a, n], -1).tolist())))  # fmt: skip
    share = np.linspace(0, 1, 7)
    far = [quill(-0.16 - 0.12 * s, -0.1 - 0.34 * s, 0.9 - 0.95 * s - j, 0.4 + 0.18 * s, 0.16)
        for s in share.tolist()]  # fmt: skip
    return [fill(_WING, *far), fill(_BEAK, *legs), fill(_LIGHT, body, neck), *wings,
        fill(_BODY, ribbon([(0.22, 0.06), (0.02, -0.2), (0.08, -0.5)], (0.06, 0.12, 0.06))),
        *turned(_heron_head(random), 0.0, 1.0, (-0.54, -0.2))]  # fmt: skip


_ORANGE, _PLUM, _WHITE, _GREEN, _BROWN, _RED = range(6)


def _drake(random: np.random.Generator) -> list[MotifShape]:
    """Draw a swimming male mandarin duck."""
    j = random.uniform(-0.06, 0.06)
    body = outline([(-0.56, 0.1), (-0.4, -0.1), (0.0, -0.08), (0.4, -0.06), (0.84, -0.22, 0),
        (0.74, 0.12), (0.5, 0.3), (0.0, 0.36), (-0.4, 0.32)])  # fmt: skip
    breast = outline([(-0.56, 0.1), (-0.46, -0.12), (-0.24, -0.14), (-0.12, 0.06), (-0.12, 0.34),
        (-0.4, 0.32)])  # fmt: skip
    bands = [ribbon([(x, -0.04), (x + 0.05, 0.12), (x, 0.33)], (0.03, 0.05, 0.03))
        for x in (-0.2, -0.1)]  # fmt: skip
    flank = outline([(0.0, 0.04), (0.3, 0.02), (0.58, 0.1), (0.44, 0.27), (0.1, 0.3),
        (-0.04, 0.18)])  # fmt: skip
    back = outline([(-0.1, -0.08, 0), (0.2, -0.09), (0.5, -0.08), (0.84, -0.22, 0), (0.7, 0.02),
        (0.4, 0.06), (0.1, 0.04)])  # fmt: skip
    sail = [outline([(0.2, 0.06), (0.14, -0.12), (0.2, -0.34), (0.42, -0.5 + j, 0), (0.44, -0.26),
        (0.38, 0.02)]), outline([(0.06, 0.04), (0.0, -0.1), (0.04, -0.24), (0.22, -0.36 + j, 0),
        (0.24, -0.12), (0.2, 0.04)])]  # fmt: skip
    edges = [sliver([(0.24, 0.04), (0.26, -0.2), (0.42, -0.49 + j)], 0.04), sliver([(0.09, 0.02),
        (0.1, -0.14), (0.22, -0.35 + j)], 0.036)]  # fmt: skip
    tips = [quill(0.5, 0.04, 1.2 + a, 0.4, 0.09) for a in (-0.06, 0.1)]
    head = outline([(-0.24, -0.08), (-0.3, -0.34), (-0.42, -0.44), (-0.6, -0.4), (-0.66, -0.28),
        (-0.58, -0.16), (-0.5, 0.0), (-0.34, 0.06)])  # fmt: skip
    crest = outline([(-0.66, -0.3, 0), (-0.6, -0.43), (-0.44, -0.5), (-0.26, -0.46),
        (-0.06, -0.3), (-0.02, -0.14, 0), (-0.16, -0.22), (-0.3, -0.34),
        (-0.5, -0.36)])  # fmt: skip
    rear = outline([(-0.3, -0.36), (-0.14, -0.28), (-0.02, -0.1, 0), (-0.16, -0.14),
        (-0.26, -0.22)])  # fmt: skip
    brow = outline([(-0.62, -0.26, 0), (-0.54, -0.34), (-0.38, -0.36), (-0.18, -0.2, 0),
        (-0.34, -0.2), (-0.5, -0.16)])  # fmt: skip
    ruff = [plume(-0.46, -0.24, 2.75 + a, 0.42, 0.08, 0.1) for a in (-0.35, -0.15, 0.05, 0.25,
        0.45)]  # fmt: skip
    bill = outline([(-0.62, -0.28, 0), (-0.76, -0.2), (-0.8, -0.14), (-0.7, -0.13),
        (-0.6, -0.15, 0)])  # fmt: skip
    return [fill(_GREEN, *tips), fill(_WHITE, body), fill(_BROWN, back, flank),
        fill(_PLUM, breast), fill(_WHITE, *bands), fill(_ORANGE, *sail),
        fill(_WHITE, *edges), fill(_ORANGE, head), fill(_GREEN, rear), fill(_RED, bill),
        fill(_WHITE, brow), fill(_GREEN, crest), fill(_ORANGE, *ruff),
        fill(_PLUM, circle(-0.5, -0.26, 0.032))]  # fmt: skip


def _duck(random: np.random.Generator) -> list[MotifShape]:
    """Draw a swimming female mandarin duck."""
    j = random.uniform(-0.02, 0.02)
    body = outline([(-0.52, 0.1), (-0.36, -0.1), (0.0, -0.12), (0.4, -0.1), (0.78, -0.18, 0),
        (0.7, 0.12), (0.5, 0.3), (0.0, 0.36), (-0.38, 0.32)])  # fmt: skip
    belly = outline([(-0.44, 0.24), (-0.2, 0.26), (0.2, 0.27), (0.56, 0.24), (0.3, 0.34),
        (-0.1, 0.36)])  # fmt: skip
    spots = [oval(x, y + j, 0.045, 0.028) for x, y in ((-0.36, 0.08), (-0.26, 0.02),
        (-0.28, 0.16), (-0.18, 0.1), (-0.14, 0.22), (0.04, 0.25), (0.22, 0.24),
        (0.38, 0.2))]  # fmt: skip
    mirror = outline([(0.36, 0.08, 0), (0.56, 0.0), (0.64, 0.02), (0.46, 0.13)])
    head = outline([(-0.22, -0.06), (-0.26, -0.3), (-0.38, -0.42), (-0.54, -0.4), (-0.62, -0.28),
        (-0.56, -0.16), (-0.46, 0.02), (-0.3, 0.04)])  # fmt: skip
    crest = outline([(-0.44, -0.42, 0), (-0.28, -0.4), (-0.14, -0.26), (-0.1, -0.14, 0),
        (-0.24, -0.2)])  # fmt: skip
    ring = ribbon([(-0.5, -0.27), (-0.4, -0.26), (-0.26, -0.2)], (0.1, 0.05, 0.0))
    bill = outline([(-0.58, -0.28, 0), (-0.72, -0.2), (-0.75, -0.14), (-0.66, -0.13),
        (-0.56, -0.15, 0)])  # fmt: skip
    return [fill(_BROWN, body), fill(_WHITE, belly, *spots), fill(_GREEN, mirror),
        fill(_PLUM, sliver([(-0.06, 0.12), (0.2, 0.18), (0.62, 0.06)], 0.03)),
        fill(_BROWN, crest, head), fill(_RED, bill), fill(_WHITE, ring),
        fill(_PLUM, circle(-0.49, -0.27, 0.032), sliver([(-0.1, -0.03), (0.2, -0.08),
        (0.6, -0.05)], 0.03))]  # fmt: skip


def _ripples(spots: Sequence[tuple[float, float, float]]) -> list[Path]:
    return [sliver([(x - n, y), (x, y + 0.05), (x + n, y)], 0.05) for x, y, n in spots]


def _mandarin(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw mandarin ducks: a drake, a pair."""
    water = fill(_GREEN, *_ripples([(-0.3, 0.42, 0.34), (0.42, 0.4, 0.3), (0.06, 0.52, 0.3)]))
    if view == 0:
        return [*_drake(random), water]
    pair = [*turned(_duck(random), 0.0, 0.82, (0.62, -0.22), flip=True), *turned(_drake(random),
        0.0, 1.0, (-0.36, 0.0))]  # fmt: skip
    ripples = fill(_GREEN, *_ripples([(-0.6, 0.42, 0.34), (0.1, 0.42, 0.3), (0.84, 0.16, 0.26),
        (-0.2, 0.53, 0.3), (0.6, 0.3, 0.24)]))  # fmt: skip
    return [*pair, ripples]


DRAWINGS: Mapping[str, DrawMotif] = {"heron": _heron, "mandarin-duck": _mandarin}
