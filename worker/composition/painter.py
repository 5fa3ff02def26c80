"""Gives placed motifs colours of the palette, so that each colour that is named is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeAlias

import numpy as np

from shared.designs.record import MotifRecipe, PaletteEntry
from worker.composition.drawings import MotifDrawing
from worker.composition.palette import MotifPalette
from worker.drawing.layout.request import Placement
from worker.drawing.recolour import Anatomy, Assignment, Wishes, assigned
from worker.imaging.colour import Floats

__all__ = ["Painter"]

_NOISE = 0.12
"""Greatest random cost of a colour, so that variants choose differently."""
_LEAST_AREA = 0.018
"""Share of the cell that a named colour covers."""
_CANDIDATES = 24
"""How many changes are tried to show a colour that is missing."""
_ROUNDS = 3
_View: TypeAlias = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Painter:
    """Assigns colours to motifs, the same to all of one drawing and view."""

    recipe: MotifRecipe
    drawings: Mapping[str, MotifDrawing]
    entries: Sequence[PaletteEntry]
    """Colours that motifs may have, the ground first."""
    palette: MotifPalette
    random: Callable[[str], Random]
    """Returns the stream of a choice."""
    natural: bool
    """Whether the drawings keep their own colours."""

    def paints(
        self, placements: Sequence[Placement], cell_mm: tuple[float, float]
    ) -> Mapping[_View, tuple[str, ...]]:
        """Return the palette entries of the own colours of each drawing and view that is placed."""
        areas: dict[_View, float] = {}
        for place in placements:
            view = (place.key, place.view)
            covered = place.size_mm**2 * self._anatomy(view).filled
            areas[view] = areas.get(view, 0.0) + covered / (cell_mm[0] * cell_mm[1])
        found = {view: self._assigned(view) for view in areas}
        self._show_named(found, areas)
        return {
            view: tuple(self.entries[index].id for index in each.colours)
            for view, each in found.items()
        }

    def _anatomy(self, view: _View) -> Anatomy:
        return self.drawings[view[0]].anatomy(view[1])

    def _assigned(self, view: _View, fixed: Mapping[int, int] | None = None) -> Assignment:
        wishes, noise = self._wishes(view)
        hexes = [entry.hex for entry in self.entries]
        return assigned(self._anatomy(view), hexes, 0, replace(wishes, fixed=fixed or {}), noise)

    def _wishes(self, view: _View) -> tuple[Wishes, Floats]:
        order, item = next(
            (place, item)
            for place, item in enumerate(self.recipe.items)
            if view[0] in item.drawings
        )
        ids = [entry.id for entry in self.entries]
        shape = (len(self.drawings[view[0]].colours), len(ids))
        if self.natural:
            return Wishes(), np.zeros(shape)
        random = self.random(f"colours of {item.subject}")
        noise = np.array([random.uniform(0, _NOISE) for _ in range(shape[0] * shape[1])])
        heroes = self.palette.named or len(ids) - 1
        wishes = Wishes(
            wanted=tuple(ids.index(name) for name in item.colours),
            hero=1 + order % heroes if heroes else None,
            added=self.palette.added,
            details=self.palette.full,
        )
        return wishes, noise.reshape(shape)

    def _show_named(self, found: dict[_View, Assignment], areas: Mapping[_View, float]) -> None:
        """Change the assignments so that each named colour covers enough."""
        for colour in range(1, 1 + self.palette.named):
            for _ in range(_ROUNDS):
                seen = self._seen(found, areas)
                if seen[colour] >= _LEAST_AREA:
                    break
                self._show(colour, seen, found, areas)

    def _seen(self, found: Mapping[_View, Assignment], areas: Mapping[_View, float]) -> Floats:
        """Return the share of the cell that each colour covers."""
        seen = np.zeros(len(self.entries))
        for view, assignment in found.items():
            anatomy = self._anatomy(view)
            clear = (anatomy.shares + anatomy.solid) / 2  # of lines, less is seen
            np.add.at(seen, list(assignment.colours), areas[view] * clear)
        return seen

    def _show(
        self,
        colour: int,
        seen: Floats,
        found: dict[_View, Assignment],
        areas: Mapping[_View, float],
    ) -> None:
        """Assign a colour to the part of a motif that suits it best and is large enough."""
        parts = [
            (areas[view] * share, view, slot)
            for view in found
            for slot, share in enumerate(self._anatomy(view).solid.tolist())
            if self._may_have(view, colour)
        ]
        parts.sort(key=lambda part: abs(part[0] - 2 * _LEAST_AREA))
        best: tuple[float, _View, Assignment] | None = None
        for area, view, slot in parts[:_CANDIDATES]:
            changed = self._assigned(view, {slot: colour})
            after = self._seen({**found, view: changed}, areas)
            lost = self._lacking(after) - self._lacking(seen)
            cost = 20 * lost + (changed.cost - found[view].cost) * np.sqrt(areas[view])
            if area > 0 and (best is None or cost < best[0]):
                best = (float(cost), view, changed)
        if best is not None and best[0] < 0:
            found[best[1]] = best[2]

    def _lacking(self, seen: Floats) -> float:
        """Return by how much the named colours cover too little, together, in parts of enough."""
        named = seen[1 : 1 + self.palette.named]
        return float(np.clip(1 - named / _LEAST_AREA, 0, 1).sum())

    def _may_have(self, view: _View, colour: int) -> bool:
        """Return whether the brief leaves the colours of a drawing open, or names this one.

        A colour that it gives to no thing may be on parts of any.
        """
        item = next(item for item in self.recipe.items if view[0] in item.drawings)
        name = self.entries[colour].id
        is_given = any(name in each.colours for each in self.recipe.items)
        return not item.colours or name in item.colours or not is_given
