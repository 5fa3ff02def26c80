"""Tests of the palettes of compositions."""

from collections.abc import Sequence

import numpy as np
import pytest

from shared.briefs.parser import parse_brief
from shared.briefs.vocabulary import COLOURS
from shared.designs.record import Design, MotifsLayer
from shared.motifs.library import open_library
from worker.composition.motif_design import drawable, motif_design
from worker.composition.palette import composed_palette, natural_palette, toned_ground
from worker.composition.tones import deep_tone, lab_of, moved_away, pale_tint
from worker.drawing.areas import measured_areas
from worker.drawing.outcomes import outcomes_of
from worker.drawing.raster import draw_pixels
from worker.drawing.visibility import area_shares
from worker.imaging.colour import delta_e

SAMPLED = ("#F79B2B", "#8C3FA8", "#2FA48A", "#F0EADF")
"""Colours that a generator may add, and that none of the briefs names."""
BRIEFS = (
    "foxes and mushrooms in mustard, rust and navy",
    "cats in lavender",
    "koi, indigo and white",
    "仙鹤与祥云，红色金色",
    "butterflies and peonies, purple, pink and gold on black",
    "鹿和雪花，藏青、白色、红色",
    "red foxes and pine trees, forest green and cream",
    "cranes, teal",
)


def hues(colours: Sequence[str]) -> np.ndarray:
    lab = lab_of(colours)
    return np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360


def record(brief: str, variant: int = 0) -> Design:
    understood = drawable(parse_brief(brief))
    design, _ = motif_design(understood, understood.colours, SAMPLED, (7, variant))
    return design


def areas(design: Design) -> dict[str, float]:
    pixels = draw_pixels(design, 256, open_library(None).drawing)  # type: ignore[arg-type]
    hexes = [entry.hex for entry in design.palette]
    return dict(zip(hexes, area_shares(pixels, hexes).tolist(), strict=True))


def own_only(design: Design) -> bool:
    layers = [layer for layer in design.layers if isinstance(layer, MotifsLayer)]
    return all(element.sha256 is None for layer in layers for element in layer.elements)


@pytest.mark.parametrize("ground", ["mint", "navy", "yellow", "white", "ivory"])
def test_named_ground_has_the_value_of_the_vocabulary(ground: str) -> None:
    """A sampled colour that is nearly the ground does not take its place."""
    own = COLOURS[ground].hex.upper()
    nearly = "#{:02X}{:02X}{:02X}".format(*(min(255, c + 4) for c in bytes.fromhex(own[1:])))
    palette = composed_palette([nearly, "#D3202B"], [ground, "red"], ground=ground)
    assert palette.colours[0] == own
    assert nearly not in palette.colours


@pytest.mark.parametrize("named", [["red"], ["teal", "pink"], ["navy"], ["white", "green"]])
def test_few_colours_are_completed_with_their_own_shades_and_tints(named: list[str]) -> None:
    for pick in (0.1, 0.5, 0.9):
        palette = composed_palette(SAMPLED, named, pick=pick)
        known = [COLOURS[key].hex for key in named]
        for colour in palette.colours:
            chroma = float(np.hypot(*lab_of([colour])[0, 1:]))
            turn = np.abs((hues([colour]) - hues(known) + 180) % 360 - 180).min()
            away = float(delta_e(lab_of(known), lab_of([colour])[0]).min())
            assert chroma < 10 or turn < 25 or away < 12, (colour, named)
        assert not {"#1E2430", "#000000"} & set(palette.colours)


def test_full_palette_gets_nothing_but_a_dark_tone_for_details() -> None:
    light = composed_palette(SAMPLED, ["pink", "white", "cream"])
    assert light.added == 1
    assert light.full
    assert lab_of(light.colours)[-1, 0] < 40
    dark = composed_palette(SAMPLED, ["pink", "white", "navy"])
    assert dark.added == 0


def test_ground_is_none_of_the_colours_that_motifs_own() -> None:
    palette = composed_palette((), ["red", "white"], owned=[("red",), ("white",)])
    known = lab_of([COLOURS["red"].hex, COLOURS["white"].hex])
    assert palette.named == 2
    assert float(delta_e(known, lab_of(palette.colours[:1])[0]).min()) > 15


def test_own_colours_keep_away_from_a_named_ground() -> None:
    blush = COLOURS["blush"].hex
    palette = natural_palette(["#F6C3CF", "#6B3F2A"], ground="blush", main=["#F6C3CF"])
    away = delta_e(lab_of(palette.colours[1:]), lab_of([blush])[0])
    assert away.min() > 15


def test_tones_keep_the_hue() -> None:
    for colour in ("#D3202B", "#127C80", "#7E33A6"):
        for tone in (deep_tone(colour), pale_tint(colour), moved_away(colour, colour, 20)):
            turn = float(np.abs((hues([tone]) - hues([colour]) + 180) % 360 - 180)[0])
            assert turn < 20
    assert lab_of([deep_tone("#FAFAF8")])[0, 0] > 15  # not black


@pytest.mark.parametrize("brief", BRIEFS)
@pytest.mark.parametrize("variant", [0, 1, 2])
def test_named_colours_are_seen_and_nothing_else_in_full_palettes(brief: str, variant: int) -> None:
    named = parse_brief(brief).colours
    design = record(brief, variant)
    assert own_only(design)
    found = areas(design)
    own = lab_of([COLOURS[key].hex for key in named])
    away = delta_e(lab_of(list(found))[:, None], own)
    seen = np.array(list(found.values()))
    for index, key in enumerate(named):
        assert seen[away[:, index] < 12].sum() >= 0.01, (key, found)
    if len(named) >= 3:
        assert seen[away.min(axis=1) >= 12].max(initial=0.0) <= 0.03, found


@pytest.mark.parametrize(
    ("brief", "low", "high"),
    [
        ("foxes on a dark background", 0.0, 45.0),
        ("狐狸，浅色底", 70.0, 100.0),
        ("teal and rust foxes, dark background", 0.0, 45.0),
        ("foxes on a dark background, no blue, no green, no black", 0.0, 45.0),
    ],
)
def test_ground_is_as_dark_as_asked(brief: str, low: float, high: float) -> None:
    understood = parse_brief(brief)
    for variant in range(4):
        design, _ = motif_design(understood, understood.colours, SAMPLED, (7, variant))
        lightness = lab_of([design.palette[0].hex])[0, 0]
        assert low <= lightness <= high
        outcomes = outcomes_of(understood, design, measured_areas(design))
        assert [each.status for each in outcomes if each.part == "ground_tone"] == ["done"]


def test_no_ground_is_chosen_where_all_of_its_tone_are_refused() -> None:
    assert toned_ground("dark", (), frozenset(COLOURS), 0.5) == ""
