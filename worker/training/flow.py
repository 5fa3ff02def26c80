"""Train the flow and the fusion together: draw latents and palettes, given what is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from worker.models.flow import FlowShape, FlowTransformer
from worker.models.fusion import FusionInput, FusionNet, FusionShape
from worker.training.cases import Batch, Cases
from worker.training.checkpoint import TrainState
from worker.training.optimiser import MovingAverage, learning_rate, make_optimisers, set_rate

__all__ = ["FlowOptions", "FlowTraining", "standardise"]


@dataclass(frozen=True, kw_only=True)
class FlowOptions:
    """How to train flow and fusion."""

    flow: FlowShape = FlowShape()  # noqa: RUF009
    fusion: FusionShape = FusionShape()  # noqa: RUF009
    steps: int = 3000
    batch: int = 96
    rate: float = 0.01
    seed: int = 0
    dropped: float = 0.1
    """How often the code is replaced by the learned one that tells nothing."""
    palette_weight: float = 0.5
    seconds: float = float("inf")
    compiled: bool = False
    """Compile the flow: slow to start, then about a third faster."""


def standardise(fusion: FusionNet, text: NDArray[np.float32], vision: NDArray[np.float32]) -> None:
    """Measure centre and spread of the embeddings that the fusion will see."""
    for values, place in (
        (text, slice(0, fusion.shape.text)),
        (vision, slice(fusion.shape.text, None)),
    ):
        if len(values) > 1:
            fusion.centre[place] = torch.from_numpy(values.mean(0, dtype=np.float64)).float()
            spread = torch.from_numpy(values.std(0, dtype=np.float64)).float()
            fusion.spread[place] = spread.clamp_min(1e-3)


class FlowTraining:
    """The loop's state: networks, averages, optimisers, step."""

    def __init__(
        self,
        options: FlowOptions,
        flow: FlowTransformer | None = None,
        fusion: FusionNet | None = None,
    ) -> None:
        """Start from networks that are given, or from scratch."""
        torch.manual_seed(options.seed)
        self.options = options
        self.flow = FlowTransformer(options.flow) if flow is None else flow
        self.fusion = FusionNet(options.fusion) if fusion is None else fusion
        self.averages = {
            "flow": MovingAverage(self.flow),
            "fusion": MovingAverage(self.fusion),
        }
        self.optimisers = make_optimisers([self.flow, self.fusion], options.rate)
        self.step = 0
        self._loss = torch.compile(self.losses) if options.compiled else self.losses

    @property
    def state(self) -> TrainState:
        """What a checkpoint holds."""
        return TrainState(
            modules={"flow": self.flow, "fusion": self.fusion},
            averages=self.averages,
            optimisers=self.optimisers,
        )

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint, if there is one."""
        if not path.is_file():
            return False
        self.step = int(self.state.restore(path)["step"])
        return True

    def losses(
        self,
        latent: Tensor,  # (N, C, G, G), the target
        palette: Tensor,  # (N, 5, 4), the target
        given: FusionInput,
        chance: tuple[Tensor, Tensor, Tensor, Tensor],  # time, dropped, both noises
    ) -> Tensor:
        """Give the squared errors of the velocities of latents and palettes, (2,)."""
        moment, dropped, noise, palette_noise = chance
        with torch.autocast(latent.device.type, torch.bfloat16):
            code = self.fusion(given)
            code = torch.where(dropped[:, None, None], self.flow.no_code.to(code.dtype), code)
            t = moment[:, None, None]
            mixed = (1 - t[..., None]) * noise + t[..., None] * latent
            coloured = (1 - t) * palette_noise + t * palette
            drawn, drawn_palette = self.flow(mixed, coloured, moment, code)
        error = drawn.float() - (latent - noise)
        palette_error = drawn_palette.float() - (palette - palette_noise)
        return torch.stack([error.square().mean(), palette_error.square().mean()])

    def chance(
        self, batch: Batch, latent: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Draw times (N,), which codes are dropped (N,), and both noises."""
        count = len(latent)
        return (
            torch.sigmoid(torch.randn(count, generator=generator)),
            torch.rand(count, generator=generator) < self.options.dropped,
            torch.randn(latent.shape, generator=generator),
            torch.randn(batch.palette.shape, generator=generator),
        )

    def train_step(self, latent: Tensor, batch: Batch, generator: torch.Generator) -> Tensor:
        """Take one step and give the losses of latents and palettes as (2,)."""
        options = self.options
        set_rate(self.optimisers, learning_rate(self.step, options.rate, options.steps))
        chance = self.chance(batch, latent, generator)
        losses: Tensor = self._loss(latent, batch.palette, batch.given, chance)
        (losses[0] + options.palette_weight * losses[1]).backward()
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.averages["flow"].update(self.flow, self.step)
        self.averages["fusion"].update(self.fusion, self.step)
        self.step += 1
        return losses.detach()

    def run(
        self,
        latents: NDArray[np.float16],  # (designs, C, G, G), unit scale
        cases: Cases,
        checkpoint: Path,
        report: Callable[[int, dict[str, float]], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps or the seconds are over, keeping a checkpoint."""
        options = self.options
        began, sums, since = time.monotonic(), torch.zeros(2), 0
        while self.step < options.steps and time.monotonic() - began < options.seconds:
            seed = options.seed * 1_000_003 + self.step
            batch = cases.draw(options.batch, np.random.default_rng(seed))
            latent = torch.from_numpy(latents[batch.design].astype(np.float32))
            sums += self.train_step(latent, batch, torch.Generator().manual_seed(seed))
            since += 1
            if since == 50 or should_stop():
                means = dict(zip(("latent", "palette"), (sums / since).tolist(), strict=True))
                report(self.step, means)
                sums, since = torch.zeros(2), 0
                self.state.save(checkpoint, {"step": self.step})
            if should_stop():
                return
        self.state.save(checkpoint, {"step": self.step})
