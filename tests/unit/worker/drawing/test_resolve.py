"""Tests of records that are filled in from traits."""

import itertools

import pytest

from shared.briefs.vocabulary import COLOURS, PATTERNS
from shared.designs.parsing import read_design
from shared.designs.record import ColourLayer, ColourPaint, FamilyLayer, GradientPaint
from shared.designs.streams import stream
from worker.drawing.families import FAMILIES
from worker.drawing.resolve import DRAWN_PATTERNS, Choice, design_of_traits, with_named_colours

PALETTE = ("#F4EBDD", "#1B2A5B", "#E3A72F")
TRAITS = {"pattern": "dots", "scale": "large", "density": "sparse", "line_weight": "bold"}


def family_layer(**changes: str) -> FamilyLayer:
    design = design_of_traits(TRAITS | changes, PALETTE, seed=3, variant=0)
    (layer,) = design.layers
    assert isinstance(layer, FamilyLayer)
    return layer


def test_record_has_the_traits_and_the_exact_colours() -> None:
    design = design_of_traits(TRAITS, PALETTE, seed=3, variant=1)
    assert [entry.hex for entry in design.palette] == list(PALETTE)
    assert [entry.role for entry in design.palette] == ["ground", "hero", "secondary"]
    (layer,) = design.layers
    assert isinstance(layer, FamilyLayer)
    assert layer.family == FAMILIES["dots"].drawing
    assert layer.density < 0.5 < layer.line_weight
    assert read_design(design.to_document()) == design


def test_scale_follows_the_trait() -> None:
    small, medium, large = (family_layer(scale=each).scale_mm for each in
                            ("small", "medium", "large"))  # fmt: skip
    assert small < medium < large


def test_direction_makes_a_gradient_to_the_last_colour() -> None:
    faded = family_layer(gradient_direction="diagonal")
    (gradient,) = [paint for paint in faded.paints if isinstance(paint, GradientPaint)]
    assert len(faded.paints) == 2
    assert gradient.gradient[-1] == "p3"
    assert gradient.direction == "diagonal"


def test_solid_and_gradient_are_colour_layers() -> None:
    plain = design_of_traits({"pattern": "solid"}, PALETTE[:1], seed=1, variant=0).layers[0]
    ramp = design_of_traits(
        {"pattern": "gradient", "gradient_direction": "radial"}, PALETTE, seed=1, variant=0
    ).layers[0]
    assert isinstance(plain, ColourLayer)
    assert plain.paint == ColourPaint(palette="p1")
    assert isinstance(ramp, ColourLayer)
    assert ramp.paint == GradientPaint(gradient=("p1", "p2", "p3"), direction="radial")


def test_variants_differ() -> None:
    layers = [design_of_traits(TRAITS, PALETTE, seed=3, variant=n).layers[0] for n in range(6)]
    assert len({layer.model_dump_json() for layer in layers}) == 6


def test_streams_are_independent_and_repeatable() -> None:
    names = list(itertools.product((1, 2), (0, 1), ("l1", "l2"), ("form", "scale")))
    numbers = {name: stream(*name).random() for name in names}
    assert len(set(numbers.values())) == len(names)
    assert stream(1, 0, "l1", "form").random() == numbers[1, 0, "l1", "form"]
    assert stream(7, 0, "l1", "form").random() == pytest.approx(0.52233, abs=1e-5)


def test_every_pattern_of_the_vocabulary_can_be_drawn() -> None:
    assert set(PATTERNS) == DRAWN_PATTERNS
    for pattern in PATTERNS:
        design = design_of_traits({"pattern": pattern}, PALETTE, seed=1, variant=0)
        assert len(design.layers) == 1


def test_choice_changes_form_density_and_fade() -> None:
    def layer(choice: Choice | None = None) -> FamilyLayer:
        traits = TRAITS | {"gradient_direction": "vertical"}
        design = design_of_traits(traits, PALETTE, seed=3, variant=0, choice=choice)
        (only,) = design.layers
        assert isinstance(only, FamilyLayer)
        return only

    first = layer()
    assert layer(Choice()) == first
    assert layer(Choice(form=1)).form != first.form
    assert layer(Choice(shift=0.25)).density == pytest.approx(first.density + 0.25)
    assert layer(Choice(shift=-1.0)).density == 0.0
    (smooth,), (held,) = (
        [paint.gradient for paint in one.paints if isinstance(paint, GradientPaint)]
        for one in (first, layer(Choice(held=True)))
    )
    assert held == (smooth[0], *smooth, smooth[1])
    faded = [isinstance(paint, GradientPaint) for paint in first.paints]
    assert [isinstance(p, GradientPaint) for p in layer(Choice(fade=1)).paints] == faded[::-1]


def test_forms_that_show_all_accents_come_first() -> None:
    palette = (*PALETTE, "#C8553D", "#2E6E5B")
    for seed in range(8):
        design = design_of_traits({"pattern": "stripes"}, palette, seed=seed, variant=0)
        (layer,) = design.layers
        assert isinstance(layer, FamilyLayer)
        assert FAMILIES["stripes"].spec.most_accents(layer.form or "") == 4


def test_named_colours_that_are_near_are_kept() -> None:
    assert with_named_colours(PALETTE, ()) == PALETTE
    assert with_named_colours(PALETTE, ("navy",)) == PALETTE


def test_shades_that_differ_from_the_named_colour_become_that_colour() -> None:
    assert with_named_colours(PALETTE, ("cream",)) == (COLOURS["cream"].hex, *PALETTE[1:])


def test_named_colour_that_is_missing_replaces_the_nearest_that_was_not_named() -> None:
    palette = with_named_colours(("#F4EBDD", "#1B2A5B", "#8C6E63"), ("navy", "chocolate"))
    assert palette[:2] == ("#F4EBDD", "#1B2A5B")
    assert palette[2] == "#{:02X}{:02X}{:02X}".format(*COLOURS["chocolate"].rgb)


def test_named_colours_are_added_up_to_five() -> None:
    names = ("navy", "red", "white", "emerald", "chocolate", "pink")
    palette = with_named_colours(("#1B2A5B", "#FFFFFF"), names)
    assert palette[:2] == ("#1B2A5B", "#FFFFFF")
    assert len(palette) == 5
