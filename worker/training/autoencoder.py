"""Train the autoencoder of separations to give back what it was shown: L_rec."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from worker.models.separations import SeparationDecoder, SeparationEncoder, SeparationShape
from worker.training.checkpoint import TrainState
from worker.training.optimiser import MovingAverage, learning_rate, make_optimisers, set_rate

__all__ = ["AutoencoderOptions", "AutoencoderTraining", "batch_of", "reconstruction_loss"]

_NOISE = 0.12
"""Noise on the latents in training, so that near latents mean near designs."""


@dataclass(frozen=True, kw_only=True)
class AutoencoderOptions:
    """How to train the autoencoder."""

    shape: SeparationShape = SeparationShape()  # noqa: RUF009
    steps: int = 2000
    batch: int = 64
    rate: float = 0.01
    seed: int = 0
    seconds: float = float("inf")
    """Stop after so long, whatever the step."""


def batch_of(masks: NDArray[np.uint8], index: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    """Give masks (N, 5, S, S) float32 and presence (N, 5) of some designs."""
    chosen = torch.from_numpy(masks[index]).float().div_(255)
    present = chosen.amax(dim=(2, 3)) > 0
    return chosen / chosen.sum(1, keepdim=True).clamp_min(1e-3), present


def reconstruction_loss(logits: Tensor, masks: Tensor, present: Tensor) -> dict[str, Tensor]:
    """Give cross-entropy, L1 and the difference of the masks' gradients.

    Args:
        logits: (N, 5, S, S) float32.
        masks: (N, 5, S, S), the truth.
        present: (N, 5) bool.
    """
    hidden = ~present[:, :, None, None]
    log_share = functional.log_softmax(logits.masked_fill(hidden, -30.0), dim=1)
    guess = log_share.exp()
    error = guess - masks
    slope_x = error - error.roll(1, 3)
    slope_y = error - error.roll(1, 2)
    return {
        "cross_entropy": -(masks * log_share).sum(1).mean(),
        "l1": error.abs().sum(1).mean(),
        "slope": (slope_x.abs() + slope_y.abs()).sum(1).mean(),
    }


class AutoencoderTraining:
    """The loop's state: networks, averages, optimisers, step."""

    def __init__(self, options: AutoencoderOptions) -> None:
        torch.manual_seed(options.seed)
        self.options = options
        self.encoder = SeparationEncoder(options.shape).to(memory_format=torch.channels_last)
        self.decoder = SeparationDecoder(options.shape).to(memory_format=torch.channels_last)
        self.averages = {
            "encoder": MovingAverage(self.encoder),
            "decoder": MovingAverage(self.decoder),
        }
        self.optimisers = make_optimisers([self.encoder, self.decoder], options.rate)
        self.step = 0

    @property
    def state(self) -> TrainState:
        """What a checkpoint holds."""
        return TrainState(
            modules={"encoder": self.encoder, "decoder": self.decoder},
            averages=self.averages,
            optimisers=self.optimisers,
        )

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint, if there is one."""
        if not path.is_file():
            return False
        self.step = int(self.state.restore(path)["step"])
        return True

    def train_step(self, masks: Tensor, present: Tensor, generator: torch.Generator) -> Tensor:
        """Take one step and give the losses (cross-entropy, L1, slope) as (3,)."""
        options = self.options
        set_rate(self.optimisers, learning_rate(self.step, options.rate, options.steps))
        masks = masks.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            latent = self.encoder(masks)
            noise = _NOISE * torch.randn(latent.shape, generator=generator)
            logits = self.decoder(latent.float() + noise)
        losses = reconstruction_loss(logits.float(), masks, present)
        size = latent.float().square().mean()
        total = losses["cross_entropy"] + losses["l1"] + losses["slope"]
        (total + 0.02 * (size - 1).relu() + 0.001 * size).backward()
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.averages["encoder"].update(self.encoder, self.step)
        self.averages["decoder"].update(self.decoder, self.step)
        self.step += 1
        return torch.stack([value.detach() for value in losses.values()])

    def run(
        self,
        masks: NDArray[np.uint8],  # (designs, 5, S, S)
        checkpoint: Path,
        report: Callable[[int, dict[str, float]], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps or the seconds are over, keeping a checkpoint."""
        options = self.options
        began, sums, since = time.monotonic(), torch.zeros(3), 0
        while self.step < options.steps and time.monotonic() - began < options.seconds:
            generator = torch.Generator().manual_seed(options.seed * 1_000_003 + self.step)
            index = torch.randint(0, len(masks), (options.batch,), generator=generator).numpy()
            sums += self.train_step(*batch_of(masks, index), generator)
            since += 1
            if since == 50 or should_stop():
                names = ("cross_entropy", "l1", "slope")
                means = dict(zip(names, (sums / since).tolist(), strict=True))
                report(self.step, means)
                sums, since = torch.zeros(3), 0
                self.state.save(checkpoint, {"step": self.step})
            if should_stop():
                return
        self.state.save(checkpoint, {"step": self.step})
