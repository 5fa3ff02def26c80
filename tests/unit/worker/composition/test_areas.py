"""Motifs cover what the ground leaves, in the colours and numbers that a brief tells."""

from collections import Counter

import pytest

from shared.briefs.colours.names import colour_hex
from shared.briefs.parser import parse_brief
from shared.designs.record import Design, MotifsLayer
from worker.composition.areas import ground_by_area
from worker.composition.motif_design import motif_design
from worker.drawing.outcomes import outcomes_of
from worker.drawing.raster import draw_pixels
from worker.drawing.visibility import area_shares
from worker.models.generator.draft import sha256_of


def _composed(brief: str, seed: int = 7) -> tuple[Design, dict[str, float | None]]:
    """Return the record of a brief, and the areas of the colours of which it tells the share."""
    understood = parse_brief(brief)
    sampled = [colour_hex(colour) for colour in understood.colours] or ["#127C80", "#FBEFC3"]
    design, contents = motif_design(understood, understood.colours, sampled, (seed, 0))
    files = {sha256_of(content): content for content in contents}
    pixels = draw_pixels(design, 256, files.__getitem__)
    shares = area_shares(pixels, [entry.hex for entry in design.palette])
    found = outcomes_of(understood, design, shares)
    return design, {each.key: each.area for each in found if each.part == "shares"}


@pytest.mark.parametrize(
    ("brief", "areas"),
    [
        ("90 % navy, 10 % gold, foxes", {"navy": (0.85, 0.95), "gold": (0.05, 0.15)}),
        ("mostly sage, a hint of coral, cranes", {"sage": (0.5, 0.97), "coral": (0.01, 0.2)}),
        ("80 % cream, red foxes", {"cream": (0.75, 0.85)}),
        ("狐狸，白色八成", {"white": (0.75, 0.85)}),
    ],
)
def test_areas_are_reached(brief: str, areas: dict[str, tuple[float, float]]) -> None:
    _, found = _composed(brief)
    assert found.keys() == areas.keys()
    for colour, (low, high) in areas.items():
        area = found[colour]
        assert area is not None
        assert low <= area <= high, (colour, area)


@pytest.mark.parametrize(
    ("brief", "ground"),
    [
        ("foxes, 70 % navy, 30 % gold", "navy"),
        ("foxes on gold, 30 % gold, 70 % navy", "gold"),
        ("purple foxes with a touch of yellow", ""),
        ("foxes in navy", ""),
    ],
)
def test_what_covers_most_is_the_ground(brief: str, ground: str) -> None:
    assert ground_by_area(parse_brief(brief)) == ground


def test_numbers_are_those_of_a_repeat() -> None:
    design, _ = _composed("three foxes")
    layer = next(layer for layer in design.layers if isinstance(layer, MotifsLayer))
    assert Counter(element.motif.partition("@")[0] for element in layer.elements).total() == 3


def test_colours_given_by_numbers_are_exact_on_motifs() -> None:
    design, _ = _composed("foxes in #D98E3A on #1B2B55")
    assert design.palette[0].hex == "#1B2B55"
    assert "#D98E3A" in {entry.hex for entry in design.palette}
