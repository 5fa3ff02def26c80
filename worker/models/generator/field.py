"""The field network: maps point features on the torus to colour separations.

An implicit network (Stanley 2007, "Compositional pattern producing networks") over structured
noise as in periodic spatial GANs (Bergmann et al. 2017): all layers are pointwise, so a tile is
seamless by construction and the same weights render any size. Its weights are mixtures of experts
(Yang et al. 2019, "CondConv"), mixed once per design from its traits and random scalars.
Trained from scratch on the project's own procedural corpus.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from worker.models.generator.layout import FIELDS, KINDS, MARKS, MAX_REPEATS, NEAR, SCALARS
from worker.models.generator.point_features import (
    LATTICE_WIDTH,
    LAYOUT_WIDTH,
    MAX_FREQUENCY,
    Points,
)

__all__ = ["SLOTS", "FieldNet", "FieldShape", "MixedWeights", "separation_log_shares"]

SLOTS = 5
"""Maximum number of separations of a design."""
_THRESHOLDS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)
_WAVE_VECTORS = ((1, 0), (0, 1), (1, 1), (1, -1), (0, 0), (0, 0))
_WARP_GAIN = 8.0
"""Learning rate multiplier of the waves' warp."""
_ANGULAR_MULTIPLES = (2, 3, 4, 5, 6, 8)  # multiples of the angle around a site
_CONTOURS = (0.8, 1.05, 1.35)
"""Frequencies over a smooth field's value; contour lines lie at integer phases."""
_BOARD_WIDTH = 4 + 2 + 2 + SLOTS + (SLOTS - 1)
_SITE_WIDTH = (
    3
    + 2
    + 2
    + 2 * len(_ANGULAR_MULTIPLES)
    + MARKS
    + (SLOTS - 1)
    + len(_THRESHOLDS)
    + 4
    + _BOARD_WIDTH
)
_DEPTH_SCALE = 0.02
"""Scale of depths: tiles per unit of the network's output."""


@dataclass(frozen=True, kw_only=True)
class FieldShape:
    """Hyperparameters of the field network."""

    traits: int
    """Width of the trait encoding, see `worker.models.generator.traits`."""
    width: int = 160
    layers: int = 3
    """Hidden layers after the first."""
    site_width: int = 80
    site_out: int = 48
    experts: int = 64
    code: int = 256
    hidden: int = 512
    """Width of the layout and expert-routing networks."""


Mixed: TypeAlias = tuple[Tensor, Tensor]
"""Per-design matrices (N, inputs, outputs) and biases (N, 1, outputs) of a layer."""


@dataclass(frozen=True, kw_only=True)
class MixedWeights:
    """The network's weights mixed for N designs."""

    sites: list[Mixed]
    first: Mixed
    hidden: list[Mixed]
    last: Mixed
    warp: Tensor  # (N, 6, 3) phase warp of each wave by each smooth field, in waves
    lean: Tensor  # (N, 2) rotation of sites: per unit of their mark, and common to all; radians


class Expert(nn.Module):
    """A linear layer with a per-design mixture of expert matrices."""

    def __init__(self, shape: FieldShape, inputs: int, outputs: int) -> None:
        super().__init__()
        self.size = (inputs, outputs)
        scale = math.sqrt(2 / inputs)
        self.shared = nn.Parameter(torch.randn(inputs, outputs) * scale * 0.7)
        self.bank = nn.Parameter(torch.randn(shape.experts, inputs * outputs) * scale * 0.7)
        self.bias = nn.Linear(shape.code, outputs)
        self.gain = nn.Linear(shape.code, outputs)
        nn.init.normal_(self.bias.weight, std=0.06)
        nn.init.normal_(self.gain.weight, std=0.06)
        nn.init.zeros_(self.gain.bias)

    def mixed(self, share: Tensor, code: Tensor) -> Mixed:
        """Return per-design matrices (N, inputs, outputs) and biases (N, 1, outputs)."""
        matrix = self.shared + (share @ self.bank).unflatten(1, self.size)
        return matrix * (1 + self.gain(code))[:, None], self.bias(code)[:, None]


def _apply(x: Tensor, mixed: Mixed) -> Tensor:
    """Apply a mixed layer: (N, P, inputs) -> (N, P, outputs)."""
    return torch.baddbmm(mixed[1].to(x.dtype), x, mixed[0].to(x.dtype))


class FieldNet(nn.Module):
    """Predicts the layout of a design and evaluates the design at points."""

    def __init__(self, shape: FieldShape) -> None:
        super().__init__()
        self.shape = shape
        width, code, hidden = shape.width, shape.code, shape.hidden
        inputs = shape.traits + SCALARS * (1 + len(_THRESHOLDS))
        self.lay = nn.Sequential(
            nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU(),
            nn.Linear(hidden, len(KINDS) + 2 * MAX_REPEATS + MAX_FREQUENCY),
        )  # fmt: skip
        self.encode = nn.Sequential(
            nn.Linear(inputs + LAYOUT_WIDTH, hidden), nn.GELU(),
            nn.Linear(hidden, hidden), nn.GELU(),
            nn.Linear(hidden, code), nn.LayerNorm(code),
        )  # fmt: skip
        self.route = nn.Linear(code + shape.traits, shape.experts)
        nn.init.normal_(self.route.weight, std=0.02)
        with torch.no_grad():  # initially one expert per pattern
            for trait in range(min(shape.traits, shape.experts)):
                self.route.weight[trait, code + trait] = 5.0
        self.warp = nn.Linear(code, len(_WAVE_VECTORS) * FIELDS)
        nn.init.zeros_(self.warp.weight)
        nn.init.normal_(self.warp.bias, std=0.5 / _WARP_GAIN)
        self.lean = nn.Linear(code, 2)
        nn.init.zeros_(self.lean.weight)
        self.site_in = Expert(shape, _SITE_WIDTH, shape.site_width)
        self.site_middle = Expert(shape, shape.site_width, shape.site_width)
        self.site_out = Expert(shape, shape.site_width, shape.site_out)
        point_width = LATTICE_WIDTH + FIELDS + 4 * len(_WAVE_VECTORS) + NEAR * shape.site_out
        point_width += 2 * len(_CONTOURS)
        self.first = Expert(shape, point_width, width)
        self.hidden = nn.ModuleList(Expert(shape, width, width) for _ in range(shape.layers))
        self.last = Expert(shape, width, 2 * SLOTS)
        nn.init.zeros_(self.last.bank)

    def _conditioning(self, traits: Tensor, scalars: Tensor) -> Tensor:
        steps = [(scalars < threshold).to(scalars.dtype) for threshold in _THRESHOLDS]
        return torch.cat([traits, 2 * scalars - 1, *steps], dim=1)

    def layout_logits(self, traits: Tensor, scalars: Tensor) -> tuple[Tensor, ...]:
        """Return layout logits: kind (N, 4), columns and rows (N, 24), frequency (N, 6)."""
        logits: Tensor = self.lay(self._conditioning(traits, scalars))
        return logits.split([len(KINDS), MAX_REPEATS, MAX_REPEATS, MAX_FREQUENCY], dim=1)

    def mix(self, traits: Tensor, scalars: Tensor, layouts: Tensor) -> MixedWeights:
        """Mix the experts from traits (N, T), scalars (N, 12) and layouts (N, 15), see `laid`."""
        code = self.encode(torch.cat([self._conditioning(traits, scalars), layouts], dim=1))
        share = functional.softmax(self.route(torch.cat([code, traits], dim=1)).float(), dim=1)
        share = share.to(code.dtype)
        return MixedWeights(
            sites=[
                layer.mixed(share, code)
                for layer in (self.site_in, self.site_middle, self.site_out)
            ],
            first=self.first.mixed(share, code),
            hidden=[cast("Expert", layer).mixed(share, code) for layer in self.hidden],
            last=self.last.mixed(share, code),
            warp=_WARP_GAIN * self.warp(code).float().unflatten(1, (len(_WAVE_VECTORS), FIELDS)),
            lean=2 * math.pi * _WARP_GAIN * self.lean(code).float(),
        )

    def forward(
        self,
        traits: Tensor,  # (N, T)
        scalars: Tensor,  # (N, 12)
        layouts: Tensor,  # (N, 15), `laid`
        points: Points,
    ) -> tuple[Tensor, Tensor]:
        """Mix the experts and evaluate, see `mix` and `draw`."""
        return self.draw(self.mix(traits, scalars, layouts), points)

    def draw(self, mixture: MixedWeights, points: Points) -> tuple[Tensor, Tensor]:
        """Evaluate the mixed network at points.

        Returns:
            Soft logits and signed depths in tiles (positive inside), each (N, P, 5) float32; see
            `separation_log_shares`.
        """
        site_features = _site_features(points, mixture.lean, mixture.sites)
        waves = _wave_features(points, mixture.warp)
        parts = [
            points.lattice,
            points.fields,
            waves,
            site_features.float(),
            _contour_features(points),
        ]
        x = functional.relu(_apply(torch.cat(parts, dim=2).to(site_features.dtype), mixture.first))
        for layer in mixture.hidden:
            x = x + functional.relu(_apply(x, layer))
        matrix, bias = mixture.last
        with torch.autocast(x.device.type, enabled=False):  # depths need full precision
            drawn = torch.baddbmm(bias.float(), x.float(), matrix.float() / len(mixture.hidden))
        return drawn[..., :SLOTS], drawn[..., SLOTS:] * _DEPTH_SCALE


def _wave_features(points: Points, warp: Tensor) -> Tensor:
    """Return wave features along the lattice, warped by the smooth fields, (N, P, 24)."""
    vectors = torch.tensor(_WAVE_VECTORS, dtype=torch.float32, device=warp.device)
    with torch.autocast(warp.device.type, enabled=False):  # phases need full precision
        phase = points.phase @ vectors.T + points.fields @ warp.transpose(1, 2)
    angle = 2 * math.pi * phase
    return torch.cat([angle.cos(), angle.sin(), (2 * angle).cos(), (2 * angle).sin()], dim=2)


def _site_features(points: Points, lean: Tensor, layers: Sequence[Mixed]) -> Tensor:
    """Return features of each nearby site, (N, P, 4 * site_out)."""
    sites = points.sites
    count, length = sites.shape[:2]
    x, y, marks = sites[..., 0], sites[..., 1], sites[..., 2:]
    distance = torch.sqrt(x * x + y * y + 1e-6)
    angle = torch.atan2(y, x)
    features = [torch.stack([x, y, distance], dim=-1)]
    for times in (math.pi, 2 * math.pi):
        angles = angle - times * marks[..., 0]
        features.append(torch.stack([distance * angles.cos(), distance * angles.sin()], dim=-1))
    near = distance.clamp(max=1.0)[..., None]
    multiples = angles[..., None] * torch.tensor(_ANGULAR_MULTIPLES, device=sites.device)
    colour_index = (marks[..., 2] * points.accents[:, None, None]).floor()
    slots = torch.arange(SLOTS - 1, device=sites.device)
    features += [near * multiples.cos(), near * multiples.sin(), marks]
    features.append((colour_index[..., None] == slots).to(marks.dtype))
    features += [(marks[..., 3:] < threshold).to(marks.dtype) for threshold in _THRESHOLDS]
    # Frames rotated by quarter turns, and by the design's own rotation of motifs.
    per_mark, common = lean[:, :, None, None].unbind(1)
    quarters = math.pi / 2 * (4 * marks[..., 0]).floor()
    frames = [
        torch.stack([distance * angles.cos(), distance * angles.sin()], dim=-1)
        for angles in (angle - quarters, angle - per_mark * marks[..., 0] - common)
    ]
    features += [*frames, *_board_features(points, frames)]
    x = torch.cat(features, dim=-1).flatten(1, 2).to(_compute_dtype(layers[0][0]))
    x = functional.relu(_apply(x, layers[0]))
    x = x + functional.relu(_apply(x, layers[1]))
    x = functional.relu(_apply(x, layers[2]))
    return x.reshape(count, length, -1)


def _contour_features(points: Points) -> Tensor:
    """Return contour features of the first smooth field, (N, P, 6)."""
    heights = torch.tensor(_CONTOURS, device=points.fields.device) * points.fields[..., :1]
    contours = 2 * math.pi * heights
    return torch.cat([contours.cos(), contours.sin()], dim=2)


def _board_features(points: Points, frames: list[Tensor]) -> list[Tensor]:
    """Return features of checkerboard cells, whose corners lie 1 from the site along each axis.

    These are the distances to the four corners, and to two of them in the rotated frame; the frame
    mirrored for every second site; and the colour slots of the cell's ground and figure, one-hot.
    """
    x, y, marks = points.sites[..., 0], points.sites[..., 1], points.sites[..., 2:]
    quarter, motif = frames
    corners = [torch.hypot(x + i, y + j) for i in (-1, 1) for j in (-1, 1)]
    rotated_corners = [torch.hypot(quarter[..., 0] + i, quarter[..., 1] + i) for i in (-1, 1)]
    mirrored = torch.where(marks[..., 1:2] < 0.5, -motif, motif)
    accents = points.accents[:, None, None]
    ground = (marks[..., 2] * (accents + 1)).floor()[..., None]
    figure = (marks[..., 1] * accents).floor()[..., None]
    slots = torch.arange(SLOTS, device=x.device)
    return [
        torch.stack([*corners, *rotated_corners], dim=-1),
        mirrored,
        (ground == slots).to(x.dtype),
        (figure == slots[:-1]).to(x.dtype),
    ]


def _compute_dtype(like: Tensor) -> torch.dtype:
    kind = like.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else like.dtype


def separation_log_shares(
    soft: Tensor, depth: Tensor, present: Tensor, px: float | Tensor
) -> Tensor:
    """Return the log shares of the present separations at each point.

    Args:
        soft, depth: (..., 5) from the network.
        present: (N, 5) bool or broadcastable, at least one True in each row.
        px: width of edge softening in tiles; (N, 1, 1) or a number.

    Returns:
        (..., 5) log shares.
    """
    logits = (soft + depth / px).masked_fill(~present, torch.finfo(torch.float32).min)
    return functional.log_softmax(logits, dim=-1)
