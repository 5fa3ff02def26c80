"""The field network is periodic; separation and upscaling preserve shares and borders."""

import numpy as np
import pytest
import torch

from tests.unit.worker.tiny import FIELD, KEYS, READER, stirred
from worker.models.generator.field import FieldNet, separation_log_shares
from worker.models.generator.layout import Layout, Noise, SampledNoise
from worker.models.generator.model import layout_of
from worker.models.generator.point_features import laid, points_of
from worker.models.generator.reader import Reader
from worker.models.generator.surface import enlarge, resampling

LAYOUT = Layout(kind="staggered", columns=3, rows=4)
NOISE = Noise(seed=5)


def _drawn(net: FieldNet, x: np.ndarray, y: np.ndarray, noise: Noise = NOISE) -> torch.Tensor:
    traits = KEYS.indicators(torch.tensor([[2, 0, 1, 1, 0, 3]]))
    points = points_of(SampledNoise(LAYOUT, noise, x, y), 3)
    scalars = torch.from_numpy(noise.scalars)[None]
    with torch.inference_mode():
        return torch.cat(net(traits, scalars, laid(LAYOUT)[None], points), dim=2)


def _net() -> FieldNet:
    torch.manual_seed(0)
    net = stirred(FieldNet(FIELD))
    assert isinstance(net, FieldNet)
    return net


def test_tile_border_is_as_smooth_as_inner_cell_borders() -> None:
    net, y = _net(), np.linspace(0, 1, 50, dtype=np.float32)

    def step(x: float) -> float:
        before, after = (np.full(50, x + side, np.float32) for side in (-1e-4, 1e-4))
        return float((_drawn(net, before, y) - _drawn(net, after, y)).abs().median())

    assert step(0.0) < 2 * max(step(1 / 3), step(2 / 3))
    assert step(0.4 / 3) < 0.2 * step(1 / 3)


def test_field_depends_on_traits_and_noise() -> None:
    net, (x, y) = _net(), np.random.default_rng(0).random((2, 64), dtype=np.float32)
    first = _drawn(net, x, y)
    assert first.shape == (1, 64, 10)
    assert not torch.allclose(first, _drawn(net, x, y, Noise(seed=6)), atol=1e-2)


def test_staggered_layouts_have_an_even_number_of_rows() -> None:
    rows = torch.zeros(1, 24)
    rows[0, 4] = 3.0  # five rows
    rows[0, 5] = 2.0
    kind = torch.tensor([[0.0, 1.0, 0.0, 0.0]])
    logits = (kind, torch.zeros(1, 24), rows, torch.zeros(1, 6))
    assert layout_of(logits).rows == 6
    assert layout_of((kind.roll(-1, 1), *logits[1:])).rows == 5


def test_reader_depends_on_time_palette_count_and_code() -> None:
    torch.manual_seed(0)
    reader = stirred(Reader(READER, KEYS))
    palette, code = torch.randn(1, 5, 3), torch.randn(1, 9, 32)
    time, count = torch.tensor([0.2]), torch.tensor([3])
    with torch.inference_mode():
        first = reader(palette, time, count, code)
        others = (
            reader(palette, time + 0.5, count, code),
            reader(-palette, time, count, code),
            reader(palette, time, count + 1, code),
            reader(palette, time, count, -code),
        )
        beyond = palette.clone()
        beyond[:, 3:] += 1  # absent colours
        same = reader(beyond, time, count, code)
    assert first.shape == palette.shape
    assert all(not torch.allclose(first, other, atol=1e-2) for other in others)
    torch.testing.assert_close(first, same)


def test_masks_sum_to_one_over_present_colours() -> None:
    present = torch.tensor([True, False, True, False, False])
    masks = separation_log_shares(torch.randn(8, 8, 5), torch.randn(8, 8, 5), present, 1 / 8).exp()
    torch.testing.assert_close(masks.sum(-1), torch.ones(8, 8))
    assert masks[..., [1, 3, 4]].abs().max() == 0


@pytest.mark.parametrize("size", [16, 31, 32, 100, 256])
def test_resampling_preserves_constants_and_cyclic_shifts(size: int) -> None:
    matrix = resampling(32, size)
    torch.testing.assert_close(matrix @ torch.ones(32), torch.ones(size))
    if size % 32 == 0:
        line = torch.randn(32)
        torch.testing.assert_close(
            (matrix @ line).roll(size // 32), matrix @ line.roll(1), rtol=1e-4, atol=1e-5
        )


def test_upscaling_keeps_sharp_borders_and_soft_transitions() -> None:
    place = (torch.arange(32) + 0.5) / 32
    distance = 0.25 - (place - 0.5).abs()  # a band, half a tile wide
    present = torch.tensor([True, True, False, False, False])

    def middles(soft: torch.Tensor, depth: torch.Tensor) -> int:
        fields = []
        for line in (soft, depth):
            field = torch.zeros(32, 32, 5)
            field[..., 0] = line
            fields.append(field)
        shares = torch.cat(list(enlarge(*fields, present, 512)))[0, :, 0]
        return int(((shares > 0.2) & (shares < 0.8)).sum())

    assert middles(16 * distance, torch.zeros(32)) > 80
    assert middles(torch.zeros(32), 4 * distance) < 6
