"""Tests of how designs are chosen so that each colour is seen."""

import numpy as np
import pytest

from shared.designs.parsing import read_design
from shared.designs.record import FamilyLayer, GradientPaint
from worker.drawing import visibility
from worker.drawing.families import FAMILIES
from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import Choice, design_of_traits
from worker.drawing.visibility import area_shares, visible_design, visible_shares

PALETTE = ("#F4EBDD", "#1B2A5B", "#E3A72F", "#C8553D", "#2E8B57")
FORMS = [(name, form) for name, family in FAMILIES.items() for form in family.forms]


def test_visible_shares_leave_out_what_is_blended() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:1, :, :3], pixels[1:2, :, :3] = 252, 128
    assert visible_shares(pixels, ["#000000", "#FFFFFF"]).tolist() == [0.5, 0.25]


def test_choices_are_of_forms_first_and_then_of_densities() -> None:
    tried = list(visibility.choices())
    assert tried[0] == Choice()
    assert [choice.form for choice in tried[:6]] == [0, 0, 1, 1, 2, 2]
    assert {choice.shift for choice in tried[:6]} == {0.0}
    assert len(tried) == len(set(tried)) == 24


@pytest.mark.parametrize("pattern", sorted(FAMILIES))
@pytest.mark.parametrize("colours", [3, 4, 5])
def test_every_family_shows_up_to_four_accents(pattern: str, colours: int) -> None:
    traits = {"pattern": pattern, "scale": "medium", "density": "balanced", "line_weight": "medium"}
    design, shares = visible_design(traits, PALETTE[:colours], 5, 0)
    assert [entry.hex for entry in design.palette] == list(PALETTE[:colours])
    assert shares.min() >= (0.08 if colours < 5 else 0.06)


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_form_shows_as_many_accents_as_its_spec_says(name: str, form: str) -> None:
    if name in {"checks", "plaid"}:
        pytest.skip("Woven colours are mixed.")
    accents = FAMILIES[name].spec.most_accents(form)
    palette = ("#FFFFFF", "#FF0000", "#00FF00", "#0000FF", "#000000")[: accents + 1]
    least = []
    for seed in (1, 2, 3):
        document = design_of_traits({"pattern": name}, palette, seed=seed, variant=0).to_document()
        document["layers"][0] |= {"form": form, "scale_mm": 80 / FAMILIES[name].repeats[1]}
        shares = area_shares(draw_pixels(read_design(document), 128), palette)
        least.append(shares[1:].min())
    assert np.median(least) >= 0.07


def test_sparse_fine_design_becomes_bolder_until_its_colours_are_seen() -> None:
    traits = {"pattern": "confetti", "scale": "small", "density": "sparse", "line_weight": "fine"}
    first = design_of_traits(traits, PALETTE[:4], seed=70038, variant=0)
    chosen, shares = visible_design(traits, PALETTE[:4], 70038, 0)
    assert visible_shares(draw_pixels(first, 96), PALETTE[:4]).min() < shares.min()
    assert isinstance(chosen.layers[0], FamilyLayer)
    assert isinstance(first.layers[0], FamilyLayer)
    assert chosen.layers[0].density > first.layers[0].density


@pytest.mark.parametrize("direction", ["vertical", "diagonal", "radial"])
@pytest.mark.parametrize("colours", [2, 3, 4])
def test_gradient_shows_each_of_its_colours(direction: str, colours: int) -> None:
    traits = {"pattern": "gradient", "gradient_direction": direction}
    design, shares = visible_design(traits, PALETTE[:colours], 1, 0)
    assert shares.min() >= 0.07
    paint = design.layers[0].paint  # type: ignore[union-attr]
    assert isinstance(paint, GradientPaint)
    assert list(dict.fromkeys(paint.gradient)) == [f"p{n + 1}" for n in range(colours)]


@pytest.mark.parametrize("pattern", ["confetti", "zebra", "scales", "paisley"])
def test_family_with_a_fade_shows_both_of_its_ends(pattern: str) -> None:
    traits = {"pattern": pattern, "gradient_direction": "diagonal"}
    _, shares = visible_design(traits, PALETTE[:3], 2, 0)
    assert shares.min() >= 0.08


@pytest.mark.parametrize(
    ("name", "form"),
    [("stripes", "ticking"), ("stripes", "graded"), ("stripes", "even"), ("waves", "lines"),
     ("diagonal-stripes", "regency"), ("checks", "gingham"), ("zebra", "zebra"), ("dots", "grid"),
     ("ripples", "rings"), ("terrazzo", "chips"), ("topography", "tinted")],
)  # fmt: skip
def test_areas_follow_the_shares(name: str, form: str) -> None:
    palette = ("#FFFFFF", "#FF0000", "#0000FF")
    ratios = []
    for wanted in ([0.5, 0.5], [0.75, 0.25]):
        document = design_of_traits({"pattern": name}, palette, seed=2, variant=0).to_document()
        document["layers"][0] |= {"form": form, "shares": wanted}
        shares = area_shares(draw_pixels(read_design(document), 128), palette)
        ratios.append(shares[1] / shares[2])
    assert ratios[1] > 1.5 * ratios[0]
