"""Training of the drawing network on corpus points, L_rec: same traits and z, same picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from worker.models.generator.field import FieldNet, FieldShape, separation_log_shares
from worker.models.generator.traits import TraitKeys
from worker.models.precision import matmul_autocast
from worker.training.checkpoint import TrainState
from worker.training.generator.samples import FieldBatch, Samples
from worker.training.loop import Report, Training
from worker.training.optimizer import learning_rate, make_optimisers, moving_average, set_rate

__all__ = ["FieldOptions", "FieldTraining", "reconstruction", "reconstruction_loss"]

LOSSES = ("cross_entropy", "l1", "layout")
EMPHASIS = MappingProxyType(
    {
        "geometric": 8.0, "leaves": 12.0, "confetti": 3.0, "clouds": 3.0, "brush-strokes": 2.0,
        "porcelain": 2.0, "paisley": 2.0, "marble": 2.0, "animal-spots": 2.0, "plaid": 3.0,
    }
)  # fmt: skip
"""Sampling weights of the patterns that are hardest to learn; 1 for others."""


@dataclass(frozen=True, kw_only=True)
class FieldOptions:
    """Options of the drawing network's training."""

    steps: int = 9_000
    batch: int = 96
    points: int = 256
    rate: float = 0.015
    seed: int = 0
    emphasis: Mapping[str, float] = field(default_factory=lambda: dict(EMPHASIS))
    """Relative sampling weight of each pattern's designs; 1 by default."""


def reconstruction(net: FieldNet, batch: FieldBatch) -> Tensor:
    """Return the losses (3,): KL divergence and L1 of the masks, cross-entropy of the layout."""
    with matmul_autocast(batch.traits.device):
        soft, depth = net(batch.traits, batch.scalars, batch.layouts, batch.points)
    shares = separation_log_shares(soft, depth, batch.present, batch.px)
    entropy = torch.special.entr(batch.shares).sum(-1).mean()
    log_shares = shares.masked_fill(~batch.present, 0.0)
    divergence = -(batch.shares * log_shares).sum(-1).mean() - entropy
    l1 = (shares.exp() - batch.shares).abs().sum(-1).mean()
    logits = net.layout_logits(batch.traits, batch.scalars)
    layout = torch.stack(
        [functional.cross_entropy(one, batch.layout_targets[:, i]) for i, one in enumerate(logits)]
    )
    return torch.stack([divergence, l1, layout.sum()])


def reconstruction_loss(losses: Tensor) -> Tensor:
    """Return L_rec, the weighted sum of the losses of `reconstruction`."""
    return losses[0] + 0.5 * losses[1] + 0.1 * losses[2]


class FieldTraining(Training):
    """Training of the drawing network."""

    loss_names = LOSSES

    def __init__(
        self,
        options: FieldOptions,
        keys: TraitKeys,
        shape: FieldShape | None = None,
        net: FieldNet | None = None,
    ) -> None:
        """Start from the given network, or from a new one."""
        torch.manual_seed(options.seed)
        self.options, self.keys = options, keys
        self.net = net or FieldNet(shape or FieldShape(traits=keys.width))
        self.averages = {"field": moving_average(self.net)}
        self.optimisers = make_optimisers([self.net], options.rate)

    @property
    def state(self) -> TrainState:
        """State that a checkpoint holds beside the step."""
        return TrainState(
            modules={"field": self.net}, averages=self.averages, optimisers=self.optimisers
        )

    def train_step(self, batch: FieldBatch) -> Tensor:
        """Train for one step and return the losses (3,)."""
        options = self.options
        set_rate(self.optimisers, learning_rate(self.step, options.rate, options.steps))
        losses = reconstruction(self.net, batch)
        reconstruction_loss(losses).backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.averages["field"].update_parameters(self.net)
        self.step += 1
        return losses.detach()

    def draw(self, samples: Samples) -> FieldBatch:
        """Return the random batch of the next step."""
        options = self.options
        rng = np.random.default_rng(options.seed * 1_000_003 + self.step)
        patterns = self.keys.keys["pattern"]
        pattern_weights = np.array([options.emphasis.get(pattern, 1.0) for pattern in patterns])
        weights = pattern_weights[np.asarray(samples.traits[:, 0], dtype=int)]
        chosen = rng.choice(len(weights), options.batch, p=weights / weights.sum())
        return samples.batch(chosen, options.points, rng, self.keys)

    def run(
        self,
        samples: Samples,
        checkpoint: Path,
        report: Report,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps are done and save checkpoints."""

        def advance() -> Tensor:
            return self.train_step(self.draw(samples))

        self.run_loop(advance, self.options.steps, checkpoint, report, should_stop)
