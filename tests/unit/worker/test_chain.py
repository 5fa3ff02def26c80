"""All stages of a design in order, with tiny models of every supported kind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torchvision import models as torchvision_models

from shared.briefs.parser import parse_brief
from shared.pipelines import STAGES
from tests.unit.worker import tiny
from tests.unit.worker.pipelines import save_stable_diffusion
from worker.execution.contracts import DesignOptions, StageCall, StageResult
from worker.execution.progress import ignore_progress
from worker.imaging.jpeg import read_jpeg_metadata
from worker.imaging.png import read_metadata
from worker.models.fusion import FusionShape, ShapeMismatch
from worker.models.weight_locator import WeightsSource
from worker.runtime.model_cache import ModelCache, ResidentModels
from worker.stages import TABLE, resolve

pytestmark = pytest.mark.slow
Sources = Mapping[str, WeightsSource]
ORDER = ("caption", "vision", "fusion", "generate", "draw", "present")


def _vision(folder: Path) -> WeightsSource:
    torch.manual_seed(0)
    path = folder / "resnet18.safetensors"
    save_file(torchvision_models.get_model("resnet18", weights=None).state_dict(), path)
    config = {"kind": "torchvision", "model": "resnet18", "side_px": 64}
    return tiny.source(folder, "vision", path, config)


@pytest.fixture(scope="module")
def sources(
    tmp_path_factory: pytest.TempPathFactory, blip_folder: Path, bert_folder: Path
) -> dict[str, WeightsSource]:
    """Return BLIP, a ResNet and BERT with this project's own fusion and generator."""
    folder = tmp_path_factory.mktemp("chain")
    shape = FusionShape(text=16, understood=tiny.VOCABULARY.width, vision=512, width=32)
    return {
        **tiny.saved(folder, fusion_shape=shape),
        "captioner": tiny.source(folder, "captioner", blip_folder, {"kind": "image-text"}),
        "text_encoder": tiny.source(folder, "text_encoder", bert_folder, {"kind": "transformers"}),
        "vision": _vision(folder),
    }


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> WeightsSource:
    folder = save_stable_diffusion(tmp_path_factory.mktemp("pipeline"))
    return tiny.source(folder, "generator", folder, {"kind": "diffusers", "steps": 2})


def _call(number: int, brief: str, *, reference: bool = True) -> StageCall:
    picture = BytesIO()
    noise = np.random.default_rng(number).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(picture, format="PNG")
    return StageCall(
        job_id=f"job-{number}",
        brief=brief,
        options=DesignOptions(
            variants=2, seed=number, product="mug", reference_strength=0.6, size=64
        ),
        understood=parse_brief(brief),
        reference=picture.getvalue() if reference else None,
        outputs={},
        artifacts={},
        job_url=f"http://x/jobs/job-{number}",
    )


def _run(calls: Sequence[StageCall], sources: Sources) -> list[dict[str, StageResult]]:
    """Run jobs through all stages with newly loaded models, each stage as one batch."""
    residency = ModelCache("cpu", lambda role: sources[role], 1 << 40)
    models = ResidentModels({role: role for role in sources}, residency)
    done: list[dict[str, StageResult]] = [{} for _ in calls]
    for stage in ORDER:
        rows = [
            row for row, call in enumerate(calls) if stage != "vision" or call.reference is not None
        ]
        given = [_after(calls[row], done[row]) for row in rows]
        made = resolve(TABLE[stage].path)(given, models, ignore_progress)
        for row, result in zip(rows, made, strict=True):
            done[row][stage] = result
    return done


def _after(call: StageCall, done: Mapping[str, StageResult]) -> StageCall:
    return replace(
        call,
        outputs={stage: result.output for stage, result in done.items()},
        artifacts={
            (each.kind, each.variant): each.content
            for result in done.values()
            for each in result.artifacts
        },
    )


JOB = _call(7, "mug: blue waves, gradient")
NEIGHBOURS = [_call(1, "a red tote with dots"), JOB, _call(2, "绿色条纹", reference=False)]


@pytest.mark.parametrize("generator", ["own", "pipeline"])
def test_results_do_not_depend_on_the_batch(
    sources: Sources, pipeline: WeightsSource, generator: str
) -> None:
    chosen = dict(sources) if generator == "own" else {**sources, "generator": pipeline}
    alone = _run([JOB], chosen)[0]
    assert set(alone) == set(ORDER)
    assert _run([JOB], chosen)[0] == alone
    among = _run(NEIGHBOURS, chosen)
    assert among[1] == alone
    assert "vision" not in among[2]
    tiles = [
        [each.content for each in job["draw"].artifacts if each.kind == "tile"] for job in among
    ]
    assert len({content for job in tiles for content in job}) == 6
    read = {"tile": read_metadata, "sketch": read_jpeg_metadata}
    for each in (*alone["draw"].artifacts, *alone["present"].artifacts):
        if each.kind in read:
            assert read[each.kind](each.content).job_url == JOB.job_url


def test_tiles_depend_on_the_seed(sources: Sources) -> None:
    other = replace(JOB, options=replace(JOB.options, seed=8))
    first, second = (_run([each], sources)[0]["generate"].output for each in (JOB, other))
    assert first != second


def test_vision_width_mismatch_error_says_what_to_do(sources: Sources, tmp_path: Path) -> None:
    shape = FusionShape(text=16, understood=tiny.VOCABULARY.width, vision=1280, width=32)
    misfit = {**sources, "fusion": tiny.saved(tmp_path, fusion_shape=shape)["fusion"]}
    with pytest.raises(ShapeMismatch, match=r"width 512.*trained with 1280.*codesigner train"):
        _run([JOB], misfit)


class Watched:
    """A proxy that records which attributes of an object are read."""

    def __init__(self, inner: object, seen: set[str]) -> None:
        self._inner, self._seen = inner, seen

    def __getattr__(self, name: str) -> object:
        self._seen.add(name)
        found = getattr(self._inner, name)
        return Watched(found, self._seen) if isinstance(found, DesignOptions) else found


@pytest.mark.parametrize("generator", ["own", "pipeline"])
@pytest.mark.parametrize("reference", [True, False])
def test_stages_read_only_inputs_that_are_part_of_the_cache_key(
    sources: Sources, pipeline: WeightsSource, generator: str, reference: bool
) -> None:
    """Other inputs would not distinguish cached results (`worker.execution.result_cache`)."""
    chosen = dict(sources) if generator == "own" else {**sources, "generator": pipeline}
    call = JOB if reference else replace(JOB, reference=None)
    done = _run([call], chosen)[0]
    residency = ModelCache("cpu", lambda role: chosen[role], 1 << 40)
    assert set(done) == set(ORDER) - (set() if reference else {"vision"})
    for stage in [each for each in ORDER if each in done]:
        seen: set[str] = set()
        roles: set[str] = set()
        models = Watched(ResidentModels({role: role for role in chosen}, residency), roles)
        before = [name for name in ORDER[: ORDER.index(stage)] if name in done]
        given = _after(call, {name: done[name] for name in before})
        made = resolve(TABLE[stage].path)([Watched(given, seen)], models, ignore_progress)
        assert made[0].output == done[stage].output
        assert seen <= {*(TABLE[stage].inputs or ()), "options", "job_id", "job_url"}, stage
        assert roles <= set(STAGES[stage].roles), stage
