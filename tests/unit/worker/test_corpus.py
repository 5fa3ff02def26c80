"""Pictures of the corpus are seamless, complete and match their specification."""

from dataclasses import replace

import numpy as np
import pytest

from shared.briefs.vocabulary import COLOURS, PATTERNS
from worker.corpus import compose, held_out, render_corpus, render_masks, sample
from worker.corpus.families import FAMILIES
from worker.corpus.spec import DesignSpec
from worker.imaging.colour import delta_e, lab_from_rgb

SIZE_PX = 64


def designs(pattern: str, count: int) -> list[DesignSpec]:
    """Return designs of one family with all scales, colour counts and gradients."""
    family = FAMILIES[pattern]
    found = []
    for seed in range(count):
        spec = sample(seed)
        other = 1 + seed % 4
        colours = int(np.clip(other + 1, family.min_colours, min(5, family.max_colours)))
        keys = tuple(list(COLOURS)[seed : seed + colours])
        scale = ("small", "medium", "large")[seed % 3]
        found.append(
            replace(
                spec,
                pattern=pattern,
                colours=keys,
                palette=tuple(COLOURS[key].rgb for key in keys),
                gradient=pattern == "gradient" or (seed % 4 == 3 and colours > 2),
                gradient_direction=("vertical", "horizontal", "diagonal", "radial")[seed // 4 % 4],
                scale=scale,
                density=("sparse", "balanced", "dense")[seed // 2 % 3],
                line_weight=("fine", "medium", "bold")[seed // 3 % 3],
            )
        )
    return found


def test_patterns_and_families_correspond() -> None:
    assert set(FAMILIES) == set(PATTERNS)


@pytest.mark.parametrize("pattern", sorted(FAMILIES))
def test_masks_sum_to_one_and_are_sorted_by_area(pattern: str) -> None:
    for spec in designs(pattern, 6):
        masks = render_masks(spec, SIZE_PX)
        assert masks.shape == (len(spec.colours), SIZE_PX, SIZE_PX)
        assert masks.dtype == np.float32
        assert masks.min() >= -1e-4
        np.testing.assert_allclose(masks.sum(axis=0), 1.0, atol=1e-4)
        areas = masks.mean(axis=(1, 2))
        assert np.all(np.diff(areas) <= 0.03)  # areas are estimated from points
        assert areas.min() > 0.002, "a colour that is named must be seen"


@pytest.mark.parametrize("pattern", sorted(FAMILIES))
def test_tiles_are_seamless(pattern: str) -> None:
    """The picture changes across the border as much as between any two lines inside."""
    for spec in designs(pattern, 6):
        masks = render_masks(spec, SIZE_PX)
        for axis in (1, 2):
            steps = np.abs(np.roll(masks, -1, axis) - masks).sum(axis=0)
            by_line = steps.mean(axis=2 - axis)
            assert by_line[-1] <= 1.5 * by_line[:-1].max() + 0.02, (spec.seed, axis)


def test_seam_measure_detects_a_seam() -> None:
    spec = replace(designs("gradient", 1)[0], gradient_direction="horizontal")
    half = render_masks(spec, SIZE_PX)[:, :, : SIZE_PX // 2]
    steps = np.abs(np.roll(half, -1, 2) - half).sum(axis=0).mean(axis=0)
    assert steps[-1] > 1.5 * steps[:-1].max() + 0.02


@pytest.mark.parametrize("pattern", sorted(FAMILIES))
def test_design_is_the_same_at_any_size(pattern: str) -> None:
    spec = designs(pattern, 2)[1]
    small, large = (compose(render_masks(spec, size), spec.palette) for size in (96, 192))
    shrunk = large.reshape(96, 2, 96, 2, 3).mean(axis=(1, 3))
    assert np.abs(small - shrunk).mean() < 16


def test_pictures_are_reproducible_and_depend_on_the_seed() -> None:
    first, again = render_masks(sample(5), 64), render_masks(sample(5), 64)
    np.testing.assert_array_equal(first, again)
    assert sample(5) == sample(5)
    assert sample(5) != sample(6)
    assert sample(5, "test") != sample(5, "train")


def test_designs_of_a_family_are_distinct() -> None:
    alike = {"scale": "medium", "colours": ("red", "white"), "gradient": False}
    specs = [replace(spec, **alike) for spec in designs("geometric", 6)]
    pictures = {render_masks(spec, 64).tobytes() for spec in specs}
    assert len(pictures) == len(specs)


def test_held_out_pairs_are_not_in_the_training_split() -> None:
    train = [sample(seed) for seed in range(400)]
    assert not any(held_out(spec.pattern, key) for spec in train for key in spec.colours)
    test = [sample(seed, "test") for seed in range(200)]
    assert all(any(held_out(spec.pattern, key) for key in spec.colours) for spec in test)
    share = np.mean([held_out(pattern, key) for pattern in PATTERNS for key in COLOURS])
    assert 0.07 < share < 0.13


def test_every_family_and_colour_is_sampled() -> None:
    specs = [sample(seed) for seed in range(1500)]
    assert {spec.pattern for spec in specs} == set(FAMILIES)
    assert {key for spec in specs for key in spec.colours} == set(COLOURS)
    assert {len(spec.colours) for spec in specs if spec.pattern != "solid"} == {2, 3, 4, 5}


def test_palette_colours_are_near_their_names_and_distinct() -> None:
    for seed in range(300):
        spec = sample(seed)
        named = lab_from_rgb([COLOURS[key].rgb for key in spec.colours])
        assert delta_e(named, lab_from_rgb(spec.palette)).max() < 8
        assert len(set(spec.colours)) == len(spec.colours)


def test_compose_blends_in_srgb() -> None:
    masks = np.array([[[1.0, 0.5]], [[0.0, 0.5]]], np.float32)
    picture = compose(masks, [(200, 100, 0), (0, 0, 100)])
    assert picture.tolist() == [[[200, 100, 0], [100, 50, 50]]]


def test_corpus_is_rendered_from_a_range_of_seeds() -> None:
    drawn = list(render_corpus(4, 20, 32, "test"))
    assert [spec.seed for spec, _ in drawn] == [20, 21, 22, 23]
    np.testing.assert_array_equal(drawn[2][1], render_masks(sample(22, "test"), 32))


def test_unknown_split_is_rejected() -> None:
    with pytest.raises(ValueError, match="dev"):
        sample(1, "dev")
