"""Prepared training set as arrays: masks, facts, and embeddings of captions and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.briefs.understood import ParsedBrief
from worker.imaging.colour import lab_from_rgb
from worker.models.condition import Vocabulary, colour_slots, slots
from worker.models.generator.field import SLOTS
from worker.models.generator.traits import TraitKeys

__all__ = ["MIN_NAMEABLE_AREA", "Design", "DesignArrays", "arrays_of"]

MIN_NAMEABLE_AREA = 0.08
"""Minimum share of the tile that a colour named by a caption covers."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """One design of a training set, from the corpus or from a user's pictures."""

    masks: NDArray[np.float32]  # (K, S, S), the largest area first
    palette: NDArray[np.float64]  # (K, 3) sRGB 0 to 255
    facts: ParsedBrief
    """Everything known about it, including its colours."""
    captions: tuple[tuple[str, ParsedBrief], ...] = ()
    """Texts with their parsed meaning."""


@dataclass(frozen=True, kw_only=True)
class DesignArrays:
    """N designs, M captions and R references as arrays; R may be less than N, never more."""

    masks: NDArray[np.uint8]  # (N, 5, S, S)
    area: NDArray[np.float32]  # (N, 5)
    palette: NDArray[np.float32]  # (N, 5, 4) slots, see `condition.slots`
    facts: NDArray[np.float32]  # (N, U) indicators
    traits: NDArray[np.int64]  # (N, 6) see `TraitKeys.numbers`; -1: unknown
    caption_design: NDArray[np.int64]  # (M,) index of the caption's design
    caption_facts: NDArray[np.float32]  # (M, U) indicators
    caption_colours: NDArray[np.float32]  # (M, 5, 4) slots, in order of mention
    caption_order: NDArray[np.int64]  # (M, 5) the design's slot of each named colour, or -1
    caption_text: NDArray[np.float32]  # (M, 384)
    vision: NDArray[np.float32]  # (R, 1280), of the first R designs

    def save(self, folder: Path) -> None:
        """Write one .npy file per array."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def load(cls, folder: Path) -> DesignArrays:
        """Load the arrays that `save` wrote; the masks are memory-mapped."""
        return cls(
            **{
                field.name: np.load(
                    folder / f"{field.name}.npy",
                    mmap_mode="r" if field.name == "masks" else None,
                )
                for field in fields(cls)
            }
        )

    @property
    def count(self) -> NDArray[np.int64]:
        """Number of separations of each design, (N,)."""
        return (self.palette[:, :, 0] > 0.5).sum(1)

    @property
    def nameable(self) -> NDArray[np.int64]:
        """Number of leading separations that are large enough to be named, (N,)."""
        return np.cumprod(self.area >= MIN_NAMEABLE_AREA, axis=1).sum(1)


def _traits(design: Design) -> dict[str, str]:
    """Return the known traits of a design."""
    facts = design.facts
    traits = {name: getattr(facts, name) for name in ("pattern", "scale", "density", "line_weight")}
    if not facts.gradient or facts.gradient_direction:
        traits["gradient_direction"] = facts.gradient_direction
    return {**traits, "count": str(len(design.palette))}


def _padded(masks: NDArray[np.float32]) -> NDArray[np.uint8]:
    rows = np.zeros((SLOTS, *masks.shape[1:]), dtype=np.uint8)
    rows[: len(masks)] = np.rint(255 * masks[:SLOTS]).clip(0, 255)
    return rows


def _slot_order(named: Sequence[str], colours: Sequence[str]) -> NDArray[np.int64]:
    order = np.full(SLOTS, -1, dtype=np.int64)
    for index, key in enumerate(named[:SLOTS]):
        if key in colours:
            order[index] = colours.index(key)
    return order


def arrays_of(
    designs: Iterable[Design],
    vocabulary: Vocabulary,
    keys: TraitKeys,
    embed_texts: Callable[[Sequence[str]], NDArray[np.float32]],
    embed_designs: Callable[[Sequence[Design]], NDArray[np.float32]] | None = None,
) -> DesignArrays:
    """Return a set of designs, which must fit into memory, as arrays.

    Args:
        designs: designs whose masks have one size.
        vocabulary: vocabulary of the fusion to be trained.
        keys: trait keys of the generator to be trained.
        embed_texts: returns (M, D) for M texts.
        embed_designs: returns (R, D) for the first R designs, coloured by their palettes.
    """
    rows = list(designs)
    captions = [(i, text, facts) for i, row in enumerate(rows) for text, facts in row.captions]
    masks = np.stack([_padded(row.masks) for row in rows])
    width = vocabulary.width
    return DesignArrays(
        masks=masks,
        area=masks.mean(axis=(2, 3), dtype=np.float32) / 255,
        palette=np.stack([slots(lab_from_rgb(row.palette)) for row in rows]),
        facts=np.stack([vocabulary.indicators(row.facts) for row in rows]),
        traits=np.stack([keys.numbers(_traits(row)) for row in rows]),
        caption_design=np.array([i for i, _, _ in captions], dtype=np.int64),
        caption_facts=np.array([vocabulary.indicators(facts) for _, _, facts in captions]).reshape(
            -1, width
        ),
        caption_colours=np.array([colour_slots(facts) for _, _, facts in captions]).reshape(
            -1, 5, 4
        ),
        caption_order=np.array(
            [_slot_order(facts.colours, rows[i].facts.colours) for i, _, facts in captions],
            dtype=np.int64,
        ).reshape(-1, SLOTS),
        caption_text=embed_texts([text for _, text, _ in captions]),
        vision=(embed_designs(rows) if embed_designs else np.zeros((0, 1280), dtype=np.float32)),
    )
