"""Designs are drawn in exactly the colours of a palette that the designer gives."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
import torch

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS
from shared.designs.record import MAX_PALETTE
from tests.unit.worker.test_records import generator
from worker.composition.given_palette import given_colours, given_for_family, given_for_motifs
from worker.drawing.raster import draw_pixels
from worker.models.generator.draft import Draft, DraftRequest
from worker.models.generator.records import family_design

CODE = torch.linspace(-1, 1, 9 * 32).reshape(9, 32)
SEA: Mapping[str, str] = {"#0B7A75": "lagoon", "#FB7866": "", "#F4F1DE": "sail", "#123456": "deep"}
MANY = {f"#{10 * n:02X}{255 - 9 * n:02X}{(n * 77) % 256:02X}": "" for n in range(MAX_PALETTE)}


def request(brief: str = "", seed: int = 4, **options: object) -> DraftRequest:
    understood = parse_brief(brief) if brief else ParsedBrief()
    asked = DraftRequest(
        code=CODE, description="", understood=understood, named_colours=understood.colours,
        named_gradient=understood.gradient, reference=None, reference_strength=0.0, seed=seed,
        size_px=64,
    )  # fmt: skip
    return replace(asked, **options)  # type: ignore[arg-type]


def hexes(draft: Draft) -> list[str]:
    return [entry.hex for entry in draft.design.palette]


@pytest.mark.parametrize("pattern", ["dots", "stripes", "plaid", "loom"])
def test_families_are_drawn_in_given_colours_alone(pattern: str) -> None:
    drawer = generator(pattern)
    for palette in (SEA, MANY):
        draft = drawer.draft(request(palette=palette, palette_only=True), 0)
        assert set(hexes(draft)) <= set(palette)
        assert {entry.origin for entry in draft.design.palette} == {"palette"}
    names = {entry.hex: entry.name for entry in draft.design.palette}
    assert all(name is None for name in names.values())


def test_flat_areas_have_exactly_the_given_colours() -> None:
    draft = generator("dots").draft(request(palette=SEA, palette_only=True), 0)
    pixels = draw_pixels(draft.design, 256, draft.get)[..., :3].reshape(-1, 3)
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    flat = {"#{:02X}{:02X}{:02X}".format(*c) for c, n in zip(colours, counts, strict=True)
            if n > 600}  # fmt: skip
    assert flat == set(SEA)
    assert {e.name for e in draft.design.palette} == {"lagoon", None, "sail", "deep"}


def test_palette_may_be_joined_by_colours_that_the_brief_names() -> None:
    drawer = generator("dots")
    joined = hexes(drawer.draft(request("dots in yellow", palette=SEA), 0))
    assert set(joined) == {*SEA, COLOURS["yellow"].hex}
    alone = drawer.draft(request("dots in yellow", palette=SEA, palette_only=True), 0)
    assert set(hexes(alone)) == set(SEA)
    teal = drawer.draft(request("dots in teal", palette=SEA), 0)
    assert set(hexes(teal)) == set(SEA)  # the palette has a teal of its own
    assert {e.origin for e in teal.design.palette} == {"palette"}


def test_variants_of_a_long_palette_take_what_is_near_to_what_was_sampled() -> None:
    chosen = given_for_family(tuple(MANY), ["#FF0000", "#00FF00"], (), only=True)
    assert len(chosen) == len(set(chosen)) == 5
    teal_is_kept = given_for_family([*MANY, "#127C80"], ["#FF0000"] * 5, ["teal"], only=False)
    assert "#127C80" in teal_is_kept


def test_refused_colours_of_a_palette_are_left_out() -> None:
    keys = frozenset({"teal"})
    assert given_colours(["#127C80", "#FB7866"], keys) == ("#FB7866",)
    assert given_colours(["#127C80"], keys) == ("#127C80",)
    wanted = ["#127C80", "#FB7866"]
    assert given_colours(wanted, keys, ("#127C80",)) == ("#127C80", "#FB7866")
    draft = generator("dots").draft(request("dots, no coral", palette=SEA, palette_only=True), 0)
    assert "#FB7866" not in hexes(draft)


@pytest.mark.parametrize("pattern", ["gradient", "waves"])
def test_gradients_are_left_out_where_no_other_colour_may_appear(pattern: str) -> None:
    traits = {"pattern": pattern, "gradient_direction": "vertical"}

    def drawn(brief: str, *, only: bool) -> str:
        asked = request(brief, palette=SEA, palette_only=only)
        return str(family_design(asked, traits, tuple(SEA), 0).layers)

    assert "GradientPaint" not in drawn("mug", only=True)
    assert "GradientPaint" in drawn("mug", only=False)
    assert "GradientPaint" in drawn("mug with a gradient", only=True)


@pytest.mark.parametrize("brief", ["foxes", "foxes and leaves on stripes", "lemons on white"])
@pytest.mark.parametrize("only", [True, False])
def test_motifs_are_drawn_in_given_colours(brief: str, only: bool) -> None:
    for palette in (SEA, MANY):
        draft = generator("dots").draft(request(brief, palette=palette, palette_only=only), 1)
        found = set(hexes(draft))
        assert found <= set(palette) or not only
        assert len(found & set(palette)) >= min(len(palette), MAX_PALETTE - 2)
        for entry in draft.design.palette:
            assert (entry.origin == "palette") == (entry.hex in palette)


def test_ground_is_named_or_the_nearest_given_one() -> None:
    given = tuple(SEA)
    only = given_for_motifs(given, ("white",), ground="white", only=True, pick=0.0).colours
    assert only[0] == "#F4F1DE"
    free = given_for_motifs(given, ("navy",), ground="navy", only=False, pick=0.0).colours
    assert free[0] in {"#123456", COLOURS["navy"].hex}


def test_without_a_palette_nothing_changes() -> None:
    drawer = generator("dots")
    assert drawer.draft(request(palette_only=True), 2) == drawer.draft(request(), 2)
