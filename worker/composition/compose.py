"""Composes a design of motifs: chooses drawings, colours and places, and fills in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from random import Random

import numpy as np

from shared.briefs.colours.names import colour_hex
from shared.briefs.things.mentions import MotifMention
from shared.designs.record import (
    ColourLayer,
    ColourPaint,
    Design,
    Element,
    FamilyLayer,
    Layer,
    MotifRecipe,
    MotifsLayer,
    PaletteEntry,
    RecipeItem,
    Repeat,
    Role,
)
from shared.designs.streams import stream
from worker.composition.drawings import MotifDrawing
from worker.composition.painter import Painter
from worker.composition.palette import MotifPalette
from worker.composition.tones import lab_of
from worker.drawing.families import FAMILIES
from worker.drawing.layout.request import Arrangement, Item, MotifRole, Request
from worker.drawing.layout.solver import solve
from worker.imaging.colour import delta_e, rgb_from_lab
from worker.imaging.refused import is_refused

__all__ = [
    "GROUND_PATTERNS",
    "MOTIFS",
    "USUAL_LAYOUTS",
    "USUAL_REPEATS",
    "Composition",
    "compose",
]

_CELLS: Mapping[Repeat, tuple[float, float]] = {
    "straight": (80.0, 80.0),
    "half-drop": (50.0, 100.0),  # its tile is square, and so is the lattice, on its corner
    "half-brick": (100.0, 50.0),
}
USUAL_REPEATS: tuple[Repeat, ...] = ("straight", "half-drop")
_GROUND, MOTIFS = "l1", "l2"
_HERO_MM: Mapping[str, float] = {"small": 13.0, "medium": 21.0, "large": 30.0}
_DENSITIES: Mapping[str, float] = {"sparse": 0.2, "balanced": 0.6, "dense": 0.9}
_GAPS_MM: Mapping[str, float] = {"sparse": 2.6, "balanced": 1.4, "dense": 0.9}
_USUAL_DENSITY = 0.8
USUAL_LAYOUTS: tuple[Arrangement, ...] = ("tossed", "two-way", "one-way")
_UPRIGHT_LAYOUTS: tuple[Arrangement, ...] = ("tossed", "one-way")
"""For motifs that must not stand on their heads."""
_ATTEMPTS = 4
_COUNTED_SIZE = 0.8
"""Size of motifs whose number is told, of the side of what each has of the cell."""
_SMALLER = 0.8
"""Factor of the size of motifs that leave no place for one of them."""
_TINT = 0.3
"""How far a pattern behind motifs goes from the ground to the next colour."""
_QUIET = 10.0
"""CIEDE2000 by which a pattern behind motifs differs from the ground at the most."""
_ROLES: tuple[Role, ...] = ("ground", "hero", "secondary", "filler")
_LAST_ROLE: Role = "line"
"""Role of all further colours."""
GROUND_PATTERNS = frozenset(
    ("stripes", "diagonal-stripes", "checks", "plaid", "dots", "herringbone", "chevron", "zigzag",
     "grid", "crosshatch", "waves", "scales", "honeycomb", "gradient", "terrazzo", "confetti")
)  # fmt: skip
"""Patterns that motifs may lie over."""


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What a design of motifs is composed from."""

    mentions: tuple[MotifMention, ...]
    """What is drawn."""
    drawings: tuple[tuple[MotifDrawing, ...], ...]
    """Those of each mention; empty where there are none."""
    palette: MotifPalette
    natural: bool = False
    """Whether the drawings keep their own colours."""
    exact: bool = False
    """Whether no colours are added to the palette, not even a tint of the ground."""
    refused: frozenset[str] = frozenset()
    """Keys of the refused colours with their shades."""
    scale: str = "medium"
    density: str = "balanced"
    filling: tuple[float, float] | None = None
    """Density, 0 to 1, and gap in mm; None: as of `density`."""
    wanted_repeat: Repeat | None = None
    """None: one of the usual ones."""
    wanted_layout: Arrangement | None = None
    """None: one that suits the motifs and their density."""
    ground_pattern: str = ""
    """A family behind the motifs; empty: a plain ground."""
    seed: int
    variant: int

    @property
    def repeat(self) -> Repeat:
        """Return how the cells are set."""
        if self.wanted_repeat is not None:
            return self.wanted_repeat
        return self.random("repeat").choice(USUAL_REPEATS)

    @property
    def cell_mm(self) -> tuple[float, float]:
        """Return the width and height of a cell."""
        return _CELLS[self.repeat]

    def random(self, choice: str) -> Random:
        """Return the random stream of one choice of the motif layer."""
        return stream(self.seed, self.variant, MOTIFS, choice)


def compose(composition: Composition) -> tuple[Design, tuple[bytes, ...]]:
    """Return the record of a design of motifs, and the drawings that it refers to as files.

    Raises:
        ValueError: nothing that is mentioned can be drawn.
    """
    chosen = composition.drawings
    colours = _colours_of(composition)
    items = _recipe_items(composition, colours.of_motifs)
    if not items:
        raise ValueError("none of the motifs can be drawn")
    may_turn = all(drawing.may_turn for found in chosen for drawing in found)
    recipe = _recipe(composition, items, may_turn=may_turn)
    drawings = {drawing.name: drawing for found in chosen for drawing in found}
    recipe, elements = _placed(composition, recipe, drawings, colours)
    used = {element.motif for element in elements}
    files = {
        drawing.sha256: drawing.content
        for name, drawing in drawings.items()
        if name in used and drawing.content is not None
    }
    design = Design(
        seed=composition.seed,
        variant=composition.variant,
        cell_mm=composition.cell_mm,
        repeat=composition.repeat,
        palette=colours.entries,
        layers=(
            _ground(composition, colours.entries),
            MotifsLayer(id=MOTIFS, kind="motifs", recipe=recipe, elements=elements),
        ),
    )
    return design, tuple(files.values())


def _placed(
    composition: Composition,
    recipe: MotifRecipe,
    drawings: Mapping[str, MotifDrawing],
    colours: _Colours,
) -> tuple[MotifRecipe, tuple[Element, ...]]:
    """Return the recipe and its elements, with motifs so small that each has a place."""
    for _ in range(_ATTEMPTS):
        elements = _elements(composition, recipe, drawings, colours)
        used = {element.motif for element in elements}
        if all(used & set(item.drawings) for item in recipe.items):
            break
        smaller = round(recipe.hero_mm * _SMALLER, 1)
        recipe = recipe.model_copy(update={"hero_mm": smaller})
    return recipe, elements


@dataclass(frozen=True, kw_only=True)
class _Colours:
    """The palette of a record."""

    palette: MotifPalette
    of_motifs: tuple[PaletteEntry, ...]
    """The ground, and what motifs may have."""
    behind: tuple[PaletteEntry, ...]
    """A tint of the ground, for a pattern behind the motifs."""

    @property
    def entries(self) -> tuple[PaletteEntry, ...]:
        """Return the record's palette."""
        return (*self.of_motifs, *self.behind)


def _colours_of(composition: Composition) -> _Colours:
    hexes = composition.palette.colours
    behind: Sequence[str] = ()
    if composition.ground_pattern and not composition.exact:
        behind = (_tint(hexes),)
    if composition.refused and behind and is_refused(lab_of(behind), composition.refused).any():
        behind = hexes[1:2]
    entries = tuple(
        PaletteEntry(id=f"p{number}", hex=colour, role=role, origin="chosen")
        for number, (colour, role) in enumerate(
            zip(hexes, chain(_ROLES, repeat(_LAST_ROLE)), strict=False), start=1
        )
    )
    return _Colours(
        palette=composition.palette,
        of_motifs=entries,
        behind=tuple(
            PaletteEntry(id=f"p{len(entries) + 1}", hex=tint, role="filler", origin="chosen")
            for tint in behind
        ),
    )


def _tint(colours: Sequence[str]) -> str:
    """Return a colour between the ground and another one, for a pattern behind the motifs."""
    ground, other = lab_of(colours[:2])
    share = _TINT
    while float(delta_e(ground, ground + share * (other - ground))) > _QUIET:
        share -= 0.02
    mixed = np.rint(rgb_from_lab(ground + share * (other - ground))).astype(int)
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def _recipe_items(
    composition: Composition, palette: Sequence[PaletteEntry]
) -> tuple[RecipeItem, ...]:
    items = []
    for mention, drawings in zip(composition.mentions, composition.drawings, strict=True):
        if not drawings:
            continue
        items.append(
            RecipeItem(
                subject=drawings[0].motif,
                drawings=tuple(drawing.name for drawing in drawings),
                role=mention.role,
                number=mention.number,
                colours=_own_colours(mention, palette),
            )
        )
    if all(item.role == "hero" for item in items):  # large and small ones of the same
        small = [item for item in items if item.number is None]
        items += [item.model_copy(update={"role": "secondary", "number": None}) for item in small]
    return tuple(items)


def _own_colours(mention: MotifMention, palette: Sequence[PaletteEntry]) -> tuple[str, ...]:
    """Return the palette entries nearest to the colours that the brief gives a motif."""
    found = []
    lab = lab_of([entry.hex for entry in palette])
    for key in mention.colours:
        away = delta_e(lab, lab_of([colour_hex(key)])[0])
        found.append(palette[int(away.argmin())].id)
    return tuple(dict.fromkeys(found))


def _recipe(
    composition: Composition, items: tuple[RecipeItem, ...], *, may_turn: bool
) -> MotifRecipe:
    random = composition.random("layout")
    layout: Arrangement = random.choice(USUAL_LAYOUTS if may_turn else _UPRIGHT_LAYOUTS)
    if composition.wanted_layout is not None:
        layout = composition.wanted_layout
    elif composition.scale == "small" and composition.density == "dense":
        layout = "ditsy"
    elif composition.density == "sparse":
        layout = "spaced"
    hero_mm = _HERO_MM.get(composition.scale, _HERO_MM["medium"]) * random.uniform(0.9, 1.15)
    if counted := _counted(items):
        room = composition.cell_mm[0] * composition.cell_mm[1] / sum(counted.values())
        hero_mm = min(max(hero_mm, _COUNTED_SIZE * room**0.5), _HERO_MM["large"] * 1.5)
    usual = (
        _DENSITIES.get(composition.density, _USUAL_DENSITY),
        _GAPS_MM.get(composition.density, 1.4),
    )
    density, gap_mm = composition.filling or usual
    return MotifRecipe(
        layout=layout,
        density=density,
        gap_mm=gap_mm,
        hero_mm=round(hero_mm, 1),
        flow=random.random() < 0.5,
        items=items,
    )


def _counted(items: Sequence[RecipeItem]) -> dict[MotifRole, int]:
    """Return how many motifs there are of each role of which the brief tells all numbers."""
    roles: tuple[MotifRole, ...] = ("hero", "secondary", "filler")
    numbers = {role: [item.number for item in items if item.role == role] for role in roles}
    return {
        role: sum(number for number in found if number is not None)
        for role, found in numbers.items()
        if found and None not in found
    }


def _ground(composition: Composition, palette: Sequence[PaletteEntry]) -> Layer:
    family = FAMILIES.get(composition.ground_pattern)
    ground = ColourPaint(palette=palette[0].id)
    if family is None:
        return ColourLayer(id=_GROUND, kind="colour", paint=ground)
    quiet = palette[-1]  # motifs stay legible over a tint of the ground
    return FamilyLayer(
        id=_GROUND,
        kind="family",
        family=family.drawing,
        form="gingham" if composition.ground_pattern == "checks" else None,
        scale_mm=round(80.0 / family.repeats[0], 2),
        density=0.5,
        paints=(ground, ColourPaint(palette=quiet.id)),
    )


def _elements(
    composition: Composition,
    recipe: MotifRecipe,
    drawings: Mapping[str, MotifDrawing],
    colours: _Colours,
) -> tuple[Element, ...]:
    placements = solve(_request(composition, recipe, drawings))
    painter = Painter(
        recipe=recipe,
        drawings=drawings,
        entries=colours.of_motifs,
        palette=colours.palette,
        random=composition.random,
        natural=composition.natural,
    )
    paints = painter.paints(placements, composition.cell_mm)
    return tuple(
        Element(
            id=f"e{number}",
            motif=drawing.name,
            sha256=drawing.sha256,
            view=placement.view,
            x_mm=placement.x_mm,
            y_mm=placement.y_mm,
            size_mm=placement.size_mm,
            turn=placement.turn,
            flip=placement.flip,
            paints=paints[placement.key, placement.view],
        )
        for number, placement in enumerate(placements, start=1)
        for drawing in (drawings[placement.key],)
    )


def _request(
    composition: Composition, recipe: MotifRecipe, drawings: Mapping[str, MotifDrawing]
) -> Request:
    items = []
    for item in recipe.items:
        for name in item.drawings:
            drawing = drawings[name]
            outlines = tuple(drawing.outline(view) for view in range(drawing.views))
            items.append(
                Item(
                    key=name,
                    outlines=outlines,
                    role=item.role,
                    may_turn=drawing.may_turn,
                    weight=(item.number or item.weight) / len(item.drawings),
                )
            )
    return Request(
        items=tuple(items),
        counts=_counted(recipe.items),
        cell_mm=composition.cell_mm,
        repeat=composition.repeat,
        random=composition.random("places"),
        layout=recipe.layout,
        density=recipe.density,
        gap_mm=recipe.gap_mm,
        hero_mm=recipe.hero_mm,
        flow=recipe.flow,
    )
