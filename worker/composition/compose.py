"""Composes a design of motifs: chooses drawings, colours and places, and fills in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from shared.briefs.colours import colour_hex
from shared.briefs.things import MotifMention
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
)
from shared.designs.streams import stream
from worker.composition.drawings import MotifDrawing, choose_drawings, set_order
from worker.composition.palette import lab_of, natural_palette
from worker.drawing.families import FAMILIES
from worker.drawing.layout.request import Arrangement, Item, Placement, Request
from worker.drawing.layout.solver import solve
from worker.drawing.recolour import assign_colours
from worker.drawing.resolve import palette_entries
from worker.imaging.colour import delta_e

__all__ = ["GROUND_PATTERNS", "Composition", "compose"]

CELL_MM = 80.0
_GROUND, _MOTIFS = "l1", "l2"
_HERO_MM: Mapping[str, float] = {"small": 13.0, "medium": 21.0, "large": 30.0}
_DENSITIES: Mapping[str, float] = {"sparse": 0.2, "balanced": 0.6, "dense": 0.9}
_GAPS_MM: Mapping[str, float] = {"sparse": 2.6, "balanced": 1.4, "dense": 0.9}
_LAYOUTS: tuple[Arrangement, ...] = ("tossed", "two-way", "one-way")
_UPRIGHT_LAYOUTS: tuple[Arrangement, ...] = ("tossed", "one-way")
"""For motifs that must not stand on their heads."""
_MAX_DRAWINGS = 3
_ATTEMPTS = 4
_SMALLER = 0.8
"""Factor of the size of motifs that leave no place for one of them."""
_TINT = 0.3
"""How far a pattern behind motifs goes from the ground to the next colour."""
_NOISE = 0.12
"""Greatest random cost of a colour, so that variants choose differently."""
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
    palette: tuple[str, ...]
    """Hex colours, the ground first; not used with `natural`."""
    natural: bool = False
    """Whether the drawings keep their own colours."""
    ground: str = ""
    """Key of the named ground, for `natural`."""
    scale: str = "medium"
    density: str = "balanced"
    ground_pattern: str = ""
    """A family behind the motifs; empty: a plain ground."""
    seed: int
    variant: int

    def random(self, choice: str) -> Random:
        """Return the random stream of one choice of the motif layer."""
        return stream(self.seed, self.variant, _MOTIFS, choice)


def compose(composition: Composition) -> tuple[Design, tuple[bytes, ...]]:
    """Return the record of a design of motifs, and the drawings that it refers to as files.

    Raises:
        ValueError: nothing that is mentioned can be drawn.
    """
    chosen = _chosen_drawings(composition)
    palette = _palette_of(composition, chosen)
    items = _recipe_items(composition, chosen, palette)
    if not items:
        raise ValueError("none of the motifs can be drawn")
    may_turn = all(drawing.may_turn for found in chosen for drawing in found)
    recipe = _recipe(composition, items, may_turn=may_turn)
    drawings = {drawing.name: drawing for found in chosen for drawing in found}
    recipe, elements = _placed(composition, recipe, drawings, palette)
    used = {element.motif for element in elements}
    files = {
        drawing.sha256: drawing.content
        for name, drawing in drawings.items()
        if name in used and drawing.content is not None
    }
    design = Design(
        seed=composition.seed,
        variant=composition.variant,
        cell_mm=(CELL_MM, CELL_MM),
        palette=palette,
        layers=(
            _ground(composition, palette),
            MotifsLayer(id=_MOTIFS, kind="motifs", recipe=recipe, elements=elements),
        ),
    )
    return design, tuple(files.values())


def _chosen_drawings(composition: Composition) -> list[list[MotifDrawing]]:
    """Return the drawings of each mention, for all mentions from few sets."""
    sets = set_order(composition.random("sets"))
    return [
        choose_drawings(
            mention.subjects,
            sets,
            composition.random(f"drawings of {mention.subjects[0]}"),
            _MAX_DRAWINGS,
        )
        for mention in composition.mentions
    ]


def _placed(
    composition: Composition,
    recipe: MotifRecipe,
    drawings: Mapping[str, MotifDrawing],
    palette: Sequence[PaletteEntry],
) -> tuple[MotifRecipe, tuple[Element, ...]]:
    """Return the recipe and its elements, with motifs so small that each has a place."""
    for _ in range(_ATTEMPTS):
        elements = _elements(composition, recipe, drawings, palette)
        used = {element.motif for element in elements}
        if all(used & set(item.drawings) for item in recipe.items):
            break
        smaller = round(recipe.hero_mm * _SMALLER, 1)
        recipe = recipe.model_copy(update={"hero_mm": smaller})
    return recipe, elements


def _palette_of(
    composition: Composition, chosen: Sequence[Sequence[MotifDrawing]]
) -> tuple[PaletteEntry, ...]:
    if not composition.natural:
        palette = composition.palette
    else:
        own = [
            (share, colour)
            for drawings in chosen
            for drawing in drawings
            for colour, share in zip(drawing.colours, drawing.anatomy(0).shares, strict=True)
        ]
        palette = natural_palette(
            [colour for _, colour in sorted(own, key=lambda each: -each[0])],
            ground=composition.ground,
            pick=composition.random("ground").random(),
        )
    entries = palette_entries(palette)
    if composition.ground_pattern:
        entries = (*entries, _tint(entries))
    return entries


def _tint(palette: Sequence[PaletteEntry]) -> PaletteEntry:
    """Return a colour between the ground and another one, for a pattern behind the motifs."""
    ground, other = (np.array(list(bytes.fromhex(entry.hex[1:]))) for entry in palette[:2])
    mixed = np.rint(ground + _TINT * (other - ground.astype(float))).astype(int)
    colour = "#{:02X}{:02X}{:02X}".format(*mixed)
    return PaletteEntry(id=f"p{len(palette) + 1}", hex=colour, role="filler", origin="chosen")


def _recipe_items(
    composition: Composition,
    chosen: Sequence[Sequence[MotifDrawing]],
    palette: Sequence[PaletteEntry],
) -> tuple[RecipeItem, ...]:
    items = []
    for mention, drawings in zip(composition.mentions, chosen, strict=True):
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
        small = [item for item in items if item.number is None] or items
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
    layout: Arrangement = random.choice(_LAYOUTS if may_turn else _UPRIGHT_LAYOUTS)
    if composition.scale == "small" and composition.density == "dense":
        layout = "ditsy"
    elif composition.density == "sparse":
        layout = "spaced"
    hero_mm = _HERO_MM.get(composition.scale, _HERO_MM["medium"]) * random.uniform(0.9, 1.15)
    return MotifRecipe(
        layout=layout,
        density=_DENSITIES.get(composition.density, 0.5),
        gap_mm=_GAPS_MM.get(composition.density, 1.4),
        hero_mm=round(hero_mm, 1),
        flow=random.random() < 0.5,
        items=items,
    )


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
    palette: Sequence[PaletteEntry],
) -> tuple[Element, ...]:
    placements = solve(_request(composition, recipe, drawings))
    painter = _Painter(composition, recipe, palette)
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
            paints=painter.paints(placement, drawing),
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
                    weight=item.weight / len(item.drawings),
                )
            )
    return Request(
        items=tuple(items),
        cell_mm=(CELL_MM, CELL_MM),
        random=composition.random("places"),
        layout=recipe.layout,
        density=recipe.density,
        gap_mm=recipe.gap_mm,
        hero_mm=recipe.hero_mm,
        flow=recipe.flow,
    )


class _Painter:
    """Gives placed motifs colours of the palette, the same for all of one drawing and role."""

    def __init__(
        self, composition: Composition, recipe: MotifRecipe, palette: Sequence[PaletteEntry]
    ) -> None:
        self._composition, self._palette = composition, palette
        self._items = {name: item for item in recipe.items[::-1] for name in item.drawings}
        self._order = {item.subject: place for place, item in enumerate(recipe.items)}
        self._cache: dict[tuple[str, int], tuple[str, ...]] = {}

    def paints(self, placement: Placement, drawing: MotifDrawing) -> tuple[str, ...]:
        """Return the palette entries of a motif's own colours."""
        key = (placement.key, placement.view)
        if key not in self._cache:
            self._cache[key] = self._assigned(drawing, placement.view)
        return self._cache[key]

    def _assigned(self, drawing: MotifDrawing, view: int) -> tuple[str, ...]:
        palette = self._palette[:-1] if self._composition.ground_pattern else self._palette
        item, ids = self._items[drawing.name], [entry.id for entry in palette]
        random = self._composition.random(f"colours of {item.subject}")
        shape = (len(drawing.colours), len(ids))
        noise = np.array([random.uniform(0, _NOISE) for _ in range(shape[0] * shape[1])])
        others = len(ids) - 1
        hero = 1 + self._order[item.subject] % others if others else None
        if self._composition.natural:
            hero, noise = None, noise * 0
        chosen = assign_colours(
            drawing.anatomy(view),
            [entry.hex for entry in palette],
            0,
            wanted=[ids.index(name) for name in item.colours],
            hero=hero,
            noise=noise.reshape(shape),
        )
        return tuple(ids[index] for index in chosen)
