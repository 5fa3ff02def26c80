"""Train the decoder against a discriminator: L_rec + lambda L_adv.

The discriminator sees the coloured picture, patch by patch (Isola et al. 2017), and the semantic
code by projection (Miyato and Koyama 2018); hinge loss, lambda from the two losses' gradients
at the decoder's last layer (Esser et al. 2021).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from worker.colour import rgb_from_lab
from worker.models.fusion import FusionNet
from worker.models.generator import GeneratorNet
from worker.models.layers import CircularConv
from worker.models.separations import masks_from_logits
from worker.training.autoencoder import batch_of, reconstruction_loss
from worker.training.cases import Batch, Cases
from worker.training.checkpoint import TrainState
from worker.training.optimiser import MovingAverage, learning_rate, make_optimisers, set_rate

__all__ = ["AdversaryOptions", "AdversaryTraining", "Discriminator"]


class Discriminator(nn.Module):
    """Judges patches of a picture, given what it was drawn for."""

    def __init__(self, code_width: int, width: int = 64) -> None:
        super().__init__()

        def layer(inputs: int, outputs: int) -> nn.Module:
            return spectral_norm(CircularConv(inputs, outputs))

        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4),
            spectral_norm(nn.Conv2d(48, width, 1)),
            nn.LeakyReLU(0.2),
            layer(width, width),
            nn.LeakyReLU(0.2),
            nn.PixelUnshuffle(2),
            spectral_norm(nn.Conv2d(4 * width, 2 * width, 1)),
            nn.LeakyReLU(0.2),
            layer(2 * width, 2 * width),
            nn.LeakyReLU(0.2),
            nn.PixelUnshuffle(2),
            spectral_norm(nn.Conv2d(8 * width, 3 * width, 1)),
            nn.LeakyReLU(0.2),
        )
        self.verdict = spectral_norm(nn.Conv2d(3 * width, 1, 1))
        self.asked = spectral_norm(nn.Linear(code_width, 3 * width))

    def forward(self, picture: Tensor, code: Tensor) -> Tensor:
        """Judge: (N, 3, S, S) from -1 to 1 and (N, D) -> (N, S/16, S/16); high: real."""
        seen = self.layers(picture)
        fitting = torch.einsum("nchw,nc->nhw", seen, self.asked(code)) / seen.shape[1] ** 0.5
        verdict: Tensor = self.verdict(seen)[:, 0] + fitting
        return verdict


@dataclass(frozen=True, kw_only=True)
class AdversaryOptions:
    """How to train the decoder against the discriminator."""

    steps: int = 400
    batch: int = 32
    rate: float = 0.004
    share: float = 0.3
    """How large the adversarial gradient is beside the reconstruction's."""
    drawn: float = 0.5
    """Share of latents that the flow has guessed, with its errors, rather than the encoder's."""
    seed: int = 0
    seconds: float = float("inf")


def coloured(masks: Tensor, palette: Tensor) -> Tensor:
    """Colour (N, 5, S, S) with the flow's palettes (N, 5, 4): (N, 3, S, S) from -1 to 1."""
    rows = palette.double().numpy()
    lab = np.stack([50 * (rows[..., 0] + 1), 64 * rows[..., 1], 64 * rows[..., 2]], axis=-1)
    colours = torch.from_numpy(rgb_from_lab(lab) / 127.5 - 1).float()
    return torch.einsum("nkhw,nkc->nchw", masks, colours)


class AdversaryTraining:
    """The loop's state; only decoder and discriminator learn."""

    def __init__(self, options: AdversaryOptions, network: GeneratorNet, fusion: FusionNet) -> None:
        torch.manual_seed(options.seed)
        self.options, self.network, self.fusion = options, network.eval(), fusion.eval()
        self.decoder = network.decoder.to(memory_format=torch.channels_last)
        self.discriminator = Discriminator(fusion.shape.width)
        self.averages = {"decoder": MovingAverage(self.decoder, 0.995)}
        self.optimisers = make_optimisers([self.decoder], options.rate)
        self.judge = torch.optim.AdamW(
            self.discriminator.parameters(), lr=4e-4, betas=(0.5, 0.95), weight_decay=0.0
        )
        self.step = 0

    @property
    def state(self) -> TrainState:
        """What a checkpoint holds."""
        return TrainState(
            modules={"decoder": self.decoder, "discriminator": self.discriminator},
            averages=self.averages,
            optimisers=[*self.optimisers, self.judge],
        )

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint, if there is one."""
        if not path.is_file():
            return False
        self.step = int(self.state.restore(path)["step"])
        return True

    @torch.no_grad()
    def guessed(self, latent: Tensor, batch: Batch, generator: torch.Generator) -> Tensor:
        """Replace some latents by the flow's guess from half way, noise on the others."""
        count = len(latent)
        code = self.fusion(batch.given)
        moment = 0.25 + 0.65 * torch.rand(count, generator=generator)
        noise = torch.randn(latent.shape, generator=generator)
        colours = torch.randn(batch.palette.shape, generator=generator)
        t = moment[:, None, None]
        mixed = (1 - t[..., None]) * noise + t[..., None] * latent
        velocity, _ = self.network.flow(mixed, (1 - t) * colours + t * batch.palette, moment, code)
        guess = mixed + (1 - t[..., None]) * velocity
        drawn = torch.rand(count, generator=generator) < self.options.drawn
        return torch.where(drawn[:, None, None, None], guess, latent + 0.12 * noise)

    def train_step(
        self, masks: Tensor, present: Tensor, batch: Batch, generator: torch.Generator
    ) -> Tensor:
        """Take one step of both and give (cross-entropy, L1, slope, adversarial, judge)."""
        options = self.options
        set_rate(self.optimisers, learning_rate(self.step, options.rate, options.steps, 50))
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                latent = self.network.encode(masks.contiguous(memory_format=torch.channels_last))
                code = self.fusion(batch.given)[:, 0].float()
            guess = self.guessed(latent.float(), batch, generator)
            logits = self.network.decode(guess).float()
            losses = reconstruction_loss(logits, masks, present)
            rec = losses["cross_entropy"] + losses["l1"] + losses["slope"]
            fake = coloured(masks_from_logits(logits, present), batch.palette)
            real = coloured(masks, batch.palette)
            adversarial = -self.discriminator(fake, code).float().mean()
        last = self.decoder.last.weight
        (of_rec,) = torch.autograd.grad(rec, last, retain_graph=True)
        (of_adv,) = torch.autograd.grad(adversarial, last, retain_graph=True)
        weight = options.share * (of_rec.norm() / (of_adv.norm() + 1e-6)).clamp(max=10)
        if self.step < 30:  # the judge has to have learnt something first
            weight = 0 * weight
        (rec + weight * adversarial).backward()
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.judge.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16):
            of_real = self.discriminator(real, code).float()
            of_fake = self.discriminator(fake.detach(), code).float()
            # A real picture for another brief is no right answer either.
            of_other = self.discriminator(real, code.roll(1, 0)).float()
        judged = functional.relu(1 - of_real).mean()
        judged = judged + 0.8 * functional.relu(1 + of_fake).mean()
        judged = judged + 0.2 * functional.relu(1 + of_other).mean()
        judged.backward()
        self.judge.step()
        self.averages["decoder"].update(self.decoder, self.step)
        self.step += 1
        values = [*losses.values(), adversarial, judged]
        return torch.stack([value.detach() for value in values])

    def run(
        self,
        masks: NDArray[np.uint8],
        cases: Cases,
        checkpoint: Path,
        report: Callable[[int, dict[str, float]], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps or the seconds are over, keeping a checkpoint."""
        options = self.options
        names = ("cross_entropy", "l1", "slope", "adversarial", "judge")
        began, sums, since = time.monotonic(), torch.zeros(len(names)), 0
        while self.step < options.steps and time.monotonic() - began < options.seconds:
            seed = options.seed * 1_000_003 + self.step
            batch = cases.draw(options.batch, np.random.default_rng(seed))
            shown, present = batch_of(masks, batch.design)
            generator = torch.Generator().manual_seed(seed)
            sums += self.train_step(shown, present, batch, generator)
            since += 1
            if since == 50 or should_stop():
                report(self.step, dict(zip(names, (sums / since).tolist(), strict=True)))
                sums, since = torch.zeros(len(names)), 0
                self.state.save(checkpoint, {"step": self.step})
            if should_stop():
                return
        self.state.save(checkpoint, {"step": self.step})
