"""Training cases of fusion and generator, with randomly dropped text and reference images."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from worker.imaging.colour import lab_from_rgb
from worker.models.condition import Vocabulary, lab_from_slots, slots, target_slots
from worker.models.fusion import FusionInput
from worker.models.generator.field import SLOTS
from worker.training.generator.dataset import DesignArrays

__all__ = ["Batch", "CaseOptions", "Cases"]

_STRONG = 0.7
_MIN_DISTANCE = 18.0  # between two colours of one palette, in Lab
_NO_COLOURS = np.zeros((SLOTS, 4), dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class CaseOptions:
    """Probabilities of the kinds of training cases."""

    image: float = 0.35
    """Share of the cases with a reference image."""
    text: float = 0.5
    """Share of the cases with a caption's text; the others have indicators only."""
    nothing: float = 0.03
    """Share of the cases with neither (unconditional)."""
    pattern_kept: float = 0.85
    """Probability that the pattern is kept among the indicators, in cases without text."""
    fact_kept: float = 0.6
    """The same for each other indicator."""
    recoloured: float = 0.5
    """Probability that a design without text takes another palette."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Inputs and targets of one step."""

    design: NDArray[np.int64]  # (N,) index of the target design
    traits: Tensor  # (N, 6) class indices, -1: unknown
    palette: Tensor  # (N, 5, 4) L/50 - 1, a/64, b/64, presence 1 or -1: the target
    inputs: FusionInput


@dataclass
class _Case:
    """One training case under construction."""

    design: int
    palette: list[NDArray[np.float64]]  # Lab, as many as the design has separations
    facts: NDArray[np.float32]
    text: NDArray[np.float32]
    colours: NDArray[np.float32]
    reference: NDArray[np.float32]
    vision: NDArray[np.float32]
    strength: float = 0.0
    has_image: bool = False
    wanted: NDArray[np.float32] | None = None


class Cases:
    """Sampler of training cases from prepared designs."""

    def __init__(self, arrays: DesignArrays, options: CaseOptions, vocabulary: Vocabulary) -> None:
        self.arrays, self.options = arrays, options
        self.patterns = vocabulary.span("pattern")
        self.palette_facts = np.zeros(vocabulary.width, dtype=bool)
        for name in ("mood", "contrast"):  # these describe the palette
            self.palette_facts[vocabulary.span(name)] = True
        self.count, self.nameable = arrays.count, arrays.nameable
        named_count = (arrays.caption_colours[:, :, 0] > 0.5).sum(1)
        order = arrays.caption_order
        large_enough = named_count <= self.nameable[arrays.caption_design]
        matched = (order >= 0).sum(1) == named_count
        distinct = np.array([len(set(row[row >= 0])) == (row >= 0).sum() for row in order])
        usable = large_enough & matched & distinct if len(order) else np.empty(0, bool)
        self.captions = np.flatnonzero(usable)
        self.by_count = {k: np.flatnonzero(self.count == k) for k in range(1, SLOTS + 1)}

    def draw(self, size: int, rng: np.random.Generator) -> Batch:
        """Return a random batch."""
        cases = [self._case(rng) for _ in range(size)]
        palette = np.full((size, SLOTS, 4), [0, 0, 0, -1], dtype=np.float32)
        for row, case in zip(palette, cases, strict=True):
            rows = slots(case.palette)
            row[rows[:, 0] > 0] = np.roll(rows[rows[:, 0] > 0], -1, axis=1)

        def tensor(name: str) -> Tensor:
            return torch.from_numpy(np.stack([getattr(case, name) for case in cases])).float()

        design = np.array([case.design for case in cases])
        return Batch(
            design=design,
            traits=torch.from_numpy(self.arrays.traits[design]),
            palette=torch.from_numpy(palette),
            inputs=FusionInput(
                description=tensor("text"),
                understood=tensor("facts"),
                colours=tensor("colours"),
                vision=tensor("vision"),
                palette=tensor("reference"),
                has_image=torch.tensor([case.has_image for case in cases]),
                strength=torch.tensor([case.strength for case in cases], dtype=torch.float32),
                wanted=tensor("wanted"),
            ),
        )

    def _case(self, rng: np.random.Generator) -> _Case:
        options = self.options
        with_text = len(self.captions) > 0 and rng.random() < options.text
        case = self._from_caption(rng) if with_text else self._from_indicators(rng)
        if rng.random() < options.nothing:
            case.facts, case.text = np.zeros_like(case.facts), np.zeros_like(case.text)
            case.colours = _NO_COLOURS
        elif len(self.arrays.vision) and rng.random() < options.image:
            self._add_reference(case, rng)
        wanted = target_slots(case.colours, case.reference, case.strength)
        limit = max(1, int(self.nameable[case.design]))
        wanted[limit:] = 0
        case.wanted = wanted
        if case.has_image:  # the target takes the wanted colours; a caption's colours match already
            _recolour(case, lab_from_slots(wanted))
        return case

    def _blank(self, design: int) -> _Case:
        arrays = self.arrays
        return _Case(
            design=design,
            palette=list(lab_from_slots(arrays.palette[design])),
            facts=np.zeros(arrays.facts.shape[1], dtype=np.float32),
            text=np.zeros(arrays.caption_text.shape[1], dtype=np.float32),
            colours=_NO_COLOURS,
            reference=_NO_COLOURS,
            vision=np.zeros(arrays.vision.shape[1], dtype=np.float32),
        )

    def _from_caption(self, rng: np.random.Generator) -> _Case:
        """Return a case with a caption's text and facts, and the colours in order of mention."""
        arrays = self.arrays
        caption = int(rng.choice(self.captions))
        case = self._blank(int(arrays.caption_design[caption]))
        case.facts, case.text = arrays.caption_facts[caption], arrays.caption_text[caption]
        case.colours = arrays.caption_colours[caption]
        order = [int(slot) for slot in arrays.caption_order[caption] if slot >= 0]
        order += [slot for slot in range(len(case.palette)) if slot not in order]
        case.palette = [case.palette[slot] for slot in order if slot < len(case.palette)]
        return case

    def _from_indicators(self, rng: np.random.Generator) -> _Case:
        """Return a case with random subsets of the indicators and of the first colours."""
        arrays, options = self.arrays, self.options
        design = int(rng.integers(len(arrays.masks)))
        case = self._blank(design)
        kept = np.less(rng.random(arrays.facts.shape[1]), options.fact_kept)
        kept[0] = True  # the gradient indicator is never dropped
        kept[self.patterns] = rng.random() < options.pattern_kept
        case.facts = arrays.facts[design] * kept
        if rng.random() < options.recoloured:
            case.facts = np.where(self.palette_facts, 0, case.facts).astype(np.float32)
            case.palette = self._other_palette(len(case.palette), rng)
        count = int(rng.integers(0, int(self.nameable[design]) + 1))
        case.colours = slots([_jittered(colour, rng) for colour in case.palette[:count]])
        return case

    def _other_palette(self, count: int, rng: np.random.Generator) -> list[NDArray[np.float64]]:
        """Return another design's palette of that size, or random sRGB colours."""
        if rng.random() < 0.5 and len(self.by_count[count]):
            other = int(rng.choice(self.by_count[count]))
            palette = list(lab_from_slots(self.arrays.palette[other]))
            rng.shuffle(palette)
            return palette
        return _random_palette(count, rng)

    def _add_reference(self, case: _Case, rng: np.random.Generator) -> None:
        """Add a reference image: the design itself or another one, with its own palette."""
        arrays, options = self.arrays, self.options
        case.has_image = True
        case.strength = float(np.clip(rng.normal(0.6, 0.3), 0.02, 1.0))
        has_pattern = case.facts[self.patterns].any()
        itself = not has_pattern and rng.random() < min(1.0, case.strength + 0.3)
        if itself and case.design >= len(arrays.vision):
            case.design = int(rng.integers(len(arrays.vision)))
            case.facts, case.text = np.zeros_like(case.facts), np.zeros_like(case.text)
            case.palette = list(lab_from_slots(arrays.palette[case.design]))
            case.colours = _NO_COLOURS
        # A strong reference also determines the number of colours.
        strong = case.strength > _STRONG
        count = int(self.count[case.design]) if strong else int(rng.integers(1, SLOTS + 1))
        reference = case.design if itself else self._reference_design(count if strong else 0, rng)
        case.vision = arrays.vision[reference]
        lab = (
            _random_palette(count, rng)
            if rng.random() < 0.5
            else list(lab_from_slots(arrays.palette[reference]))
        )
        share = np.sort(rng.dirichlet(np.full(len(lab), 2.0)))[::-1]
        rows = np.zeros((SLOTS, 4), dtype=np.float32)
        rows[: len(lab), :3] = np.stack(lab) / [100, 128, 128]
        rows[: len(lab), 3] = np.maximum(share, 0.01)
        case.reference = rows
        if rng.random() < options.image:
            case.colours = _NO_COLOURS

    def _reference_design(self, count: int, rng: np.random.Generator) -> int:
        """Return a random design with a picture, preferably of `count` colours; 0: any number."""
        pictured = np.arange(len(self.arrays.vision))
        matching = pictured[self.count[: len(pictured)] == count] if count else pictured
        return int(rng.choice(matching if len(matching) else pictured))


def _distinct(colour: NDArray[np.float64], others: Iterable[NDArray[np.float64]]) -> bool:
    return all(math.dist(colour, other) > _MIN_DISTANCE for other in others)


def _recolour(case: _Case, wanted: NDArray[np.float64]) -> None:
    """Put the wanted colours first in the target palette; keep others if distinct from them."""
    count = len(case.palette)
    rest = [colour for colour in case.palette if _distinct(colour, wanted)]
    palette = [*wanted, *rest][:count]
    while len(palette) < count:  # too few distinct colours: vary the last one
        palette.append(palette[-1] * [0.8, 0.9, 0.9] + [10, 0, 0])
    case.palette = palette


def _jittered(colour: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the colour with noise: a named colour only approximates the drawn one."""
    jittered: NDArray[np.float64] = colour + rng.normal(0, 1.5, 3)
    return jittered


def _random_palette(count: int, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    palette: list[NDArray[np.float64]] = []
    values = rng.random((6 * count, 3)) * 255
    if rng.random() < 0.4:  # muted, as in photographs
        values = values.mean(1, keepdims=True) + 0.35 * (values - values.mean(1, keepdims=True))
    for colour in lab_from_rgb(values):
        if _distinct(colour, palette):
            palette.append(colour)
        if len(palette) == count:
            break
    return palette + [palette[-1]] * (count - len(palette))
