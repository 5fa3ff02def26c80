"""The drawing network: from what a point of the torus is to the separations' shares there.

An implicit network (Stanley 2007, "Compositional pattern producing networks") over structured
noise as in periodic spatial GANs (Bergmann et al. 2017): all its layers are 1 x 1, so a tile is
seamless by construction and the same weights draw any size. Its weights are mixtures of experts
(Yang et al. 2019, "CondConv"), mixed once for a design by its traits and its own random numbers.
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
from worker.models.generator.point_features import LAID, LATTICE, MOST_FREQUENCY, Points

__all__ = ["SLOTS", "FieldNet", "FieldShape", "Mixture", "masks_from"]

SLOTS = 5
"""Most separations that a design has."""
_THRESHOLDS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)
_PHASES = ((1, 0), (0, 1), (1, 1), (1, -1), (0, 0), (0, 0))
_BENT = 8.0
"""How much faster the waves' bending is learnt."""
_TURNS = (2, 3, 4, 5, 6, 8)  # multiples of the angle around a site
_CONTOURS = (0.8, 1.05, 1.35)
"""Waves up a smooth field: contour lines lie where these phases are whole."""
_BOARD = 4 + 2 + 2 + SLOTS + (SLOTS - 1)
_SITE = 3 + 2 + 2 + 2 * len(_TURNS) + MARKS + (SLOTS - 1) + len(_THRESHOLDS) + 4 + _BOARD
_SHARPNESS = 0.02
"""Distance in tiles that counts as much as one unit of a soft logit does at one pixel."""


@dataclass(frozen=True, kw_only=True)
class FieldShape:
    """Sizes of the drawing network."""

    traits: int
    """Numbers that tell a design's traits, see `worker.models.generator.traits`."""
    width: int = 160
    layers: int = 3
    """Hidden layers after the first."""
    site_width: int = 80
    site_out: int = 48
    experts: int = 64
    code: int = 256
    hidden: int = 512
    """Of the networks that lay out and that mix the experts."""


Mixed: TypeAlias = tuple[Tensor, Tensor]
"""Matrices (N, inputs, outputs) and biases (N, 1, outputs) of a layer, for each design its own."""


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """The network as it draws N designs."""

    sites: list[Mixed]
    first: Mixed
    hidden: list[Mixed]
    last: Mixed
    warp: Tensor  # (N, 6, 3) how the smooth fields bend each wave, in waves
    lean: Tensor  # (N, 2) how far sites are turned by their mark, and all alike; radians


class Expert(nn.Module):
    """A linear layer whose matrix each design mixes for itself."""

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
        """Give the designs' matrices (N, inputs, outputs) and biases (N, 1, outputs)."""
        matrix = self.shared + (share @ self.bank).unflatten(1, self.size)
        return matrix * (1 + self.gain(code))[:, None], self.bias(code)[:, None]


def _apply(x: Tensor, mixed: Mixed) -> Tensor:
    """(N, P, inputs) -> (N, P, outputs)."""
    return torch.baddbmm(mixed[1].to(x.dtype), x, mixed[0].to(x.dtype))


class FieldNet(nn.Module):
    """Lays a design out, and draws it at any points."""

    def __init__(self, shape: FieldShape) -> None:
        super().__init__()
        self.shape = shape
        width, code, hidden = shape.width, shape.code, shape.hidden
        told = shape.traits + SCALARS * (1 + len(_THRESHOLDS))
        self.lay = nn.Sequential(
            nn.Linear(told, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU(),
            nn.Linear(hidden, len(KINDS) + 2 * MAX_REPEATS + MOST_FREQUENCY),
        )  # fmt: skip
        self.encode = nn.Sequential(
            nn.Linear(told + LAID, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU(),
            nn.Linear(hidden, code), nn.LayerNorm(code),
        )  # fmt: skip
        self.route = nn.Linear(code + shape.traits, shape.experts)
        nn.init.normal_(self.route.weight, std=0.02)
        with torch.no_grad():  # start with an expert for each pattern
            for trait in range(min(shape.traits, shape.experts)):
                self.route.weight[trait, code + trait] = 5.0
        self.warp = nn.Linear(code, len(_PHASES) * FIELDS)
        nn.init.zeros_(self.warp.weight)
        nn.init.normal_(self.warp.bias, std=0.5 / _BENT)
        self.lean = nn.Linear(code, 2)
        nn.init.zeros_(self.lean.weight)
        self.site_in = Expert(shape, _SITE, shape.site_width)
        self.site_middle = Expert(shape, shape.site_width, shape.site_width)
        self.site_out = Expert(shape, shape.site_width, shape.site_out)
        given = LATTICE + FIELDS + 4 * len(_PHASES) + NEAR * shape.site_out
        given += 2 * len(_CONTOURS)
        self.first = Expert(shape, given, width)
        self.hidden = nn.ModuleList(Expert(shape, width, width) for _ in range(shape.layers))
        self.last = Expert(shape, width, 2 * SLOTS)
        nn.init.zeros_(self.last.bank)

    def _told(self, traits: Tensor, scalars: Tensor) -> Tensor:
        steps = [(scalars < threshold).to(scalars.dtype) for threshold in _THRESHOLDS]
        return torch.cat([traits, 2 * scalars - 1, *steps], dim=1)

    def layout_logits(self, traits: Tensor, scalars: Tensor) -> tuple[Tensor, ...]:
        """Lay designs out: logits of kind (N, 4), columns and rows (N, 24), frequency (N, 6)."""
        logits: Tensor = self.lay(self._told(traits, scalars))
        return logits.split([len(KINDS), MAX_REPEATS, MAX_REPEATS, MOST_FREQUENCY], dim=1)

    def mix(self, traits: Tensor, scalars: Tensor, layouts: Tensor) -> Mixture:
        """Mix the experts for designs: (N, T), (N, 12) and (N, 15), see `laid`."""
        code = self.encode(torch.cat([self._told(traits, scalars), layouts], dim=1))
        share = functional.softmax(self.route(torch.cat([code, traits], dim=1)).float(), dim=1)
        share = share.to(code.dtype)
        return Mixture(
            sites=[
                layer.mixed(share, code)
                for layer in (self.site_in, self.site_middle, self.site_out)
            ],
            first=self.first.mixed(share, code),
            hidden=[cast("Expert", layer).mixed(share, code) for layer in self.hidden],
            last=self.last.mixed(share, code),
            warp=_BENT * self.warp(code).float().unflatten(1, (len(_PHASES), FIELDS)),
            lean=2 * math.pi * _BENT * self.lean(code).float(),
        )

    def forward(
        self,
        traits: Tensor,  # (N, T)
        scalars: Tensor,  # (N, 12)
        layouts: Tensor,  # (N, 15), `laid`
        points: Points,
    ) -> tuple[Tensor, Tensor]:
        """Draw, as `draw` does, with experts mixed for these designs."""
        return self.draw(self.mix(traits, scalars, layouts), points)

    def draw(self, mixture: Mixture, points: Points) -> tuple[Tensor, Tensor]:
        """Draw.

        Returns:
            Soft logits and signed depths in tiles (positive inside), each (N, P, 5) float32; see
            `masks_from`.
        """
        seen = _sites(points, mixture.lean, mixture.sites)
        waves = _waves(points, mixture.warp)
        parts = [points.lattice, points.fields, waves, seen.float(), _contours(points)]
        x = functional.relu(_apply(torch.cat(parts, dim=2).to(seen.dtype), mixture.first))
        for layer in mixture.hidden:
            x = x + functional.relu(_apply(x, layer))
        matrix, bias = mixture.last
        with torch.autocast(x.device.type, enabled=False):  # depths want all their digits
            drawn = torch.baddbmm(bias.float(), x.float(), matrix.float() / len(mixture.hidden))
        return drawn[..., :SLOTS], drawn[..., SLOTS:] * _SHARPNESS


def _waves(points: Points, warp: Tensor) -> Tensor:
    """Waves along the lattice, bent by the smooth fields: (N, P, 24)."""
    across = torch.tensor(_PHASES, dtype=torch.float32, device=warp.device)
    with torch.autocast(warp.device.type, enabled=False):  # phases want all their digits, too
        phase = points.phase @ across.T + points.fields @ warp.transpose(1, 2)
    angle = 2 * math.pi * phase
    return torch.cat([angle.cos(), angle.sin(), (2 * angle).cos(), (2 * angle).sin()], dim=2)


def _sites(points: Points, lean: Tensor, layers: Sequence[Mixed]) -> Tensor:
    """See each site by itself: (N, P, 4 * site_out)."""
    sites = points.sites
    count, length = sites.shape[:2]
    x, y, marks = sites[..., 0], sites[..., 1], sites[..., 2:]
    far = torch.sqrt(x * x + y * y + 1e-6)
    angle = torch.atan2(y, x)
    features = [torch.stack([x, y, far], dim=-1)]
    for times in (math.pi, 2 * math.pi):
        turned = angle - times * marks[..., 0]
        features.append(torch.stack([far * turned.cos(), far * turned.sin()], dim=-1))
    near = far.clamp(max=1.0)[..., None]
    turns = turned[..., None] * torch.tensor(_TURNS, device=sites.device)
    dealt = (marks[..., 2] * points.accents[:, None, None]).floor()
    slots = torch.arange(SLOTS - 1, device=sites.device)
    features += [near * turns.cos(), near * turns.sin(), marks]
    features.append((dealt[..., None] == slots).to(marks.dtype))
    features += [(marks[..., 3:] < threshold).to(marks.dtype) for threshold in _THRESHOLDS]
    # Turned by quarters, and by as much as the design turns its motifs.
    more, less = lean[:, :, None, None].unbind(1)
    quarters = math.pi / 2 * (4 * marks[..., 0]).floor()
    frames = [
        torch.stack([far * turned.cos(), far * turned.sin()], dim=-1)
        for turned in (angle - quarters, angle - more * marks[..., 0] - less)
    ]
    features += [*frames, *_board(points, frames)]
    x = torch.cat(features, dim=-1).flatten(1, 2).to(_compute_dtype(layers[0][0]))
    x = functional.relu(_apply(x, layers[0]))
    x = x + functional.relu(_apply(x, layers[1]))
    x = functional.relu(_apply(x, layers[2]))
    return x.reshape(count, length, -1)


def _contours(points: Points) -> Tensor:
    """Tell of the contours of the first field: (N, P, 6)."""
    heights = torch.tensor(_CONTOURS, device=points.fields.device) * points.fields[..., :1]
    contours = 2 * math.pi * heights
    return torch.cat([contours.cos(), contours.sin()], dim=2)


def _board(points: Points, frames: list[Tensor]) -> list[Tensor]:
    """Tell of a board's cells, whose corners lie 1 from the site along each axis.

    Distances to the four corners; to two of them in the cell's own frame; the frame turned over
    for every second site; the colours that a cell's ground and its figure are dealt.
    """
    x, y, marks = points.sites[..., 0], points.sites[..., 1], points.sites[..., 2:]
    quarter, leaning = frames
    corners = [torch.hypot(x + i, y + j) for i in (-1, 1) for j in (-1, 1)]
    own = [torch.hypot(quarter[..., 0] + i, quarter[..., 1] + i) for i in (-1, 1)]
    over = torch.where(marks[..., 1:2] < 0.5, -leaning, leaning)
    accents = points.accents[:, None, None]
    ground = (marks[..., 2] * (accents + 1)).floor()[..., None]
    figure = (marks[..., 1] * accents).floor()[..., None]
    slots = torch.arange(SLOTS, device=x.device)
    return [
        torch.stack([*corners, *own], dim=-1),
        over,
        (ground == slots).to(x.dtype),
        (figure == slots[:-1]).to(x.dtype),
    ]


def _compute_dtype(like: Tensor) -> torch.dtype:
    kind = like.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else like.dtype


def masks_from(soft: Tensor, depth: Tensor, present: Tensor, px: float | Tensor) -> Tensor:
    """Share each point among the separations that are present.

    Args:
        soft, depth: (..., 5) from the network.
        present: (N, 5) bool or broadcastable, at least one True in each row.
        px: width over which an edge is softened, in tiles; (N, 1, 1) or a number.

    Returns:
        (..., 5) logarithms of the shares.
    """
    logits = (soft + depth / px).masked_fill(~present, torch.finfo(torch.float32).min)
    return functional.log_softmax(logits, dim=-1)
