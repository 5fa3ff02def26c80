"""Conditioning inputs of the fusion beside the text: indicators, colours and target palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.briefs.colours.names import colour_rgb, is_exact
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import (
    COLOURS,
    CONTRASTS,
    DENSITIES,
    GRADIENT_DIRECTIONS,
    LINE_WEIGHTS,
    MOODS,
    PATTERNS,
    SCALES,
)
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = ["SLOT_WIDTH", "Vocabulary", "colour_slots", "lab_from_slots", "slots", "target_slots"]

SLOT_WIDTH = 4
"""Width of a slot: presence (0 or 1), L/50 - 1, a/64, b/64."""
_SLOTS = 5
_MIN_DELTA_E = 9.0
_FIELDS = ("pattern", "gradient_direction", "mood", "scale", "density", "contrast", "line_weight")


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The keys that a fusion was trained on, in the order of its inputs."""

    keys: Mapping[str, tuple[str, ...]]

    @classmethod
    def current(cls) -> Vocabulary:
        """Return the keys of the vocabulary of this release."""
        tables = (PATTERNS, GRADIENT_DIRECTIONS, MOODS, SCALES, DENSITIES, CONTRASTS, LINE_WEIGHTS)
        return cls(
            keys={name: tuple(table) for name, table in zip(_FIELDS, tables, strict=True)},
        )

    @classmethod
    def from_document(cls, document: Mapping[str, Sequence[str]]) -> Vocabulary:
        """Rebuild from a model version's configuration."""
        return cls(keys={name: tuple(document[name]) for name in _FIELDS})

    def to_document(self) -> dict[str, list[str]]:
        """Return a JSON-serialisable dictionary."""
        return {name: list(keys) for name, keys in self.keys.items()}

    @property
    def width(self) -> int:
        """Number of indicators: all keys, and one for "a gradient"."""
        return 1 + sum(len(keys) for keys in self.keys.values())

    def span(self, name: str) -> slice:
        """Return the slice of the indicators of a field, such as "pattern".

        Raises:
            KeyError: unknown field.
        """
        start = 1
        for field, keys in self.keys.items():
            if field == name:
                return slice(start, start + len(keys))
            start += len(keys)
        raise KeyError(name)

    def indicators(self, understood: ParsedBrief) -> NDArray[np.float32]:
        """Return the multi-hot vector (U,); keys missing from the vocabulary are ignored."""
        row = np.zeros(self.width, dtype=np.float32)
        row[0] = understood.gradient
        start = 1
        for name, keys in self.keys.items():
            value: Any = getattr(understood, name)
            for key in (value,) if isinstance(value, str) else value:
                if key in keys:
                    row[start + keys.index(key)] = 1
            start += len(keys)
        return row


def slots(lab: Sequence[Floats] | Floats) -> NDArray[np.float32]:
    """Encode up to five Lab colours as slots (5, 4)."""
    rows = np.zeros((_SLOTS, SLOT_WIDTH), dtype=np.float32)
    for row, colour in zip(rows, lab, strict=False):
        row[:] = (1, colour[0] / 50 - 1, colour[1] / 64, colour[2] / 64)
    return rows


def lab_from_slots(rows: NDArray[np.float32]) -> Floats:
    """Decode the Lab colours (K, 3) of the slots that are present."""
    present = np.asarray(rows[rows[:, 0] > 0.5], dtype=np.float64)
    lab: Floats = np.stack(
        [50 * (present[:, 1] + 1), 64 * present[:, 2], 64 * present[:, 3]], axis=1
    )
    return lab


def colour_slots(understood: ParsedBrief) -> NDArray[np.float32]:
    """Encode the first five colours of a brief as slots (5, 4)."""
    named = [colour_rgb(key) for key in understood.colours if key in COLOURS or is_exact(key)]
    return slots(lab_from_rgb(np.array(named, dtype=np.float64).reshape(-1, 3)))


def target_slots(
    colours: NDArray[np.float32],  # (5, 4) slots of the brief
    palette: NDArray[np.float32],  # (5, 4) Lab and share of the reference, see `palette_array`
    strength: float,  # 0 to 1; 0 without a reference
) -> NDArray[np.float32]:
    """Merge the colours of the brief and of the reference by the reference strength.

    If the brief names colours, the reference contributes its round(4 * strength) largest and the
    brief fills the remaining slots; at strength 1 the reference contributes all. If the brief
    names none, the reference contributes round(5 * strength), at least one if strength > 0.

    Returns:
        Slots (5, 4), the larger areas first.
    """
    brief = list(lab_from_slots(colours))
    present = palette[palette[:, 3] > 0]
    reference = list(np.asarray(present[:, :3], dtype=np.float64) * [100, 128, 128])
    if strength <= 0 or not reference:
        return slots(brief)
    if not brief:
        return slots(reference[: max(1, round(5 * strength))])
    from_reference = reference[: round(4 * strength)] if strength < 1 else reference
    from_brief = (
        brief[: min(5 - len(from_reference), 1 + round(5 * (1 - strength)))] if strength < 1 else []
    )
    first, second = (from_brief, from_reference) if strength < 0.5 else (from_reference, from_brief)
    merged = list(first)
    for colour in second:
        if all(float(delta_e(colour, other)) > _MIN_DELTA_E for other in merged):
            merged.append(colour)
    return slots(merged)
