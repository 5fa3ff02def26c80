"""Arranges motifs over the period of a sheet so that none touches another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.drawing.families.botanical.motif import Motif, stamp
from worker.drawing.families.botanical.room import Room, block_of, scatter
from worker.drawing.families.family import Parameters
from worker.drawing.path import Points
from worker.drawing.sheet import Sheet

__all__ = ["Bed"]


@dataclass(frozen=True, kw_only=True)
class _Placed:
    layer: int
    motif: Motif
    roles: tuple[tuple[str, int], ...]
    x: float
    y: float
    turn: float
    size: float


class Bed:
    """An arrangement on a torus: the sheet's period, or a whole fraction of it where it is large.

    Args:
        sheet: what is drawn on.
        p: its parameters; one large motif takes the area of a square of the unit.
        gap: least distance between motifs, as a share of the distance of large motifs.
        unit: distance of large motifs, in scales.
        most: greatest number of large motifs that are arranged; more repeat the arrangement.
    """

    def __init__(
        self, sheet: Sheet, p: Parameters, gap: float, unit: float = 1.0, most: int = 40
    ) -> None:
        self._sheet = sheet
        self._block = block_of(sheet.width, sheet.height, p.scale_mm * unit, most)
        self.width, self.height = self._block.width, self._block.height
        self.count = self._block.count
        """Number of large motifs."""
        self.pitch = self._block.pitch
        """Distance of large motifs, mm."""
        self.gap = gap * self.pitch
        self.random = p.random("arrangement")
        self.room = Room(self.width, self.height)
        self._placed: list[_Placed] = []
        self._numbered: dict[int, list[Points]] = {}
        self._loads: dict[int, float] = {}

    def places(self) -> Points:
        """Return evenly spread places for the large motifs, (count, 2)."""
        return scatter(self.width, self.height, self.count, self.random, rounds=6)

    def spread(self, places: Points, shares: ArrayLike) -> list[int]:
        """Return a number for each place (k, 2) so that equal numbers lie apart.

        Args:
            shares: about how many places get each number, relative to each other.
        """
        return [self.number(place, shares) for place in places]

    def number(self, place: Points, shares: ArrayLike, weight: float = 1.0) -> int:
        """Return a number for one more place, whose equals lie far from it; see `spread`.

        Args:
            weight: area of what is put there, by that of a large motif.
        """
        share = np.maximum(np.asarray(shares, float), 1e-3)
        period = np.array((self.width, self.height))
        nearest = np.full(len(share), float(period.sum())) * self.random.uniform(
            0.9, 1.1, len(share)
        )
        for number in range(len(share)):
            if self._numbered.get(number):
                offset = np.abs(np.array(self._numbered[number]) - place) % period
                far = np.hypot(*np.minimum(offset, period - offset).T)
                nearest[number] = min(nearest[number], far.min())
        load = np.array([self._loads.get(number, 0.0) for number in range(len(share))]) / share
        few = 1 / (0.4 + load / max(float(load.mean()), 1e-9))
        chosen = int(np.argmax(nearest * np.sqrt(share) * few))
        self._loads[chosen] = self._loads.get(chosen, 0.0) + weight
        self._numbered.setdefault(chosen, []).append(place)
        return chosen

    def radii(self, places: Points, wanted: ArrayLike) -> NDArray[np.float64]:
        """Return radii of discs at places (k, 2), none larger than wanted, that do not touch."""
        radii = np.broadcast_to(np.asarray(wanted, float), len(places)).copy()
        period = np.array((self.width, self.height))
        offset = np.abs(places[:, None] - places) % period
        far = np.hypot(*np.moveaxis(np.minimum(offset, period - offset), -1, 0))
        far[np.diag_indices(len(places))] = period.min()
        for _ in range(8):  # pairs that touch shrink in proportion
            room = (far - self.gap) / (radii[:, None] + radii)
            radii *= np.minimum(room.min(axis=1), 1.0)
        return radii

    def put(
        self, motif: Motif, roles: Mapping[str, int], place: ArrayLike, turn: float, size: float,
        *, layer: int = 0, take: bool = True,
    ) -> None:  # fmt: skip
        """Put a motif's origin at a place.

        Args:
            roles: the slot of each role.
            turn: radians.
            size: millimetres of the motif's unit.
            layer: motifs of a higher layer are painted over those of a lower one.
            take: whether it takes the room that it covers.
        """
        x, y = map(float, np.asarray(place, float))
        slots = tuple(sorted(roles.items()))
        self._placed.append(
            _Placed(layer=layer, motif=motif, roles=slots, x=x, y=y, turn=turn, size=size)
        )
        if take:
            self.room.take(motif.room(turn, size, (x, y)))

    def settle(
        self, motif: Motif, roles: Mapping[str, int] | Callable[[Points], Mapping[str, int]],
        places: Points, turns: ArrayLike,
        sizes: tuple[float, float], *, layer: int = 0, pinned: bool = False,
    ) -> Points | None:  # fmt: skip
        """Put a motif where it has most room, as large as it fits; return its origin if it fits.

        Args:
            roles: the slot of each role, or a function that returns them for a place.
            places: candidates (k, 2), for its middle.
            turns: candidates, radians.
            sizes: the largest and the least size, mm.
            pinned: whether the places are for its origin.
        """
        size, least = sizes
        while size >= least:
            discs = motif.discs * size
            middle = np.zeros(2) if pinned else discs[:, :2].mean(0)
            discs[:, :2] -= middle
            place, turn, free = self.room.fit(discs, places, turns)
            if free >= self.gap:
                cosine, sine = np.cos(turn), np.sin(turn)
                shift = middle @ np.array([[cosine, sine], [-sine, cosine]])
                slots = roles(place) if callable(roles) else roles
                self.put(motif, slots, place - shift, turn, size, layer=layer)
                return place - shift
            size *= 0.88
        return None

    def paint(self) -> None:
        """Fill all motifs, layer by layer."""
        groups: dict[tuple[int, int, tuple[tuple[str, int], ...]], list[_Placed]] = {}
        for each in self._placed:
            groups.setdefault((each.layer, id(each.motif), each.roles), []).append(each)
        for layer in sorted({key[0] for key in groups}):
            for (own, _, roles), members in groups.items():
                if own != layer:
                    continue
                rows = np.array([(m.x, m.y, m.turn, m.size) for m in members])
                at = self._block.everywhere(rows[:, :2])
                turns, sizes = (np.tile(rows[:, i], len(at) // len(rows)) for i in (2, 3))
                stamp(self._sheet, members[0].motif, dict(roles), at, turns, sizes)
