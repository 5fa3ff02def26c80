"""The captioner with a tiny Gemma: prompts, sentences, training, export and loading."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch
from PIL import Image

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS
from worker.corpus import sample
from worker.imaging.colour import lab_from_rgb
from worker.imaging.palette import palette_array
from worker.models.captioner.language_model import load_language_model
from worker.models.captioner.model import PrefixCaptioner, load
from worker.models.captioner.perception import (
    SUBJECTS,
    TEXTURES,
    Seen,
    colours_of,
    mood_of,
    sort_by_coverage,
    subject_of,
    texture_of,
)
from worker.models.captioner.preamble import joined, opening
from worker.models.captioner.prompts import prompt_embeddings, whole_sentences
from worker.models.captioner.visual_prefix import PrefixShape, VisualPrefix
from worker.models.vision import VisionFeatures
from worker.models.weight_locator import Found, WeightsSource
from worker.training.captioner.descriptions import describe, facts_of
from worker.training.captioner.examples import Examples
from worker.training.captioner.pictures import Pictures
from worker.training.captioner.train import (
    CaptionerOptions,
    CaptionerTraining,
    export,
    word_embeddings,
)
from worker.training.synthetic_photos import PictureLabels, draw_photograph, measure_labels

CPU = torch.device("cpu")
FEATURES = 8
OPTIONS = CaptionerOptions(
    steps=4, batch=4, rate=3e-3, rank=2, hidden=16, reading_steps=3, vocabulary_examples=20
)
ONE_IMAGE = [Image.new("RGB", (8, 8))]


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    rng = np.random.default_rng(0)
    count = 8
    return Pictures(
        split="train",
        specs=tuple(sample(seed) if seed % 4 else None for seed in range(count)),
        features=rng.normal(size=(count, FEATURES)).astype(np.float32),
        palettes=rng.random((count, 5, 4)).astype(np.float32),
        labels=(PictureLabels(colours=("red", "navy"), contrast="high", texture="soft"),) * count,
    )


@pytest.fixture(scope="module")
def trained(
    tiny_gemma: Path, pictures: Pictures, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, object]]:
    """Train a few steps and export."""
    folder = tmp_path_factory.mktemp("captioner")
    model = load_language_model(tiny_gemma, CPU)
    training = CaptionerTraining(OPTIONS, model, features=FEATURES)
    training.run(Examples(pictures), folder / "checkpoint.safetensors", lambda *_: None)
    weights = folder / "captioner.safetensors"
    return weights, export(training, weights)


@pytest.fixture
def captioner(trained: tuple[Path, dict[str, object]], tiny_gemma: Path) -> PrefixCaptioner:
    weights, config = trained
    source = WeightsSource(
        role="captioner",
        name="tiny",
        config=MappingProxyType(config),
        files={
            "weights": Found(path=weights, sha256="", origin="bundled"),
            "language_model": Found(path=tiny_gemma, sha256="", origin="models_dir"),
        },
        cache=weights.parent / "cache",
    )
    loaded = load(source, CPU)
    assert isinstance(loaded, PrefixCaptioner)
    return loaded


def _vision(pictures: Pictures, *rows: int) -> VisionFeatures:
    return VisionFeatures(
        features=pictures.features[list(rows)], palette=pictures.palettes[list(rows)]
    )


def test_descriptions_are_complete_sentences(
    captioner: PrefixCaptioner, pictures: Pictures
) -> None:
    vision = _vision(pictures, 0, 1)
    texts = captioner.describe(vision, ONE_IMAGE * 2, ["en", "zh"], ["", "blue"])
    seen = [each.facts for each in captioner.look(vision, ONE_IMAGE * 2)]
    read = [parse_brief(text) for text in texts]
    assert [(each.pattern, each.language) for each in read] == [
        (seen[0].pattern, "en"),
        (seen[1].pattern, "zh"),
    ]
    assert read[0].colours == seen[0].colours != ()
    assert read[1].colours[0] == "blue"
    assert texts[0][-1] in ".!?"
    assert texts[1][-1] in "。！？"


def test_descriptions_are_deterministic(captioner: PrefixCaptioner, pictures: Pictures) -> None:
    asked = (_vision(pictures, 0, 1), ONE_IMAGE * 2, ["en"] * 2, ["", "blue"])
    assert captioner.describe(*asked) == captioner.describe(*asked)


def test_description_begins_with_the_recognized_attributes(
    captioner: PrefixCaptioner, pictures: Pictures
) -> None:
    palette = np.zeros((2, 5, 4), np.float32)
    lab = lab_from_rgb([COLOURS[key].rgb for key in ("teal", "navy")])
    palette[:] = palette_array(lab, np.array([0.7, 0.3]))
    vision = VisionFeatures(features=pictures.features[:2], palette=palette)
    seen, _ = captioner.look(vision, ONE_IMAGE * 2)
    texts = captioner.describe(vision, ONE_IMAGE * 2, ["en", "zh"], ["", "红色波浪"])
    read = [parse_brief(text) for text in texts]
    assert read[0].colours == ("teal", "navy")
    assert read[0].pattern == seen.facts.pattern
    assert read[0].mood == ("cool",)
    assert (read[1].pattern, read[1].colours) == ("waves", ("red", "teal", "navy"))


def test_expansions_depend_on_the_seed(captioner: PrefixCaptioner) -> None:
    one, same, other = captioner.expand(["blue"] * 3, ["en"] * 3, [1, 1, 2])
    assert one == same
    assert one != other


def test_empty_batch_yields_no_texts(captioner: PrefixCaptioner, pictures: Pictures) -> None:
    assert captioner.describe(_vision(pictures), [], [], []) == []
    assert captioner.expand([], [], []) == []


def test_training_lowers_the_loss(tiny_gemma: Path, pictures: Pictures) -> None:
    model = load_language_model(tiny_gemma, CPU)
    training = CaptionerTraining(replace(OPTIONS, steps=30), model, features=FEATURES)
    examples = Examples(pictures)
    batch = examples.batch(0, 4)
    first = training.train_step(batch, examples)["words"]
    for _ in range(30):
        last = training.train_step(batch, examples)["words"]
    assert last < first - 0.2


def test_attribute_heads_can_be_trained(tiny_gemma: Path, pictures: Pictures) -> None:
    options = replace(OPTIONS, reading_steps=150)
    training = CaptionerTraining(options, load_language_model(tiny_gemma, CPU), features=FEATURES)
    examples = Examples(pictures)
    everything = range(len(pictures.specs))
    training.prefix.eval()
    before = training.reading_loss(examples, everything).item()
    training.train_readings(examples)
    training.prefix.eval()
    assert training.reading_loss(examples, everything).item() < 0.8 * before


def test_resumed_training_equals_uninterrupted_training(
    tiny_gemma: Path, pictures: Pictures, tmp_path: Path
) -> None:
    examples = Examples(pictures)

    def fresh() -> CaptionerTraining:
        return CaptionerTraining(OPTIONS, load_language_model(tiny_gemma, CPU), features=FEATURES)

    first = fresh()
    for step in range(2):
        first.train_step(examples.batch(step, 4), examples)
    first.save(tmp_path / "checkpoint.safetensors")
    second = fresh()
    assert second.resume(tmp_path / "checkpoint.safetensors")
    losses = [each.train_step(examples.batch(2, 4), examples) for each in (first, second)]
    assert losses[0] == losses[1]
    for key, value in first.tensors().items():
        torch.testing.assert_close(value, second.tensors()[key])


def test_pictures_without_labels_have_zero_loss(tiny_gemma: Path, pictures: Pictures) -> None:
    training = CaptionerTraining(OPTIONS, load_language_model(tiny_gemma, CPU), features=FEATURES)
    examples = Examples(pictures)
    examples.__dict__["_targets"] = {
        name: torch.full_like(truth, -100) for name, truth in examples._targets.items()
    }
    assert training.reading_loss(examples, [0, 1]).item() == 0


def test_pictures_round_trip_through_a_file(pictures: Pictures, tmp_path: Path) -> None:
    pictures.save(tmp_path / "pictures.npz")
    kept = Pictures.load(tmp_path / "pictures.npz")
    assert kept.specs == pictures.specs
    assert kept.labels == pictures.labels
    np.testing.assert_allclose(kept.features, pictures.features, atol=1e-2)


def test_untrained_prefix_encodes_palette_colours(tiny_gemma: Path) -> None:
    model = load_language_model(tiny_gemma, CPU)
    prefix = VisualPrefix(PrefixShape(width=model.width))
    prefix.take_words(word_embeddings(model))
    keys = list(COLOURS)
    lab = lab_from_rgb([COLOURS[key].rgb for key in ("red", "navy")])
    rows = torch.from_numpy(palette_array(lab, np.array([0.7, 0.3])))[None]
    tokens = prefix.colours(rows)[0]
    nearest = torch.cdist(tokens[:2], prefix.colour_words).argmin(1).tolist()
    assert [keys[place] for place in nearest] == ["red", "navy"]
    assert torch.equal(tokens[2:], prefix.absent.expand(3, -1))


def test_long_brief_is_truncated(tiny_gemma: Path) -> None:
    model = load_language_model(tiny_gemma, CPU)
    row = prompt_embeddings(model, "blue " * 2000, "en", torch.zeros(8, model.width))
    assert len(row) < 300


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Blue  waves. And then", "en", "Blue waves."),
        ("Blue waves", "en", "Blue waves."),
        ("Blue waves,", "en", "Blue waves."),
        ("蓝色 波浪。然后", "zh", "蓝色波浪。"),
        ("蓝色波浪，", "zh", "蓝色波浪。"),
        ("蓝色，波浪，。", "zh", "蓝色，波浪。"),
        ("", "zh", ""),
    ],
)
def test_incomplete_sentences_are_removed(text: str, language: str, expected: str) -> None:
    assert whole_sentences(text, language) == expected


def test_training_targets_are_parsed_as_their_facts() -> None:
    rng = np.random.default_rng(0)
    for seed in range(60):
        facts = facts_of(sample(seed))
        language = ("en", "zh")[seed % 2]
        texture = ("", *TEXTURES)[seed % 4]
        read = parse_brief(describe(facts, language, rng, texture=texture))
        assert replace(read, unknown=()) == replace(facts, language=language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_subjects_are_not_parsed_as_patterns(subject: str, language: str) -> None:
    text = opening(Seen(facts=ParsedBrief(colours=("teal",)), subject=subject), language)
    assert SUBJECTS[subject].name(language) in text
    assert replace(parse_brief(text), unknown=(), motifs=(), undrawn=()) == ParsedBrief(
        colours=("teal",), language=language
    )


def test_subject_is_named_only_above_the_confidence_threshold() -> None:
    chances = np.zeros(1000)
    chances[[160, 200, 400]] = 0.35, 0.3, 0.35
    assert subject_of(chances) == "dog"
    chances[[160, 281]] = 0.05, 0.3
    assert subject_of(chances) == ""


def test_photographs_have_subjects_and_designs_have_none(
    tiny_gemma: Path, pictures: Pictures
) -> None:
    language_model = load_language_model(tiny_gemma, CPU)
    prefix = VisualPrefix(PrefixShape(width=language_model.width, features=FEATURES))
    head = prefix.heads["pattern"]
    assert isinstance(head, torch.nn.Linear)
    classes = torch.nn.Linear(FEATURES, 1000)
    with torch.no_grad():
        classes.weight.zero_()
        classes.bias.zero_()
        classes.bias[970] = 50.0
        head.weight.zero_()
        head.bias.zero_()
        captioner = PrefixCaptioner(language_model, prefix, classes=classes)
        head.bias[-1] = 50.0
        (photo,) = captioner.look(_vision(pictures, 0), ONE_IMAGE)
        head.bias[:2] = 100.0
        (unsure,) = captioner.look(_vision(pictures, 0), ONE_IMAGE)
        head.bias[0] = 150.0
        (design,) = captioner.look(_vision(pictures, 0), ONE_IMAGE)
    assert (photo.facts.pattern, photo.subject) == ("", "landscape")
    assert (unsure.facts.pattern, unsure.subject) == ("", "landscape")
    assert design.facts.pattern
    assert design.subject == ""


def test_palette_colours_are_named_by_share() -> None:
    lab = lab_from_rgb([COLOURS[key].rgb for key in ("navy", "red", "teal")])
    assert colours_of(palette_array(lab, np.array([0.6, 0.36, 0.04]))) == ("navy", "red")
    assert colours_of(np.zeros((5, 4))) == ()


def test_similar_shades_are_summed_when_sorting_by_coverage() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, :26] = COLOURS["red"].rgb
    pixels[:, 26:44] = COLOURS["navy"].rgb
    pixels[:, 44:] = np.add(COLOURS["navy"].rgb, (10, 14, 18))
    lab = lab_from_rgb([COLOURS["red"].rgb, COLOURS["navy"].rgb, pixels[0, -1]])
    rows = palette_array(lab, np.array([0.41, 0.28, 0.31]))
    ordered = sort_by_coverage(rows, Image.fromarray(pixels))
    assert colours_of(rows)[0] == "red"
    assert colours_of(ordered)[0] == "navy"
    assert ordered[3:, 3].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("colours", "mood"),
    [
        (("black", "charcoal"), ("noir",)),
        (("grey", "white"), ("monochrome",)),
        (("red", "mustard"), ("warm",)),
        (("navy", "teal"), ("cool",)),
        (("mint", "blush"), ("pastel",)),
        (("red", "navy"), ()),
        ((), ()),
    ],
)
def test_mood_is_derived_from_colours(colours: tuple[str, ...], mood: tuple[str, ...]) -> None:
    assert mood_of(colours) == mood


def test_texture_is_measured() -> None:
    rng = np.random.default_rng(0)
    steps = np.zeros((64, 64, 3), np.uint8)
    steps[:, ::8] = steps[:, 1::8] = steps[:, 2::8] = steps[:, 3::8] = 200
    slope = np.broadcast_to(np.linspace(40, 200, 64, dtype=np.uint8)[:, None, None], (64, 64, 3))
    grain = np.clip(128 + rng.normal(0, 12, (64, 64, 3)), 0, 255).astype(np.uint8)
    drawn = [Image.fromarray(np.ascontiguousarray(each)) for each in (steps, slope, grain)]
    assert [texture_of(each) for each in drawn] == ["crisp", "soft", "grainy"]
    assert texture_of(Image.new("RGB", (2, 2))) == "soft"


def test_brief_overrides_recognized_attributes() -> None:
    shown = ParsedBrief(pattern="dots", colours=("red", "navy"), scale="large", contrast="high")
    seen = Seen(facts=shown, texture="soft")
    said = ParsedBrief(pattern="waves", colours=("teal",), excluded_colours=("red",))
    assert joined(said, seen) == Seen(facts=ParsedBrief(pattern="waves", colours=("teal", "navy")))
    assert joined(ParsedBrief(), seen) == seen


def test_photograph_labels_are_measured_from_its_pixels() -> None:
    picture = draw_photograph(3, 64)
    assert picture.size == (64, 64)
    seen = measure_labels(picture)
    assert seen.colours
    assert set(seen.colours) <= set(COLOURS)
    plain = measure_labels(Image.new("RGB", (30, 30), COLOURS["teal"].rgb))
    assert plain == PictureLabels(colours=("teal",), contrast="low", texture="soft")
