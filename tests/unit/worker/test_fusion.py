"""S = [d; s]: either half may be missing, and each present half has an effect."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from shared.briefs.understood import ParsedBrief
from tests.unit.worker import tiny
from worker.imaging.colour import delta_e, lab_from_rgb
from worker.models import fusion as fusion_model
from worker.models.condition import colour_slots, lab_from_slots, target_slots
from worker.models.fusion import FusionInput, ShapeMismatch

RED_AND_NAVY = ParsedBrief(pattern="stripes", colours=("red", "navy"))


def _given(understood: ParsedBrief = RED_AND_NAVY, *, image: bool = False) -> FusionInput:
    palette = np.zeros((1, 5, 4), np.float32)
    palette[0, :2] = [[0.5, 0.1, 0.3, 0.6], [0.9, 0, 0, 0.4]]
    colours = colour_slots(understood)
    wanted = target_slots(colours, palette[0], 0.6 if image else 0.0)
    return FusionInput(
        description=torch.nn.functional.normalize(torch.linspace(-1, 1, 384)[None]),
        understood=torch.from_numpy(tiny.VOCABULARY.indicators(understood))[None],
        colours=torch.from_numpy(colours)[None],
        vision=torch.linspace(-2, 2, 1280)[None],
        palette=torch.from_numpy(palette),
        has_image=torch.tensor([image]),
        strength=torch.tensor([0.6]),
        wanted=torch.from_numpy(wanted)[None],
    )


def test_code_has_a_token_per_part_and_is_deterministic() -> None:
    fused = tiny.fusion()
    code = fused.fuse(_given())
    assert code.shape == (1, 9, 32)
    assert torch.isfinite(code).all()
    assert torch.equal(code, fused.fuse(_given()))


def test_without_an_image_the_visual_half_is_ignored() -> None:
    fused, given = tiny.fusion(), _given()
    other = replace(given, vision=-given.vision, palette=-given.palette, strength=torch.ones(1))
    assert torch.equal(fused.fuse(given), fused.fuse(other))


def test_with_an_image_features_palette_and_strength_have_an_effect() -> None:
    fused, given = tiny.fusion(), _given(image=True)
    code = fused.fuse(given)
    for change in (
        {"vision": -given.vision},
        {"palette": 0.5 * given.palette},
        {"strength": torch.tensor([0.1])},
        {"description": -given.description},
    ):
        assert not torch.allclose(code, fused.fuse(replace(given, **change)), atol=1e-4), change


def test_without_a_description_the_code_comes_from_the_image() -> None:
    fused = tiny.fusion()
    given = replace(_given(ParsedBrief(), image=True), description=torch.zeros(1, 384))
    code = fused.fuse(given)
    assert torch.isfinite(code).all()
    assert not torch.allclose(code, fused.fuse(_given(image=True)), atol=1e-3)


def test_inconsistent_halves_are_rejected() -> None:
    given = _given()
    with pytest.raises(ShapeMismatch, match="batch sizes of the inputs differ"):
        tiny.fusion().fuse(replace(given, vision=torch.zeros(2, 1280)))


@pytest.mark.parametrize("half", ["description", "vision"])
def test_encoder_width_mismatch_is_rejected(half: str) -> None:
    given = replace(_given(), **{half: torch.zeros(1, 77)})
    with pytest.raises(ShapeMismatch, match="codesigner train"):
        tiny.fusion().fuse(given)


def test_unknown_keys_are_omitted_from_the_indicators() -> None:
    vocabulary = tiny.VOCABULARY
    plain = vocabulary.indicators(ParsedBrief(pattern="no-such-pattern", gradient=True))
    assert plain.sum() == 1
    named = vocabulary.indicators(ParsedBrief(pattern="stripes", mood=("forest", "sunset")))
    assert named.sum() == 3
    assert named[vocabulary.span("pattern")].sum() == 1


def test_without_a_reference_target_colours_follow_the_brief() -> None:
    wanted = lab_from_slots(target_slots(colour_slots(RED_AND_NAVY), np.zeros((5, 4)), 0.0))
    red, navy = lab_from_rgb([(0xD0, 0x20, 0x2E), (0x14, 0x21, 0x4D)])
    assert delta_e(wanted[0], red) < 15
    assert delta_e(wanted[1], navy) < 15


@pytest.mark.parametrize(
    ("strength", "from_reference", "from_brief"),
    [(0.0, 0, 2), (0.25, 1, 2), (0.6, 2, 2), (0.8, 3, 2), (1.0, 4, 0)],
)
def test_reference_strength_sets_the_number_of_reference_colours(
    strength: float, from_reference: int, from_brief: int
) -> None:
    palette = np.zeros((5, 4), np.float32)
    palette[:4] = [[0.9, 0, 0.6, 0.4], [0.6, -0.5, 0, 0.3], [0.7, 0, 0, 0.2], [0.99, 0, 0, 0.1]]
    brief = colour_slots(RED_AND_NAVY)
    wanted = list(lab_from_slots(target_slots(brief, palette, strength)))
    reference = palette[:4, :3] * [100, 128, 128]

    def count(others: np.ndarray) -> int:
        return sum(any(np.allclose(one, other, atol=0.01) for other in others) for one in wanted)

    assert count(reference) == from_reference
    assert count(lab_from_slots(brief)) == from_brief


def test_fusion_round_trips_through_its_file(tmp_path: Path) -> None:
    loaded = fusion_model.load(tiny.saved(tmp_path)["fusion"], tiny.CPU)
    assert torch.equal(loaded.fuse(_given()), tiny.fusion().fuse(_given()))
    assert loaded.vocabulary == tiny.VOCABULARY
