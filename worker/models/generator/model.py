"""The generator G(S, z): samples a design from the semantic code and renders it.

The reader samples traits and a palette from the code S with the randomness of z. The field network,
trained with L_rec + lambda L_adv, computes the colour separations from the structured noise of z.
Trained from scratch on the project's own procedural corpus; see docs/experiments.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from worker.execution.progress import OnProgress, ignore_progress, portion
from worker.models.generator.draft import DesignGenerator, DraftRequest
from worker.models.generator.field import (
    SLOTS,
    FieldNet,
    FieldShape,
    MixedWeights,
    separation_log_shares,
)
from worker.models.generator.layout import KINDS, Layout, Noise, SampledNoise, spread_points
from worker.models.generator.point_features import laid, points_of
from worker.models.generator.reader import Reader, ReaderShape
from worker.models.generator.sampler import Sampler, random_of
from worker.models.generator.surface import compose, enlarge
from worker.models.generator.traits import TRAITS, TraitKeys
from worker.models.precision import matmul_autocast

if TYPE_CHECKING:
    from worker.models.weight_locator import WeightsSource

__all__ = [
    "Generator",
    "GeneratorNet",
    "SampledDesign",
    "Sampling",
    "accents_of",
    "build",
    "config_of",
    "load",
    "load_field",
]  # fmt: skip

MAX_SIZE_PX = 4096
_BAND = 1 << 13  # points per batch, so that the working set fits the processor's cache
_AREA_SAMPLES = 2048  # points by which areas are estimated
_AREA_PX = 128


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Sampling and rendering settings."""

    steps: int = 12
    """Euler steps of the palette flow."""
    least_share: float = 0.15
    """Trait values below this share of the largest probability are never sampled."""
    least_area: float = 0.09
    """Minimum area share of each colour; the noise is resampled until it is reached."""
    tries: int = 10
    drawn_px: int = 128
    """Evaluation size of tiles up to 256 px, which are upsampled from it."""
    most_px: int = 1024
    """Maximum evaluation size of larger tiles."""
    softness: float = 0.5
    """Width of edge softening in pixels of the tile."""


@dataclass(frozen=True, kw_only=True)
class SampledDesign:
    """A sampled design, independent of its size in pixels."""

    traits: Tensor  # (1, 6) indices of keys
    layout: Layout
    noise: Noise
    shift: tuple[float, float]
    """Translation of the design on the torus, in tiles."""
    colours: Tensor  # (5, 3) float32, sRGB 0 to 255, by slot
    areas: tuple[float, ...]
    """Area shares of the present slots."""
    mixture: MixedWeights = dataclass_field(repr=False, compare=False)
    """The field network's weights mixed for this design."""

    @property
    def present(self) -> Tensor:
        """The slots that are present, (5,) bool."""
        return torch.arange(SLOTS) < len(self.areas)


class GeneratorNet(nn.Module):
    """The networks of the generator: field and reader."""

    def __init__(self, field: FieldShape, reader: ReaderShape, keys: TraitKeys) -> None:
        super().__init__()
        self.keys = keys
        self.field = FieldNet(field)
        self.reader = Reader(reader, keys)


def accents_of(traits: Sequence[int], keys: TraitKeys) -> int:
    """Return the number of colours of the sites of a design with these traits."""
    values = {name: keys.keys[name][number] for name, number in zip(TRAITS, traits, strict=True)}
    has_gradient = values["gradient_direction"] != "" and values["pattern"] != "gradient"
    return max(1, int(values["count"]) - 1 - has_gradient)


def layout_of(logits: Sequence[Tensor]) -> Layout:
    """Return the likeliest layout of `FieldNet.layout_logits` (N = 1) that closes on the torus."""
    kind, columns, rows, frequency = (row[0].float() for row in logits)
    name = KINDS[int(kind.argmax())]
    if name in ("staggered", "triangles"):
        rows = rows.clone()
        rows[0::2] = -torch.inf  # index = rows - 1, so this excludes odd rows
    return Layout(
        kind=name,
        columns=int(columns.argmax()) + 1,
        rows=int(rows.argmax()) + 1,
        frequency=int(frequency.argmax()) + 1,
    )


@dataclass(frozen=True, kw_only=True)
class Generator:
    """A loaded generator."""

    network: GeneratorNet
    sampling: Sampling
    device: torch.device

    @torch.inference_mode()
    def design(self, code: Tensor, seed: int, variant: int = 0) -> SampledDesign:
        """Sample one design.

        Args:
            code: (T, D), from the fusion.
            seed: the job's seed.
            variant: index of the variant; each has its own random stream.

        Raises:
            ShapeMismatch: the shape of the code is not the one of the trained generator.
        """
        rng = random_of(seed, variant)
        sample = self.sampler.sample([code], {variant: rng})[variant]
        best = None
        for _ in range(self.sampling.tries):
            candidate = self._sample_layout(sample.traits, sample.palette, rng)
            if best is None or min(candidate.areas) > min(best.areas):
                best = candidate
            if min(best.areas) >= self.sampling.least_area:
                break
        assert best is not None
        return best

    @torch.inference_mode()
    def sample(
        self, codes: Sequence[Tensor], seed: int, variants: Sequence[int]
    ) -> list[tuple[dict[str, str], tuple[str, ...]]]:
        """Sample the traits of variants, as keys of the vocabulary, and their hex palettes.

        What a variant gives does not depend on which others are sampled with it.

        Args:
            codes: (T, D) each, from the fusion; variant i has code i modulo their number.
            seed: the job's seed.
            variants: indices of the variants.

        Raises:
            ShapeMismatch: as `design`.
        """
        streams = {variant: random_of(seed, variant) for variant in variants}
        samples = self.sampler.sample(codes, streams).values()
        return [(self._named(sample.traits), sample.hexes) for sample in samples]

    @property
    def sampler(self) -> Sampler:
        """What samples traits and palettes."""
        return Sampler(
            reader=self.network.reader,
            steps=self.sampling.steps,
            least_share=self.sampling.least_share,
            device=self.device,
        )

    def _sample_layout(
        self, traits: Tensor, palette: Tensor, rng: np.random.Generator
    ) -> SampledDesign:
        """Sample noise, estimate areas, and assign the palette in order of decreasing area."""
        noise = Noise(seed=int(rng.integers(2**32)))
        trait_vector = self.network.keys.indicators(traits).to(self.device)
        scalars = torch.from_numpy(noise.scalars)[None].to(self.device)
        shift, field = rng.random(2), self.network.field
        layout = layout_of(field.layout_logits(trait_vector, scalars))
        with matmul_autocast(self.device):
            mixture = field.mix(trait_vector, scalars, laid(layout)[None].to(self.device))
        design = SampledDesign(
            traits=traits,
            layout=layout,
            mixture=mixture,
            noise=noise,
            shift=(float(shift[0]), float(shift[1])),
            colours=torch.zeros(SLOTS, 3),
            areas=(1.0,) * len(palette),
        )
        soft, depth = self._evaluate(design, *spread_points(_AREA_SAMPLES))
        shares = separation_log_shares(
            soft, depth, design.present.to(self.device), 1.0 / _AREA_PX
        ).exp()
        areas = shares.mean(0)[: len(palette)].cpu()
        colours = torch.zeros(SLOTS, 3)
        colours[areas.argsort(descending=True, stable=True)] = palette
        return replace(design, colours=colours, areas=tuple(areas.tolist()))

    def _grid(
        self, design: SampledDesign, side: int, on_progress: OnProgress = ignore_progress
    ) -> tuple[Tensor, Tensor]:
        """Evaluate soft logits and depths over the whole tile, (side, side, 5) each."""
        parts = []
        for band in self._bands(design, side):
            parts.append(band)
            on_progress(min(1.0, len(parts) * len(band[0]) / side**2))
        soft, depth = (
            torch.cat(plane_bands).unflatten(0, (side, side))
            for plane_bands in zip(*parts, strict=True)
        )
        return soft, depth

    def _bands(self, design: SampledDesign, side: int) -> Iterator[tuple[Tensor, Tensor]]:
        centres = ((np.arange(side) + 0.5) / side).astype(np.float32)
        rows = max(1, _BAND // side)
        for start in range(0, side, rows):
            part = centres[start : start + rows]
            yield self._evaluate(design, np.tile(centres, len(part)), np.repeat(part, side))

    def _evaluate(
        self, design: SampledDesign, x: NDArray[np.float32], y: NDArray[np.float32]
    ) -> tuple[Tensor, Tensor]:
        """Evaluate soft logits and depths at points of the tile, (P, 5) each."""
        network = self.network
        shifted = ((x + design.shift[0]) % 1.0, (y + design.shift[1]) % 1.0)
        ground = SampledNoise(design.layout, design.noise, *shifted)
        points = points_of(ground, accents_of(design.traits[0].tolist(), network.keys))
        with matmul_autocast(self.device):
            soft, depth = network.field.draw(design.mixture, points.to(self.device))
        return soft[0], depth[0]

    @torch.inference_mode()
    def render(
        self, design: SampledDesign, size_px: int, on_progress: OnProgress = ignore_progress
    ) -> NDArray[np.uint8]:
        """Render a design as (size_px, size_px, 3) sRGB, seamless when tiled.

        Raises:
            ValueError: the size is not within 16 to 4096.
        """
        colours = design.colours.to(self.device)
        bands = [
            compose(shares, colours).cpu() for shares in self._shares(design, size_px, on_progress)
        ]
        return torch.cat(bands).numpy()

    def _shares(
        self, design: SampledDesign, size_px: int, on_progress: OnProgress
    ) -> Iterator[Tensor]:
        """Yield bands (R, size_px, 5) of each colour's shares, from the top."""
        if not 16 <= size_px <= MAX_SIZE_PX:
            raise ValueError(f"A tile is 16 to {MAX_SIZE_PX} px wide, not {size_px}.")
        sampling = self.sampling
        max_px = sampling.drawn_px if size_px <= 256 else sampling.most_px
        soft, depth = self._grid(design, min(size_px, max_px), portion(on_progress, 0, 2))
        done = 0
        for shares in enlarge(
            soft, depth, design.present.to(self.device), size_px, sampling.softness
        ):
            yield shares
            done += len(shares)
            on_progress(min(1.0, 0.5 + 0.5 * done / size_px))

    @torch.inference_mode()
    def separations(
        self, design: SampledDesign, size_px: int, on_progress: OnProgress = ignore_progress
    ) -> NDArray[np.uint8]:
        """Render the colour separations of a design, (5, size_px, size_px), 255: fully covered.

        Raises:
            ValueError: the size is not within 16 to 4096.
        """
        bands = [shares.cpu() for shares in self._shares(design, size_px, on_progress)]
        covered = (torch.cat(bands) * 255).round().to(torch.uint8)
        return covered.permute(2, 0, 1).contiguous().numpy()

    def named(self, design: SampledDesign) -> dict[str, str]:
        """Return a design's traits as keys of the vocabulary."""
        return self._named(design.traits)

    def _named(self, traits: Tensor) -> dict[str, str]:
        keys = self.network.keys.keys
        indices = traits[0].tolist()
        return {name: keys[name][index] for name, index in zip(TRAITS, indices, strict=True)}

    def details(self, request: DraftRequest) -> Mapping[str, Any]:  # noqa: ARG002
        """Return the sampling settings."""
        return asdict(self.sampling)

    def draw(
        self,
        codes: Tensor,
        seeds: Sequence[int],
        size_px: int,
        variants: Sequence[int] | None = None,
    ) -> NDArray[np.uint8]:
        """Generate one tile per code and seed, one by one, independent of the batch.

        Args:
            codes: (N, T, D), from the fusion.
            seeds: N seeds.
            size_px: side of a tile, 16 to 4096.
            variants: N variant indices; None: all 0.

        Returns:
            (N, size_px, size_px, 3) uint8 sRGB; seamless when tiled.
        """
        indices = variants if variants is not None else [0] * len(seeds)
        tiles = [
            self.render(self.design(code, seed, variant), size_px)
            for code, seed, variant in zip(codes, seeds, indices, strict=True)
        ]
        return np.stack(tiles)


def config_of(network: GeneratorNet, sampling: Sampling) -> dict[str, Any]:
    """Return the manifest configuration of a generator."""
    return {
        "kind": "field",
        "field": asdict(network.field.shape),
        "reader": asdict(network.reader.shape),
        "keys": network.keys.to_document(),
        "sampling": asdict(sampling),
    }


def build(config: Mapping[str, Any]) -> GeneratorNet:
    """Build an untrained generator from a manifest configuration."""
    return GeneratorNet(
        FieldShape(**config["field"]),
        ReaderShape(**config["reader"]),
        TraitKeys.from_document(config["keys"]),
    )


def load(source: WeightsSource, device: torch.device) -> DesignGenerator:
    """Load the generator of a model version.

    The configuration's "kind" is "field" (the networks of this module) or "diffusers" (a
    pipeline's folder; see `worker.models.generator.diffusion.DiffusionConfig`).

    Raises:
        ValueError: unknown kind.
    """
    kind = source.config.get("kind")
    if kind == "field":
        from worker.models.generator.records import RecordGenerator

        return RecordGenerator(field=load_field(source, device), release=source.name)
    if kind == "diffusers":
        from worker.models.generator.diffusion import load as load_pipeline

        return load_pipeline(source, device)
    raise ValueError(
        f"{source.name} has the unknown kind of generator {kind!r}: field or diffusers are "
        f"supported (a release without a kind was made by version 0.1.0)"
    )


def load_field(source: WeightsSource, device: torch.device) -> Generator:
    """Load a generator of kind "field", which can be trained further.

    Raises:
        ValueError: the generator is of another kind.
    """
    if (kind := source.config.get("kind")) != "field":
        raise ValueError(f"{source.name} is a generator of kind {kind}, which cannot be trained")
    network = build(source.config)
    weights = {name: value.float() for name, value in load_file(source.file()).items()}
    network.load_state_dict(weights)
    return Generator(
        network=network.to(device).eval(),
        sampling=Sampling(**source.config["sampling"]),
        device=device,
    )
