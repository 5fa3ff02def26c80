"""Briefs that name things: what is drawn, said, coloured and placed is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from shared.briefs.parser import parse_brief
from shared.briefs.things.mentions import MotifMention
from shared.briefs.vocabulary import COLOURS
from shared.designs.parsing import read_design
from shared.motifs.catalog import own_motifs
from shared.motifs.names import MotifNames, own_names
from worker.drawing.outcomes import subject_of
from worker.evaluation.motifs.briefs import MotifBrief, Thing, colour_keys, motif_briefs
from worker.evaluation.motifs.checks import MotifResult, check_motifs, failed_motifs
from worker.evaluation.motifs.evenness import evenness
from worker.evaluation.motifs.holdings import Holdings, words_of
from worker.evaluation.motifs.rows import motif_details, motif_rows
from worker.evaluation.motifs.tiles import MotifTile

NAVY, CREAM, ORANGE = (COLOURS[key].hex.upper() for key in ("navy", "cream", "orange"))


def _tile(
    motifs: Sequence[dict[str, Any]] = (),
    text: str = "",
    notices: tuple[str, ...] = (),
    palette: Sequence[str] = (NAVY, ORANGE),
) -> MotifTile:
    """Return the tile of a plain ground with own motifs on it."""
    elements = []
    for n, motif in enumerate(motifs):
        placed = {"motif": "own:fox@1", "x_mm": 40, "y_mm": 40, "size_mm": 30} | motif
        colours = own_motifs()[str(placed["motif"])[4:-2]].colours
        elements.append({"id": f"e{n}", "paints": ["p1"] * len(colours)} | placed)
    layers: list[dict[str, Any]] = [{"id": "l1", "kind": "colour", "paint": {"palette": "p0"}}]
    if elements:
        layers.append({"id": "l2", "kind": "motifs", "elements": elements})
    entries = [
        {"id": f"p{n}", "hex": colour, "role": "hero", "from": "chosen"}
        for n, colour in enumerate(palette)
    ]
    files: dict[str, bytes] = {}
    record = {"version": 1, "seed": 1, "palette": entries, "layers": layers}
    return MotifTile(
        understood=parse_brief(text),
        notices=notices,
        design=read_design(record),
        get=files.__getitem__,
        size_px=128,
    )


def _brief(*things: Thing, **facts: Any) -> MotifBrief:
    empty = {"text": "", "language": "en", "ground": None, "colours": (), "family": None}
    return MotifBrief(things=things, category="animals", **empty | facts)


@pytest.fixture(scope="module")
def holdings() -> Holdings:
    return Holdings(MotifNames(own_names()))


FOX, SEXTANT = Thing(name="fox"), Thing(name="sextant", zh=("六分仪",))


def _thing_fault(brief: MotifBrief, tile: MotifTile, holdings: Holdings) -> str:
    (thing,) = check_motifs(brief, tile, holdings).things
    return thing.fault


def test_briefs_are_complete() -> None:
    found = motif_briefs()
    assert len(found) == 300
    assert [brief.language for brief in found].count("zh") == 150
    assert any(thing.same for brief in found for thing in brief.things)
    assert all(brief.colours for brief in found if brief.ground)
    assert len(motif_briefs(30)) == 30
    named = {thing.name for brief in found for thing in brief.things}
    assert any(thing.zh for brief in found for thing in brief.things)
    assert len(named) > 200


@pytest.mark.parametrize(
    ("label", "keys"),
    [
        ("navy", ("navy",)),
        ("dusty teal", ("teal",)),
        ("rust brown", ("brown", "rust")),
        ("near-black", ("black",)),
        ("藏青色", ("navy",)),
        ("parchment", ()),
    ],
)
def test_colours_as_written_are_those_of_the_vocabulary(label: str, keys: tuple[str, ...]) -> None:
    assert colour_keys(label) == keys


def test_things_are_held_under_their_names(holdings: Holdings) -> None:
    assert holdings.holding(FOX) == "held"
    assert holdings.holding(Thing(name="vixen", same=("fox",))) == "held"
    assert holdings.holding(Thing(name="arctic fox", wider=("fox",))) == "wider"
    assert holdings.holding(SEXTANT) == "missing"
    assert holdings.holding(Thing(name="woodland animal")) == "held"
    assert holdings.subjects(["fox"]) == {"own:fox"}
    assert words_of("Foxes and geese") == ("fox", "and", "goose")
    assert subject_of("own:fox@1") == "own:fox"
    assert subject_of("noto:black-cat@2.1") == "black-cat"


def test_kinds_that_the_brief_names_are_accepted(holdings: Holdings) -> None:
    stem = Thing(name="stem")
    assert "own:bamboo-stalk" not in holdings.accepted(stem, _brief(stem, text="stems"))
    assert "own:bamboo-stalk" in holdings.accepted(stem, _brief(stem, text="bamboo stems"))


def test_area_is_measured_on_the_torus(holdings: Holdings) -> None:
    middle = _tile([{}]).area(frozenset({"own:fox"}))
    corner = _tile([{"x_mm": 0, "y_mm": 0}]).area(frozenset({"own:fox"}))
    assert middle.covered == pytest.approx(corner.covered, rel=0.05)
    assert 0.015 < middle.covered < 0.14
    assert middle.contrast > 30
    assert _tile([{}]).area(frozenset({"own:cat"})).covered == 0


@pytest.mark.parametrize(
    ("motifs", "palette", "fault"),
    [
        ([{}], (NAVY, ORANGE), ""),
        ([{"size_mm": 4}], (NAVY, ORANGE), "drawn, too small"),
        ([{}], (NAVY, NAVY), "drawn, too like the ground"),
        ([{"motif": "own:cat@1"}], (NAVY, ORANGE), "read, not drawn"),
    ],
)
def test_held_things_are_drawn_and_seen(
    motifs: list[dict[str, Any]], palette: tuple[str, ...], fault: str, holdings: Holdings
) -> None:
    mention = MotifMention(word="fox", name="fox", subjects=("own:fox",))
    tile = _tile(motifs, palette=palette)
    tile = replace(tile, understood=replace(tile.understood, motifs=(mention,)))
    assert _thing_fault(_brief(FOX), tile, holdings) == fault


def test_motifs_in_a_colour_of_the_patterned_ground_are_not_seen(holdings: Holdings) -> None:
    tile = _tile([{}])
    paints = [{"palette": "p0"}, {"palette": "p1"}]
    scales = {"id": "l1", "kind": "family", "family": "scales@1", "scale_mm": 10, "paints": paints}
    document = tile.design.to_document()
    document["layers"][0] = scales
    patterned = replace(tile, design=read_design(document))
    fault = _thing_fault(_brief(FOX), patterned, holdings)
    assert fault == "drawn, too like the ground"
    assert patterned.grounds == (NAVY, ORANGE)


def test_things_that_are_not_held_are_said_and_not_replaced(holdings: Holdings) -> None:
    brief = _brief(SEXTANT)
    assert _thing_fault(brief, _tile(text="sextants"), holdings) == ""
    assert _thing_fault(brief, _tile(notices=("no_drawing:sextant",)), holdings) == ""
    assert _thing_fault(brief, _tile(), holdings) == "not said"
    assert _thing_fault(brief, _tile(text="zorbs"), holdings) == "not said"
    replaced = _tile([{}], text="sextants")
    assert _thing_fault(brief, replaced, holdings) == "another thing is drawn"
    assert check_motifs(brief, replaced, holdings).strangers == ("own:fox",)
    chinese = _tile(notices=("no_drawing:六分仪",))
    assert _thing_fault(brief, chinese, holdings) == ""
    assert _thing_fault(brief, _tile(notices=("no_drawing:算盘",)), holdings) == "not said"


def test_wider_things_are_drawn_or_said(holdings: Holdings) -> None:
    brief = _brief(Thing(name="arctic fox", wider=("fox",)))
    assert _thing_fault(brief, _tile([{}]), holdings) == ""
    assert _thing_fault(brief, _tile(notices=("no_drawing:arctic fox",)), holdings) == ""
    assert _thing_fault(brief, _tile(), holdings) == "not said"


def test_ground_and_colours_are_compared_with_the_vocabulary(holdings: Holdings) -> None:
    brief = _brief(FOX, ground="navy", colours=("navy", "orange", "mint", "parchment"))
    result = check_motifs(brief, _tile([{}], text="navy, mint"), holdings)
    assert result.ground == ""
    assert [fault for _, fault in result.colours] == [
        "", "", "read, not in the palette", "no colour of the vocabulary",
    ]  # fmt: skip
    other = check_motifs(replace(brief, ground="cream"), _tile([{}]), holdings)
    assert other.ground == "colour not read"
    assert check_motifs(_brief(FOX), _tile([{}]), holdings).ground is None


def test_unnamed_colours_count_where_the_palette_is_full(holdings: Holdings) -> None:
    tile = _tile([{}], palette=(CREAM, ORANGE))
    few = _brief(FOX, colours=("cream",))
    assert check_motifs(few, tile, holdings).unnamed is None
    full = _brief(FOX, colours=("cream", "orange", "navy"))
    assert check_motifs(full, tile, holdings).unnamed == 0.0
    other = _brief(FOX, colours=("navy", "orange", "black"))
    unnamed = check_motifs(other, tile, holdings).unnamed
    assert unnamed is not None
    assert unnamed > 0.9


def test_layout_is_measured_from_the_record() -> None:
    apart = evenness(_tile([{"x_mm": 20}, {"x_mm": 60}]))
    assert apart is not None
    assert apart.overlap == 0
    assert 0.02 < apart.coverage < 0.2
    together = evenness(_tile([{"x_mm": 40}, {"x_mm": 44}]))
    assert together is not None
    assert together.overlap > 0.1
    assert evenness(_tile()) is None
    turned = evenness(_tile([{"turn": 90.0, "flip": True}, {"x_mm": 0, "y_mm": 0}]))
    assert turned is not None
    assert turned.overlap == 0


def _results(holdings: Holdings) -> list[MotifResult]:
    fox = _brief(FOX, text="foxes on navy", ground="navy", colours=("navy", "orange", "black"))
    drawn, empty = _tile([{}]), _tile()
    family = _brief(text="stripes", family="stripes")
    pairs = [
        (fox, drawn),
        (replace(fox, language="zh"), empty),
        (family, empty),
        (family, drawn),
        (_brief(SEXTANT, text="sextants"), _tile(text="sextants")),
    ]
    return [check_motifs(brief, tile, holdings) for brief, tile in pairs]


def test_rows_count_shares_and_kinds_of_misses(holdings: Holdings) -> None:
    results = _results(holdings)
    rows = {row.name: row for row in motif_rows(results)}
    assert rows["motifs_drawn"].value == 0.5
    assert rows["motifs_missing"].value == 1.0
    assert rows["motifs_families"].value == 0.5
    assert rows["motifs_languages"].value == pytest.approx(100.0)
    assert rows["motifs_ground"].value == 1.0
    assert rows["motifs_colours"].value == pytest.approx(0.5)  # navy twice, orange once, of six
    assert rows["motifs_unnamed"].value == 1.0
    assert rows["motifs_whole"].value == 0.0
    assert np.isfinite(rows["motifs_hole"].value or np.nan)
    details = motif_details(results)
    assert details["faults_of_things_held"] == {"not read, not said": 1}
    assert details["things_by_category"] == {"animals": "1 of 2"}
    assert details["briefs_without_motifs"] == 2
    assert any("own:fox" in line for line in details["missed"])


def test_designs_that_fail_miss_everything(holdings: Holdings) -> None:
    brief = _brief(FOX, ground="navy", colours=("navy", "orange", "black"))
    rows = {row.name: row.value for row in motif_rows([failed_motifs(brief, holdings)])}
    assert rows["motifs_drawn"] == rows["motifs_ground"] == rows["motifs_colours"] == 0
    assert rows["motifs_unnamed"] == 0
    assert rows["motifs_hole"] is None


def test_rows_without_briefs_are_not_measured() -> None:
    assert all(row.value is None for row in motif_rows([]))
