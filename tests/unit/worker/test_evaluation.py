"""The evaluation: its briefs are fixed and its metrics measure what they should."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from shared.briefs.vocabulary import COLOURS
from tests.unit.worker import tiny
from worker.corpus import held_out, sample
from worker.corpus.families import FAMILIES
from worker.evaluation.brief_following import BriefResult, brief_rows, check_brief
from worker.evaluation.briefs import Brief, alternatives, briefs, references, render
from worker.evaluation.colour_naming import photographs
from worker.evaluation.contact_sheets import brief_sheets, grid
from worker.evaluation.edge_width import corpus_lines, edge_widths, tile_lines
from worker.evaluation.judge import BadJudge, Judge, JudgeNet, JudgeShape, load_judge, save_judge
from worker.evaluation.metrics import (
    colour_shares,
    is_main_colour,
    kernel_distance,
    mean_cosine_distance,
    palette_distance,
    seam,
)
from worker.evaluation.report import Row, as_markdown
from worker.evaluation.run import Evaluated, Evaluation, EvaluationOptions, evaluate
from worker.imaging.colour import lab_from_rgb
from worker.models.fusion import Fusion
from worker.models.generator.records import RecordGenerator
from worker.models.vision import Vision, VisionFeatures
from worker.training.judge import JudgeOptions, JudgeTraining, measure, render_tiles

_TINY = JudgeShape(stem=4, widths=(8, 24), blocks=(1, 1))


def _halves(first: str, second: str) -> np.ndarray:
    tile = np.empty((32, 32, 3), np.uint8)
    tile[:, :16], tile[:, 16:] = COLOURS[first].rgb, COLOURS[second].rgb
    return tile


def _judge() -> Judge:
    torch.manual_seed(0)
    return Judge(network=JudgeNet(_TINY).eval(), families=tuple(FAMILIES))


@pytest.fixture(scope="module")
def some_briefs() -> list[Brief]:
    return briefs(6)


def test_briefs_are_bilingual_and_held_out(some_briefs: list[Brief]) -> None:
    assert [one.language for one in some_briefs] == ["en", "zh"] * 6
    assert [one.text for one in some_briefs] == [one.text for one in briefs(6)]
    for one in some_briefs:
        assert one.facts.pattern == one.spec.pattern
        assert set(one.facts.colours) <= set(one.spec.colours)
        assert any(held_out(one.spec.pattern, colour) for colour in one.spec.colours)
    assert any(one.unseen for one in some_briefs)


def test_reference_answers_match_their_brief(some_briefs: list[Brief]) -> None:
    for brief in some_briefs:
        first, second = alternatives(brief, 2)
        for spec in (first, second):
            assert spec.pattern == brief.facts.pattern
            assert spec.colours[: len(brief.facts.colours)] == brief.facts.colours
            assert len(spec.colours) == len(spec.palette) == len(brief.spec.colours)
            assert spec.scale == (brief.facts.scale or spec.scale)
        assert first.noise != second.noise
        assert render(first, 16).shape == (16, 16, 3)


def test_reference_briefs_have_a_text_and_a_picture() -> None:
    found = references(4)
    assert len(found) == 4
    for one in found:
        assert one.text
        assert np.asarray(one.picture).std() > 1


def test_colour_shares_are_measured_for_named_colours() -> None:
    tile = _halves("navy", "orange")
    assert colour_shares(tile, ["navy", "orange", "mint"]) == pytest.approx([0.5, 0.5, 0.0])


def test_main_colour_is_the_largest_within_a_tolerance() -> None:
    lab = lab_from_rgb(np.array([COLOURS[key].rgb for key in ("navy", "orange", "mint")], float))
    shares = np.array([0.45, 0.44, 0.11])
    assert is_main_colour("navy", (lab, shares))
    assert is_main_colour("orange", (lab, shares))
    assert not is_main_colour("mint", (lab, shares))
    assert not is_main_colour("orange", (lab, np.array([0.6, 0.3, 0.1])))


def test_palette_distance_is_the_earth_movers_distance() -> None:
    lab = lab_from_rgb(np.array([COLOURS["navy"].rgb, COLOURS["orange"].rgb], dtype=np.float64))
    one, both = (lab[:1], np.ones(1)), (lab, np.array([0.5, 0.5]))
    far = float(np.linalg.norm(lab[0] - lab[1]))
    assert palette_distance(one, one) == pytest.approx(0.0, abs=1e-6)
    assert palette_distance(one, both) == pytest.approx(far / 2, rel=0.01)


def test_seam_is_detected() -> None:
    way = np.arange(64) / 64
    seamless = np.repeat(127 + 120 * np.sin(2 * np.pi * way)[None, :, None], 64, axis=0)
    torn = np.repeat(255 * way[None, :, None], 64, axis=0)
    assert seam(seamless.repeat(3, axis=2).astype(np.uint8)) < 2
    assert seam(torn.repeat(3, axis=2).astype(np.uint8)) > 10


def test_diversity_of_identical_embeddings_is_zero() -> None:
    same = np.ones((4, 8), np.float32)
    assert mean_cosine_distance(same) == pytest.approx(0.0, abs=1e-6)
    assert mean_cosine_distance(np.eye(4, dtype=np.float32)) == pytest.approx(1.0)


def test_kernel_distance_grows_with_the_shift() -> None:
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(2, 60, 16)).astype(np.float32)
    alike, near, far = (kernel_distance(one, two + shift) for shift in (0.0, 0.5, 2.0))
    assert 0 < alike < near < far
    assert kernel_distance(one, one) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("width", [2.0, 6.0, 20.0])
def test_edge_width_is_measured(width: float) -> None:
    way = np.clip((np.arange(800)[:, None] - 400.3) / width + 0.5, 0, 1)
    line = np.array([20.0, 30, 40]) + way * [180.0, 150, 90]
    assert edge_widths([line]) == pytest.approx([0.8 * width], abs=0.5)
    assert edge_widths([np.repeat(line[:1], 800, axis=0)]) == []


def test_corpus_lines_equal_those_of_the_rendered_tile() -> None:
    spec = next(s for s in map(sample, range(40)) if s.pattern == "checks")
    whole = tile_lines(render(spec, 256))
    for one, other in zip(corpus_lines(spec, 256), _in_turn(whole), strict=True):
        assert np.abs(one - other).mean() < 2
    widths = edge_widths(whole)
    assert widths
    assert np.median(widths) < 3


def _in_turn(lines: list[np.ndarray]) -> list[np.ndarray]:
    """Interleave rows and columns."""
    half = len(lines) // 2
    return [one for pair in zip(lines[:half], lines[half:], strict=True) for one in pair]


def test_judge_is_saved_loaded_and_verified(tmp_path: Path) -> None:
    judge, tile = _judge(), _halves("navy", "orange")
    save_judge(judge, tmp_path, {"held_out": {"right": 0.5}})
    loaded, document = load_judge(tmp_path)
    assert document["held_out"]["right"] == 0.5
    assert loaded.probabilities([tile]) == pytest.approx(judge.probabilities([tile]), abs=0.01)
    assert loaded.probabilities([tile]).sum() == pytest.approx(1.0)
    assert loaded.classify([tile])[0] in FAMILIES
    weights = tmp_path / "judge.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x7f")
    with pytest.raises(BadJudge, match="sha256"):
        load_judge(tmp_path)


def test_judge_is_invariant_to_mean_colour_and_contrast() -> None:
    judge = _judge()
    tile = render(sample(3), 96)
    softer = (tile.astype(np.float32) * 0.5 + 90).astype(np.uint8)
    assert judge.probabilities([softer]) == pytest.approx(judge.probabilities([tile]), abs=0.02)


def test_judge_training_resumes_from_its_checkpoint(tmp_path: Path) -> None:
    tiles = render_tiles(tmp_path, 12, 32)
    assert render_tiles(tmp_path, 12, 32).masks.sum() == tiles.masks.sum()
    assert ((tiles.masks.sum(1, dtype=int) - 255) ** 2).max() <= 9

    def trained(*stops: int) -> JudgeTraining:
        for steps in stops:
            training = JudgeTraining(JudgeOptions(steps=4, every=steps, batch=4, shape=_TINY))
            path = tmp_path / f"{len(stops)}.safetensors"
            training.resume(path)
            _run(training, tiles, path, steps)
        return training

    whole, halves = trained(4), trained(2, 4)
    assert whole.step == halves.step == 4
    for key, value in whole.network.state_dict().items():
        assert torch.allclose(value, halves.network.state_dict()[key], atol=1e-4), key
    measured = measure(whole.judge(), 5, 48)
    assert measured["tiles"] == 5
    assert 0 <= measured["right"] <= 1


class _Stop(Exception):
    pass


def _run(training: JudgeTraining, tiles, path: Path, steps: int) -> None:
    def report(step: int, _: object) -> None:
        if step >= steps:
            raise _Stop

    with pytest.raises(_Stop):
        training.run(tiles, path, report)


def test_results_that_match_their_brief_are_counted(some_briefs: list[Brief]) -> None:
    judge = _judge()
    looked = [check_brief(one, render(one.spec, 64), judge) for one in some_briefs]
    assert np.mean([found for one in looked for found in one.colours]) > 0.7
    right = [
        BriefResult(
            brief=one,
            shares=(0.3,) * len(one.facts.colours),
            pattern=one.facts.pattern,
            probability=1,
        )
        for one in some_briefs
    ]
    rows = {row.name: row for row in brief_rows(right, 0.99)}
    assert all(rows[name].value == 1.0 for name in ("colours", "pattern", "judged", "both"))
    assert rows["languages"].value == 0.0
    assert all(row.reached for row in rows.values())
    wrong = [BriefResult(**{**vars(one), "shares": (0.0,) * len(one.shares)}) for one in right]
    rows = {row.name: row for row in brief_rows(wrong, 0.99)}
    assert rows["colours"].value == rows["both"].value == 0.0
    assert rows["pattern"].value == 1.0
    assert wrong[0].score == 0.0 < right[0].score == 1.0


def test_pattern_of_the_record_is_told_apart_from_what_the_judge_sees(
    some_briefs: list[Brief],
) -> None:
    def result(one: Brief, seen: str, recorded: str) -> BriefResult:
        shares = (0.3,) * len(one.facts.colours)
        return BriefResult(brief=one, shares=shares, pattern=seen, probability=0, recorded=recorded)

    asked = [one.facts.pattern for one in some_briefs]
    unseen = [result(one, "none", own) for one, own in zip(some_briefs, asked, strict=True)]
    rows = {row.name: row.value for row in brief_rows(unseen, 0.99)}
    assert (rows["pattern"], rows["judged"]) == (1.0, 0.0)
    other = [result(one, own, "none") for one, own in zip(some_briefs, asked, strict=True)]
    rows = {row.name: row.value for row in brief_rows(other, 0.99)}
    assert (rows["pattern"], rows["judged"]) == (0.0, 1.0)


def test_table_shows_which_goals_are_reached() -> None:
    rows = [
        Row(name="a", what="colours", value=0.5, goal=0.95, at_least=True, unit="%"),
        Row(name="b", what="seam", value=1.0, goal=1.1, unit="x"),
        Row(name="c", what="photographs", value=None, goal=0.85, at_least=True, unit="%"),
    ]
    assert [row.reached for row in rows] == [False, True, None]
    lines = as_markdown(rows)
    assert lines[2].startswith("| colours     | 50.0 %")
    assert "at least 95.0 %" in lines[2]
    assert "1.00x" in lines[3]
    assert "not measured" in lines[4]
    assert len({len(line) for line in lines}) == 1


class Namer:
    """A captioner that names the largest colour of the palette."""

    languages: tuple[str, ...] = ("en",)
    expands = True

    def describe(
        self,
        vision: VisionFeatures,
        images: Sequence[Image.Image],
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        named = lab_from_rgb(np.array([colour.rgb for colour in COLOURS.values()], float))
        texts = []
        for brief, rows in zip(briefs, vision.palette, strict=True):
            far = np.linalg.norm(named - rows[0, :3] * [100, 128, 128], axis=1)
            first = list(COLOURS.values())[int(far.argmin())]
            texts.append(f"{brief} {first.en[0]}".strip())
        return texts

    def motifs(self, vision: VisionFeatures) -> list[None]:
        return [None] * len(vision.features)

    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        return list(briefs)


def _pooled(pixels: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.adaptive_avg_pool2d(pixels, (20, 22)).flatten(1)[:, :1280]


@dataclass
class TinyModels:
    """Untrained tiny networks."""

    captioner: Namer = field(default_factory=Namer)
    text_encoder: tiny.Letters = field(default_factory=tiny.Letters)
    fusion: Fusion = field(default_factory=tiny.fusion)
    generator: RecordGenerator = field(
        default_factory=lambda: RecordGenerator(field=tiny.generator(), release="tiny")
    )
    vision: Vision = field(
        default_factory=lambda: Vision(
            extract=_pooled, side_px=64, mean=(0.5,) * 3, deviation=(0.5,) * 3, device=tiny.CPU
        )
    )


def test_release_is_evaluated_end_to_end(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), "teal").save(tmp_path / "teal.png")
    (tmp_path / "generator.safetensors").write_bytes(bytes(2_000_000))
    given = Evaluated(models=TinyModels(), weights=tmp_path, judge=_judge(), judged=0.98)
    options = EvaluationOptions(
        each=2, varied=2, references=2, pictures=2, large=1, size_px=64, large_px=96,
        print_px=128, photographs=tmp_path, things=6, instructions=4,
    )  # fmt: skip
    told: list[str] = []
    evaluation = evaluate(given, options, lambda name, _: told.append(name))
    rows = {row.name: row for row in evaluation.rows}
    assert list(rows) == [
        "colours", "pattern", "judged", "both", "languages", "reference", "fidelity", "variants",
        "seam_64", "seam_96", "first_colour", "first_colour_photographs", "understood", "edges",
        "weights", "four_variants", "caption", "motifs_drawn", "motifs_missing",
        "motifs_families", "motifs_languages", "motifs_ground", "motifs_colours", "motifs_unnamed",
        "motifs_hole", "motifs_gaps", "motifs_whole", "motifs_four_variants", "instructions_read",
        "instructions_drawn",
    ]  # fmt: skip
    assert rows["weights"].value == 2.0
    assert rows["first_colour_photographs"].value == 1.0
    assert rows["fidelity"].value is not None
    assert rows["fidelity"].value > 0
    assert rows["four_variants"].value is not None
    assert "98.0 %" in rows["judged"].note
    evaluation.save(tmp_path)
    assert (tmp_path / "references.jpg").is_file()
    assert (tmp_path / "motifs-to-name.jpg").is_file()
    assert {"briefs", "references", "likeness", "print size", "motifs"} <= set(told)


def test_photographs_are_read_in_order_and_downscaled(tmp_path: Path) -> None:
    for name, side in (("b.jpg", 900), ("a.png", 40), ("c.txt", 0)):
        if side:
            Image.new("RGB", (side, side), "teal").save(tmp_path / name)
        else:
            (tmp_path / name).write_text("no picture")
    thing = Image.new("RGBA", (50, 50))
    thing.paste(Image.new("RGBA", (20, 10), "red"), (5, 5))
    thing.save(tmp_path / "d.png")
    found = list(photographs(tmp_path))
    assert [name for name, _ in found] == ["a.png", "b.jpg", "d.png"]
    assert found[2][1].size == (20, 10)
    assert found[2][1].mode == "RGB"
    assert max(found[1][1].size) <= 512
    assert len(list(photographs(tmp_path, 1))) == 1


def test_evaluation_is_saved_with_its_sheets(tmp_path: Path, some_briefs: list[Brief]) -> None:
    sheet = grid([_halves("navy", "orange")] * 5, columns=3, side_px=32)
    assert sheet.size == (3 * 34 + 2, 2 * 34 + 2)
    looked = [check_brief(one, render(one.spec, 32), _judge()) for one in some_briefs]
    sheets = brief_sheets(looked, [[render(one.spec, 32)] * 2 for one in some_briefs])
    assert {"best", "typical", "worst", "variants", "all"} == set(sheets)
    row = Row(name="seam", what="seam", value=0.5, goal=1.1)
    Evaluation(rows=[row], details={"x": 1}, sheets={**sheets, "one": sheet}).save(tmp_path / "new")
    assert '"reached": true' in (tmp_path / "new" / "figures.json").read_text()
    with Image.open(tmp_path / "new" / "one.jpg") as saved:
        assert saved.size == sheet.size
