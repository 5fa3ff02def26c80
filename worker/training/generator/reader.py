"""Joint training of fusion and reader: from brief and reference to traits and palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from worker.models.fusion import FusionNet, FusionShape
from worker.models.generator.reader import PALETTE_WIDTH, Reader, ReaderShape
from worker.models.generator.traits import TraitKeys
from worker.models.precision import matmul_autocast
from worker.training.checkpoint import TrainState
from worker.training.generator.conditioning import Batch, Cases
from worker.training.loop import Report, Training
from worker.training.optimizer import learning_rate, make_optimisers, moving_average, set_rate

__all__ = ["LOSSES", "ReadingOptions", "ReadingTraining", "standardise"]

LOSSES = ("traits", "palette")


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """Options of the training of fusion and reader."""

    reader: ReaderShape = ReaderShape()  # noqa: RUF009
    fusion: FusionShape = FusionShape()  # noqa: RUF009
    steps: int = 4000
    batch: int = 128
    rate: float = 0.01
    seed: int = 0


def standardise(fusion: FusionNet, text: NDArray[np.float32], vision: NDArray[np.float32]) -> None:
    """Set the fusion's input standardisation to mean and deviation of the embeddings."""
    for values, columns in (
        (text, slice(0, fusion.shape.text)),
        (vision, slice(fusion.shape.text, None)),
    ):
        if len(values) > 1:
            fusion.centre[columns] = torch.from_numpy(values.mean(0, dtype=np.float64)).float()
            spread = torch.from_numpy(values.std(0, dtype=np.float64)).float()
            fusion.spread[columns] = spread.clamp_min(1e-3)


class ReadingTraining(Training):
    """Training of fusion and reader."""

    loss_names = LOSSES

    def __init__(
        self,
        options: ReadingOptions,
        keys: TraitKeys,
        reader: Reader | None = None,
        fusion: FusionNet | None = None,
    ) -> None:
        """Start from the given networks, or from new ones."""
        torch.manual_seed(options.seed)
        self.options = options
        self.reader = Reader(options.reader, keys) if reader is None else reader
        self.fusion = FusionNet(options.fusion) if fusion is None else fusion
        self.averages = {
            "reader": moving_average(self.reader),
            "fusion": moving_average(self.fusion),
        }
        self.optimisers = make_optimisers([self.reader, self.fusion], options.rate)

    @property
    def state(self) -> TrainState:
        """State that a checkpoint holds beside the step."""
        return TrainState(
            modules={"reader": self.reader, "fusion": self.fusion},
            averages=self.averages,
            optimisers=self.optimisers,
        )

    def losses(self, batch: Batch, generator: torch.Generator) -> Tensor:
        """Return (2,): the traits' mean cross-entropy and the palette's flow-matching loss."""
        target = batch.palette[..., :PALETTE_WIDTH]
        present = (batch.palette[..., PALETTE_WIDTH] > 0).float()
        noise = torch.randn(target.shape, generator=generator)
        time = torch.sigmoid(torch.randn(len(target), generator=generator))
        t = time[:, None, None]
        with matmul_autocast("cpu"):
            code = self.fusion(batch.inputs)
            logits = self.reader.traits(code)
            count = present.sum(1).long()
            velocity = self.reader((1 - t) * noise + t * target, time, count, code)
        error = (velocity.float() - (target - noise)).square().mean(-1)
        cross_entropies = [
            functional.cross_entropy(trait.float(), batch.traits[:, index], ignore_index=-1)
            for index, trait in enumerate(logits.values())
            if bool((batch.traits[:, index] >= 0).any())
        ]
        return torch.stack(
            [torch.stack(cross_entropies).mean(), (error * present).sum() / present.sum()]
        )

    def train_step(self, batch: Batch, generator: torch.Generator) -> Tensor:
        """Train for one step and return the losses (2,)."""
        options = self.options
        set_rate(self.optimisers, learning_rate(self.step, options.rate, options.steps))
        losses = self.losses(batch, generator)
        losses.sum().backward()
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.averages["reader"].update_parameters(self.reader)
        self.averages["fusion"].update_parameters(self.fusion)
        self.step += 1
        return losses.detach()

    def run(
        self,
        cases: Cases,
        checkpoint: Path,
        report: Report,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps are done and save checkpoints."""

        def advance() -> Tensor:
            return self.advance(cases)

        self.run_loop(advance, self.options.steps, checkpoint, report, should_stop)

    def advance(self, cases: Cases) -> Tensor:
        """Run the next step on a freshly drawn batch and return its losses."""
        seed = self.options.seed * 1_000_003 + self.step
        batch = cases.draw(self.options.batch, np.random.default_rng(seed))
        return self.train_step(batch, torch.Generator().manual_seed(seed))
