"""Tests of what a record refers to and of notices about it."""

from typing import Any

import pytest

from shared.designs.notices import notices
from shared.designs.parsing import read_design
from shared.designs.record import Design
from shared.designs.references import references


def design(*layers: dict[str, Any], inks: int | None = 2) -> Design:
    """Return a design with two colours."""
    palette = [
        {"id": f"p{number}", "hex": hex_, "role": "hero", "from": "chosen"}
        for number, hex_ in enumerate(("#F4EBDD", "#1B2A5B"))
    ]
    named = [{"id": f"l{index}"} | layer for index, layer in enumerate(layers)]
    return read_design({"version": 1, "seed": 1, "inks": inks, "palette": palette, "layers": named})


COLOUR: dict[str, Any] = {"kind": "colour", "paint": {"palette": "p0"}}
FADE = {"gradient": ["p0", "p1"]}
DOTS: dict[str, Any] = {
    "kind": "family",
    "family": "dots@1",
    "scale_mm": 8,
    "paints": [None, {"palette": "p1"}],
}
IMAGE = {"kind": "image", "sha256": "c" * 64}
FIELD = {
    "kind": "field",
    "release": "base",
    "separations": ["a" * 64, "b" * 64],
    "paints": ["p0", "p1"],
}


def element(name: str, sha256: str | None = None) -> dict[str, Any]:
    """Return an element of an acorn."""
    place = {"x_mm": 1, "y_mm": 1, "size_mm": 9}
    return {"id": name, "motif": "own:acorn@1", "sha256": sha256, "paints": ["p0"] * 3} | place


MOTIFS = {"kind": "motifs", "elements": [element("e0"), element("e1", "d" * 64)]}


def test_references_have_their_paths() -> None:
    assert references(design(COLOUR, FIELD, IMAGE, MOTIFS, IMAGE)) == (
        ("layers.1.separations.0", "a" * 64),
        ("layers.1.separations.1", "b" * 64),
        ("layers.2.sha256", "c" * 64),
        ("layers.3.elements.1.sha256", "d" * 64),
        ("layers.4.sha256", "c" * 64),
    )
    assert references(design(COLOUR, DOTS)) == ()


@pytest.mark.parametrize(
    "layer",
    [
        COLOUR | {"paint": FADE},
        COLOUR | {"opacity": 0.5},
        DOTS | {"paints": [{"palette": "p0"}, FADE]},
        MOTIFS | {"opacity": 0.5},
        IMAGE,
        FIELD,
    ],
)
def test_mixed_colours_are_noticed_where_inks_are_limited(layer: dict[str, Any]) -> None:
    assert notices(design(COLOUR, layer)) == ("mixed_colours",)
    assert notices(design(COLOUR, layer, inks=None)) == ()


@pytest.mark.parametrize("layer", [COLOUR, DOTS, MOTIFS, COLOUR | {"paint": FADE, "opacity": 0}])
def test_flat_layers_mix_no_colours(layer: dict[str, Any]) -> None:
    assert notices(design(layer)) == ()
