"""A photograph as a reference, with the bundled models: its subject is drawn."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shared.motifs.catalog import OWN_SET
from worker.evaluation.stages import Asked, load_bundled_models, run_until_fusion
from worker.models.captioner.motif_subjects import SURE
from worker.runtime.model_cache import ResidentModels
from worker.stages import generate

pytestmark = [pytest.mark.weights, pytest.mark.slow]
WEIGHTS = Path(__file__).parents[3] / "worker" / "weights"
CAT = Path(__file__).parent / "pictures" / "cat.jpg"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> ResidentModels:
    return load_bundled_models(WEIGHTS, tmp_path_factory.mktemp("cache"))


def _records(
    models: ResidentModels, text: str, strength: float = 0.6
) -> tuple[dict[str, Any], list[bytes]]:
    """Return the caption's document and the records of two variants."""
    with Image.open(CAT) as picture:
        asked = Asked(
            text=text, seed=5, reference=picture.convert("RGB"), strength=strength, variants=2
        )
    call, _ = run_until_fusion(models, asked)
    (result,) = generate.run([call], models)
    designs = [file.content for file in result.artifacts if file.kind == "design"]
    return json.loads(call.outputs["caption"]), designs


def test_photograph_of_a_cat_gives_cats_if_the_brief_leaves_it_open(
    models: ResidentModels,
) -> None:
    caption, designs = _records(models, "a tote bag")
    assert caption["motif"]["name"] == "cat"
    assert caption["motif"]["probability"] >= SURE
    assert "a cat" in caption["description"]
    for design in designs:
        assert f'"{OWN_SET}:cat@'.encode() in design
    assert _records(models, "a tote bag")[1] == designs


@pytest.mark.parametrize(
    ("text", "strength"), [("a tote bag", 0.3), ("striped tote", 0.6), ("tote, lemons", 0.6)]
)
def test_weak_photograph_or_a_brief_that_says_what_to_draw_gives_no_cats(
    models: ResidentModels, text: str, strength: float
) -> None:
    _, designs = _records(models, text, strength)
    for design in designs:
        assert b":cat@" not in design
