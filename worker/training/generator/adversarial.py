"""Adversarial training of the drawing network: L_rec + lambda L_adv.

A patch discriminator (Isola et al. 2017) scores the coloured picture, conditioned on the semantic
code by projection (Miyato and Koyama 2018). The loss is the hinge loss; lambda follows from the
ratio of the two losses' gradients at the network's last layer (Esser et al. 2021).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from worker.imaging.colour import rgb_from_lab
from worker.models.fusion import FusionNet
from worker.models.generator.field import SLOTS, separation_log_shares
from worker.models.generator.layers import CircularConv
from worker.models.generator.layout import Noise, SampledNoise
from worker.models.generator.model import GeneratorNet, accents_of, layout_of
from worker.models.generator.point_features import Points, laid, points_of
from worker.models.precision import matmul_autocast
from worker.training.checkpoint import TrainState
from worker.training.generator.conditioning import Batch, Cases
from worker.training.generator.field import reconstruction, reconstruction_loss
from worker.training.generator.samples import FieldBatch, Samples
from worker.training.loop import Report, Training
from worker.training.optimizer import learning_rate, make_optimisers, moving_average, set_rate

__all__ = ["LOSSES", "AdversarialOptions", "AdversarialTraining", "Discriminator"]

LOSSES = ("cross_entropy", "l1", "layout", "adversarial", "judge")


class Discriminator(nn.Module):
    """Conditional patch discriminator."""

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
        """Return patch logits (N, S/16, S/16), high for real.

        Args:
            picture: (N, 3, S, S), -1 to 1.
            code: (N, D) semantic code.
        """
        features = self.layers(picture)
        projection = torch.einsum("nchw,nc->nhw", features, self.asked(code))
        logits: Tensor = self.verdict(features)[:, 0] + projection / features.shape[1] ** 0.5
        return logits


@dataclass(frozen=True, kw_only=True)
class AdversarialOptions:
    """Options of the adversarial training."""

    steps: int = 400
    batch: int = 8
    """Real and generated pictures each in a step."""
    designs: int = 48
    """Designs reconstructed in a step."""
    points: int = 256
    rate: float = 0.002
    gradient_ratio: float = 0.2
    """Norm of the adversarial gradient relative to that of the reconstruction."""
    discriminator_steps: int = 30
    """First steps, in which the adversarial loss does not train the drawing network."""
    seed: int = 0


def colourise(masks: Tensor, palette: Tensor) -> Tensor:
    """Return pictures (N, 3, S, S), -1 to 1, of masks (N, 5, S, S) and palettes (N, 5, 4)."""
    rows = palette.double().numpy()
    lab = np.stack([50 * (rows[..., 0] + 1), 64 * rows[..., 1], 64 * rows[..., 2]], axis=-1)
    colours = torch.from_numpy(rgb_from_lab(lab) / 127.5 - 1).float()
    return torch.einsum("nkhw,nkc->nchw", masks, colours)


class AdversarialTraining(Training):
    """Training of the drawing network and the discriminator; fusion and reader are frozen."""

    loss_names = LOSSES

    def __init__(
        self, options: AdversarialOptions, network: GeneratorNet, fusion: FusionNet
    ) -> None:
        torch.manual_seed(options.seed)
        self.options, self.network, self.fusion = options, network.eval(), fusion.eval()
        self.field = network.field
        self.discriminator = Discriminator(fusion.shape.width)
        self.averages = {"field": moving_average(self.field, 0.995)}
        self.optimisers = make_optimisers([self.field], options.rate)
        self.discriminator_optimiser = torch.optim.AdamW(
            self.discriminator.parameters(), lr=4e-4, betas=(0.5, 0.95), weight_decay=0.0
        )

    @property
    def state(self) -> TrainState:
        """State that a checkpoint holds beside the step."""
        return TrainState(
            modules={"field": self.field, "discriminator": self.discriminator},
            averages=self.averages,
            optimisers=[*self.optimisers, self.discriminator_optimiser],
        )

    @torch.no_grad()
    def _conditions(self, batch: Batch, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Return each case's semantic code (N, D) and traits (N, 6); unknown traits are sampled."""
        code = self.fusion(batch.inputs).float()
        probabilities = [
            logits.double().softmax(1) for logits in self.network.reader.traits(code).values()
        ]
        traits = batch.traits.clone()
        for row in range(len(traits)):
            for column in (traits[row] < 0).nonzero()[:, 0].tolist():
                weights = probabilities[column][row].numpy()
                traits[row, column] = int(rng.choice(len(weights), p=weights))
        return code[:, 0], traits

    def fakes(self, traits: Tensor, side: int, rng: np.random.Generator) -> Tensor:
        """Generate tiles with new noise: masks (N, 5, side, side), largest area first."""
        keys = self.network.keys
        noises = [Noise(seed=int(rng.integers(2**32))) for _ in traits]
        indicators = keys.indicators(traits)
        scalars = torch.from_numpy(np.stack([noise.scalars for noise in noises]))
        with torch.no_grad():
            logits = self.field.layout_logits(indicators, scalars)
        layouts = [layout_of([one[i : i + 1] for one in logits]) for i in range(len(traits))]
        centres = ((np.arange(side) + 0.5) / side).astype(np.float32)
        x, y = np.tile(centres, side), np.repeat(centres, side)
        points = Points.stack(
            [
                points_of(SampledNoise(layout, noise, x, y), accents_of(row.tolist(), keys))
                for layout, noise, row in zip(layouts, noises, traits, strict=True)
            ]
        )
        soft, depth = self.field(indicators, scalars, torch.stack([*map(laid, layouts)]), points)
        present = torch.arange(SLOTS)[None, None] <= traits[:, None, -1:]
        shares = separation_log_shares(soft, depth, present, 1.0 / side).exp()
        order = shares.detach().mean(1).argsort(dim=1, descending=True, stable=True)
        shares = torch.gather(shares, 2, order[:, None].expand_as(shares))
        return shares.transpose(1, 2).unflatten(2, (side, side))

    def train_step(
        self,
        sampled: FieldBatch,
        masks: Tensor,  # (N, 5, S, S) of the cases' designs
        batch: Batch,
        rng: np.random.Generator,
    ) -> Tensor:
        """Train both networks for a step and return the losses, in the order of `LOSSES`."""
        options = self.options
        set_rate(self.optimisers, learning_rate(self.step, options.rate, options.steps, 50))
        losses = reconstruction(self.field, sampled)
        rec = reconstruction_loss(losses)
        code, traits = self._conditions(batch, rng)
        with matmul_autocast("cpu"):
            fake = colourise(self.fakes(traits, masks.shape[-1], rng), batch.palette)
            real = colourise(masks, batch.palette)
            adversarial = -self.discriminator(fake, code).float().mean()
        last = self.field.last.shared
        (rec_gradient,) = torch.autograd.grad(rec, last, retain_graph=True)
        (adv_gradient,) = torch.autograd.grad(adversarial, last, retain_graph=True)
        ratio = rec_gradient.norm() / (adv_gradient.norm() + 1e-6)
        weight = options.gradient_ratio * ratio.clamp(max=10)
        if self.step < options.discriminator_steps:
            weight = 0 * weight
        (rec + weight * adversarial).backward()
        torch.nn.utils.clip_grad_norm_(self.field.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        discriminator_loss = self._train_discriminator(real, fake.detach(), code)
        self.averages["field"].update_parameters(self.field)
        self.step += 1
        return torch.stack([*losses.detach(), adversarial.detach(), discriminator_loss])

    def _train_discriminator(self, real: Tensor, fake: Tensor, code: Tensor) -> Tensor:
        """Train the discriminator for a step and return its loss."""
        self.discriminator_optimiser.zero_grad(set_to_none=True)
        with matmul_autocast("cpu"):
            real_logits = self.discriminator(real, code).float()
            fake_logits = self.discriminator(fake, code).float()
            # A real picture with another brief's code counts as fake, too.
            mismatched_logits = self.discriminator(real, code.roll(1, 0)).float()
        loss = functional.relu(1 - real_logits).mean()
        loss = loss + 0.8 * functional.relu(1 + fake_logits).mean()
        loss = loss + 0.2 * functional.relu(1 + mismatched_logits).mean()
        loss.backward()
        self.discriminator_optimiser.step()
        return loss.detach()

    def run(
        self,
        samples: Samples,
        masks: NDArray[np.uint8],  # (designs, 5, S, S)
        cases: Cases,
        checkpoint: Path,
        report: Report,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps are done and save checkpoints."""

        def advance() -> Tensor:
            return self.advance(samples, masks, cases)

        self.run_loop(advance, self.options.steps, checkpoint, report, should_stop, every=25)

    def advance(self, samples: Samples, masks: NDArray[np.uint8], cases: Cases) -> Tensor:
        """Run the next step on freshly drawn batches and return its losses."""
        options = self.options
        rng = np.random.default_rng(options.seed * 1_000_003 + self.step)
        batch = cases.draw(options.batch, rng)
        chosen = rng.integers(0, len(samples.px), options.designs)
        sampled = samples.batch(chosen, options.points, rng, self.network.keys)
        real_masks = torch.from_numpy(np.array(masks[batch.design])).float() / 255
        return self.train_step(sampled, real_masks, batch, rng)
