"""Families that a brief names beside things become one of their members."""

from shared.briefs.parser import parse_brief
from worker.composition.motif_design import drawable, motif_design

PALETTE = ["#1F4E5F", "#D9A441", "#F3E9D2", "#B5532A"]


def subjects(brief: str, seed: int) -> set[str]:
    """Return the names of what is drawn, without set and version."""
    design, _ = motif_design(parse_brief(brief), {}, PALETTE, (seed, 0))
    (layer,) = [layer for layer in design.layers if layer.kind == "motifs"]
    return {item.subject for item in layer.recipe.items}


def test_flowers_beside_foxes_are_one_flower_that_the_seed_chooses() -> None:
    found = [subjects("foxes and flowers on teal", seed) for seed in range(6)]
    assert all(len(each) == 2 for each in found)
    assert len({frozenset(each) for each in found}) > 1


def test_a_flower_that_is_named_brings_no_other_flowers() -> None:
    for seed in range(3):
        assert len(subjects("foxes and cherry blossoms on teal", seed)) == 2


def test_waves_that_are_drawn_are_no_ground_too() -> None:
    design, _ = motif_design(parse_brief("waves and foxes on teal"), {}, PALETTE, (1, 0))
    assert [layer.kind for layer in design.layers] == ["colour", "motifs"]


def test_a_thing_without_a_drawing_here_is_left_out() -> None:
    understood = parse_brief("foxes and flowers")
    fox, flowers = understood.motifs
    gone = type(fox)(word="ghoti", name="ghoti", subjects=("nowhere:ghoti",))
    changed = type(understood)(motifs=(gone, flowers))
    assert drawable(changed).motifs == (flowers,)
    assert drawable(type(understood)(motifs=(gone,))).motifs == ()
