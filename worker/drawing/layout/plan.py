"""Sizes and numbers of motifs, and the directions that they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from worker.drawing.layout.bodies import Body, effective_area, form_of
from worker.drawing.layout.request import ROLES, Item, MotifRole, Request

__all__ = ["MAX_BODIES", "Plan", "bodies_of", "plan_of"]

MAX_BODIES = 900
"""Greatest number of motifs in a cell."""
_SIZES: Mapping[str, Mapping[MotifRole, float]] = {
    "ditsy": {"hero": 0.5, "secondary": 0.36, "filler": 0.16},
    "tossed": {"hero": 1.0, "secondary": 0.6, "filler": 0.25},
}
_WITHOUT_SECONDARY = 1.3
"""Fillers are larger by this where nothing stands between them and the heroes."""
_VARIATION: Mapping[MotifRole, float] = {"hero": 0.04, "secondary": 0.08, "filler": 0.15}
_WIDEST_GAP, _NARROWEST_GAP = 0.5, 0.06
"""Of a hero's size, at density 0 and 1."""
_NARROWEST_BARE = 0.2
"""The same where there are no fillers to even out what large outlines leave between them."""
_GAPS = {"ditsy": 0.7, "spaced": 1.7}
_LOOSE: Mapping[MotifRole, float] = {"hero": 1.15, "secondary": 1.08, "filler": 1.0}
_PACKED = 0.94
"""Part of a cell that motifs with half a gap around them can fill."""
_LARGEST = 0.72
"""Greatest size of a hero, of the cell's smaller side."""
_USUAL_AREA = 0.36
"""Of a motif at unit size."""
_EVENED: Mapping[MotifRole, float] = {"hero": 0.15, "secondary": 0.2, "filler": 0.35}
"""How far sizes are evened by area: 0 not at all, 0.5 to equal areas."""
_TILT = 9.0
_LEAN = 24.0
_GOLDEN = 360 * 0.381966


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many motifs there are, how large, and how far apart."""

    sizes: Mapping[MotifRole, float]
    counts: Mapping[MotifRole, int]
    gap_mm: float
    """The usual distance of neighbours."""
    most: int
    """Greatest number of motifs."""


def plan_of(request: Request) -> Plan:
    """Return sizes and numbers for a layout that fills the cell evenly."""
    width, height = request.cell_mm
    hero = min(request.hero_mm, _LARGEST * min(width, height))
    ratios = _SIZES.get(request.layout, _SIZES["tossed"])
    sizes = {role: hero * ratios[role] for role in ROLES}
    bare = not any(item.role == "filler" for item in request.items)
    narrowest = _NARROWEST_BARE if bare else _NARROWEST_GAP
    if not any(item.role == "secondary" for item in request.items):
        sizes["filler"] *= _WITHOUT_SECONDARY
    share = _WIDEST_GAP * (narrowest / _WIDEST_GAP) ** request.density
    gap = hero * share * _GAPS.get(request.layout, 1.0)
    gap = max(gap, 1.5 * request.gap_mm)
    takes = {role: _mean_area(request.items, role, sizes[role], gap) for role in ROLES}
    wanted = _ratio(request)
    present = {role: wanted[role] for role in ROLES if takes[role]}
    room = _PACKED * width * height
    counts: dict[MotifRole, int] = dict.fromkeys(ROLES, 0)
    for role in ROLES:
        if role not in present:
            continue
        if role in request.counts:
            number = request.counts[role]
        else:
            unit = sum(takes[other] * part for other, part in present.items()) / present[role]
            number = round(max(room, 0.0) / unit)
            number = max(number, 0 if any(counts.values()) else 1)
        counts[role] = min(number, MAX_BODIES - sum(counts.values()))
        room -= counts[role] * takes[role]
        del present[role]
    return Plan(sizes=sizes, counts=counts, gap_mm=gap, most=MAX_BODIES)


def _ratio(request: Request) -> Mapping[MotifRole, float]:
    if request.layout == "spaced":
        return {"hero": 1.0, "secondary": 1.0, "filler": 2.0}
    return {"hero": 1.0, "secondary": 2.0, "filler": 5.0 + 6.0 * request.density}


def _mean_area(items: Sequence[Item], role: MotifRole, size: float, gap: float) -> float:
    """Return the mean area that a motif of a role takes, 0 if there is none."""
    mine = [item for item in items if item.role == role]
    total = sum(item.weight for item in mine)
    return sum(
        _LOOSE[role]
        * item.weight
        / total
        * effective_area(form_of(item, view), size, gap)
        / len(item.outlines)
        for item in mine
        for view in range(len(item.outlines))
    )


def bodies_of(request: Request, role: MotifRole, count: int, size: float) -> list[Body]:
    """Return new bodies of a role, not placed yet: items by weight, views and mirrors in turn."""
    mine = [item for item in request.items if item.role == role]
    random = request.random
    first = random.uniform(0, 360)
    found: list[Body] = []
    used = [0] * len(mine)
    looks = [_looks(item, random) for item in mine]
    for index in range(count):
        which = min(range(len(mine)), key=lambda k: ((used[k] + 0.5) / mine[k].weight, k))
        item = mine[which]
        view, flip = looks[which][used[which] % len(looks[which])]
        nominal = (
            size * _visual_share(mine, item, view) * (1 + random.uniform(-1, 1) * _VARIATION[role])
        )
        body = Body(item=item, view=view, flip=flip, nominal=nominal, size=nominal)
        body.heading, body.leeway = _direction(request, item, used[which], first + index * _GOLDEN)
        body.turn = body.heading + random.uniform(-0.5, 0.5) * body.leeway
        used[which] += 1
        found.append(body)
    return found


def _visual_share(mine: Sequence[Item], item: Item, view: int) -> float:
    """Return by how much a motif is larger than its role's size: solid ones look larger.

    It is 1 for the mean of heroes. Fillers are compared with a leaf, so that dots are small.
    """
    forms = [form_of(each, other) for each in mine for other in range(len(each.outlines))]
    usual = float(np.mean([form.area for form in forms])) if item.role == "hero" else _USUAL_AREA
    share = (usual / form_of(item, view).area) ** _EVENED[item.role]
    return float(np.clip(share, 0.7, 1.25))


def _looks(item: Item, random: Random) -> list[tuple[int, bool]]:
    """Return the views of an item in random order, and then all of them mirrored."""
    views = list(range(len(item.outlines)))
    random.shuffle(views)
    start = random.randrange(2) if item.may_flip else 0
    looks = [
        (view, bool((index + start) % 2) and item.may_flip) for index, view in enumerate(views)
    ]
    return looks + [(view, not flip) for view, flip in looks] if item.may_flip else looks


def _direction(request: Request, item: Item, number: int, tossed: float) -> tuple[float, float]:
    """Return the direction of a motif and its leeway, degrees.

    Args:
        number: of the motif among those of its item.
        tossed: its direction where all directions come up.
    """
    upside = 180.0 * (number % 2) if request.layout == "two-way" else 0.0
    if not item.may_turn:
        return upside, _TILT
    if request.layout in ("tossed", "ditsy", "spaced"):
        return tossed, 45.0
    return upside, _LEAN
