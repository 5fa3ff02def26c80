"""Palettes with other tones: contrast, lightness, saturation, warmth, colours of a season."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from shared.briefs.vocabulary import COLOURS, MOODS
from shared.designs.edits.colour import Lab, hex_of, lab_of
from shared.designs.edits.facts import Facts
from shared.designs.edits.kinds import Change, ColourwayEdit, ToneEdit
from shared.designs.edits.palettes import private_entries, recoloured
from shared.designs.edits.refusals import EditRefused
from shared.designs.record import Design

__all__ = ["apply_colourway", "apply_tone"]

_DARKEST, _LIGHTEST = 3.0, 98.0
_MOST_OF_RANGE = 0.55
_WARM = (10.0, 26.0)
"""a and b that the full amount of warmth adds."""
_CONTRAST = 0.8
_CHROMA = 0.95
_LEAST_SPAN = 0.75
"""Part of the contrast between the lightest and the darkest colour that a colourway keeps."""


def apply_tone(design: Design, edit: ToneEdit) -> tuple[Design, tuple[Change, ...]]:
    """Return a design with colours moved in Lab, and the changes.

    Raises:
        EditRefused: nothing changes.
    """
    facts = Facts(design)
    if facts.has_pixels and len(design.layers) == 1:
        raise EditRefused("no_palette")
    entries = list(facts.used)
    if edit.colours is not None:
        entries = [entry for entry in design.palette if entry.id in edit.colours]
        if not entries:
            raise EditRefused(
                "no_such_colour", word=", ".join(edit.colours), present=facts.described_colours()
            )
    if edit.of == "contrast" and edit.colours is None and not (edit.motifs or edit.layers):
        before = [lab_of(entry.hex) for entry in entries]
        after = _contrasted(before, edit.amount)
        colours = {e.id: hex_of(lab) for e, lab in zip(entries, after, strict=True)}
        return recoloured(design, colours)
    move = _move(edit, [lab_of(entry.hex) for entry in facts.used])

    def moved(colour: str) -> str:
        return hex_of(move(lab_of(colour)))

    if edit.motifs or edit.layers:
        return private_entries(design, edit.motifs or (), edit.layers or (), moved)
    return recoloured(design, {entry.id: moved(entry.hex) for entry in entries})


def _move(edit: ToneEdit, palette: Sequence[Lab]) -> Callable[[Lab], Lab]:
    amount, middle = edit.amount, sum(lab[0] for lab in palette) / len(palette)

    def move(lab: Lab) -> Lab:
        lightness, a, b = lab
        if edit.of == "lightness":
            return _lightened(lightness, amount), a, b
        if edit.of == "saturation":
            factor = 1 + _CHROMA * amount * (1.0 if amount < 0 else 1.2)
            return lightness, a * factor, b * factor
        if edit.of == "warmth":
            return lightness, a + _WARM[0] * amount, b + _WARM[1] * amount
        if edit.of == "softness":
            nearer = 1 - 0.55 * amount
            chroma = 1 - 0.5 * amount
            return _limited(middle + (lightness - middle) * nearer), a * chroma, b * chroma
        away = 1 + _CONTRAST * amount
        return _limited(middle + (lightness - middle) * away), a, b

    return move


def _limited(lightness: float) -> float:
    return min(_LIGHTEST, max(_DARKEST, lightness))


def _lightened(lightness: float, amount: float) -> float:
    if amount > 0:
        return lightness + amount * _MOST_OF_RANGE * (100 - lightness)
    return lightness * (1 + amount * _MOST_OF_RANGE)


def _contrasted(palette: Sequence[Lab], amount: float) -> list[Lab]:
    """Return colours whose lightness differs more or less, in the same order."""
    values = [lab[0] for lab in palette]
    low, high = min(values), max(values)
    span = high - low
    if len(palette) < 2:
        return list(palette)
    wanted = min(span * (1 + _CONTRAST * amount), max(span, _LIGHTEST - _DARKEST))
    factor = wanted / span if span > 1e-6 else 1.0
    middle = (low + high) / 2
    centre = min(_LIGHTEST - wanted / 2, max(_DARKEST + wanted / 2, middle))
    if wanted > _LIGHTEST - _DARKEST:
        centre = middle
    mean_a = sum(lab[1] for lab in palette) / len(palette)
    mean_b = sum(lab[2] for lab in palette) / len(palette)
    chroma = 1 + 0.4 * amount
    return [
        (
            centre + (lightness - middle) * factor,
            mean_a + (a - mean_a) * chroma,
            mean_b + (b - mean_b) * chroma,
        )
        for lightness, a, b in palette
    ]


def apply_colourway(design: Design, edit: ColourwayEdit) -> tuple[Design, tuple[Change, ...]]:
    """Return a design in the colours of a season or mood, in the same order of lightness.

    Raises:
        EditRefused: there is no such colourway, or nothing changes.
    """
    mood = MOODS.get(edit.name)
    if mood is None:
        raise EditRefused("no_such_colourway", word=edit.name)
    if Facts(design).has_pixels and len(design.layers) == 1:
        raise EditRefused("no_palette")
    keys = dict.fromkeys(key for palette in mood.palettes for key in palette)
    pool = sorted((lab_of(COLOURS[key].hex) for key in keys), key=lambda lab: lab[0])
    entries = sorted(Facts(design).used, key=lambda entry: lab_of(entry.hex)[0])
    own = [lab_of(entry.hex) for entry in entries]
    chosen = _assigned(own, pool) if len(own) <= len(pool) else _tinted(own, pool)
    chosen = _spread_like(own, chosen)
    colours = {entry.id: hex_of(lab) for entry, lab in zip(entries, chosen, strict=True)}
    return recoloured(design, colours)


def _spread_like(own: Sequence[Lab], chosen: Sequence[Lab]) -> list[Lab]:
    """Return colours moved towards the own lightness until most of its contrast is left."""
    span = own[-1][0] - own[0][0]
    for step in range(5):
        part = step / 4
        moved = [
            (new[0] + part * (old[0] - new[0]), new[1], new[2])
            for old, new in zip(own, chosen, strict=True)
        ]
        if moved[-1][0] - moved[0][0] >= _LEAST_SPAN * span:
            break
    return moved


def _assigned(own: Sequence[Lab], pool: Sequence[Lab]) -> list[Lab]:
    """Return a different colour of the pool for each, both by lightness, with the least change.

    Args:
        own, pool: in the order of lightness; the pool has as many at least.
    """
    costs: list[list[float]] = []
    for index, lab in enumerate(own):
        row = []
        for place, other in enumerate(pool):
            before = 0.0
            if index:
                earlier = costs[index - 1][:place]
                before = min(earlier) if earlier else math.inf
            row.append(before + abs(other[0] - lab[0]))
        costs.append(row)
    chosen: list[Lab] = []
    limit = len(pool)
    for row in reversed(costs):
        place = min(range(limit), key=lambda each: row[each])
        chosen.append(pool[place])
        limit = place
    return chosen[::-1]


def _tinted(own: Sequence[Lab], pool: Sequence[Lab]) -> list[Lab]:
    """Return each lightness with hue and chroma of the pool's nearest lightness."""
    found = []
    for lab in own:
        other = min(pool, key=lambda each: abs(each[0] - lab[0]))
        found.append((lab[0], other[1], other[2]))
    return found
