"""The evaluation: its briefs stay the same, and its measures tell what they should."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared.lexicon import COLOURS
from worker.colour import lab_from_rgb
from worker.corpus import held_out
from worker.evaluation.briefs import briefs, references
from worker.evaluation.measures import areas_of, palette_distance, seam, spread
from worker.evaluation.run import Evaluation
from worker.evaluation.sheets import grid


def _halves(first: str, second: str) -> np.ndarray:
    tile = np.empty((32, 32, 3), np.uint8)
    tile[:, :16], tile[:, 16:] = COLOURS[first].rgb, COLOURS[second].rgb
    return tile


def test_the_briefs_are_in_both_languages_and_held_out() -> None:
    chosen = briefs(6)
    assert [one.understood.language for one in chosen] == ["en"] * 6 + ["zh"] * 6
    assert [one.text for one in chosen] == [one.text for one in briefs(6)]
    for one in chosen:
        assert 1 <= len(one.understood.colours) <= 3
        assert set(one.understood.colours) <= set(one.spec.colours)
        assert any(held_out(one.spec.pattern, colour) for colour in one.spec.colours)


def test_references_show_what_their_briefs_do_not_say() -> None:
    for one in references(4):
        assert one.understood.pattern
        assert one.understood.colours == ()
        assert np.asarray(one.picture).std() > 1


def test_areas_are_shares_of_named_colours() -> None:
    tile = _halves("navy", "orange")
    assert areas_of(tile, ["navy", "orange", "mint"]) == pytest.approx([0.5, 0.5, 0.0])


def test_the_palette_distance_is_what_must_be_moved() -> None:
    lab = lab_from_rgb(np.array([COLOURS["navy"].rgb, COLOURS["orange"].rgb], dtype=np.float64))
    one, both = (lab[:1], np.ones(1)), (lab, np.array([0.5, 0.5]))
    far = float(np.linalg.norm(lab[0] - lab[1]))
    assert palette_distance(one, one) == pytest.approx(0.0, abs=1e-6)
    assert palette_distance(one, both) == pytest.approx(far / 2, rel=0.01)


def test_a_seam_is_seen() -> None:
    way = np.arange(64) / 64
    seamless = np.repeat(127 + 120 * np.sin(2 * np.pi * way)[None, :, None], 64, axis=0)
    torn = np.repeat(255 * way[None, :, None], 64, axis=0)
    assert seam(seamless.repeat(3, axis=2).astype(np.uint8)) < 2
    assert seam(torn.repeat(3, axis=2).astype(np.uint8)) > 10


def test_the_spread_of_the_same_is_nothing() -> None:
    same = np.ones((4, 8), np.float32)
    assert spread(same) == pytest.approx(0.0, abs=1e-6)
    assert spread(np.eye(4, dtype=np.float32)) == pytest.approx(1.0)


def test_an_evaluation_is_saved_with_its_sheets(tmp_path: Path) -> None:
    sheet = grid([_halves("navy", "orange")] * 5, columns=3, side_px=32)
    assert sheet.size == (3 * 34 + 2, 2 * 34 + 2)
    Evaluation(figures={"colours_found": 0.5}, sheets={"all": sheet}).save(tmp_path / "new")
    assert (tmp_path / "new" / "figures.json").read_text() == '{\n "colours_found": 0.5\n}\n'
    with Image.open(tmp_path / "new" / "all.jpg") as saved:
        assert saved.size == sheet.size
