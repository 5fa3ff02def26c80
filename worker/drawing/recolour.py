"""Applies a palette to a motif: gives each of its own colours one of the palette's.

A beam search over assignments weighs contrast where two colours meet, contrast against the ground,
the order of lightness, and likeness to the motif's own colour, which matters most for leaves, eyes
and beaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.path import svg_data
from worker.drawing.raster import rasterise
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = ["Anatomy", "Assignment", "Wishes", "anatomy_of", "assign_colours", "assigned"]

_MAP_PX = 64
"""Size of the picture on which neighbouring colours are counted."""
_INSIDE = 1000 / 1040
"""Part of the picture's side that the unit box takes."""
_BEAM = 48
_CLEAR = 20.0
"""CIEDE2000 from which two colours that meet are told apart well."""
_LIKENESS: Mapping[str, float] = MappingProxyType(
    {
        "eye": 1.6,
        "beak": 0.9,
        "leaf": 1.6,
        "leaf-shade": 0.8,
        "stem": 0.6,
        "vein": 0.3,
        "cheek": 0.6,
        "crown": 0.6,
    }
)
"""How much a role keeps to its own colour; others: `_USUAL_LIKENESS`."""
_USUAL_LIKENESS = 0.35
_SAME, _ALIKE = 0.3, 0.2
"""Worth of a motif's own colour on all of it, and the difference, CIEDE2000 over 100, up to which
there is some: where the palette has a lemon's yellow, it stays yellow."""
_ORDER = 0.8
_MEETING = 1.6
_UNLIKE, _SHADES = 30.0, 0.5
"""CIEDE2000 from which two of a motif's own colours are to stay apart where they meet, and how
much that counts for shades of one."""
_AGAINST_GROUND = 3.0
_HERO = 0.1
_GREENERY = ("leaf", "stem")
"""Roles that no design's order of colours makes red."""
_ADDED = 0.5
"""Cost of a shade or tint on all of a motif."""
_OTHERS_WANTED = 1.5
"""Cost of colours beside those that the brief gives a motif, on all of it."""
_DETAIL = 0.05
"""Greatest share of a motif that is a small detail."""
_NEVER = 10.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Anatomy:
    """Which colours of a motif meet, and how much is seen of each."""

    lab: Floats  # (n, 3) of its own colours
    roles: tuple[str, ...]
    shares: Floats  # (n,) of its visible area
    borders: Floats  # (n + 1, n + 1) share of all borders; the last index is the ground
    filled: float  # share of the square around it that it covers
    solid: Floats  # (n,) of its visible area, without what is as thin as a line


def anatomy_of(
    shapes: Sequence[MotifShape], colours: Sequence[str], roles: Sequence[str]
) -> Anatomy:
    """Measure a motif.

    Args:
        shapes: fitted to the unit box.
        colours: hex of its own colours.
        roles: of its own colours.
    """
    labels = _label_map(shapes, len(colours))
    count = len(colours) + 1
    borders = np.zeros((count, count))
    for one, other in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        np.add.at(borders, (one.ravel(), other.ravel()), 1.0)
    borders += borders.T
    np.fill_diagonal(borders, 0.0)
    areas = np.bincount(labels.ravel(), minlength=count)[:-1].astype(float)
    rgb = np.array([list(bytes.fromhex(colour[1:])) for colour in colours])
    return Anatomy(
        lab=lab_from_rgb(rgb),
        roles=tuple(roles),
        shares=areas / max(areas.sum(), 1.0),
        borders=borders / max(borders.sum(), 1.0),
        solid=_solid(labels, count) / max(areas.sum(), 1.0),
        filled=float(areas.sum()) / (_MAP_PX * _INSIDE) ** 2,
    )


def _solid(labels: NDArray[np.intp], count: int) -> Floats:
    """Return the pixels of each colour, (n,), that have only pixels of it beside them."""
    padded = np.pad(labels, 1, constant_values=-1)
    inner = np.ones(labels.shape, bool)
    for axis in (0, 1):
        for step in (-1, 1):
            inner &= np.roll(padded, step, axis)[1:-1, 1:-1] == labels
    return np.bincount(labels[inner], minlength=count)[: count - 1].astype(float)


def _label_map(shapes: Sequence[MotifShape], count: int) -> NDArray[np.intp]:
    """Return which colour is seen at each point, (S, S); `count`: the ground."""
    body = []
    for shape in shapes:
        colour = f"#{(shape.slot + 1) * 9:02X}0000"
        data = svg_data(shape.path.codes, shape.path.points[None])
        if shape.width is None:
            rule = ' fill-rule="evenodd"' if shape.even_odd else ""
            body.append(f'<path fill="{colour}"{rule} d="{data}"/>')
        else:
            width = shape.width * 1000
            body.append(
                f'<path fill="none" stroke="{colour}" stroke-width="{width:.1f}" d="{data}"/>'
            )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_MAP_PX}" height="{_MAP_PX}" '
        f'viewBox="-520 -520 1040 1040" shape-rendering="crispEdges">{"".join(body)}</svg>'
    )
    pixels = rasterise(svg)
    labels = np.rint(pixels[..., 0] / 9.0).astype(np.intp) - 1
    return np.where(pixels[..., 3] < 128, count, np.clip(labels, 0, count - 1))


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """Which colours a motif is to have, as indices of the palette."""

    wanted: tuple[int, ...] = ()
    """Those that the brief gives it, for its main colour and other large ones."""
    hero: int | None = None
    """The one that the main colour takes if it fits as well as others."""
    fixed: Mapping[int, int] = field(default_factory=dict)
    """Colours that are decided, by the motif's own colours."""
    added: int = 0
    """How many at the palette's end are shades and tints, for parts rather than for areas."""
    details: bool = False
    """Whether these are for small details alone."""


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """An index of the palette for each of a motif's own colours."""

    colours: tuple[int, ...]
    cost: float
    """Smaller is better."""


def assign_colours(
    anatomy: Anatomy,
    palette: Sequence[str],
    ground: int | None,
    wishes: Wishes | None = None,
    noise: NDArray[np.float64] | None = None,
) -> tuple[int, ...]:
    """Return an index of the palette for each of a motif's own colours; see `assigned`."""
    return assigned(anatomy, palette, ground, wishes, noise).colours


def assigned(
    anatomy: Anatomy,
    palette: Sequence[str],
    ground: int | None,
    wishes: Wishes | None = None,
    noise: NDArray[np.float64] | None = None,
) -> Assignment:
    """Return the best assignment of a palette to a motif's own colours.

    Args:
        palette: hex colours.
        ground: index of the colour behind the motif; None: several, or nothing.
        noise: (n, k) small costs, so that variants choose differently.
    """
    rows = lab_from_rgb(np.array([list(bytes.fromhex(colour[1:])) for colour in palette]))
    likeness = delta_e(anatomy.lab[:, None], rows[None]) / 100  # (n, k)
    apart = np.clip(1 - delta_e(rows[:, None], rows[None]) / _CLEAR, 0, 1)  # (k, k) 1: the same
    unary = likeness * _weights(anatomy)[:, None]
    unary -= _SAME * np.sqrt(anatomy.shares)[:, None] * np.clip(1 - likeness / _ALIKE, 0, 1)
    if ground is not None:
        unary += _AGAINST_GROUND * anatomy.borders[:-1, -1:] * 2 * apart[ground][None]
        unary[:, ground] += 0.15 * anatomy.shares
    if noise is not None:
        unary = unary + noise
    return _search(
        anatomy, rows[:, 0], unary + _wished(anatomy, wishes or Wishes(), len(rows)), apart
    )


def _wished(anatomy: Anatomy, wishes: Wishes, count: int) -> Floats:
    """Return the cost of each of `count` colours for each of a motif's own, (n, k)."""
    costs = np.zeros((len(anatomy.shares), count))
    main, shares, indices = int(anatomy.shares.argmax()), anatomy.shares, np.arange(count)
    if wishes.added:
        costs[:, -wishes.added :] += _ADDED * shares[:, None]
    if wishes.details:
        costs[shares > _DETAIL, -wishes.added :] += _NEVER
    if wishes.wanted:
        others = ~np.isin(indices, wishes.wanted)
        costs[main] += _NEVER * others
        if len(wishes.wanted) > 1:
            costs += np.outer(_OTHERS_WANTED * shares, others)
    elif wishes.hero is not None and anatomy.roles[main] not in _GREENERY:
        costs[main, wishes.hero] -= _HERO
    for slot, index in wishes.fixed.items():
        costs[slot] += 2 * _NEVER * (indices != index)
    return costs


def _weights(anatomy: Anatomy) -> Floats:
    return np.array([_LIKENESS.get(role, _USUAL_LIKENESS) for role in anatomy.roles])


def _search(anatomy: Anatomy, lightness: Floats, unary: Floats, apart: Floats) -> Assignment:
    """Return the cheapest assignment that a beam search finds, the largest colours first."""
    order = np.argsort(-anatomy.shares, kind="stable")
    own = anatomy.lab[:, 0]
    unlike = np.clip(delta_e(anatomy.lab[:, None], anatomy.lab[None]) / _UNLIKE, _SHADES, 1)
    meeting = 2 * _MEETING * anatomy.borders[:-1, :-1] * unlike
    beams: list[tuple[float, dict[int, int]]] = [(0.0, {})]
    for slot in map(int, order):
        extended: list[tuple[float, dict[int, int]]] = []
        for cost, chosen in beams:
            costs = cost + unary[slot]
            for other, index in chosen.items():
                costs = costs + meeting[slot, other] * apart[index]
                step = own[slot] - own[other]
                if abs(step) > 8:  # keep what is lighter lighter
                    wrong = np.sign(step) * (lightness - lightness[index]) < 0
                    weight = _ORDER * min(anatomy.shares[slot], anatomy.shares[other]) + 0.02
                    costs = costs + weight * wrong
            extended += [(float(costs[k]), chosen | {slot: k}) for k in range(len(lightness))]
        beams = sorted(extended, key=lambda beam: beam[0])[:_BEAM]
    cost, best = beams[0]
    return Assignment(colours=tuple(best[slot] for slot in range(len(own))), cost=cost)
