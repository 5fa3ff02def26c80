"""Red-crowned cranes, flying and standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sampled
from worker.drawing.motifs.pen import (
    curve,
    fill,
    halo,
    outline,
    plume,
    quill,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape

__all__ = ["DRAWINGS"]

_BODY, _TIP, _CROWN, _LINE, _BEAK = range(5)
_Place = tuple[float, float]


def _head(x: float, y: float, angle: float, size: float) -> list[MotifShape]:
    """Draw a head that looks to the left when its angle is 0, its neck joined at (x, y)."""
    beak = outline([(-0.06, -0.035, 0), (-0.14, -0.02), (-0.27, 0.012, 0), (-0.14, 0.016),
            (-0.05, 0.02, 0)])  # fmt: skip
    skull = outline([(0.04, 0.035), (-0.03, 0.035), (-0.085, 0.005), (-0.07, -0.04),
            (-0.01, -0.06), (0.05, -0.03)])  # fmt: skip
    cheek = outline([(0.05, 0.035), (-0.02, 0.036), (-0.085, 0.008, 0), (-0.03, -0.008),
            (0.05, -0.02)])  # fmt: skip
    crown = outline([(-0.085, -0.018), (-0.065, -0.052), (0.0, -0.068), (0.04, -0.05, 0),
            (-0.02, -0.035)])  # fmt: skip
    parts = [fill(_BEAK, beak), fill(_BODY, skull), fill(_TIP, cheek), fill(_CROWN, crown)]
    return turned(parts, angle, size, (x, y))


def _neck(points: Sequence[_Place], angle: float, size: float = 1.1) -> list[MotifShape]:
    """Draw a neck from the body to the head, black towards the head."""
    count = len(points)
    widths = np.interp(np.linspace(0, 1, count), (0, 0.35, 1), (0.17, 0.08 * size, 0.06 * size))
    white = ribbon(points, widths, 5)
    dense = sampled(curve(np.column_stack([np.asarray(points, float), widths])), 5)
    first = int(len(dense) * 0.38)
    part = dense[first:]
    width = part[:, 2].copy()
    width[0] = 0.0
    black = ribbon(part[:, :2], width, 2)
    head = _head(*points[-1], angle, size)
    return [*halo(_LINE, 0.016, [fill(_BODY, white)]), head[0], fill(_BODY, white),
        fill(_TIP, black), *head[1:]]  # fmt: skip


def _wing(
    arm: Sequence[_Place], angles: tuple[float, ...], lengths: tuple[float, ...],
    random: np.random.Generator, slots: tuple[int, int] = (_BODY, _LINE), bend: float = 0.25,
) -> list[MotifShape]:  # fmt: skip
    """Draw a wing: black flight feathers, white secondaries and coverts along the arm.

    Args:
        arm: from the shoulder to the hand.
        angles, lengths: of the feathers from the shoulder to the hand.
        slots: of its white, and of the lines on it.
    """
    dense = sampled(curve(arm), 8)
    white, rim = slots
    layers: list[MotifShape] = []
    s = np.linspace(0, 1, len(angles))
    for share, slot, count, wide in ((1.0, _TIP, 10, 0.105), (0.64, white, 7, 0.145)):
        feathers = []
        for u in np.linspace(0.0, 1, count):
            x, y = dense[int(u * (len(dense) - 1))]
            length = float(np.interp(u, s, lengths)) * share
            angle = float(np.interp(u, s, angles)) + random.uniform(-0.03, 0.03)
            if slot == _TIP and u > 0.55:
                spread = (u - 0.55) * 0.9 * np.sign(angles[-1] - angles[0])
                feathers.append(plume(x, y, angle + spread, 1.12 * length, wide, 0.4 * bend, 0.7))
            else:
                feathers.append(quill(x, y, angle, length, wide, bend * (0.3 + u)))
        shapes = [fill(slot, each) for each in feathers]
        if slot == white:
            for each in shapes:
                layers += [*halo(rim, 0.015, [each]), each]
        else:
            layers.append(fill(slot, *feathers))
    coverts = []
    for u in np.linspace(0.04, 0.94, 6):
        x, y = dense[int(u * (len(dense) - 1))]
        length = float(np.interp(u, s, lengths)) * 0.34
        coverts.append(quill(x, y, float(np.interp(u, s, angles)), length, 0.12, bend * u))
    widths = np.interp(np.linspace(0, 1, len(arm)), (0, 0.5, 1), (0.2, 0.13, 0.05))
    top = fill(white, *coverts, ribbon(arm, widths, 4))
    return [*layers, *halo(rim, 0.015, [top]), top]


def _legs(*paths: Sequence[_Place]) -> list[MotifShape]:
    return [fill(_BEAK, ribbon(path, np.linspace(0.04, 0.024, len(path)))) for path in paths]


def _tail(x: float, y: float, angle: float, size: float = 1.0) -> MotifShape:
    """Draw the black plumes over the tail."""
    blades = [plume(x, y, angle + turn, size * length, 0.1, 0.5)
        for turn, length in ((-0.34, 0.24), (-0.16, 0.3), (0.02, 0.33), (0.2, 0.29),
            (0.4, 0.24))]  # fmt: skip
    return fill(_TIP, *blades)


def _flying(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a flying crane: wings up, wings down, from above, soaring upwards."""
    if view == 2:
        return _from_above(random)
    sway = random.uniform(-0.03, 0.03)
    body = outline([(-0.22, 0.0), (-0.1, -0.09), (0.1, -0.09), (0.34, 0.03, 0), (0.14, 0.12),
            (-0.1, 0.12)])  # fmt: skip
    neck = [(-0.06, 0.02), (-0.24, 0.02), (-0.44, -0.06 + sway), (-0.62, -0.1 + sway)]
    legs = _legs([(0.2, 0.06), (0.45, 0.1), (0.86, 0.08)],
        [(0.2, 0.08), (0.45, 0.14), (0.82, 0.15)])  # fmt: skip
    white = fill(_BODY, body)
    trunk = [*legs, _tail(0.2, 0.03, 1.75), *halo(_LINE, 0.016, [white]), *_neck(neck, 0.12, 1.45),
        white]  # fmt: skip
    if view == 1:
        far = _wing([(-0.02, -0.04), (-0.16, -0.28), (-0.1, -0.56)], (1.6, 0.9, 0.1),
            (0.34, 0.5, 0.42), random, bend=-0.2)  # fmt: skip
        near = _wing([(0.0, 0.02), (-0.06, 0.28), (0.14, 0.55)], (1.75, 2.1, 2.7),
            (0.36, 0.5, 0.5), random, bend=0.25)  # fmt: skip
        return turned([*far, *trunk, *near], -0.1)
    far = _wing([(-0.06, -0.04), (-0.3, -0.26), (-0.36, -0.54)], (0.9, 0.3, -0.45),
        (0.36, 0.46, 0.46), random, bend=0.15)  # fmt: skip
    near = _wing([(0.02, 0.0), (-0.02, -0.32), (0.14, -0.62)], (1.65, 1.2, 0.5),
        (0.38, 0.56, 0.52), random, bend=-0.3)  # fmt: skip
    return turned([*far, *trunk, *near], 0.42 if view == 3 else 0.05)


def _from_above(random: np.random.Generator) -> list[MotifShape]:
    """Draw a crane from above, its neck in a bow."""
    lift = random.uniform(-0.06, 0.06)
    wing = _wing([(0.03, -0.05), (0.34, -0.16 + lift), (0.68, -0.02 + lift)], (3.0, 2.6, 1.75),
        (0.36, 0.44, 0.46), random, bend=-0.2)  # fmt: skip
    body = fill(_BODY,
        outline([(0, -0.28), (0.1, -0.1), (0.09, 0.12), (0, 0.34, 0), (-0.09, 0.12),
                (-0.1, -0.1)]))  # fmt: skip
    neck = _neck([(0, -0.1), (0.02, -0.3), (-0.02, -0.48), (-0.01, -0.64)], 1.35, 1.4)
    legs = _legs([(0.03, 0.2), (0.04, 0.5), (0.02, 0.8)],
        [(-0.03, 0.2), (-0.02, 0.5), (-0.05, 0.78)])  # fmt: skip
    return turned([*legs, _tail(0, 0.18, np.pi, 0.9), *wing, *turned(wing, flip=True),
            *halo(_LINE, 0.016, [body]), *neck, body], 0.12)  # fmt: skip


def _standing(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a standing crane: upright on one leg, feeding, calling, and with open wings."""
    sway = random.uniform(-0.025, 0.025)
    body = outline([(-0.2, -0.02), (-0.12, -0.16), (0.08, -0.16), (0.3, 0.0), (0.42, 0.16, 0),
            (0.2, 0.17), (-0.04, 0.17), (-0.18, 0.1)])  # fmt: skip
    folded = outline([(-0.16, -0.02), (-0.04, -0.12), (0.14, -0.1), (0.34, 0.08), (0.42, 0.19, 0),
            (0.22, 0.12), (0.02, 0.1), (-0.12, 0.07)])  # fmt: skip
    lines = [fill(_LINE,
            ribbon([(-0.06 + d, 0.04 - d / 2), (0.08 + d, 0.05 - d / 4), (0.24 + d, 0.1)],
                (0.0, 0.02, 0.0))) for d in (0.0, 0.05, 0.1)]  # fmt: skip
    if view == 1:
        neck = [(-0.12, 0.0), (-0.3, -0.1), (-0.46, 0.06 + sway), (-0.5, 0.32 + sway)]
        angle = -0.95
    elif view == 2:
        neck = [(-0.1, 0.0), (-0.26, -0.14), (-0.18, -0.36), (-0.2 + sway, -0.58)]
        angle = 0.85
    else:
        neck = [(-0.1, 0.02), (-0.26, -0.1), (-0.24, -0.28), (-0.1 + sway, -0.42), (-0.14, -0.6)]
        angle = -0.12
    straight = [(0.04, 0.14), (0.02, 0.42), (0.03, 0.86)]
    raised = [(-0.02, 0.14), (-0.2, 0.36), (0.0, 0.5), (-0.08, 0.56)]
    second = raised if view == 0 else [(0.12, 0.14), (0.2, 0.44), (0.14, 0.84)]
    feet = [fill(_BEAK, *(plume(x, y, a, 0.13, 0.03) for a in (-1.5, -2.1, 1.7)))
        for x, y in ([straight[-1]] if view == 0 else [straight[-1], second[-1]])]  # fmt: skip
    white = fill(_BODY, body)
    wings: list[MotifShape] = []
    if view == 2:
        wings = _wing([(0.0, -0.06), (0.12, -0.3), (0.36, -0.44)], (2.1, 1.7, 0.9),
            (0.36, 0.44, 0.42), random, bend=-0.25)  # fmt: skip
        back = _wing([(-0.08, -0.06), (-0.02, -0.36), (0.12, -0.56)], (1.9, 1.3, 0.5),
            (0.3, 0.4, 0.4), random, bend=-0.25)  # fmt: skip
        return [*back, *_legs(straight, second), *feet, _tail(0.26, 0.06, 2.2, 0.9),
            *halo(_LINE, 0.016, [white]), *_neck(neck, angle, 1.3), white, *wings]  # fmt: skip
    return [*_legs(straight, second), *feet, _tail(0.24, 0.04, 2.25, 1.1),
        *halo(_LINE, 0.016, [white]), *_neck(neck, angle), white,
        *halo(_LINE, 0.013, [fill(_BODY, folded)]), fill(_BODY, folded), *lines,
        fill(_TIP,
            *(plume(x, y, 2.2 + a, 0.3, 0.075, 0.3)
                for x, y, a in ((0.22, 0.02, 0.0), (0.18, 0.06, 0.12),
                    (0.26, 0.04, -0.15))))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"crane-flying": _flying, "crane-standing": _standing}
