"""The caption stage: descriptions, expansions and their consistency with the brief."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from shared.briefs.parser import parse_brief
from worker.execution.contracts import DesignOptions, StageCall
from worker.imaging.palette import palette_array, palette_of
from worker.models.captioner.agreement import find_inconsistencies
from worker.models.captioner.language_model import load_language_model
from worker.models.captioner.model import PrefixCaptioner
from worker.models.captioner.motif_subjects import SeenMotif
from worker.models.captioner.visual_prefix import PrefixShape, VisualPrefix
from worker.models.vision import VisionFeatures
from worker.stages.caption import run


class PaletteVision:
    """A vision model that returns palettes only."""

    def embed(self, images: Sequence[Image.Image]) -> VisionFeatures:
        return VisionFeatures(
            features=np.zeros((len(images), 8), np.float32),
            palette=np.stack([palette_array(*palette_of(image)) for image in images]),
        )


@dataclass
class ScriptedCaptioner:
    """A captioner with scripted outputs that records its requests."""

    drafts: list[str]
    languages: tuple[str, ...] = ("en", "zh")
    expands: bool = True
    seen: SeenMotif | None = None
    asked: list[tuple[str, str, int | None]] = field(default_factory=list)

    def describe(
        self,
        vision: VisionFeatures,
        images: Sequence[Image.Image],
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        assert len(vision.palette) == len(images) == len(briefs)
        return [self._next(b, lang, None) for b, lang in zip(briefs, languages, strict=True)]

    def motifs(self, vision: VisionFeatures) -> list[SeenMotif | None]:
        return [self.seen] * len(vision.features)

    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        return [
            self._next(b, lang, seed)
            for b, lang, seed in zip(briefs, languages, seeds, strict=True)
        ]

    def _next(self, brief: str, language: str, seed: int | None) -> str:
        self.asked.append((brief, language, seed))
        return self.drafts.pop(0)


@dataclass
class CaptionModels:
    captioner: Any
    vision: Any = field(default_factory=PaletteVision)


def _models(*drafts: str, **options: Any) -> Any:
    return CaptionModels(ScriptedCaptioner(list(drafts), **options))


def _call(
    brief: str,
    *,
    reference: str | None = None,
    seed: int = 7,
    job: str = "a",
    variants: int = 1,
) -> StageCall:
    png = None
    if reference:
        stream = io.BytesIO()
        Image.new("RGB", (20, 20), reference).save(stream, "PNG")
        png = stream.getvalue()
    return StageCall(
        job_id=job,
        brief=brief,
        options=DesignOptions(
            variants=variants, seed=seed, product="phone-case", reference_strength=0.6, size=256
        ),
        understood=parse_brief(brief),
        reference=png,
        outputs={},
        artifacts={},
        job_url="http://127.0.0.1:8000/jobs/a",
    )


def test_consistent_expansion_is_used() -> None:
    models = _models(*["A pattern of waves in blue and white."] * 6)
    (result,) = run([_call("blue waves")], models)
    assert result.description == "A pattern of waves in blue and white."
    assert result.media_type == "application/json"
    assert json.loads(result.output) == {
        "description": result.description,
        "language": "en",
        "described": False,
        "directions": [result.description],
    }
    assert result.details["description_from"] == "expansion"
    assert result.details["rejected"] == []


def test_contradicting_expansion_is_rejected_and_reported() -> None:
    models = _models("A pattern of dots in red.", *["A pattern of waves in blue."] * 5)
    (result,) = run([_call("blue waves")], models)
    assert result.description == "A pattern of waves in blue."
    assert result.details["rejected"] == [
        ["pattern waves became dots", "colour blue lost, named: red"]
    ]
    seeds = [seed for _, _, seed in models.captioner.asked]
    assert len(set(seeds)) == 6


@pytest.mark.parametrize("variants", [1, 3, 8])
def test_open_brief_has_the_same_directions_for_any_number_of_variants(variants: int) -> None:
    models = _models(
        "A pattern of waves in blue.",
        "A pattern of waves in blue and white.",
        "A pattern of dots in blue.",
        "A pattern of waves in blue.",
        "A pattern of stars in blue and gold. The mood is festive.",
        "A pattern of stars in blue and gold. The mood is festive.",
    )
    (result,) = run([_call("blue", variants=variants)], models)
    assert [seed for _, _, seed in models.captioner.asked] == [112, 113, 114, 115, 116, 117]
    assert json.loads(result.output)["directions"] == [
        "A pattern of waves in blue.",
        "A pattern of stars in blue and gold. The mood is festive.",
        "A pattern of dots in blue.",
        "A pattern of waves in blue and white.",
    ]


def test_equivalent_directions_are_merged() -> None:
    models = _models(*["A pattern of waves in blue.", "A pattern of waves in shades of blue."] * 3)
    (result,) = run([_call("blue waves", variants=4)], models)
    assert json.loads(result.output)["directions"] == ["A pattern of waves in blue."]


def test_brief_that_names_things_is_not_expanded() -> None:
    models = _models()
    (result,) = run([_call("foxes in navy on cream")], models)
    assert models.captioner.asked == []
    assert json.loads(result.output)["directions"] == ["foxes in navy on cream"]
    assert result.details == {"description_from": "brief", "expands": True, "rejected": []}


def test_brief_is_used_if_all_expansions_contradict_it() -> None:
    models = _models(*["A pattern of dots in red."] * 6)
    (result,) = run([_call("blue waves")], models)
    assert json.loads(result.output)["directions"] == ["blue waves"]
    assert result.description == "blue waves"
    assert result.details["description_from"] == "brief"
    assert len(result.details["rejected"]) == 6


def test_adjacent_job_seeds_yield_disjoint_sampling_seeds() -> None:
    bad = ["A pattern of dots in red."] * 6
    one, two = _models(*bad), _models(*bad)
    run([_call("blue waves", seed=7)], one)
    run([_call("blue waves", seed=8)], two)
    drawn = [{seed for _, _, seed in each.captioner.asked} for each in (one, two)]
    assert not drawn[0] & drawn[1]


def test_language_follows_the_brief() -> None:
    models = _models(*["波浪图案，颜色为蓝色。"] * 6)
    (result,) = run([_call("蓝色波浪")], models)
    assert models.captioner.asked[0][1] == "zh"
    assert json.loads(result.output)["language"] == "zh"


def test_monolingual_captioner_uses_its_language() -> None:
    models = _models(*["A pattern of waves in blue."] * 6, languages=("en",))
    (result,) = run([_call("蓝色波浪")], models)
    assert json.loads(result.output)["language"] == "en"


def test_captioner_without_expansion_uses_the_brief() -> None:
    (result,) = run([_call("blue waves")], _models(expands=False))
    assert result.description == "blue waves"
    assert result.details == {"description_from": "brief", "expands": False, "rejected": []}


def test_reference_is_described_alone_and_with_the_brief() -> None:
    models = _models("A photo-like image in red.", "A pattern of waves in red.")
    (result,) = run([_call("waves", reference="red")], models)
    document = json.loads(result.output)
    assert document["described"] is True
    assert document["seen"] == "A photo-like image in red."
    assert document["description"] == "A pattern of waves in red."
    assert [brief for brief, _, _ in models.captioner.asked] == ["", "waves"]


@pytest.mark.parametrize(
    ("seen", "document"),
    [
        (SeenMotif(name="fox", probability=0.95678), {"name": "fox", "probability": 0.957}),
        (None, None),
    ],
)
def test_caption_names_the_thing_that_the_reference_surely_shows(
    seen: SeenMotif | None, document: dict[str, Any] | None
) -> None:
    models = _models("A photo-like image in red.", "A photo-like image in red.", seen=seen)
    (result,) = run([_call("a tote bag", reference="red")], models)
    assert json.loads(result.output)["motif"] == document
    assert result.details["motif"] == document


def test_contradicting_description_is_not_used() -> None:
    models = _models("A photo-like image in red.", "A pattern of dots in red.")
    (result,) = run([_call("blue waves", reference="red")], models)
    assert result.description == "blue waves"
    assert json.loads(result.output)["seen"] == "A photo-like image in red."
    assert result.details["description_from"] == "brief"


def test_batch_results_keep_their_order() -> None:
    waves, stars = ["A pattern of waves."] * 6, ["A pattern of stars."] * 6
    models = _models(*waves, "Seen.", "A pattern of dots in red.", *stars)
    calls = [
        _call("waves", job="a"),
        _call("dots", reference="red", job="b"),
        _call("stars", job="c"),
    ]
    results = run(calls, models)
    assert [result.description for result in results] == [
        "A pattern of waves.",
        "A pattern of dots in red.",
        "A pattern of stars.",
    ]


def test_stage_runs_with_a_real_captioner(tiny_gemma: Path) -> None:
    language_model = load_language_model(tiny_gemma, torch.device("cpu"))
    torch.manual_seed(0)
    prefix = VisualPrefix(PrefixShape(width=language_model.width, features=8))
    models: Any = CaptionModels(PrefixCaptioner(language_model, prefix))
    calls = [_call("blue waves", job="a"), _call("蓝色波浪", reference="red", job="b")]
    first, second = run(calls, models), run(calls, models)
    assert first == second
    alone = run([calls[1]], models)
    assert alone[0] == first[1]


@pytest.mark.parametrize(
    ("brief", "description"),
    [
        ("blue stripes", "A pattern of stripes in blue and white."),
        ("abstract geometric, gradient", "A pattern of triangles in teal, with gradient colours."),
        ("纯渐变", "纯渐变，颜色为红色和蓝色，上下渐变。"),
        ("a case for my grandmother", "A pattern of flowers in red."),
        ("dots, no red", "A pattern of dots in blue."),
    ],
)
def test_consistent_descriptions_have_no_contradictions(brief: str, description: str) -> None:
    assert find_inconsistencies(parse_brief(brief), parse_brief(description)) == ()


@pytest.mark.parametrize(
    ("brief", "description", "told"),
    [
        ("blue stripes", "A pattern of stripes in red.", "colour blue lost, named: red"),
        ("blue stripes", "A pattern of stripes.", "colour blue lost, named: none"),
        ("stripes", "A pattern of dots.", "pattern stripes became dots"),
        ("stripes", "Something in red.", "pattern stripes lost"),
        ("abstract geometric", "A pattern of flowers.", "pattern geometric became flowers"),
        ("dots, no red", "A pattern of dots in red.", "refused colour red named"),
        ("dots, gradient", "A pattern of dots in blue.", "gradient lost"),
        ("large-scale dots", "A small-scale pattern of dots.", "scale large became small"),
        ("dots on a mug", "A pattern of dots. For a t-shirt.", "product mug became t-shirt"),
        ("calm dots", "A pattern of dots. The mood is festive.", "mood calm became festive"),
        (
            "leather, dots",
            "A pattern of dots. For a product made of wood.",
            "materials leather became wood",
        ),
    ],
)
def test_contradictions_with_the_brief_are_reported(
    brief: str, description: str, told: str
) -> None:
    assert told in find_inconsistencies(parse_brief(brief), parse_brief(description))
