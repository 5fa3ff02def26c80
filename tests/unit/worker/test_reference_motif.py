"""What a reference surely shows is drawn, if the brief leaves open what to draw."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import save

from shared.briefs.parser import parse_brief
from shared.briefs.things.mentions import MotifMention
from shared.motifs.library import open_library
from shared.motifs.names import motif_names
from tests.unit.worker import tiny
from worker.composition.drawings import has_drawing
from worker.execution.contracts import DesignOptions, StageCall
from worker.models.captioner.language_model import load_language_model
from worker.models.captioner.model import PrefixCaptioner
from worker.models.captioner.motif_subjects import MOTIF_CLASSES, SURE, SeenMotif, motif_of
from worker.models.captioner.visual_prefix import PrefixShape, VisualPrefix
from worker.models.generator.records import RecordGenerator
from worker.models.vision import VisionFeatures
from worker.stages import draw, fusion, generate
from worker.stages.fusion import merge_description
from worker.stages.reference_motif import reference_motif

FOX = {"name": "fox", "probability": 0.97}
DOTS = "A pattern of dots in red."
FEATURES = 8


class Models:
    """A tiny fusion model and generator, and a text encoder that counts letters."""

    fusion = tiny.fusion()
    text_encoder = tiny.Letters()
    generator = RecordGenerator(field=tiny.generator(), release="tiny")


def _png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "#B5532B").save(stream, "PNG")
    return stream.getvalue()


def _call(brief: str, *, strength: float = 0.6, seen: dict[str, Any] | None = FOX) -> StageCall:
    palette = np.zeros((5, 4), np.float32)
    palette[0], palette[1] = (0.5, 0.3, 0.3, 0.7), (0.9, 0.0, 0.1, 0.3)
    features = np.linspace(-1, 1, 1280, dtype=np.float32)
    document = {"description": DOTS, "motif": seen}
    return StageCall(
        job_id="1",
        brief=brief,
        options=DesignOptions(
            variants=2, seed=7, product="tote", reference_strength=strength, size=96
        ),
        understood=parse_brief(brief),
        reference=_png(),
        outputs={
            "caption": json.dumps(document).encode(),
            "vision": save({"features": features, "palette": palette}),
        },
        artifacts={},
        job_url="",
    )


def _drawn(call: StageCall) -> StageCall:
    """Return the call with the outputs and files of the stages from fusion to draw."""
    for name, stage in (("fusion", fusion), ("generate", generate), ("draw", draw)):
        (result,) = stage.run([call], Models())  # type: ignore[arg-type]
        made = {(file.kind, file.variant): file.content for file in result.artifacts}
        call = replace(
            call,
            outputs={**call.outputs, name: result.output},
            artifacts={**call.artifacts, **made},
        )
    return call


def _outcomes(call: StageCall) -> list[list[dict[str, Any]]]:
    (result,) = draw.run([call], Models())  # type: ignore[arg-type]
    parts: list[list[dict[str, Any]]] = result.details["outcomes"]
    return parts


@pytest.mark.parametrize(
    "brief",
    ["a tote bag", "something like this for a mug", "navy tote, calm", "tote, no stripes",
     "tote, no red", "给杯子做个这样的", "一个帆布袋"],
)  # fmt: skip
def test_open_brief_takes_the_thing_of_the_reference(brief: str) -> None:
    told = merge_description(_call(brief), DOTS)
    assert told.motifs == (
        MotifMention(
            word="fox",
            name="fox",
            subjects=motif_names().match_english(["fox"]).subjects,  # type: ignore[union-attr]
            score=0.97,
            origin="reference",
        ),
    )
    assert (told.pattern, told.colours) == ("", parse_brief(brief).colours)


@pytest.mark.parametrize(
    "brief",
    ["a tote bag with lemons", "striped tote", "a plain mug", "gradient tote", "a mug, a unicycle",
     "tote, no animals", "tote, no foxes", "tote, no flowers", "tote, nothing figurative",
     "mug without any motifs", "tote, no pictures", "帆布袋，柠檬", "条纹杯子", "杯子，不要动物"],
)  # fmt: skip
def test_brief_that_names_or_refuses_something_is_not_changed(brief: str) -> None:
    call = _call(brief)
    assert reference_motif(call) is None
    assert merge_description(call, DOTS) == merge_description(_call(brief, seen=None), DOTS)


def test_request_that_chooses_no_motifs_is_not_changed() -> None:
    call = _call("a tote bag")
    chosen = replace(call, understood=replace(call.understood, motifs_chosen=True))
    assert reference_motif(chosen) is None


@pytest.mark.parametrize(("strength", "is_drawn"), [(0.34, False), (0.35, True), (1.0, True)])
def test_weak_reference_gives_no_thing(strength: float, is_drawn: bool) -> None:
    assert bool(reference_motif(_call("a tote bag", strength=strength))) is is_drawn


@pytest.mark.parametrize("name", ["walrus of no set", "xyzzy"])
def test_thing_without_a_drawing_is_not_taken(name: str) -> None:
    assert reference_motif(_call("tote", seen={"name": name, "probability": 0.99})) is None


def test_older_captions_name_no_thing() -> None:
    call = _call("tote")
    outputs = {**call.outputs, "caption": json.dumps({"description": DOTS}).encode()}
    assert reference_motif(replace(call, outputs=outputs)) is None


def test_design_shows_the_thing_and_the_outcomes_say_where_it_is_from() -> None:
    call = _drawn(_call("a tote bag"))
    for variant, parts in enumerate(_outcomes(call)):
        assert b'"own:fox' in call.artifacts["design", variant]
        assert parts == [
            {"part": "motifs", "key": "own:fox", "status": "done", "area": None,
             "why": "seen_in_reference"}
        ]  # fmt: skip
    again = _drawn(_call("a tote bag"))
    assert again.artifacts == call.artifacts


def test_palette_is_that_of_the_reference_and_not_that_of_the_drawing() -> None:
    fox, lemon = (
        _drawn(_call("a tote bag", seen={"name": name, "probability": 0.97}))
        for name in ("fox", "hot air balloon")
    )
    palettes = [
        [entry["hex"] for entry in json.loads(call.artifacts["design", 0])["palette"]]
        for call in (fox, lemon)
    ]
    assert palettes[0] == palettes[1]


def test_outcomes_of_other_designs_name_no_reference() -> None:
    for call in (_call("a tote bag", seen=None), _call("tote with foxes")):
        parts = [part for each in _outcomes(_drawn(call)) for part in each]
        assert "seen_in_reference" not in [part["why"] for part in parts]


def test_thing_is_seen_only_if_the_classifier_is_sure() -> None:
    chances = np.zeros(1000)
    chances[[277, 280]] = SURE / 2, SURE / 2 + 0.001
    assert motif_of(chances) == SeenMotif(name="fox", probability=pytest.approx(SURE + 0.001))
    chances[277] -= 0.01
    assert motif_of(chances) is None


@pytest.mark.parametrize("index", [981, 982, 983, 834, 837, 457, 617, 515, 916, 917, 921, 0])
def test_people_clothes_and_print_are_never_seen(index: int) -> None:
    chances = np.zeros(1000)
    chances[index] = 1.0
    assert motif_of(chances) is None


def test_each_class_belongs_to_one_thing() -> None:
    classes = [index for indices in MOTIF_CLASSES.values() for index in indices]
    assert len(set(classes)) == len(classes)
    assert set(classes) <= set(range(1000))


@pytest.mark.skipif(not open_library(None).sets, reason="the motif library is not installed")
@pytest.mark.parametrize("name", MOTIF_CLASSES)
def test_each_thing_has_a_drawing_by_its_name(name: str) -> None:
    match = motif_names().match_english(name.split())
    assert match is not None
    assert (match.length, match.kind in ("name", "synonym")) == (len(name.split()), True)
    assert has_drawing(match.subjects)


def test_photographs_show_things_and_designs_do_not(tiny_gemma: Path) -> None:
    language_model = load_language_model(tiny_gemma, torch.device("cpu"))
    prefix = VisualPrefix(PrefixShape(width=language_model.width, features=FEATURES))
    head = prefix.heads["pattern"]
    assert isinstance(head, torch.nn.Linear)
    classes = torch.nn.Linear(FEATURES, 1000)
    vision = VisionFeatures(
        features=np.ones((2, FEATURES), np.float32), palette=np.zeros((2, 5, 4), np.float32)
    )
    with torch.no_grad():
        classes.weight.zero_()
        classes.bias.zero_()
        classes.bias[277] = 50.0
        head.weight.zero_()
        head.bias.zero_()
        head.bias[-1] = 50.0
        captioner = PrefixCaptioner(language_model, prefix, classes=classes)
        seen = captioner.motifs(vision)
        head.bias[:2] = 50.0  # two patterns and a photograph, of a third each
        unsure = captioner.motifs(vision)
        (described, _) = captioner.look(vision, [Image.new("RGB", (8, 8))] * 2)
        head.bias[0] = 100.0
        designs = captioner.motifs(vision)
    assert [motif and motif.name for motif in (*seen, *unsure)] == ["fox"] * 4
    assert (described.facts.pattern, described.subject) == ("", "animal")
    assert designs == [None, None]
    assert PrefixCaptioner(language_model, prefix).motifs(vision) == [None, None]
