"""Train the drawing network on the corpus' points, L_rec: same traits, same z, same picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from worker.models.generator.field import FieldNet, FieldShape, masks_from
from worker.models.generator.traits import TraitKeys
from worker.models.precision import quick_autocast
from worker.training.checkpoint import TrainState
from worker.training.generator.samples import FieldBatch, Samples
from worker.training.loop import Report, Training
from worker.training.optimizer import MovingAverage, learning_rate, make_optimisers, set_rate

__all__ = ["FieldOptions", "FieldTraining", "reconstruction", "reconstruction_loss"]

LOSSES = ("cross_entropy", "l1", "layout")
EMPHASIS = MappingProxyType(
    {
        "geometric": 8.0, "leaves": 12.0, "confetti": 3.0, "clouds": 3.0, "brush-strokes": 2.0,
        "porcelain": 2.0, "paisley": 2.0, "marble": 2.0, "animal-spots": 2.0, "plaid": 3.0,
    }
)  # fmt: skip
"""Of the patterns that are learnt last."""


@dataclass(frozen=True, kw_only=True)
class FieldOptions:
    """How to train the drawing network."""

    steps: int = 9_000
    batch: int = 96
    points: int = 256
    rate: float = 0.015
    seed: int = 0
    emphasis: Mapping[str, float] = field(default_factory=lambda: dict(EMPHASIS))
    """How many times as often as others the designs of a pattern are drawn."""


def reconstruction(net: FieldNet, batch: FieldBatch) -> Tensor:
    """Give the losses (3,): cross-entropy beyond the target's own, L1 of the shares, layout."""
    with quick_autocast(batch.traits.device):
        soft, depth = net(batch.traits, batch.scalars, batch.layouts, batch.points)
    shares = masks_from(soft, depth, batch.present, batch.px)
    own = torch.special.entr(batch.shares).sum(-1).mean()
    missing = shares.masked_fill(~batch.present, 0.0)
    crossed = -(batch.shares * missing).sum(-1).mean() - own
    apart = (shares.exp() - batch.shares).abs().sum(-1).mean()
    logits = net.layout_logits(batch.traits, batch.scalars)
    lay = torch.stack(
        [functional.cross_entropy(one, batch.laid[:, i]) for i, one in enumerate(logits)]
    )
    return torch.stack([crossed, apart, lay.sum()])


def reconstruction_loss(losses: Tensor) -> Tensor:
    """Give L_rec of what `reconstruction` gives."""
    return losses[0] + 0.5 * losses[1] + 0.1 * losses[2]


class FieldTraining(Training):
    """The loop's state: network, average, optimiser, step."""

    losses_named = LOSSES

    def __init__(
        self,
        options: FieldOptions,
        keys: TraitKeys,
        shape: FieldShape | None = None,
        net: FieldNet | None = None,
    ) -> None:
        """Start from a network that is given, or from scratch."""
        torch.manual_seed(options.seed)
        self.options, self.keys = options, keys
        self.net = net or FieldNet(shape or FieldShape(traits=keys.width))
        self.averages = {"field": MovingAverage(self.net)}
        self.optimisers = make_optimisers([self.net], options.rate)

    @property
    def state(self) -> TrainState:
        """What a checkpoint holds."""
        return TrainState(
            modules={"field": self.net}, averages=self.averages, optimisers=self.optimisers
        )

    def train_step(self, batch: FieldBatch) -> Tensor:
        """Take one step and give the losses (3,)."""
        options = self.options
        set_rate(self.optimisers, learning_rate(self.step, options.rate, options.steps))
        losses = reconstruction(self.net, batch)
        reconstruction_loss(losses).backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.averages["field"].update(self.net, self.step)
        self.step += 1
        return losses.detach()

    def draw(self, samples: Samples) -> FieldBatch:
        """Draw the batch of the step that is due."""
        options = self.options
        rng = np.random.default_rng(options.seed * 1_000_003 + self.step)
        patterns = self.keys.keys["pattern"]
        weight = np.array([options.emphasis.get(pattern, 1.0) for pattern in patterns])
        each = weight[np.asarray(samples.traits[:, 0], dtype=int)]
        chosen = rng.choice(len(each), options.batch, p=each / each.sum())
        return samples.batch(chosen, options.points, rng, self.keys)

    def run(
        self,
        samples: Samples,
        checkpoint: Path,
        report: Report,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps are done, keeping a checkpoint."""

        def advance() -> Tensor:
            return self.train_step(self.draw(samples))

        self.repeat(advance, self.options.steps, checkpoint, report, should_stop)
