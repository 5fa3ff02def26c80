"""Dragons and phoenixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sampled, sliver
from worker.drawing.motifs.pen import (
    Body,
    curve,
    fill,
    outline,
    oval,
    plume,
    ribbon,
    spiral,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle

__all__ = ["DRAWINGS"]

_Places = Sequence[tuple[float, float]]
_BODY, _GOLD, _BELLY, _DARK, _SCALE, _MANE = range(6)


def _dragon_head(random: np.random.Generator) -> list[MotifShape]:
    """Draw the head of a dragon that looks to the left, its neck at the origin."""
    j = random.uniform(-0.03, 0.03)
    mane = [plume(0.02, -0.02 + y, a + j, n, 0.13, 0.5) for y, a, n in ((-0.1, 1.1, 0.5),
        (-0.02, 1.45, 0.56), (0.08, 1.8, 0.5), (0.14, 2.2, 0.42), (0.16, 2.6, 0.3))]  # fmt: skip
    horns = [ribbon([(-0.04, -0.16), (0.1, -0.32), (0.3, -0.4), (0.46, -0.36 + j)],
        (0.08, 0.065, 0.05, 0.0)), ribbon([(0.1, -0.3), (0.18, -0.42), (0.3, -0.5)],
        (0.05, 0.04, 0.0)), ribbon([(-0.12, -0.17), (-0.06, -0.36), (0.08, -0.48)],
        (0.06, 0.045, 0.0))]  # fmt: skip
    gape = outline([(-0.42, 0.0), (-0.2, 0.02), (-0.02, 0.06), (-0.1, 0.16), (-0.4, 0.2)])
    jaw = outline([(0.1, 0.1), (-0.08, 0.1, 0), (-0.2, 0.15), (-0.38, 0.17), (-0.46, 0.15),
        (-0.47, 0.22), (-0.38, 0.27), (-0.16, 0.27), (0.06, 0.22)])  # fmt: skip
    upper = outline([(0.16, 0.12), (0.14, -0.1), (0.02, -0.2), (-0.1, -0.22), (-0.18, -0.14),
        (-0.32, -0.09), (-0.42, -0.18), (-0.54, -0.15), (-0.56, -0.03), (-0.48, 0.05),
        (-0.28, 0.03), (-0.12, 0.06), (-0.04, 0.14)])  # fmt: skip
    teeth = [outline([(x, 0.02, 0), (x + 0.06, 0.02, 0), (x + 0.02, 0.1, 0)])
        for x in (-0.44, -0.3)]  # fmt: skip
    teeth += [outline([(x, 0.18, 0), (x + 0.05, 0.18, 0), (x + 0.02, 0.1, 0)])
        for x in (-0.37, -0.22)]  # fmt: skip
    tongue = ribbon([(-0.12, 0.12), (-0.3, 0.12), (-0.44, 0.08)], (0.05, 0.04, 0.0))
    brow = outline([(-0.22, -0.12, 0), (-0.14, -0.22), (0.0, -0.22), (0.14, -0.3, 0),
        (0.08, -0.14), (-0.08, -0.12)])  # fmt: skip
    beard = [plume(x, 0.25, a, 0.26, 0.075, 0.3) for x, a in ((-0.34, 3.0), (-0.22, 2.7),
        (-0.1, 2.5))]  # fmt: skip
    whiskers = [ribbon([(-0.5, -0.1), (-0.66, -0.24), (-0.82, -0.2), (-0.92, -0.34 + j)],
        (0.04, 0.034, 0.026, 0.0)), ribbon([(-0.52, -0.02), (-0.7, 0.04), (-0.8, 0.2),
        (-0.96, 0.2 + j)], (0.04, 0.034, 0.026, 0.0))]  # fmt: skip
    cheek = [outline([(0.06, 0.14), (0.02, 0.02), (0.1, -0.06), (0.26, -0.02, 0), (0.2, 0.04),
        (0.28, 0.12, 0), (0.18, 0.14), (0.2, 0.24, 0)])]  # fmt: skip
    return [fill(_MANE, *mane), fill(_GOLD, *horns), fill(_DARK, gape),
        fill(_BODY, jaw), fill(_SCALE, tongue), fill(_BELLY, *teeth),
        fill(_MANE, *beard), fill(_BODY, upper), fill(_GOLD, brow, *whiskers, *cheek),
        fill(_BELLY, oval(-0.1, -0.07, 0.06, 0.048)),
        fill(_DARK, circle(-0.115, -0.065, 0.028), oval(-0.48, -0.08, 0.025, 0.018,
        0.6))]  # fmt: skip


def _claw(x: float, y: float, turn: float, size: float) -> list[MotifShape]:
    """Draw a leg with four claws whose shoulder is at (x, y), pointing down before its turn."""
    leg = [ribbon([(0, 0), (-0.12, 0.18), (0.04, 0.34), (0.0, 0.42)], (0.2, 0.15, 0.1, 0.1)),
        circle(0.0, 0.44, 0.075)]  # fmt: skip
    hair = [plume(0.02, 0.28, a, 0.24, 0.08, 0.3) for a in (1.2, 1.7)]
    claws = [plume(np.sin(a) * 0.05, 0.45 - np.cos(a) * 0.05, a, 0.17, 0.055, -0.5 if a < 3.1
        else 0.5, 0.3) for a in (2.0, 2.75, 3.5, 4.3)]  # fmt: skip
    return turned([fill(_MANE, *hair), fill(_GOLD, *claws), fill(_BODY, *leg)], turn, size, (x, y))


def _serpent(body: Body, side: int, tail: float) -> list[MotifShape]:
    """Draw the body of a dragon with its scales, belly and crest.

    Args:
        side: 1: its belly is at the right edge seen along it; -1: at the left one.
        tail: length of the tuft of its tail.
    """
    steps = np.linspace(0.03, 0.97, 22).tolist()
    belly = body.patch([(s, side * 1.0) for s in steps] + [(s, side * 0.42) for s in steps[::-1]])
    bands = [sliver(body.at([(s, side * 0.4), (s + 0.012, side * 0.7), (s, side * 1.0)]), 0.016)
        for s in np.linspace(0.06, 0.92, 34).tolist()]  # fmt: skip
    crest = []
    for s in np.linspace(0.05, 0.95, 26).tolist():
        x, y = body.at([(s, -side * 0.9)])[0].tolist()
        size = 0.05 + 0.35 * float(np.interp(s, np.linspace(0, 1, len(body.half)), body.half))
        crest.append(plume(x, y, body.angle(s) - side * 0.75, size, 0.07, side * 0.3, 0.35))
    scales = []
    for k, s in enumerate(np.linspace(0.06, 0.94, 44).tolist()):
        scales += [sliver(body.at([(s, side * (t - 0.24)), (s + 0.016, side * t),
            (s, side * (t + 0.24))]), 0.022)
            for t in ((-0.55, 0.1) if k % 2 else (-0.22,))]  # fmt: skip
    x, y = body.spine[-1].tolist()
    tuft = [plume(x, y, body.angle(0.99) + a, tail * n, 0.11, 0.5 * a) for a, n in ((-0.7, 0.7),
        (-0.3, 0.95), (0.1, 1.0), (0.5, 0.8))]  # fmt: skip
    return [fill(_MANE, *tuft), fill(_GOLD, *crest), fill(_BODY, body.contour()),
        fill(_BELLY, belly), fill(_GOLD, *bands), fill(_SCALE, *scales)]  # fmt: skip


def _pearl(x: float, y: float, random: np.random.Generator) -> list[MotifShape]:
    """Draw a pearl in flames."""
    flames = [plume(x, y, a + random.uniform(-0.1, 0.1), 0.26, 0.11, 0.5)
        for a in (0.2, 1.0, 1.9, -0.7)]  # fmt: skip
    return [fill(_MANE, *flames), fill(_GOLD, circle(x, y, 0.1)),
        fill(_BELLY, circle(x - 0.025, y - 0.025, 0.045))]  # fmt: skip


def _dragon(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a Chinese dragon: winding to the left, curled in a ring around a pearl."""
    if view == 0:
        body = Body.through([(-0.56, -0.34), (-0.4, -0.06), (-0.56, 0.3), (-0.3, 0.6),
            (0.0, 0.36), (0.06, -0.1), (0.3, -0.4), (0.56, -0.2), (0.56, 0.18),
            (0.76, 0.42), (0.98, 0.2)], (0.24, 0.29, 0.33, 0.34, 0.33, 0.32, 0.3, 0.27,
            0.23, 0.15, 0.05))  # fmt: skip
        legs = [*_claw(-0.56, 0.24, 1.0, 0.85), *_claw(0.62, 0.0, -1.3, 0.8)]
        front = [*_claw(-0.22, 0.6, -0.3, 0.85), *_claw(0.16, -0.34, 2.7, 0.7)]
        return [*legs, *front, *_serpent(body, 1, 0.34), *turned(_dragon_head(random), 0.1, 1.1,
            (-0.58, -0.4)), *_pearl(-1.0, 0.1, random)]  # fmt: skip
    angles = np.linspace(-2.2, 3.55, 12)
    reach = np.linspace(0.6, 0.74, 12)
    reach[-2:] = (0.66, 0.52)
    points = np.stack([np.cos(angles) * reach, np.sin(angles) * reach], -1)
    body = Body.through(points, (0.2, 0.24, 0.27, 0.28, 0.28, 0.27, 0.26, 0.24, 0.2, 0.15, 0.09,
        0.03))  # fmt: skip
    legs = [*_claw(0.42, -0.5, 1.5, 0.7), *_claw(0.6, 0.36, 1.6, 0.7),
        *_claw(-0.2, 0.62, 3.0, 0.66), *_claw(0.5, 0.58, -0.9, 0.6)]  # fmt: skip
    return [*legs, *_serpent(body, 1, 0.3), *turned(_dragon_head(random), -0.55, 0.92,
        (-0.3, -0.46)), *_pearl(-0.02, 0.06, random)]  # fmt: skip


_RED, _YELLOW, _TEAL, _INK, _ROSE, _CREAM = range(6)


def _streamer(points: _Places, width: float, slots: tuple[int, int]) -> list[MotifShape]:
    """Draw a long tail feather with an eye at its end."""
    dense = sampled(curve(points), 8)
    half = np.interp(np.linspace(0, 1, len(dense)), (0, 0.5, 0.85, 1),
        (0.25, 0.55, 1.0, 0.5)) * width / 2  # fmt: skip
    body = Body(dense, half)
    barbs = []
    for s in np.linspace(0.16, 0.9, 15).tolist():
        for side in (-1, 1):
            x, y = body.at([(s, 0.0)])[0].tolist()
            size = float(np.interp(s, (0, 0.6, 0.88, 1), (0.5, 0.8, 1.25, 0.7))) * width
            barbs.append(plume(x, y, body.angle(s) + side * 0.62, size, width * 0.42, -side * 0.4,
                0.55))  # fmt: skip
    x, y = body.at([(0.94, 0.0)])[0].tolist()
    a = body.angle(0.94)
    tip = [plume(x - np.sin(a) * width * 0.6, y + np.cos(a) * width * 0.6, a, width * 2.0, width
        * 1.25, 0.0, 0.5)]  # fmt: skip
    return [fill(slots[0], *barbs, *tip), fill(slots[1], ribbon(dense[::4], width * 0.14),
        oval(x, y, width * 0.4, width * 0.52, a)), fill(_INK, oval(x, y, width * 0.24, width
        * 0.33, a)), fill(_YELLOW, circle(x, y, width * 0.11))]  # fmt: skip


def _phoenix_head(random: np.random.Generator) -> list[MotifShape]:
    """Draw the crested head of a phoenix that looks to the left, its neck at the origin."""
    j = random.uniform(-0.06, 0.06)
    crest = [plume(0.0, -0.08, a + j, n, 0.1, 0.5) for a, n in ((0.2, 0.26), (0.65, 0.34),
        (1.1, 0.38), (1.5, 0.3))]  # fmt: skip
    head = outline([(0.1, 0.1), (0.08, -0.06), (-0.04, -0.13), (-0.15, -0.08), (-0.17, 0.02),
        (-0.08, 0.1), (0.0, 0.14)])  # fmt: skip
    beak = outline([(-0.14, -0.07, 0), (-0.26, -0.05), (-0.34, 0.05, 0), (-0.24, 0.03),
        (-0.15, 0.045, 0)])  # fmt: skip
    wattle = outline([(-0.14, 0.03, 0), (-0.08, 0.08), (-0.1, 0.2), (-0.15, 0.14)])
    eye = outline([(-0.14, -0.02, 0), (-0.08, -0.05), (0.0, -0.04, 0), (-0.07, 0.0)])
    return [fill(_TEAL, *crest[::2]), fill(_ROSE, *crest[1::2]), fill(_YELLOW, beak),
        fill(_RED, head, wattle), fill(_CREAM, eye),
        fill(_INK, circle(-0.07, -0.022, 0.02))]  # fmt: skip


def _phoenix_wing(
    at: tuple[float, float], spread: tuple[float, float], size: float
) -> list[MotifShape]:
    """Draw a wing whose shoulder is at a place: long feathers, coverts, and scales on the arm."""
    x, y = at
    turns = np.linspace(*spread, 9)
    long = np.linspace(1.0, 0.55, 9) * size
    flight = [plume(x, y, a, n, 0.19 * size, 0.35, 0.7) for a, n in zip(turns.tolist(),
        long.tolist(), strict=True)]  # fmt: skip
    rim = [plume(x, y, a, n * 0.68, 0.17 * size, 0.3, 0.7) for a, n in zip(turns.tolist(),
        long.tolist(), strict=True)]  # fmt: skip
    cover = [plume(x, y, a, n * 0.42, 0.16 * size, 0.2, 0.7) for a, n in zip(turns.tolist(),
        long.tolist(), strict=True)]  # fmt: skip
    return [fill(_TEAL, *flight), fill(_YELLOW, *rim), fill(_RED, *cover)]


def _phoenix(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a Chinese phoenix: flying with streaming tail feathers, descending in a ring."""
    j = random.uniform(-0.04, 0.04)
    body = outline([(-0.62, -0.34), (-0.52, -0.4), (-0.42, -0.3), (-0.36, -0.1),
        (-0.1, -0.04), (0.18, 0.06), (0.34, 0.16, 0), (0.1, 0.24), (-0.2, 0.24), (-0.44, 0.1),
        (-0.52, -0.14)])  # fmt: skip
    breast = outline([(-0.5, -0.16), (-0.4, -0.04), (-0.16, 0.08), (0.14, 0.18), (-0.1, 0.235),
        (-0.3, 0.19), (-0.45, 0.06)])  # fmt: skip
    scallops = [ribbon([(x - 0.04, y - 0.05), (x + 0.02, y), (x - 0.02, y + 0.07)],
        (0.01, 0.026, 0.01)) for x, y in ((-0.42, -0.04), (-0.33, 0.06), (-0.22, 0.11),
        (-0.1, 0.15))]  # fmt: skip
    if view == 0:
        tails = [([(0.2, 0.14), (0.5, 0.1), (0.86, -0.12), (1.24, -0.2 + j)],
            (_ROSE, _YELLOW)), ([(0.2, 0.16), (0.54, 0.24), (0.9, 0.12), (1.34, 0.22 + j)],
            (_TEAL, _YELLOW)), ([(0.18, 0.18), (0.46, 0.38), (0.84, 0.4), (1.2, 0.62 + j)],
            (_RED, _YELLOW)), ([(0.14, 0.2), (0.3, 0.48), (0.6, 0.64), (0.82, 0.96 + j)],
            (_TEAL, _YELLOW))]  # fmt: skip
        far, near = (-0.9, 0.0), (-0.15, 1.2)
    else:
        tails = [([(0.2, 0.14), (0.52, 0.3), (0.6, 0.66), (0.36, 0.98 + j)],
            (_ROSE, _YELLOW)), ([(0.16, 0.18), (0.32, 0.42), (0.24, 0.76), (-0.08, 0.92 + j)],
            (_TEAL, _YELLOW)), ([(0.22, 0.12), (0.68, 0.22), (0.9, 0.56), (0.84, 1.0 + j)],
            (_RED, _YELLOW)), ([(0.1, 0.2), (0.1, 0.42), (-0.14, 0.62), (-0.44, 0.6 + j)],
            (_RED, _YELLOW))]  # fmt: skip
        far, near = (-1.2, -0.2), (0.1, 1.4)
    streamers = [each for points, slots in tails for each in _streamer(points, 0.15, slots)]
    curls = [fill(_YELLOW, ribbon(spiral(x, y, 0.12, a, t), (0.05, *([0.035]
        * (max(6, round(abs(t) * 8)) - 2)), 0.02))) for x, y, a, t in ((0.34, 0.0, 2.6, 1.3),
        (0.3, 0.3, 3.6, -1.3))]  # fmt: skip
    neck = [plume(x, y, a, 0.22, 0.09, 0.3) for x, y, a in ((-0.5, -0.3, 2.2),
        (-0.46, -0.22, 2.3), (-0.42, -0.12, 2.3))]  # fmt: skip
    shapes = [*streamers, *curls, *_phoenix_wing((-0.24, -0.02), far, 0.78), fill(_RED, body),
        fill(_YELLOW, breast), fill(_RED, *scallops), fill(_TEAL, *neck),
        *_phoenix_wing((-0.12, 0.02), near, 0.92), *turned(_phoenix_head(random), 0.0, 1.0,
        (-0.58, -0.4))]  # fmt: skip
    return shapes if view == 0 else turned(shapes, -0.9)


DRAWINGS: Mapping[str, DrawMotif] = {"dragon": _dragon, "phoenix": _phoenix}
