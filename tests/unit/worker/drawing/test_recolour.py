"""Tests of applying palettes to motifs."""

import numpy as np
import pytest

from shared.motifs.catalog import own_motifs
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.path import circle, rectangle
from worker.drawing.recolour import Anatomy, Wishes, anatomy_of, assign_colours
from worker.imaging.colour import delta_e, lab_from_rgb

CREAM, NAVY, MUSTARD, RUST, GREEN = "#F4EBDD", "#1B2A5B", "#E3A72F", "#C8553D", "#3E6B4F"


def lab(colour: str) -> np.ndarray:
    return lab_from_rgb(np.array(list(bytes.fromhex(colour[1:]))))


def own_anatomy(name: str) -> Anatomy:
    colours = own_motifs()[name].colours
    return anatomy_of(
        motif_shapes(name, 0), [each.hex for each in colours], [each.role for each in colours]
    )


def test_anatomy_measures_what_is_seen_and_what_meets() -> None:
    """A white disc on a black square: the disc meets the square alone."""
    shapes = [
        MotifShape(slot=0, path=rectangle(-0.5, -0.5, 1.0, 1.0)),
        MotifShape(slot=1, path=circle(0, 0, 0.25)),
    ]
    found = anatomy_of(shapes, ["#000000", "#FFFFFF"], ["body", "detail"])
    assert found.shares == pytest.approx([1 - np.pi / 16, np.pi / 16], abs=0.02)
    assert found.borders[1, 2] == 0
    assert found.borders[0, 1] > 0
    assert found.borders[0, 2] > 0
    assert found.borders.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["fox", "crane-standing", "peony", "acorn"])
@pytest.mark.parametrize(
    "palette", [(CREAM, NAVY, MUSTARD, RUST), (NAVY, MUSTARD, CREAM, RUST), (GREEN, CREAM)]
)
def test_silhouette_is_told_apart_from_the_ground(name: str, palette: tuple[str, ...]) -> None:
    """Most of the border to the ground has a clear difference of colour."""
    motif = own_anatomy(name)
    chosen = assign_colours(motif, palette, 0, Wishes(hero=1))
    away = np.array([delta_e(lab(palette[index]), lab(palette[0])) for index in chosen])
    border = motif.borders[:-1, -1]
    assert border[away >= 15].sum() >= 0.7 * border.sum()


def test_wanted_colour_is_the_main_colour() -> None:
    fox = own_anatomy("fox")
    main = int(fox.shares.argmax())
    for wanted in (1, 2, 3):
        chosen = assign_colours(fox, (CREAM, NAVY, MUSTARD, GREEN), 0, Wishes(wanted=(wanted,)))
        assert chosen[main] == wanted


def test_leaves_are_green_where_the_palette_has_green() -> None:
    motif = own_anatomy("larch-twig")
    leaf = motif.roles.index("leaf")
    assert assign_colours(motif, (CREAM, RUST, GREEN, NAVY), 0)[leaf] == 2


def test_own_palette_keeps_the_own_colours() -> None:
    for name in ("fox", "acorn"):
        colours = [each.hex for each in own_motifs()[name].colours]
        chosen = assign_colours(own_anatomy(name), ["#BFE3F2", *colours], 0)
        off = [
            delta_e(lab(colours[n]), lab(["#BFE3F2", *colours][i])) for n, i in enumerate(chosen)
        ]
        shares = own_anatomy(name).shares
        assert float(shares @ (np.array(off) < 12)) > 0.8


def test_noise_changes_what_is_nearly_as_good() -> None:
    fox = own_anatomy("fox")
    palette = (CREAM, NAVY, MUSTARD, RUST, GREEN)
    random = np.random.default_rng(1)
    found = {
        assign_colours(fox, palette, 0, noise=random.uniform(0, 0.4, (len(fox.roles), 5)))
        for _ in range(12)
    }
    assert len(found) > 2


def test_shades_of_one_colour_may_become_one_colour() -> None:
    """A carrot in two oranges stays orange where the palette has one orange."""
    shapes = [
        MotifShape(slot=0, path=rectangle(-0.5, -0.5, 1.0, 1.0)),
        MotifShape(slot=1, path=rectangle(-0.5, 0.0, 1.0, 0.5)),
    ]
    carrot = anatomy_of(shapes, ["#FF8D02", "#ED6C31"], ["body", "detail"])
    assert assign_colours(carrot, (CREAM, "#39A63C", "#FA7B2C", "#173C16"), 0) == (2, 2)


def test_details_alone_take_what_is_added_to_a_full_palette() -> None:
    fox = own_anatomy("fox")
    palette = (CREAM, "#F48FB1", MUSTARD, "#5B1F38")
    chosen = np.array(assign_colours(fox, palette, 0, Wishes(added=1, details=True)))
    assert fox.shares[chosen == 3].max(initial=0.0) <= 0.05


def test_colours_of_a_motif_are_among_those_that_the_brief_gives_it() -> None:
    """A panda that is black and white is not green, and not the wrong way round."""
    panda = own_anatomy("panda")
    palette = ("#F3DFD3", "#141416", "#3FA34D", "#FAFAF8")
    chosen = assign_colours(panda, palette, 0, Wishes(wanted=(1, 3)))
    lightness = lab_from_rgb([list(bytes.fromhex(palette[i][1:])) for i in chosen])[:, 0]
    largest = np.argsort(-panda.shares)[:2]
    assert {chosen[slot] for slot in largest} == {1, 3}  # its bamboo may be green
    assert np.corrcoef(lightness, panda.lab[:, 0])[0, 1] > 0.5


def test_lines_are_not_solid() -> None:
    shapes = [
        MotifShape(slot=0, path=rectangle(-0.5, -0.5, 1.0, 1.0)),
        MotifShape(slot=1, path=rectangle(-0.5, 0.0, 1.0, 0.02)),
    ]
    found = anatomy_of(shapes, ["#000000", "#FFFFFF"], ["body", "vein"])
    assert found.solid[1] == 0
    assert found.solid[0] > 0.8


def test_leaf_is_green_though_another_colour_is_its_turn() -> None:
    leaf = own_anatomy("lotus-leaf")
    main = int(leaf.shares.argmax())
    palette = ("#FEFEFB", "#D8322E", "#234934")
    assert assign_colours(leaf, palette, 0, Wishes(hero=1))[main] == 2
