"""Small birds: robins, kingfishers, hoopoes, hummingbirds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

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


def _claws(spots: _Places, size: float = 0.05) -> list[Path]:
    """Return feet that hold a twig."""
    return [oval(x + e * size, y, size * 0.4, size * 0.8) for x, y in spots for e in (-0.9, 0, 0.9)]


def _fan(
    at: tuple[float, float], angles: ArrayLike, lengths: ArrayLike, width: float, bend: float = 0.1
) -> list[Path]:
    """Return feathers that spread from a point."""
    every = np.broadcast_to(np.asarray(lengths, float), np.asarray(angles).shape)
    return [quill(*at, float(a), float(n), width, bend) for a, n in zip(np.asarray(angles, float),
        every, strict=True)]  # fmt: skip


def _wing(
    arm: _Places,
    angles: tuple[float, float],
    lengths: tuple[float, float],
    width: float,
    count: int = 7,
) -> list[Path]:
    """Return the feathers of a wing along an arm, from the shoulder to the wrist and its tip."""
    share = np.linspace(0, 1, count)
    x, y = (np.interp(share * 1.4, np.linspace(0, 1, len(arm)), [p[k] for p in arm])
        for k in (0, 1))  # fmt: skip
    turns, sizes = np.interp(share, (0, 1), angles), np.interp(share, (0, 1), lengths)
    rows = np.stack([x, y, turns, sizes], -1).tolist()
    return [quill(left, top, angle, length, width, 0.12) for left, top, angle, length in rows]


_BACK, _BREAST, _BELLY, _WING, _DARK, _WOOD = range(6)


def _leaf_twig(
    points: _Places, widths: Sequence[float], leaves: Sequence[tuple[float, ...]]
) -> list[MotifShape]:
    blades = [plume(x, y, a, n, n * 0.3, 0.3, 0.45) for x, y, a, n in leaves]
    return [fill(_WOOD, ribbon(points, widths), *blades)]


def _robin(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a robin: perched on a twig, hopping with a raised tail, flying up."""
    j = random.uniform(-0.06, 0.06)
    if view == 2:
        return _robin_flying(random)
    body = outline([(-0.5, -0.34), (-0.3, -0.52), (-0.06, -0.46), (0.1, -0.22),
        (0.36, 0.08), (0.5, 0.3), (0.3, 0.38), (0.06, 0.46), (-0.24, 0.42), (-0.5, 0.18),
        (-0.54, -0.12)])  # fmt: skip
    belly = outline([(-0.52, 0.06), (-0.36, 0.08), (0.0, 0.14), (0.4, 0.22), (0.48, 0.31),
        (0.3, 0.38), (0.06, 0.46), (-0.24, 0.42), (-0.47, 0.22)])  # fmt: skip
    breast = outline([(-0.48, -0.4, 0), (-0.36, -0.44), (-0.22, -0.32), (-0.1, -0.12),
        (-0.06, 0.1), (-0.2, 0.24), (-0.42, 0.24), (-0.53, 0.06), (-0.55, -0.16)])  # fmt: skip
    wing = outline([(-0.08, -0.18), (0.1, -0.14), (0.34, 0.1), (0.62, 0.34, 0), (0.34, 0.32),
        (0.06, 0.28), (-0.1, 0.08)])  # fmt: skip
    bars = [sliver([(0.04, 0.0), (0.2, 0.1), (0.36, 0.24)], 0.034), sliver([(0.0, 0.1),
        (0.12, 0.2), (0.28, 0.27)], 0.034)]  # fmt: skip
    beak = outline([(-0.49, -0.36, 0), (-0.66, -0.29, 0), (-0.5, -0.25, 0)])
    eye = circle(-0.37, -0.35, 0.042)
    glint = circle(-0.382, -0.365, 0.013)
    head = [fill(_BREAST, breast), fill(_DARK, beak, eye), fill(_BELLY, glint)]
    if view == 1:
        tail = [quill(0.36, 0.16, 0.75 + a + j, 0.56, 0.13) for a in (-0.1, 0.08)]
        legs = [ribbon([(-0.02, 0.4), (0.02, 0.56), (-0.06, 0.78)], (0.05, 0.036, 0.034)),
            ribbon([(0.16, 0.38), (0.2, 0.56), (0.14, 0.78)], (0.05, 0.036, 0.034)),
            *(sliver([(x, 0.78), (x - 0.08, 0.78), (x - 0.17, 0.81)], 0.036)
            for x in (-0.05, 0.15)), *(sliver([(x, 0.78), (x + 0.05, 0.79), (x + 0.1, 0.81)],
            0.034) for x in (-0.06, 0.14))]  # fmt: skip
        berry = [circle(-0.72, -0.25, 0.07)]
        twig = [fill(_WOOD, sliver([(-0.72, -0.3), (-0.78, -0.4), (-0.88, -0.44)],
            0.03), plume(-0.8, -0.41, -0.2, 0.2, 0.08), plume(-0.84, -0.43, -1.5, 0.2,
            0.08))]  # fmt: skip
        return [fill(_WING, *tail), fill(_DARK, *legs), fill(_BACK, body),
            fill(_BELLY, belly), fill(_WING, wing), fill(_BACK, *bars), *head, *twig,
            fill(_BREAST, *berry)]  # fmt: skip
    twig = _leaf_twig([(-0.9, 0.6), (-0.3, 0.5), (0.3, 0.56), (0.86, 0.42)],
        (0.04, 0.07, 0.08, 0.05), [(-0.84, 0.59, -1.0 + j, 0.26), (-0.6, 0.55, -2.4, 0.26),
        (0.78, 0.44, 0.5 + j, 0.28), (0.66, 0.48, 2.2, 0.28)])  # fmt: skip
    tail = [quill(0.3, 0.2, 2.25 + a + j, 0.62, 0.12) for a in (-0.08, 0.08)]
    legs = [ribbon([(x, 0.38), (x, 0.52)], 0.036) for x in (-0.08, 0.1)]
    return [fill(_WING, *tail), fill(_DARK, *legs), *twig, fill(_DARK, *_claws([(-0.08, 0.54),
        (0.1, 0.555)])), fill(_BACK, body), fill(_BELLY, belly), fill(_WING, wing),
        fill(_BACK, *bars), *head]  # fmt: skip


def _robin_flying(random: np.random.Generator) -> list[MotifShape]:
    """Draw a robin that flies up."""
    j = random.uniform(-0.06, 0.06)
    body = outline([(-0.52, -0.2), (-0.42, -0.34), (-0.24, -0.34), (0.0, -0.18), (0.34, 0.06),
        (0.5, 0.2), (0.22, 0.24), (-0.1, 0.2), (-0.4, 0.06)])  # fmt: skip
    belly = outline([(-0.36, 0.06), (-0.1, 0.04), (0.3, 0.14), (0.48, 0.2), (0.22, 0.24),
        (-0.1, 0.2)])  # fmt: skip
    breast = outline([(-0.5, -0.26), (-0.42, -0.3), (-0.3, -0.2), (-0.2, -0.02), (-0.22, 0.12),
        (-0.4, 0.06), (-0.51, -0.1)])  # fmt: skip
    near = _wing([(0.14, 0.0), (0.0, -0.24), (-0.02, -0.46)], (1.5, 0.35 + j), (0.36, 0.6), 0.17, 9)
    cover = _wing([(0.1, 0.06), (-0.06, -0.2), (-0.06, -0.46)], (1.5, 0.4 + j), (0.2, 0.26), 0.16,
        9)  # fmt: skip
    far = _wing([(-0.1, -0.1), (-0.24, -0.32), (-0.3, -0.5)], (1.0, -0.05 - j), (0.3, 0.5), 0.16)
    tail = _fan((0.36, 0.14), (1.6, 1.8, 2.0), 0.46, 0.12, 0.0)
    beak = outline([(-0.5, -0.26, 0), (-0.65, -0.22, 0), (-0.5, -0.16, 0)])
    return [fill(_BACK, *far), fill(_WING, *tail), fill(_BACK, body), fill(_BELLY, belly),
        fill(_BREAST, breast), fill(_WING, *near), fill(_BACK, *cover),
        fill(_DARK, beak, circle(-0.39, -0.24, 0.036)),
        fill(_BELLY, circle(-0.4, -0.25, 0.011))]  # fmt: skip


_BLUE, _ORANGE, _WHITE, _SHINE, _BILL, _REED = range(6)


def _kingfisher_head() -> list[MotifShape]:
    """Draw the head of a kingfisher that looks to the left, its middle at the origin."""
    head = outline([(0.26, 0.1), (0.24, -0.12), (0.06, -0.26), (-0.16, -0.22), (-0.26, -0.06),
        (-0.24, 0.06), (-0.1, 0.16), (0.1, 0.2)])  # fmt: skip
    bill = outline([(-0.2, -0.1, 0), (-0.5, -0.01), (-0.82, 0.04, 0), (-0.5, 0.08),
        (-0.2, 0.09, 0)])  # fmt: skip
    cheek = outline([(-0.1, -0.02), (0.06, -0.05), (0.17, 0.03), (0.1, 0.12), (-0.06, 0.12)])
    lore = outline([(-0.25, -0.05, 0), (-0.2, -0.11), (-0.12, -0.07, 0), (-0.18, -0.02)])
    patch = outline([(0.14, 0.0), (0.28, 0.0), (0.3, 0.12), (0.18, 0.14)])
    throat = outline([(-0.24, 0.06), (-0.06, 0.12), (0.16, 0.14), (0.1, 0.24), (-0.12, 0.2)])
    spots = [oval(x, y, 0.03, 0.018) for x, y in ((-0.1, -0.17), (0.0, -0.2), (0.1, -0.17),
        (0.04, -0.13), (0.17, -0.1))]  # fmt: skip
    return [fill(_BILL, bill), fill(_BLUE, head), fill(_SHINE, *spots),
        fill(_ORANGE, cheek, lore), fill(_WHITE, patch, throat),
        fill(_BILL, circle(-0.09, -0.06, 0.04)),
        fill(_WHITE, circle(-0.1, -0.072, 0.013))]  # fmt: skip


def _kingfisher(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a kingfisher: on a reed, diving with folded wings, hovering."""
    j = random.uniform(-0.06, 0.06)
    breast = outline([(-0.14, -0.3), (0.06, -0.24), (0.2, 0.0), (0.24, 0.36), (0.1, 0.52),
        (-0.08, 0.48), (-0.26, 0.2), (-0.28, -0.08)])  # fmt: skip
    back = outline([(0.08, -0.32, 0), (0.3, -0.2), (0.42, 0.1), (0.36, 0.42), (0.24, 0.56, 0),
        (0.22, 0.3), (0.14, -0.04)])  # fmt: skip
    wing = outline([(0.02, -0.2), (0.22, -0.2), (0.36, 0.06), (0.34, 0.36), (0.22, 0.62, 0),
        (0.1, 0.36), (-0.04, 0.1)])  # fmt: skip
    lit = [outline([(0.3, -0.2, 0), (0.43, 0.1), (0.37, 0.42), (0.26, 0.56, 0), (0.34, 0.2)])]
    spots = [oval(x, y, 0.034, 0.02, 1.0) for x, y in ((0.06, -0.08), (0.16, -0.04), (0.1, 0.06),
        (0.2, 0.1), (0.14, 0.2), (0.24, 0.22))]  # fmt: skip
    tail = [quill(0.2, 0.46, 2.9 + a, 0.4, 0.11) for a in (-0.08, 0.1)]
    if view == 0:
        reed = [fill(_REED, ribbon([(-0.62, 0.74), (-0.1, 0.58), (0.4, 0.62), (0.72, 0.54)],
            (0.05, 0.075, 0.075, 0.04)), plume(0.6, 0.58, 0.9 + j, 0.4, 0.11, 0.4),
            plume(-0.5, 0.7, -0.9 + j, 0.4, 0.11, -0.4), plume(-0.3, 0.64, -2.5, 0.34, 0.1,
            0.3))]  # fmt: skip
        return [fill(_SHINE, *tail), *reed, fill(_BILL, *_claws([(-0.04, 0.56), (0.1, 0.56)],
            0.045)), fill(_ORANGE, breast), fill(_BLUE, back, wing), fill(_SHINE, *lit, *spots),
            *turned(_kingfisher_head(), 0.0, 1.0, (-0.04, -0.4))]  # fmt: skip
    if view == 1:
        shapes = [fill(_SHINE, *tail), fill(_ORANGE, breast), fill(_BLUE, back, wing),
            fill(_SHINE, *lit, *spots), *turned(_kingfisher_head(), 1.25, 1.0,
            (-0.02, -0.4))]  # fmt: skip
        drops = [outline([(x, y - 0.1, 0), (x + 0.045, y + 0.01), (x, y + 0.05),
            (x - 0.045, y + 0.01)]) for x, y in ((-0.2, 0.3), (0.42, 0.1),
            (0.55 + j, 0.36))]  # fmt: skip
        return [*turned(shapes, -2.5, 1.0, (0, -0.1)), fill(_SHINE, *drops)]
    near = _wing([(0.24, 0.12), (0.1, -0.16), (0.1, -0.42)], (1.6, 0.4 + j), (0.34, 0.6), 0.17, 9)
    cover = _wing([(0.2, 0.16), (0.04, -0.12), (0.05, -0.42)], (1.6, 0.45 + j), (0.22, 0.28),
        0.16, 9)  # fmt: skip
    far = _wing([(0.0, -0.06), (-0.12, -0.28), (-0.16, -0.48)], (1.0, 0.0 - j), (0.3, 0.5), 0.16)
    body = outline([(-0.3, -0.14), (-0.06, -0.14), (0.24, 0.12), (0.46, 0.38), (0.3, 0.4),
        (0.0, 0.3), (-0.26, 0.1)])  # fmt: skip
    upper = outline([(-0.24, -0.2), (-0.04, -0.16), (0.26, 0.1), (0.48, 0.38, 0), (0.2, 0.18),
        (-0.06, 0.02)])  # fmt: skip
    rear = _fan((0.38, 0.3), (2.1, 2.3, 2.5), 0.36, 0.11, 0.0)
    return [fill(_BLUE, *far), fill(_SHINE, *rear), fill(_ORANGE, body), fill(_BLUE, upper),
        fill(_BLUE, *near), fill(_SHINE, *cover), *turned(_kingfisher_head(), 0.1, 0.9,
        (-0.32, -0.16))]  # fmt: skip


_BUFF, _BLACK, _PALE, _LEG, _CREST = range(5)


def _hoopoe_head(random: np.random.Generator, spread: float, first: float) -> list[MotifShape]:
    """Draw the crested head of a hoopoe that looks to the left, its neck at the origin."""
    j = random.uniform(-0.04, 0.04)
    angles = np.linspace(first, first + spread, 7) + j
    crest = [plume(0.0, -0.1, float(a), float(n), 0.14, 0.1, 0.7) for a,
        n in zip(angles, np.linspace(0.42, 0.5, 7), strict=True)]  # fmt: skip
    tips = [plume(np.sin(a) * n * 0.72, -0.1 - np.cos(a) * n * 0.72, float(a), float(n * 0.3),
        0.1, 0.0, 0.35) for a, n in zip(angles + 0.07, np.linspace(0.42, 0.5, 7),
        strict=True)]  # fmt: skip
    head = outline([(0.16, 0.14), (0.12, -0.08), (0.0, -0.17), (-0.14, -0.12), (-0.19, 0.0),
        (-0.12, 0.1), (0.0, 0.18)])  # fmt: skip
    bill = ribbon([(-0.15, -0.02), (-0.4, 0.0), (-0.62, 0.12)], (0.075, 0.05, 0.0))
    return [fill(_CREST, *crest), fill(_BLACK, *tips, bill), fill(_BUFF, head),
        fill(_BLACK, circle(-0.07, -0.04, 0.032))]  # fmt: skip


def _hoopoe(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a hoopoe: standing with its crest spread, bent down to feed."""
    j = random.uniform(-0.05, 0.05)
    body = outline([(-0.2, -0.3), (0.0, -0.3), (0.14, -0.06), (0.3, 0.2), (0.26, 0.4),
        (0.02, 0.44), (-0.2, 0.24), (-0.28, -0.04)])  # fmt: skip
    belly = outline([(-0.1, 0.24), (0.1, 0.28), (0.26, 0.36), (0.16, 0.46), (-0.04, 0.42)])
    wing = outline([(-0.06, -0.12), (0.1, -0.12), (0.3, 0.12), (0.44, 0.44), (0.46, 0.56, 0),
        (0.26, 0.44), (0.04, 0.26), (-0.1, 0.06)])  # fmt: skip
    bars = [ribbon([(x - 0.15, y + 0.1), (x, y + 0.03), (x + 0.1, y - 0.05)], (0.03, 0.055, 0.03))
        for x, y in ((0.08, 0.02), (0.16, 0.12), (0.24, 0.22), (0.33, 0.33))]  # fmt: skip
    tail = [quill(0.3, 0.32, 2.45 + a + j, 0.56, 0.12) for a in (-0.06, 0.08)]
    white = ribbon([(0.5, 0.5), (0.56, 0.56), (0.62, 0.66)], (0.0, 0.08, 0.0))
    legs = [ribbon([(x, 0.4), (x + 0.02, 0.56), (x - 0.02, 0.74)], (0.05, 0.034, 0.032))
        for x in (0.0, 0.14)]  # fmt: skip
    toes = [sliver([(x + d, 0.74), (x + d - 0.07, 0.745), (x + d - 0.15, 0.77)], 0.034)
        for x in (-0.02, 0.12) for d in (0.0, 0.12)]  # fmt: skip
    trunk = [fill(_BUFF, body), fill(_PALE, belly), fill(_BLACK, wing), fill(_PALE, *bars)]
    rear = [fill(_BLACK, *tail), fill(_PALE, white)]
    if view == 1:
        feeding = [*rear, *trunk, *turned(_hoopoe_head(random, 0.3, 1.5), -0.05, 1.05,
            (-0.12, -0.34))]  # fmt: skip
        low = [path.moved(0.1, 0.0) for path in (*legs, *toes)]
        return [fill(_LEG, *low), *turned(feeding, -0.95, 1.0, (0.16, 0.2))]
    return [*rear, fill(_LEG, *legs, *toes), *trunk, *turned(_hoopoe_head(random, 1.5, 0.1), 0.0,
        1.05, (-0.12, -0.34))]  # fmt: skip


_GREEN, _THROAT, _CHEST, _FLIGHT, _BEAK = range(5)


def _hummingbird(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a hummingbird: hovering upright, darting forwards with raised wings."""
    j = random.uniform(-0.06, 0.06)
    body = outline([(-0.5, -0.36), (-0.38, -0.46), (-0.22, -0.42), (-0.1, -0.24), (0.12, 0.0),
        (0.24, 0.3), (0.24, 0.46), (0.06, 0.36), (-0.16, 0.16), (-0.34, -0.1),
        (-0.46, -0.26)])  # fmt: skip
    chest = outline([(-0.42, -0.24), (-0.24, -0.2), (-0.06, 0.02), (0.16, 0.28), (0.24, 0.46),
        (0.06, 0.36), (-0.16, 0.16), (-0.34, -0.1)])  # fmt: skip
    throat = outline([(-0.49, -0.34), (-0.36, -0.33), (-0.22, -0.22), (-0.2, -0.08),
        (-0.3, -0.04), (-0.38, -0.14), (-0.46, -0.26)])  # fmt: skip
    beak = ribbon([(-0.47, -0.37), (-0.72, -0.42), (-0.98, -0.42)], (0.06, 0.035, 0.012))
    eye = [fill(_BEAK, circle(-0.35, -0.385, 0.034)), fill(_CHEST, circle(-0.36, -0.395, 0.011))]
    tail = _fan((0.18, 0.34), np.array((2.55, 2.75, 2.95, 3.15)) + j, (0.46, 0.48, 0.46, 0.42),
        0.1, 0.0)  # fmt: skip
    angles = np.linspace(0.35, 1.45, 7) if view == 0 else np.linspace(-0.1, 0.95, 7)
    near = [plume(-0.12, -0.18, float(a) + j, float(n), 0.2, -0.35, 0.6) for a,
        n in zip(angles, np.linspace(1.0, 0.44, 7), strict=True)]  # fmt: skip
    cover = [plume(-0.12, -0.17, float(a) + j, float(n), 0.14, -0.2, 0.6) for a,
        n in zip(angles[:6], np.linspace(0.5, 0.32, 6), strict=True)]  # fmt: skip
    away = np.linspace(-0.5, 0.0, 5) if view == 0 else np.linspace(-0.9, -0.35, 5)
    far = [plume(-0.2, -0.24, float(a) - j, float(n), 0.17, 0.25, 0.6) for a,
        n in zip(away, np.linspace(0.84, 0.56, 5), strict=True)]  # fmt: skip
    shapes = [fill(_FLIGHT, *far), fill(_FLIGHT, *tail), fill(_GREEN, body), fill(_CHEST, chest),
        fill(_THROAT, throat), fill(_FLIGHT, *near), fill(_GREEN, *cover), fill(_BEAK, beak),
        *eye]  # fmt: skip
    return shapes if view == 0 else turned(shapes, -0.75)


DRAWINGS: Mapping[str, DrawMotif] = {"robin": _robin, "kingfisher": _kingfisher,
    "hoopoe": _hoopoe, "hummingbird": _hummingbird}  # fmt: skip
