"""Train the drawing network against a discriminator: L_rec + lambda L_adv.

The discriminator sees the coloured picture, patch by patch (Isola et al. 2017), and the semantic
code by projection (Miyato and Koyama 2018); hinge loss, lambda from the two losses' gradients
at the network's last layer (Esser et al. 2021).
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
from worker.models.generator.field import SLOTS, masks_from
from worker.models.generator.layers import CircularConv
from worker.models.generator.layout import Ground, Noise
from worker.models.generator.model import GeneratorNet, accents_of, layout_of
from worker.models.generator.point_features import Points, laid, points_of
from worker.models.precision import quick_autocast
from worker.training.checkpoint import TrainState
from worker.training.generator.conditioning import Batch, Cases
from worker.training.generator.field import reconstruction, reconstruction_loss
from worker.training.generator.samples import FieldBatch, Samples
from worker.training.loop import Report, Training
from worker.training.optimizer import MovingAverage, learning_rate, make_optimisers, set_rate

__all__ = ["LOSSES", "AdversaryOptions", "AdversaryTraining", "Discriminator"]

LOSSES = ("cross_entropy", "l1", "layout", "adversarial", "judge")


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
    """How to train the drawing network against the discriminator."""

    steps: int = 400
    batch: int = 8
    """Pictures that the discriminator sees of either kind in a step."""
    designs: int = 48
    """Designs that are reconstructed in a step."""
    points: int = 256
    rate: float = 0.002
    share: float = 0.2
    """How large the adversarial gradient is beside the reconstruction's."""
    alone: int = 30
    """Steps in which the discriminator learns alone."""
    seed: int = 0


def coloured(masks: Tensor, palette: Tensor) -> Tensor:
    """Colour (N, 5, S, S) with palettes (N, 5, 4): (N, 3, S, S) from -1 to 1."""
    rows = palette.double().numpy()
    lab = np.stack([50 * (rows[..., 0] + 1), 64 * rows[..., 1], 64 * rows[..., 2]], axis=-1)
    colours = torch.from_numpy(rgb_from_lab(lab) / 127.5 - 1).float()
    return torch.einsum("nkhw,nkc->nchw", masks, colours)


class AdversaryTraining(Training):
    """The loop's state; only the drawing network and the discriminator learn."""

    losses_named = LOSSES

    def __init__(self, options: AdversaryOptions, network: GeneratorNet, fusion: FusionNet) -> None:
        torch.manual_seed(options.seed)
        self.options, self.network, self.fusion = options, network.eval(), fusion.eval()
        self.field = network.field
        self.discriminator = Discriminator(fusion.shape.width)
        self.averages = {"field": MovingAverage(self.field, 0.995)}
        self.optimisers = make_optimisers([self.field], options.rate)
        self.judge = torch.optim.AdamW(
            self.discriminator.parameters(), lr=4e-4, betas=(0.5, 0.95), weight_decay=0.0
        )

    @property
    def state(self) -> TrainState:
        """What a checkpoint holds."""
        return TrainState(
            modules={"field": self.field, "discriminator": self.discriminator},
            averages=self.averages,
            optimisers=[*self.optimisers, self.judge],
        )

    @torch.no_grad()
    def _chosen(self, batch: Batch, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Read each case's code: codes' joined tokens (N, D), and traits (N, 6) as told or read."""
        code = self.fusion(batch.given).float()
        read = [one.double().softmax(1) for one in self.network.reader.traits(code).values()]
        traits = batch.traits.clone()
        for row in range(len(traits)):
            for column in (traits[row] < 0).nonzero()[:, 0].tolist():
                chance = read[column][row].numpy()
                traits[row, column] = int(rng.choice(len(chance), p=chance))
        return code[:, 0], traits

    def fakes(self, traits: Tensor, side: int, rng: np.random.Generator) -> Tensor:
        """Draw whole tiles with new noise: shares (N, 5, side, side), the largest area first."""
        keys = self.network.keys
        noises = [Noise(seed=int(rng.integers(2**32))) for _ in traits]
        told = keys.indicators(traits)
        scalars = torch.from_numpy(np.stack([noise.scalars for noise in noises]))
        with torch.no_grad():
            logits = self.field.layout_logits(told, scalars)
        layouts = [layout_of([one[i : i + 1] for one in logits]) for i in range(len(traits))]
        centres = ((np.arange(side) + 0.5) / side).astype(np.float32)
        x, y = np.tile(centres, side), np.repeat(centres, side)
        points = Points.stack(
            [
                points_of(Ground(layout, noise, x, y), accents_of(row.tolist(), keys))
                for layout, noise, row in zip(layouts, noises, traits, strict=True)
            ]
        )
        soft, depth = self.field(told, scalars, torch.stack([*map(laid, layouts)]), points)
        present = torch.arange(SLOTS)[None, None] <= traits[:, None, -1:]
        shares = masks_from(soft, depth, present, 1.0 / side).exp()
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
        """Take one step of both and give (cross-entropy, L1, layout, adversarial, judge)."""
        options = self.options
        set_rate(self.optimisers, learning_rate(self.step, options.rate, options.steps, 50))
        losses = reconstruction(self.field, sampled)
        rec = reconstruction_loss(losses)
        code, traits = self._chosen(batch, rng)
        with quick_autocast("cpu"):
            fake = coloured(self.fakes(traits, masks.shape[-1], rng), batch.palette)
            real = coloured(masks, batch.palette)
            adversarial = -self.discriminator(fake, code).float().mean()
        last = self.field.last.shared
        (of_rec,) = torch.autograd.grad(rec, last, retain_graph=True)
        (of_adv,) = torch.autograd.grad(adversarial, last, retain_graph=True)
        weight = options.share * (of_rec.norm() / (of_adv.norm() + 1e-6)).clamp(max=10)
        if self.step < options.alone:
            weight = 0 * weight
        (rec + weight * adversarial).backward()
        torch.nn.utils.clip_grad_norm_(self.field.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        judged = self._judge(real, fake.detach(), code)
        self.averages["field"].update(self.field, self.step)
        self.step += 1
        return torch.stack([*losses.detach(), adversarial.detach(), judged])

    def _judge(self, real: Tensor, fake: Tensor, code: Tensor) -> Tensor:
        """Take the discriminator's step and give its loss."""
        self.judge.zero_grad(set_to_none=True)
        with quick_autocast("cpu"):
            of_real = self.discriminator(real, code).float()
            of_fake = self.discriminator(fake, code).float()
            # A real picture for another brief is no right answer either.
            of_other = self.discriminator(real, code.roll(1, 0)).float()
        judged = functional.relu(1 - of_real).mean()
        judged = judged + 0.8 * functional.relu(1 + of_fake).mean()
        judged = judged + 0.2 * functional.relu(1 + of_other).mean()
        judged.backward()
        self.judge.step()
        return judged.detach()

    def run(
        self,
        samples: Samples,
        masks: NDArray[np.uint8],  # (designs, 5, S, S)
        cases: Cases,
        checkpoint: Path,
        report: Report,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps are done, keeping a checkpoint."""

        def advance() -> Tensor:
            return self.advance(samples, masks, cases)

        self.repeat(advance, self.options.steps, checkpoint, report, should_stop, every=25)

    def advance(self, samples: Samples, masks: NDArray[np.uint8], cases: Cases) -> Tensor:
        """Take the step that is due on batches of its own; gives its losses."""
        options = self.options
        rng = np.random.default_rng(options.seed * 1_000_003 + self.step)
        batch = cases.draw(options.batch, rng)
        chosen = rng.integers(0, len(samples.px), options.designs)
        sampled = samples.batch(chosen, options.points, rng, self.network.keys)
        shown = torch.from_numpy(np.array(masks[batch.design])).float() / 255
        return self.train_step(sampled, shown, batch, rng)
