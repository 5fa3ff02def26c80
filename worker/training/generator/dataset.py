"""The prepared training set: masks, facts, captions' and references' embeddings, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.briefs.parser import Understood
from worker.imaging.colour import lab_from_rgb
from worker.models.condition import Vocabulary, colour_slots, slots
from worker.models.generator.field import SLOTS
from worker.models.generator.traits import TraitKeys

__all__ = ["Design", "DesignArrays", "arrays_of", "least_area"]

least_area = 0.08
"""A colour that a caption names covers at least this share of the tile."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """One design of a training set, from the corpus or from a user's pictures."""

    masks: NDArray[np.float32]  # (K, S, S), the largest area first
    palette: NDArray[np.float64]  # (K, 3) sRGB 0 to 255
    facts: Understood
    """All that is known of it, its colours included."""
    captions: tuple[tuple[str, Understood], ...] = ()
    """Texts, each with what is understood of it."""


@dataclass(frozen=True, kw_only=True)
class DesignArrays:
    """N designs, M captions and R references as arrays; R may be less than N, never more."""

    masks: NDArray[np.uint8]  # (N, 5, S, S)
    area: NDArray[np.float32]  # (N, 5)
    palette: NDArray[np.float32]  # (N, 5, 4) slots, see `condition.slots`
    facts: NDArray[np.float32]  # (N, U) indicators
    traits: NDArray[np.int64]  # (N, 6) see `TraitKeys.numbers`; -1: not known
    caption_design: NDArray[np.int64]  # (M,) which design a caption is of
    caption_facts: NDArray[np.float32]  # (M, U) indicators
    caption_colours: NDArray[np.float32]  # (M, 5, 4) slots, in order of mention
    caption_order: NDArray[np.int64]  # (M, 5) the design's slot of each colour named, or -1
    caption_text: NDArray[np.float32]  # (M, 384)
    vision: NDArray[np.float32]  # (R, 1280), of the first R designs

    def save(self, folder: Path) -> None:
        """Write one .npy file for each array."""
        folder.mkdir(parents=True, exist_ok=True)
        for each in fields(self):
            np.save(folder / f"{each.name}.npy", getattr(self, each.name))

    @classmethod
    def load(cls, folder: Path) -> DesignArrays:
        """Open what `save` wrote; the masks stay on the disk."""
        return cls(
            **{
                each.name: np.load(
                    folder / f"{each.name}.npy", mmap_mode="r" if each.name == "masks" else None
                )
                for each in fields(cls)
            }
        )

    @property
    def count(self) -> NDArray[np.int64]:
        """How many separations each design has, (N,)."""
        return (self.palette[:, :, 0] > 0.5).sum(1)

    @property
    def nameable(self) -> NDArray[np.int64]:
        """How many of them, from the first, are large enough to be named, (N,)."""
        return np.cumprod(self.area >= least_area, axis=1).sum(1)


def _traits(design: Design) -> dict[str, str]:
    """Name the traits that are known of a design."""
    facts = design.facts
    named = {name: getattr(facts, name) for name in ("pattern", "scale", "density", "line_weight")}
    if not facts.gradient or facts.gradient_direction:
        named["gradient_direction"] = facts.gradient_direction
    return {**named, "count": str(len(design.palette))}


def _padded(masks: NDArray[np.float32]) -> NDArray[np.uint8]:
    rows = np.zeros((SLOTS, *masks.shape[1:]), dtype=np.uint8)
    rows[: len(masks)] = np.rint(255 * masks[:SLOTS]).clip(0, 255)
    return rows


def _order(named: Sequence[str], colours: Sequence[str]) -> NDArray[np.int64]:
    order = np.full(SLOTS, -1, dtype=np.int64)
    for place, key in enumerate(named[:SLOTS]):
        if key in colours:
            order[place] = colours.index(key)
    return order


def arrays_of(
    designs: Iterable[Design],
    vocabulary: Vocabulary,
    keys: TraitKeys,
    embed_texts: Callable[[Sequence[str]], NDArray[np.float32]],
    embed_designs: Callable[[Sequence[Design]], NDArray[np.float32]] | None = None,
) -> DesignArrays:
    """Prepare a set of designs that fits into memory.

    Args:
        designs: of one size.
        vocabulary: of the fusion that is to be trained.
        keys: of the generator that is to be trained.
        embed_texts: gives (M, D) for texts.
        embed_designs: gives (R, D) for designs composed with their palettes.
    """
    kept = list(designs)
    captions = [(i, text, said) for i, one in enumerate(kept) for text, said in one.captions]
    masks = np.stack([_padded(one.masks) for one in kept])
    width = vocabulary.width
    return DesignArrays(
        masks=masks,
        area=masks.mean(axis=(2, 3), dtype=np.float32) / 255,
        palette=np.stack([slots(lab_from_rgb(one.palette)) for one in kept]),
        facts=np.stack([vocabulary.indicators(one.facts) for one in kept]),
        traits=np.stack([keys.numbers(_traits(one)) for one in kept]),
        caption_design=np.array([i for i, _, _ in captions], dtype=np.int64),
        caption_facts=np.array([vocabulary.indicators(said) for _, _, said in captions]).reshape(
            -1, width
        ),
        caption_colours=np.array([colour_slots(said) for _, _, said in captions]).reshape(-1, 5, 4),
        caption_order=np.array(
            [_order(said.colours, kept[i].facts.colours) for i, _, said in captions],
            dtype=np.int64,
        ).reshape(-1, SLOTS),
        caption_text=embed_texts([text for _, text, _ in captions]),
        vision=(embed_designs(kept) if embed_designs else np.zeros((0, 1280), dtype=np.float32)),
    )
