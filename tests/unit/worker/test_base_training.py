"""Training of the base models: every phase, from the corpus to a usable release."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.unit.worker import tiny
from worker.corpus import sample
from worker.models import fusion
from worker.models.generator import model as generator
from worker.models.weight_locator import Places, find_weights
from worker.training.base import BaseOptions, BaseTraining

pytestmark = pytest.mark.weights  # the real encoders embed the designs

OPTIONS = BaseOptions(
    designs=12,
    told=8,
    references=4,
    field_steps=2,
    reading_steps=2,
    adversary_steps=2,
    field_batch=4,
    processes=1,
    side_px=32,
    field=tiny.FIELD,
    reader=tiny.READER,
    fusion_width=32,
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, int]]]:
    folder = tmp_path_factory.mktemp("base")
    told: list[tuple[str, int]] = []

    def report(phase: str, step: int, losses: Mapping[str, float]) -> None:
        told.append((phase, step))

    BaseTraining(OPTIONS, folder, report).run()
    return folder, told


def test_training_yields_a_release_that_generates_tiles(
    trained: tuple[Path, list[tuple[str, int]]],
) -> None:
    release = trained[0] / "release"
    manifest = json.loads((release / "manifest.json").read_text())
    entries = {entry["role"]: entry for entry in manifest["versions"]}
    assert set(entries) == {"vision", "text_encoder", "fusion", "generator"}
    assert entries["generator"]["training"]["field_steps"] == 2
    places = Places(cache=trained[0] / "cache", bundled=release)
    cpu = torch.device("cpu")
    fused = fusion.load(find_weights(entries["fusion"], places), cpu)
    drawn = generator.load_field(find_weights(entries["generator"], places), cpu)
    code = torch.zeros(1, fused.network.shape.tokens, fused.network.shape.width)
    assert drawn.draw(code, [1], 64).shape == (1, 64, 64, 3)


def test_designs_have_captions_in_both_languages(
    trained: tuple[Path, list[tuple[str, int]]],
) -> None:
    arrays = BaseTraining(OPTIONS, trained[0], lambda *_: None).arrays()
    assert arrays.masks.shape == (8, 5, 32, 32)
    assert arrays.vision.shape == (4, 1280)
    assert np.bincount(arrays.caption_design).min() >= 2
    assert arrays.count.tolist() == [len(sample(seed).palette) for seed in range(8)]
    assert np.allclose(np.linalg.norm(arrays.caption_text, axis=1), 1, atol=1e-3)


def test_finished_phases_are_skipped(trained: tuple[Path, list[tuple[str, int]]]) -> None:
    folder = trained[0]
    before = {path.name: path.read_bytes() for path in folder.glob("*.safetensors")}
    assert set(before) == {"field.safetensors", "reading.safetensors", "adversary.safetensors"}
    BaseTraining(OPTIONS, folder, lambda *_: None).run(["field", "reading", "adversary"])
    assert {path.name: path.read_bytes() for path in folder.glob("*.safetensors")} == before


def test_progress_is_reported(trained: tuple[Path, list[tuple[str, int]]]) -> None:
    assert ("prepare", 12) in trained[1]
    rows = [json.loads(line) for line in (trained[0] / "log.jsonl").read_text().splitlines()]
    assert rows[0]["phase"] == "prepare"


def test_phase_without_prepared_designs_fails_clearly(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        BaseTraining(OPTIONS, tmp_path, lambda *_: None).run(["field"])
