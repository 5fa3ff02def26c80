"""The generator G(S, z): reads the semantic code, lays a design out and draws it.

A reader turns the code S into traits and a palette, drawing by z what S leaves open; a drawing
network, trained with L_rec + lambda L_adv, draws the colour separations over the structured
noise of z. Trained from scratch on the project's own procedural corpus; see docs/experiments.md.
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
from worker.imaging.colour import rgb_from_lab
from worker.models.fusion import BadShape
from worker.models.generator.field import SLOTS, FieldNet, FieldShape, Mixture, masks_from
from worker.models.generator.layout import KINDS, Ground, Layout, Noise, spread_points
from worker.models.generator.point_features import laid, points_of
from worker.models.generator.reader import PALETTE_WIDTH, Reader, ReaderShape, follow
from worker.models.generator.surface import compose, enlarge
from worker.models.generator.tile import Tile, TileGenerator, TileRequest
from worker.models.generator.traits import TRAITS, TraitKeys
from worker.models.precision import quick_autocast

if TYPE_CHECKING:
    from worker.models.weights import WeightsSource

__all__ = [
    "Drawn", "Generator", "GeneratorNet", "Sampling", "accents_of", "build", "config_of", "load",
    "load_field",
]  # fmt: skip

MAX_SIZE_PX = 4096
_BAND = 1 << 13  # points drawn at a time: few enough for the processor's cache
_LOOK = 2048  # points by which areas are told
_LOOK_PX = 128


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How a design is chosen and drawn."""

    steps: int = 12
    """Of the palette's flow."""
    least_share: float = 0.15
    """A trait that is less likely than this part of the likeliest is never drawn."""
    least_area: float = 0.09
    """Share of the tile that each colour should have; noise is drawn anew until it has."""
    tries: int = 10
    drawn_px: int = 128
    """Tiles up to 256 px are drawn at this size and enlarged."""
    most_px: int = 1024
    """The same of larger ones."""
    softness: float = 0.5
    """Width over which edges are softened, in pixels of the tile."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A design without a size yet."""

    traits: Tensor  # (1, 6) numbers
    layout: Layout
    noise: Noise
    shift: tuple[float, float]
    """Of the whole tile, in tiles."""
    colours: Tensor  # (5, 3) float32, sRGB 0 to 255, by slot
    areas: tuple[float, ...]
    """Of the slots that are there."""
    mixture: Mixture = dataclass_field(repr=False, compare=False)
    """The drawing network, mixed for this design."""

    @property
    def present(self) -> Tensor:
        """(5,) bool."""
        return torch.arange(SLOTS) < len(self.areas)


class GeneratorNet(nn.Module):
    """All of the generator's networks."""

    def __init__(self, field: FieldShape, reader: ReaderShape, keys: TraitKeys) -> None:
        super().__init__()
        self.keys = keys
        self.field = FieldNet(field)
        self.reader = Reader(reader, keys)


def accents_of(traits: Sequence[int], keys: TraitKeys) -> int:
    """Tell how many colours the sites of a design with these traits are dealt."""
    named = {name: keys.keys[name][number] for name, number in zip(TRAITS, traits, strict=True)}
    fades = named["gradient_direction"] != "" and named["pattern"] != "gradient"
    return max(1, int(named["count"]) - 1 - fades)


def layout_of(logits: Sequence[Tensor]) -> Layout:
    """Give the likeliest layout of `FieldNet.layout_logits` (N = 1) that closes to a torus."""
    kind, columns, rows, frequency = (one[0].float() for one in logits)
    name = KINDS[int(kind.argmax())]
    if name in ("staggered", "triangles"):
        rows = rows.clone()
        rows[0::2] = -torch.inf  # rows - 1 is even where rows are odd
    return Layout(
        kind=name,
        columns=int(columns.argmax()) + 1,
        rows=int(rows.argmax()) + 1,
        frequency=int(frequency.argmax()) + 1,
    )


@dataclass(frozen=True, kw_only=True)
class Generator:
    """A resident generator."""

    network: GeneratorNet
    sampling: Sampling
    device: torch.device

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
        shape = self.network.reader.shape
        if tuple(code.shape) != (shape.code_tokens, shape.code_width):
            raise BadShape(
                f"The code is shaped {tuple(code.shape)}, but this generator was trained on "
                f"{(shape.code_tokens, shape.code_width)}: fusion and generator belong together."
            )
        source = np.random.Generator(np.random.Philox([seed, variant]))
        given = code[None].to(self.device, torch.float32)
        traits = self.choose(given, source)
        palette = self._palette(given, int(traits[0, -1]) + 1, source)
        best = None
        for _ in range(self.sampling.tries):
            tried = self._laid_out(traits, palette, source)
            if best is None or min(tried.areas) > min(best.areas):
                best = tried
            if min(best.areas) >= self.sampling.least_area:
                break
        assert best is not None
        return best

    def choose(self, code: Tensor, source: np.random.Generator) -> Tensor:
        """Draw the traits of a code (1, T, D) from the reader's distributions: (1, 6) numbers."""
        chosen = []
        for logits in self.network.reader.traits(code).values():
            chance = logits[0].double().softmax(0).cpu().numpy()
            chance[chance < self.sampling.least_share * chance.max()] = 0
            chosen.append(int(source.choice(len(chance), p=chance / chance.sum())))
        return torch.tensor([chosen])

    def _palette(self, code: Tensor, count: int, source: np.random.Generator) -> Tensor:
        """Draw the colours (K, 3) sRGB, the most important first."""
        noise = source.standard_normal((1, SLOTS, PALETTE_WIDTH), np.float32)
        start = torch.from_numpy(noise).to(self.device)
        many = torch.tensor([count], device=self.device)
        rows = follow(self.network.reader, start, many, code, self.sampling.steps)
        flat = rows[0, :count].double().cpu().numpy()
        lab = np.stack([50 * (flat[:, 0] + 1), 64 * flat[:, 1], 64 * flat[:, 2]], axis=1)
        return torch.from_numpy(np.rint(rgb_from_lab(lab))).float()

    def _laid_out(self, traits: Tensor, palette: Tensor, source: np.random.Generator) -> Drawn:
        """Draw noise, see what areas it gives, and deal the palette out, the largest area first."""
        noise = Noise(seed=int(source.integers(2**32)))
        told = self.network.keys.indicators(traits).to(self.device)
        scalars = torch.from_numpy(noise.scalars)[None].to(self.device)
        shift, field = source.random(2), self.network.field
        layout = layout_of(field.layout_logits(told, scalars))
        with quick_autocast(self.device):
            mixture = field.mix(told, scalars, laid(layout)[None].to(self.device))
        drawn = Drawn(
            traits=traits,
            layout=layout,
            mixture=mixture,
            noise=noise,
            shift=(float(shift[0]), float(shift[1])),
            colours=torch.zeros(SLOTS, 3),
            areas=(1.0,) * len(palette),
        )
        soft, depth = self._at(drawn, *spread_points(_LOOK))
        shares = masks_from(soft, depth, drawn.present.to(self.device), 1.0 / _LOOK_PX).exp()
        areas = shares.mean(0)[: len(palette)].cpu()
        colours = torch.zeros(SLOTS, 3)
        colours[areas.argsort(descending=True, stable=True)] = palette
        return replace(drawn, colours=colours, areas=tuple(areas.tolist()))

    def _grid(
        self, drawn: Drawn, side: int, on_progress: OnProgress = ignore_progress
    ) -> tuple[Tensor, Tensor]:
        """Draw soft logits and depths over the whole tile, (side, side, 5) each."""
        parts = []
        for band in self._bands(drawn, side):
            parts.append(band)
            on_progress(min(1.0, len(parts) * len(band[0]) / side**2))
        soft, depth = (
            torch.cat(each).unflatten(0, (side, side)) for each in zip(*parts, strict=True)
        )
        return soft, depth

    def _bands(self, drawn: Drawn, side: int) -> Iterator[tuple[Tensor, Tensor]]:
        centres = ((np.arange(side) + 0.5) / side).astype(np.float32)
        rows = max(1, _BAND // side)
        for start in range(0, side, rows):
            part = centres[start : start + rows]
            yield self._at(drawn, np.tile(centres, len(part)), np.repeat(part, side))

    def _at(
        self, drawn: Drawn, x: NDArray[np.float32], y: NDArray[np.float32]
    ) -> tuple[Tensor, Tensor]:
        """Draw soft logits and depths at points of the tile, (P, 5) each."""
        network = self.network
        moved = ((x + drawn.shift[0]) % 1.0, (y + drawn.shift[1]) % 1.0)
        ground = Ground(drawn.layout, drawn.noise, *moved)
        points = points_of(ground, accents_of(drawn.traits[0].tolist(), network.keys))
        with quick_autocast(self.device):
            soft, depth = network.field.draw(drawn.mixture, points.to(self.device))
        return soft[0], depth[0]

    @torch.inference_mode()
    def render(
        self, drawn: Drawn, size_px: int, on_progress: OnProgress = ignore_progress
    ) -> NDArray[np.uint8]:
        """Give a design as (size_px, size_px, 3) sRGB, seamless when tiled.

        Raises:
            ValueError: the size is not from 16 to 4096.
        """
        if not 16 <= size_px <= MAX_SIZE_PX:
            raise ValueError(f"A tile is 16 to {MAX_SIZE_PX} px wide, not {size_px}.")
        sampling = self.sampling
        most = sampling.drawn_px if size_px <= 256 else sampling.most_px
        soft, depth = self._grid(drawn, min(size_px, most), portion(on_progress, 0, 2))
        present, colours = drawn.present.to(self.device), drawn.colours.to(self.device)
        bands: list[Tensor] = []
        for shares in enlarge(soft, depth, present, size_px, sampling.softness):
            bands.append(compose(shares, colours).cpu())
            on_progress(min(1.0, 0.5 + 0.5 * len(bands) * len(shares) / size_px))
        return torch.cat(bands).numpy()

    def tile(
        self, asked: TileRequest, variant: int, on_progress: OnProgress = ignore_progress
    ) -> Tile:
        """Draw one variant of a job, from the semantic code alone.

        Raises:
            BadShape: the code is not shaped as the generator was trained for.
            ValueError: the size is not from 16 to 4096.
        """
        drawn = self.design(asked.code, asked.seed, variant)
        colours = drawn.colours.cpu().numpy().astype(int)
        order = np.argsort(-np.array(drawn.areas), kind="stable")
        return Tile(
            pixels=self.render(drawn, asked.size_px, on_progress),
            palette=tuple("#{:02X}{:02X}{:02X}".format(*colours[slot]) for slot in order),
            areas=tuple(round(drawn.areas[slot], 3) for slot in order),
            traits=self.named(drawn),
        )

    def named(self, drawn: Drawn) -> dict[str, str]:
        """Name a design's traits by the vocabulary's keys."""
        keys = self.network.keys.keys
        numbers = drawn.traits[0].tolist()
        return {name: keys[name][one] for name, one in zip(TRAITS, numbers, strict=True)}

    def details(self, asked: TileRequest) -> Mapping[str, Any]:  # noqa: ARG002
        """Tell how designs are drawn."""
        return asdict(self.sampling)

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
        "kind": "field",
        "field": asdict(network.field.shape),
        "reader": asdict(network.reader.shape),
        "keys": network.keys.to_document(),
        "sampling": asdict(sampling),
    }


def build(config: Mapping[str, Any]) -> GeneratorNet:
    """Make an untrained generator of a manifest's configuration."""
    return GeneratorNet(
        FieldShape(**config["field"]),
        ReaderShape(**config["reader"]),
        TraitKeys.from_document(config["keys"]),
    )


def load(source: WeightsSource, device: torch.device) -> TileGenerator:
    """Load the generator that a model version names.

    The configuration's "kind" is "field" (the networks of this module) or "diffusers" (a
    pipeline's folder; see `worker.models.generator.diffusion.DiffusionConfig`).

    Raises:
        ValueError: unknown kind.
    """
    kind = source.config.get("kind")
    if kind == "field":
        return load_field(source, device)
    if kind == "diffusers":
        from worker.models.generator.diffusion import load as load_pipeline

        return load_pipeline(source, device)
    raise ValueError(
        f"{source.name} is a generator of kind {kind!r}, which this program does not know: field "
        f"or diffusers (a release without a kind was made by version 0.1.0)"
    )


def load_field(source: WeightsSource, device: torch.device) -> Generator:
    """Load a generator of this module's networks, which can be trained further.

    Raises:
        ValueError: it is of another kind.
    """
    if (kind := source.config.get("kind")) != "field":
        raise ValueError(f"{source.name} is a {kind} generator: it cannot be trained here")
    network = build(source.config)
    weights = {name: value.float() for name, value in load_file(source.file()).items()}
    network.load_state_dict(weights)
    return Generator(
        network=network.to(device).eval(),
        sampling=Sampling(**source.config["sampling"]),
        device=device,
    )
