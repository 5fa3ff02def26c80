"""Refused colours stay out of designs, wherever colours come from."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from shared.briefs.colours.refused import refused_keys
from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS
from shared.designs.record import Design
from tests.unit.worker.test_records import generator
from worker.composition.motif_design import motif_design
from worker.drawing.blends import blends_to_refused
from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import design_of_traits
from worker.execution.contracts import DesignOptions, StageCall
from worker.imaging.colour import lab_from_rgb
from worker.imaging.palette import palette_array
from worker.imaging.refused import is_refused, other_colour, recoloured, without_refused
from worker.models.captioner.agreement import find_inconsistencies
from worker.models.generator.draft import DraftRequest, sha256_of
from worker.stages.fusion import merge_description, permitted_rows

CODE = torch.linspace(-1, 1, 9 * 32).reshape(9, 32)
ORANGE, TEAL, CREAM = (COLOURS[key].hex for key in ("orange", "teal", "cream"))


def lab_of(*colours: str) -> np.ndarray:
    return lab_from_rgb(np.array([list(bytes.fromhex(each[1:])) for each in colours]))


def keys_of(brief: str) -> frozenset[str]:
    return refused_keys(parse_brief(brief))


def refused_share(design: Design, keys: frozenset[str], files: dict[str, bytes]) -> float:
    """Return the share of the tile that has a refused colour, edges included."""
    pixels = draw_pixels(design, 384, files.__getitem__)[..., :3].reshape(-1, 3)
    found, counts = np.unique(pixels // 4, axis=0, return_counts=True)
    refused = is_refused(lab_from_rgb(found * 4 + 2), keys)
    return float(counts[refused].sum() / counts.sum())


def test_refusing_a_colour_refuses_its_shades_but_not_the_reverse() -> None:
    assert {"blue", "navy", "sky", "cobalt"} <= keys_of("mug, no blue")
    assert keys_of("mug, no navy") == {"navy"}
    assert {"white", "ivory"} <= keys_of("杯子，不要白色")
    assert keys_of("mug, teal and cream") == frozenset()


def test_a_colour_that_is_wanted_by_name_is_not_refused() -> None:
    assert "navy" not in keys_of("mug in navy, no blue")
    assert "sky" in keys_of("mug in navy, no blue")
    wanted = ParsedBrief(excluded_colours=("white",), ground="white")
    assert "white" not in refused_keys(wanted)


def test_colours_are_judged_by_the_nearest_of_the_vocabulary() -> None:
    keys = keys_of("mug, no orange")
    shades = lab_of("#F4772B", "#FF8A3C", "#F7A51B", "#127C80", "#D3202B", "#70482B")
    assert is_refused(shades, keys).tolist() == [True, True, True, False, False, False]
    assert is_refused(lab_of("#F4772B")[0], keys).shape == ()
    for key, colour in COLOURS.items():
        assert is_refused(lab_of(colour.hex)[0], {key}), key


def test_palette_loses_its_refused_colours() -> None:
    keys = keys_of("mug, no orange")
    assert without_refused([ORANGE, TEAL, CREAM], keys) == (TEAL, CREAM)
    assert without_refused([TEAL, CREAM], keys) == (TEAL, CREAM)
    assert without_refused([ORANGE, TEAL], frozenset()) == (ORANGE, TEAL)
    assert without_refused([ORANGE, "#FF8A3C"], keys, ["teal", "cream"]) == (TEAL,)
    two = without_refused([ORANGE, TEAL], keys)
    assert len(two) == 2
    assert two[0] == TEAL
    assert not is_refused(lab_of(*two), keys).any()
    assert len(without_refused([ORANGE, ORANGE], keys)) == 2


def test_separations_keep_their_number() -> None:
    keys = keys_of("mug, no orange")
    assert recoloured([ORANGE, TEAL, CREAM], keys) == (TEAL, TEAL, CREAM)
    assert recoloured([TEAL, CREAM], keys) == (TEAL, CREAM)
    assert len(recoloured([ORANGE], keys)) == 1


def test_another_colour_exists_whatever_is_refused() -> None:
    for refused in COLOURS:
        keys = refused_keys(ParsedBrief(excluded_colours=(refused,)))
        assert not is_refused(lab_of(other_colour([ORANGE, TEAL], keys)), keys).any()


def test_reference_loses_its_refused_rows() -> None:
    palette = palette_array(lab_of(ORANGE, TEAL, CREAM), np.array([0.7, 0.2, 0.1]))
    kept = permitted_rows(palette, keys_of("mug, no orange"))
    assert kept[:, 3] == pytest.approx([2 / 3, 1 / 3, 0, 0, 0])
    assert np.allclose(kept[0, :3], palette[1, :3])
    assert permitted_rows(palette, frozenset()) is palette
    orange = palette_array(lab_of(ORANGE), np.array([1.0]))
    assert not permitted_rows(orange, keys_of("mug, no orange")).any()


def test_description_brings_no_shade_of_a_refused_colour() -> None:
    brief = parse_brief("mug with dots, no blue")
    options = DesignOptions(variants=1, seed=1, product="mug", reference_strength=0.0, size=128)
    call = StageCall(
        job_id="a", brief="", options=options, understood=brief, reference=None,
        outputs={}, artifacts={}, job_url="",
    )  # fmt: skip
    merged = merge_description(call, "A pattern of dots in navy, teal and sky blue.")
    assert merged.colours == ("teal",)
    assert find_inconsistencies(brief, parse_brief("dots in navy")) == (
        "refused colour navy named",
    )


@pytest.mark.parametrize("refused", ["orange", "blue", "white", "black", "green", "grey", "red"])
@pytest.mark.parametrize("pattern", ["dots", "stripes", "plaid", "loom"])
def test_families_and_separations_have_no_refused_colour(pattern: str, refused: str) -> None:
    drawer = generator(pattern)
    understood = ParsedBrief(excluded_colours=(refused,))
    keys = refused_keys(understood)
    for seed in range(3):
        request = DraftRequest(
            code=CODE, description="", understood=understood, reference=None,
            reference_strength=0.0, seed=seed, size_px=64,
        )  # fmt: skip
        draft = drawer.draft(request, 0)
        assert not is_refused(lab_of(*(each.hex for each in draft.design.palette)), keys).any()


def test_sampled_palettes_without_refusal_stay_as_they_are() -> None:
    drawer = generator("dots")
    request = DraftRequest(
        code=CODE, description="", understood=ParsedBrief(), reference=None,
        reference_strength=0.0, seed=4, size_px=64,
    )  # fmt: skip
    ((_, palette),) = drawer.field.sample([CODE], 4, [0])
    assert [each.hex for each in drawer.draft(request, 0).design.palette] == list(palette)


def test_gradients_through_a_refused_colour_are_found() -> None:
    traits = {"pattern": "gradient", "gradient_direction": "vertical"}
    white_to_red = design_of_traits(traits, ["#FFFFFF", "#D3202B"], seed=1, variant=0)
    assert blends_to_refused(white_to_red, keys_of("mug, no pink"))
    assert not blends_to_refused(white_to_red, keys_of("mug, no blue"))
    assert not blends_to_refused(white_to_red, frozenset())


@pytest.mark.parametrize(
    ("brief", "seed"),
    [
        ("foxes, no orange", 1),
        ("foxes and leaves, no white", 2),
        ("lemons, no yellow", 3),
        ("foxes on stripes, no white, no green", 4),
        ("狐狸，不要橙色", 5),
        ("navy foxes, no blue", 6),
        ("foxes in teal and cream, no orange", 7),
    ],
)
def test_motif_drawings_show_no_refused_colour(brief: str, seed: int) -> None:
    understood = parse_brief(brief)
    keys = refused_keys(understood)
    assert keys
    for variant in range(2):
        design, contents = motif_design(
            understood, understood.colours, [TEAL, CREAM, "#4E1F4F"], (seed, variant)
        )
        files = {sha256_of(content): content for content in contents}
        assert refused_share(design, keys, files) < 0.03


def test_ground_that_is_wanted_wins_over_its_refusal() -> None:
    understood = replace(parse_brief("foxes, no white"), ground="white")
    design, _ = motif_design(understood, ("white",), [TEAL, CREAM], (1, 0))
    assert design.palette[0].hex == COLOURS["white"].hex
