"""Requests of layouts with simple outlines."""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from worker.drawing.layout import Item, Placement, Request
from worker.drawing.layout.bodies import Body
from worker.drawing.layout.outlines import Outline
from worker.drawing.layout.torus import Torus
from worker.drawing.path import Points
from worker.evaluation.layout_metrics import Evenness, measure_evenness

_ANGLES = np.linspace(0, 2 * np.pi, 40, endpoint=False)


def _fitted(points: Points) -> Outline:
    low, high = points.min(0), points.max(0)
    return ((points - (low + high) / 2) / (high - low).max(),)


def _round(radii: Points | float, squash: float = 1.0) -> Outline:
    return _fitted(
        np.stack([np.cos(_ANGLES), np.sin(_ANGLES) * squash], 1) * np.reshape(radii, (-1, 1))
    )


def _fish(bend: float) -> Outline:
    x = np.array([0, 0.2, 0.5, 0.75, 1.0, 0.92, 1.0, 0.75, 0.5, 0.2])
    y = np.array([0, -0.2, -0.24, -0.06, -0.22, 0, 0.22, 0.06, 0.24, 0.2])
    return _fitted(np.stack([x, y + bend * (x - 0.5) ** 2], 1))


def _crescent(depth: float) -> Outline:
    outer = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], 1)[6:35]
    tips = outer[0, 0]
    inner = outer[-2:0:-1]
    inner = np.stack([tips + (inner[:, 0] - tips) * depth, inner[:, 1] * 0.95], 1)
    return _fitted(np.concatenate([outer, inner]))


OUTLINES: dict[str, tuple[Outline, ...]] = {
    "flower": (_round(1 + 0.12 * np.cos(5 * _ANGLES)), _round(1 + 0.2 * np.cos(6 * _ANGLES))),
    "star": (_round(1 + 0.4 * np.cos(5 * _ANGLES)),),
    "leaf": (_round(1.0, 0.4), _round(1.0, 0.3), _round(1 + 0.1 * np.cos(9 * _ANGLES), 0.5)),
    "fish": (_fish(0.0), _fish(0.5), _fish(-0.4)),
    "crescent": (_crescent(0.4),),
    "dot": (_round(1.0),),
}
STANDING = ("fish",)


def item(name: str, role: Any = "hero", weight: float = 1.0) -> Item:
    """Return a motif in a role."""
    turns = name not in STANDING
    return Item(key=name, outlines=OUTLINES[name], role=role, may_turn=turns, weight=weight)


def request(seed: int = 1, items: Sequence[Item] = (), **fields: Any) -> Request:
    """Return a request: three roles in a cell of 80 mm if nothing else is said."""
    usual = (item("flower"), item("fish"), item("leaf", "secondary"), item("star", "secondary"),
             item("leaf", "filler"), item("dot", "filler"))  # fmt: skip
    given: dict[str, Any] = {"cell_mm": (80.0, 80.0), "hero_mm": 24.0} | fields
    return Request(items=tuple(items) or usual, random=Random(f"{seed}/layout"), **given)


def random_request(seed: int) -> Request:
    """Return a scattered layout of one to four motifs, at any density and scale."""
    random = Random(seed)
    names = random.sample([name for name in OUTLINES if name != "dot"], random.randint(1, 4))
    items = [item(names[0])]
    items += [item(name, random.choice(("hero", "secondary"))) for name in names[1:]]
    if random.random() < 0.7:
        items += [item(random.choice(names), "filler"), item("dot", "filler", 0.5)]
    return request(
        seed,
        items,
        density=random.random(),
        hero_mm=random.uniform(16, 28),
        gap_mm=0.6,
        layout=random.choice(("tossed", "tossed", "two-way", "one-way", "spaced")),
        repeat=random.choice(("straight", "half-drop", "half-brick")),
        flow=random.random() < 0.4,
    )


def polygons(asked: Request, placement: Placement) -> list[Points]:
    """Return the outline of a placed motif in the cell, millimetres."""
    same = [each for each in asked.items if each.key == placement.key]
    body = Body(
        item=same[0],
        view=placement.view,
        flip=placement.flip,
        nominal=placement.size_mm,
        size=placement.size_mm,
        turn=placement.turn,
        x=placement.x_mm,
        y=placement.y_mm,
    )
    return body.polygons()


def torus(asked: Request) -> Torus:
    """Return the surface of a request's cell."""
    return Torus(width=asked.cell_mm[0], height=asked.cell_mm[1], repeat=asked.repeat)


def evenness(asked: Request, placed: Sequence[Placement], pixels: int = 128) -> Evenness:
    """Measure a layout."""
    return measure_evenness(torus(asked), [polygons(asked, each) for each in placed], pixels)
