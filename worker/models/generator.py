"""The generator G(S, z): draws a design's separations and palette, and composes the tile.

An autoencoder of colour separations whose decoder is trained against a discriminator
(L_rec + lambda L_adv), and a flow that draws its latents jointly with a palette. Trained from
scratch on the project's own procedural corpus; see docs/experiments.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from worker.colour import rgb_from_lab
from worker.models.flow import PALETTE_WIDTH, FlowShape, FlowTransformer
from worker.models.fusion import BadShape
from worker.models.separations import (
    SLOTS,
    SeparationDecoder,
    SeparationEncoder,
    SeparationShape,
    masks_from_logits,
)
from worker.models.surface import compose, enlarge
from worker.models.tile import Tile, TileGenerator, TileRequest

if TYPE_CHECKING:
    from worker.models.sources import WeightsSource

__all__ = [
    "Drawn",
    "Generator",
    "GeneratorNet",
    "Sampling",
    "build",
    "config_of",
    "load",
    "load_flow",
]

MAX_SIZE_PX = 4096


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How the flow is followed from noise to a design."""

    steps: int = 12
    guidance: float = 3.0
    """How much more of the condition than without it; of the drawing, not of its colours."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Designs without a size yet."""

    logits: Tensor  # (N, 5, S, S) float32
    present: Tensor  # (N, 5) bool
    colours: Tensor  # (N, 5, 3) float32, sRGB 0 to 255

    def masks(self) -> Tensor:
        """Give the separations at the size they were drawn, (N, 5, S, S)."""
        return masks_from_logits(self.logits, self.present)


class GeneratorNet(nn.Module):
    """All of the generator's networks: encoder (for training only), decoder, flow."""

    latent_centre: Tensor
    latent_spread: Tensor

    def __init__(self, separations: SeparationShape, flow: FlowShape) -> None:
        super().__init__()
        self.separations = separations
        self.encoder = SeparationEncoder(separations)
        self.decoder = SeparationDecoder(separations)
        self.flow = FlowTransformer(flow)
        self.register_buffer("latent_centre", torch.zeros(flow.latent))
        self.register_buffer("latent_spread", torch.ones(flow.latent))

    def encode(self, masks: Tensor) -> Tensor:
        """Give the flow's latents of masks: (N, 5, S, S) -> (N, C, G, G), unit scale."""
        latent = self.encoder(masks)
        centred: Tensor = latent - self.latent_centre[:, None, None]
        return centred / self.latent_spread[:, None, None]

    def decode(self, latent: Tensor) -> Tensor:
        """Give the logits of masks of the flow's latents."""
        scaled = latent * self.latent_spread[:, None, None] + self.latent_centre[:, None, None]
        logits: Tensor = self.decoder(scaled)
        return logits


def follow(
    flow: FlowTransformer,
    noise: tuple[Tensor, Tensor],  # (N, C, G, G) and (N, 5, 4)
    code: Tensor,  # (N, T, D)
    sampling: Sampling,
) -> tuple[Tensor, Tensor]:
    """Follow the flow from noise to latents and palettes, by Euler's steps."""
    latent, palette = noise
    count = len(latent)
    both = torch.cat([code, flow.no_code.expand_as(code)])
    for step in range(sampling.steps):
        time = torch.full((2 * count,), step / sampling.steps, device=latent.device)
        drawn, coloured = flow(latent.repeat(2, 1, 1, 1), palette.repeat(2, 1, 1), time, both)
        given, free = drawn.chunk(2)
        latent = latent + (free + sampling.guidance * (given - free)) / sampling.steps
        # Colours are not exaggerated: beyond the colour asked for lies another one.
        palette = palette + coloured[:count] / sampling.steps
    return latent, palette


@dataclass(frozen=True, kw_only=True)
class Generator:
    """A resident generator."""

    network: GeneratorNet
    sampling: Sampling
    device: torch.device

    def noise(self, seed: int, variant: int) -> tuple[Tensor, Tensor]:
        """Give the noise z of a variant; the same on every machine."""
        shape = self.network.flow.shape
        source = np.random.Generator(np.random.Philox([seed, variant]))
        latent = source.standard_normal((1, shape.latent, shape.grid, shape.grid), np.float32)
        palette = source.standard_normal((1, SLOTS, PALETTE_WIDTH), np.float32)
        return torch.from_numpy(latent).to(self.device), torch.from_numpy(palette).to(self.device)

    @torch.inference_mode()
    def design(self, code: Tensor, seed: int, variant: int = 0) -> Drawn:
        """Draw one design.

        Args:
            code: (T, D), the fusion's.
            seed: of the job.
            variant: which of the job's designs; each has a stream of its own.

        Raises:
            BadShape: the code is not shaped as the generator was trained for.
        """
        shape = self.network.flow.shape
        if tuple(code.shape) != (shape.code_tokens, shape.code_width):
            raise BadShape(
                f"The code is shaped {tuple(code.shape)}, but this generator was trained on "
                f"{(shape.code_tokens, shape.code_width)}: fusion and generator belong together."
            )
        given = code[None].to(self.device, torch.float32)
        latent, palette = follow(self.network.flow, self.noise(seed, variant), given, self.sampling)
        logits = self.network.decode(latent).float()
        rows = palette[0].double().cpu().numpy()
        lab = np.stack([50 * (rows[:, 0] + 1), 64 * rows[:, 1], 64 * rows[:, 2]], axis=1)
        present = palette[:, :, 3] > 0
        present[:, 0] |= ~present.any(dim=1)
        colours = torch.from_numpy(np.rint(rgb_from_lab(lab))).float()[None]
        return Drawn(logits=logits, present=present, colours=colours.to(self.device))

    @torch.inference_mode()
    def render(self, drawn: Drawn, size_px: int) -> NDArray[np.uint8]:
        """Give a design (N = 1) as (size_px, size_px, 3) sRGB, seamless when tiled.

        Raises:
            ValueError: the size is not from 16 to 4096.
        """
        if not 16 <= size_px <= MAX_SIZE_PX:
            raise ValueError(f"A tile is 16 to {MAX_SIZE_PX} px wide, not {size_px}.")
        bands = [
            compose(masks, drawn.colours)[0].cpu()
            for masks in enlarge(drawn.logits, drawn.present, size_px)
        ]
        return torch.cat(bands).numpy()

    def tile(self, asked: TileRequest, variant: int) -> Tile:
        """Draw one variant of a job, from the semantic code alone.

        Raises:
            BadShape: the code is not shaped as the generator was trained for.
            ValueError: the size is not from 16 to 4096.
        """
        drawn = self.design(asked.code, asked.seed, variant)
        there = np.flatnonzero(drawn.present[0].cpu().numpy())
        colours = drawn.colours[0].cpu().numpy().astype(int)
        areas = drawn.masks()[0].mean(dim=(1, 2)).cpu().numpy()
        return Tile(
            pixels=self.render(drawn, asked.size_px),
            palette=tuple("#{:02X}{:02X}{:02X}".format(*colours[slot]) for slot in there),
            areas=tuple(round(float(areas[slot]), 3) for slot in there),
        )

    def details(self, asked: TileRequest) -> Mapping[str, Any]:  # noqa: ARG002
        """Tell how the flow is followed."""
        return {"steps": self.sampling.steps, "guidance": self.sampling.guidance}

    def draw(
        self,
        codes: Tensor,
        seeds: Sequence[int],
        size_px: int,
        variants: Sequence[int] | None = None,
    ) -> NDArray[np.uint8]:
        """Draw one tile for each code and seed, one by one: neighbours change no pixel.

        Args:
            codes: (N, T, D), the fusion's.
            seeds: N of them.
            size_px: side of a tile, 16 to 4096.
            variants: N numbers of variants; all 0 where not given.

        Returns:
            (N, size_px, size_px, 3) uint8 sRGB; seamless when tiled.
        """
        numbers = variants if variants is not None else [0] * len(seeds)
        tiles = [
            self.render(self.design(code, seed, variant), size_px)
            for code, seed, variant in zip(codes, seeds, numbers, strict=True)
        ]
        return np.stack(tiles)


def config_of(network: GeneratorNet, sampling: Sampling) -> dict[str, Any]:
    """Give the manifest's configuration of a generator."""
    return {
        "separations": asdict(network.separations),
        "flow": asdict(network.flow.shape),
        "sampling": asdict(sampling),
    }


def build(config: Mapping[str, Any]) -> GeneratorNet:
    """Make an untrained generator of a manifest's configuration."""
    given = dict(config["separations"])
    for name in ("encoder_blocks", "decoder_blocks"):
        given[name] = tuple(given[name])
    return GeneratorNet(SeparationShape(**given), FlowShape(**config["flow"]))


def load(source: WeightsSource, device: torch.device) -> TileGenerator:
    """Load the generator that a model version names.

    The configuration's "kind" is "flow" (the default, the networks of this module) or
    "diffusers" (a pipeline's folder; see `worker.models.diffusion.DiffusionConfig`).

    Raises:
        ValueError: unknown kind.
    """
    kind = source.config.get("kind", "flow")
    if kind == "flow":
        return load_flow(source, device)
    if kind == "diffusers":
        from worker.models.diffusion import load as load_pipeline

        return load_pipeline(source, device)
    raise ValueError(f"unknown kind of generator {kind!r}: flow or diffusers")


def load_flow(source: WeightsSource, device: torch.device) -> Generator:
    """Load a generator of this module's networks, which can be trained further.

    Raises:
        ValueError: it is of another kind.
    """
    if (kind := source.config.get("kind", "flow")) != "flow":
        raise ValueError(f"{source.name} is a {kind} generator: it cannot be trained here")
    network = build(source.config)
    weights = {name: value.float() for name, value in load_file(source.file()).items()}
    network.load_state_dict(weights)
    return Generator(
        network=network.to(device).eval(),
        sampling=Sampling(**source.config["sampling"]),
        device=device,
    )
