"""The networks live on a torus: a shift of what goes in is a shift of what comes out."""

import pytest
import torch

from tests.unit.worker.tiny import FLOW, SEPARATIONS, stirred
from worker.models.flow import FlowTransformer
from worker.models.separations import (
    SeparationDecoder,
    SeparationEncoder,
    masks_from_logits,
)
from worker.models.surface import enlarge, resampling


def _masks(count: int = 2) -> torch.Tensor:
    torch.manual_seed(3)
    return torch.rand(count, 5, 32, 32).softmax(1)


def test_encoding_commutes_with_shifts_of_whole_patches() -> None:
    torch.manual_seed(0)
    encoder = stirred(SeparationEncoder(SEPARATIONS))
    masks = _masks()
    with torch.inference_mode():
        plain, shifted = encoder(masks), encoder(masks.roll((16, 16), (2, 3)))
    torch.testing.assert_close(plain.roll((1, 1), (2, 3)), shifted, rtol=1e-3, atol=1e-3)
    assert not torch.allclose(plain, shifted, atol=1e-2)


def test_decoding_commutes_with_shifts_so_that_there_is_no_seam() -> None:
    torch.manual_seed(0)
    decoder = stirred(SeparationDecoder(SEPARATIONS))
    latent = torch.randn(1, 4, 2, 2)
    with torch.inference_mode():
        plain, shifted = decoder(latent), decoder(latent.roll(1, 3))
    torch.testing.assert_close(plain.roll(16, 3), shifted, rtol=1e-3, atol=1e-3)


def test_the_flow_heeds_time_palette_and_condition() -> None:
    torch.manual_seed(0)
    flow = stirred(FlowTransformer(FLOW))
    latent, palette = torch.randn(1, 4, 2, 2), torch.randn(1, 5, 4)
    time, code = torch.tensor([0.2]), torch.randn(1, 9, 32)
    with torch.inference_mode():
        drawn, colours = flow(latent, palette, time, code)
        others = (
            flow(latent, palette, time + 0.5, code),
            flow(latent, -palette, time, code),
            flow(latent, palette, time, -code),
            flow(latent, palette, time, code.roll(1, 1)),
        )
    assert drawn.shape == latent.shape
    assert colours.shape == palette.shape
    for other, other_colours in others:
        assert not torch.allclose(drawn, other, atol=1e-2)
        assert not torch.allclose(colours, other_colours, atol=1e-2)


def test_masks_share_each_pixel_among_the_present() -> None:
    present = torch.tensor([[True, False, True, False, False]])
    masks = masks_from_logits(torch.randn(1, 5, 8, 8), present)
    torch.testing.assert_close(masks.sum(1), torch.ones(1, 8, 8))
    assert masks[:, [1, 3, 4]].abs().max() == 0


@pytest.mark.parametrize("size", [16, 31, 32, 100, 256])
def test_resampling_keeps_a_plain_field_and_the_ring(size: int) -> None:
    matrix = resampling(32, size)
    torch.testing.assert_close(matrix @ torch.ones(32), torch.ones(size))
    if size % 32 == 0:
        line = torch.randn(32)
        torch.testing.assert_close(
            (matrix @ line).roll(size // 32), matrix @ line.roll(1), rtol=1e-4, atol=1e-5
        )


def test_enlarging_sharpens_borders_and_leaves_soft_transitions() -> None:
    ramp = torch.linspace(-2, 2, 16)
    soft = torch.cat([ramp, ramp.flip(0)])
    hard = torch.where(torch.arange(32) < 16, 6.0, -6.0)
    present = torch.tensor([[True, True, False, False, False]])

    def middles(line: torch.Tensor) -> int:
        logits = torch.zeros(1, 5, 32, 32)
        logits[0, 0] = line
        masks = torch.cat(list(enlarge(logits, present, 512)), 2)[0, 0, 0]
        return int(((masks > 0.2) & (masks < 0.8)).sum())

    assert middles(soft) > 200
    assert middles(hard) < 40
