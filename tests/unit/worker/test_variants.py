"""Variants with the bundled models: variant k is the same whatever the number of variants."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from worker.evaluation.stages import Asked, load_bundled_models, run_until_fusion
from worker.models.cpu_threads import allowed_threads
from worker.models.generator.model import Generator
from worker.models.generator.records import RecordGenerator
from worker.runtime.model_cache import ResidentModels
from worker.stages import generate

pytestmark = [pytest.mark.weights, pytest.mark.slow]
WEIGHTS = Path(__file__).parents[3] / "worker" / "weights"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> ResidentModels:
    return load_bundled_models(WEIGHTS, tmp_path_factory.mktemp("cache"))


def _reference() -> Image.Image:
    """Return a picture of stripes in two colours with noise."""
    rng = np.random.default_rng(3)
    pixels = np.full((96, 96, 3), (30, 70, 160), np.int64)
    pixels[:, (np.arange(96) // 12) % 2 == 0] = (240, 200, 60)
    return Image.fromarray((pixels + rng.integers(-9, 10, pixels.shape)).clip(0, 255).astype("u1"))


def _records(models: ResidentModels, text: str, variants: int, **options: object) -> list[bytes]:
    """Return the files of each variant that the generate stage writes, records first."""
    asked = Asked(text=text, seed=21, variants=variants, **options)  # type: ignore[arg-type]
    call, _ = run_until_fusion(models, asked)
    (result,) = generate.run([call], models)
    files = sorted(result.artifacts, key=lambda file: (file.variant, file.kind))
    assert [file.variant for file in files if file.kind == "design"] == list(range(variants))
    return [file.content for file in files]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("scarf, waves, teal", {}),
        ("蓝色手机壳", {}),
        ("mug with a fox and daisies on cream", {}),
        ("calm tote", {"reference": _reference(), "strength": 0.6}),
    ],
)
def test_variant_does_not_depend_on_the_number_of_variants(
    models: ResidentModels, text: str, options: dict[str, object]
) -> None:
    five = _records(models, text, 5, **options)
    assert len(set(five)) == len(five)
    for variants in (1, 3):
        fewer = _records(models, text, variants, **options)
        assert five[: len(fewer)] == fewer


def test_random_numbers_do_not_depend_on_the_code(models: ResidentModels) -> None:
    """Another reference strength or brief uses the same z: nothing before consumes more of it."""
    drawer = models.generator
    assert isinstance(drawer, RecordGenerator)
    field: Generator = drawer.field
    states = []
    for text in ("scarf, waves, teal", "gold dots with a gradient"):
        call, _ = run_until_fusion(models, Asked(text=text, seed=21))
        rng = np.random.Generator(np.random.Philox([21, 0]))
        with torch.inference_mode():
            code = generate.build_draft_requests(call)[0].code
            field.sampler.choose(field.sampler.trait_logits(code), rng)
        states.append(rng.standard_normal(4).tolist())
    assert states[0] == states[1]


@pytest.mark.parametrize(
    ("brief", "language", "drafts"),
    [
        (
            "a T-shirt with small hearts in red on cream",
            "en",
            [
                "A pattern of hearts in shades of red and cream, with low contrast.",
                "A pattern of hearts in shades of red and ivory, with low contrast.",
                "A pattern of hearts in shades of red and cream, with high contrast.",
            ],
        ),
        (
            "手机壳：抽象几何图案，渐变色，蓝色和银色",
            "zh",
            [
                "抽象几何图案，配色为蓝色和银色，左右渐变，对比适中。",
                "抽象几何图案，配色为蓝色和银色，斜向渐变，对比适中。",
                "抽象几何图案，颜色为蓝色和银色，渐变色，对比适中。",
            ],
        ),
    ],
)
def test_drafts_of_a_seed_stay_the_same(
    models: ResidentModels, brief: str, language: str, drafts: list[str]
) -> None:
    end = {"en": " For a t-shirt.", "zh": "用于手机壳。"}[language]
    written = dict.fromkeys(models.captioner.expand([brief] * 6, [language] * 6, range(6)))
    assert list(written)[:3] == [draft + end for draft in drafts]


def test_drafts_do_not_depend_on_the_threads_of_each_step(models: ResidentModels) -> None:
    brief, seeds = "a T-shirt with small hearts in red on cream", range(6)
    expected = models.captioner.expand([brief] * 6, ["en"] * 6, seeds)
    before = torch.get_num_threads()
    used: list[int] = []

    def alternating() -> int:
        used.append(2 - len(used) % 2)
        return used[-1]

    token = allowed_threads.set(alternating)
    try:
        assert models.captioner.expand([brief] * 6, ["en"] * 6, seeds) == expected
    finally:
        allowed_threads.reset(token)
    assert used[:3] == [2, 1, 2]
    assert torch.get_num_threads() == before
