"""The captioner, d(I) = LLM(v(I)): a description of a reference image, or of a brief alone.

The default is Gemma 3 270M (Gemma Team, "Gemma 3 Technical Report", 2025; Gemma terms of use)
with a visual prefix and low-rank adapters trained on the project's own procedural corpus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import torch
from numpy.typing import ArrayLike
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import PATTERNS
from worker.corpus.families import FAMILIES
from worker.models.captioner.agreement import find_inconsistencies
from worker.models.captioner.compact import compact_shape, load_compact
from worker.models.captioner.gguf import gemma_folder
from worker.models.captioner.language_model import (
    LanguageModel,
    Sampling,
    TextGenerator,
    load_language_model,
)
from worker.models.captioner.lora import merge
from worker.models.captioner.motif_subjects import SeenMotif, motif_of
from worker.models.captioner.perception import (
    MOST_SEEN,
    Seen,
    colours_of,
    mood_of,
    sort_by_coverage,
    subject_of,
    texture_of,
)
from worker.models.captioner.preamble import joined, listed, names, opening
from worker.models.captioner.prompts import prompt_embeddings, whole_sentences
from worker.models.captioner.visual_prefix import NONE, READINGS, PrefixShape, VisualPrefix

if TYPE_CHECKING:
    from worker.models.vision import VisionFeatures
    from worker.models.weight_locator import WeightsSource

__all__ = ["Captioner", "PrefixCaptioner", "load"]

_PHOTOGRAPH, _MIN_PROBABILITY = "photograph", 0.5
_DESIGN = 0.9
"""Probability of a pattern from which an image is a design, whatever the classifier sees in it."""
EXPANSION = Sampling(temperature=0.8)
_MOOD_MARKS = {"en": (" and ", ", "), "zh": ("、", "、")}


class Captioner(Protocol):
    """Interface of captioners."""

    languages: tuple[str, ...]
    """Output languages, the best first."""
    expands: bool
    """Whether it can expand a brief without an image."""

    def describe(
        self,
        vision: VisionFeatures,
        images: Sequence[Image.Image],
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        """Describe N images, each in the requested language if the model supports it.

        The description includes the requirements of the brief, which may be empty. The same call
        gives the same texts on devices of one type. The texts of one call are generated as a
        batch, which changes rounding, so each job needs its own call to be reproducible.
        """
        ...

    def motifs(self, vision: VisionFeatures) -> list[SeenMotif | None]:
        """Return what each of N photographs shows; None: a design, uncertain, or not drawable."""
        ...

    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        """Write a full description of each brief, sampling what it leaves open by the seed.

        As with `describe`, each job needs its own call.
        """
        ...


class PrefixCaptioner:
    """A language model that takes an image as a visual prefix before the brief."""

    languages: tuple[str, ...] = ("en", "zh")
    expands = True

    def __init__(
        self,
        language_model: TextGenerator,
        prefix: VisualPrefix,
        *,
        classes: nn.Linear | None = None,
        expansion: Sampling = EXPANSION,
    ) -> None:
        """Assemble the captioner; `classes` is the ImageNet classifier on the features."""
        self.language_model = language_model
        self._classifier = classes.to(language_model.device) if classes is not None else None
        self._prefix = prefix.to(language_model.device).eval()
        self._expansion = expansion

    @torch.inference_mode()
    def describe(
        self,
        vision: VisionFeatures,
        images: Sequence[Image.Image],
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        """See `Captioner.describe`."""
        if not briefs:
            return []
        device = self.language_model.device
        visual = self._prefix(
            torch.as_tensor(vision.features, dtype=torch.float32, device=device),
            torch.as_tensor(vision.palette, dtype=torch.float32, device=device),
        )  # (N, 8, width)
        facts = [
            joined(parse_brief(brief), seen)
            for brief, seen in zip(briefs, self.look(vision, images), strict=True)
        ]
        starts = [_opening(fact, language) for fact, language in zip(facts, languages, strict=True)]
        prompts = [
            prompt_embeddings(self.language_model, brief, language, prefix, start)
            for brief, language, prefix, start in zip(
                briefs, languages, visual, starts, strict=True
            )
        ]
        continuations = self.language_model.write(prompts, Sampling(), [0] * len(prompts))
        return [
            _consistent_description(start, continuation, fact, language)
            for start, continuation, fact, language in zip(
                starts, continuations, facts, languages, strict=True
            )
        ]

    @torch.inference_mode()
    def look(self, vision: VisionFeatures, images: Sequence[Image.Image]) -> list[Seen]:
        """Return the perceived facts of each image: readings, palette names, texture."""
        device = self.language_model.device
        features = torch.as_tensor(vision.features, dtype=torch.float32, device=device)
        palette = torch.as_tensor(vision.palette, dtype=torch.float32, device=device)
        readings, _ = self._prefix.read(features, palette)
        keys_by_reading = {
            name: [READINGS[name][index] for index in logits.argmax(1).tolist()]
            for name, logits in readings.items()
        }
        keys_by_reading["pattern"] = [
            pattern if motif is None else _PHOTOGRAPH
            for pattern, motif in zip(
                _certain_patterns(readings["pattern"]),
                self._motifs(features, readings["pattern"]),
                strict=True,
            )
        ]
        subjects = self._subjects(features)
        return [
            _combine_facts(
                {name: keys[row] for name, keys in keys_by_reading.items()},
                vision.palette[row],
                image,
                subjects[row],
            )
            for row, image in enumerate(images)
        ]

    def _subjects(self, features: Tensor) -> list[str]:
        """Return the photographic subject of features (N, F); "" if uncertain."""
        if self._classifier is None:
            return [""] * len(features)
        return [subject_of(row) for row in self._classifier(features).softmax(1).cpu().numpy()]

    @torch.inference_mode()
    def motifs(self, vision: VisionFeatures) -> list[SeenMotif | None]:
        """See `Captioner.motifs`."""
        device = self.language_model.device
        features = torch.as_tensor(vision.features, dtype=torch.float32, device=device)
        palette = torch.as_tensor(vision.palette, dtype=torch.float32, device=device)
        readings, _ = self._prefix.read(features, palette)
        return self._motifs(features, readings["pattern"])

    def _motifs(self, features: Tensor, patterns: Tensor) -> list[SeenMotif | None]:
        """Return what images of features (N, F) show; None for a certain pattern (N, P)."""
        if self._classifier is None:
            return [None] * len(features)
        chances = self._classifier(features).softmax(1).cpu().numpy()
        are_designs = (patterns.softmax(1)[:, :-1].amax(1) > _DESIGN).tolist()
        return [
            None if is_design else motif_of(row)
            for row, is_design in zip(chances, are_designs, strict=True)
        ]

    @torch.inference_mode()
    def patterns(self, vision: VisionFeatures) -> list[str]:
        """Classify the pattern of each image: a key of the vocabulary, or "photograph"."""
        device = self.language_model.device
        features = torch.as_tensor(vision.features, dtype=torch.float32, device=device)
        palette = torch.as_tensor(vision.palette, dtype=torch.float32, device=device)
        readings, _ = self._prefix.read(features, palette)
        return [READINGS["pattern"][index] for index in readings["pattern"].argmax(1).tolist()]

    @torch.inference_mode()
    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        """See `Captioner.expand`."""
        asked = list(zip(briefs, languages, strict=True))
        if not asked:
            return []
        embedded = {one: prompt_embeddings(self.language_model, *one, None) for one in set(asked)}
        prompts = [embedded[one] for one in asked]
        texts = self.language_model.write(prompts, self._expansion, seeds)
        return [whole_sentences(t, lang) for t, lang in zip(texts, languages, strict=True)]


def _opening(wanted: Seen, language: str) -> str:
    """Return the opening, with a trailing comma in Chinese if more facts follow."""
    facts = wanted.facts
    more = facts.scale or facts.density or facts.line_weight or facts.contrast
    return opening(wanted, language) + ("，" if language == "zh" and more else "")


def _consistent_description(start: str, continuation: str, wanted: Seen, language: str) -> str:
    """Assemble a description; drop the generated text if it contradicts the facts.

    Args:
        start: the opening.
        continuation: the generated continuation.
        wanted: the facts to describe.
        language: "en" or "zh".
    """
    text, facts = whole_sentences(start + continuation, language), wanted.facts
    parsed = parse_brief(text)
    if find_inconsistencies(facts, parsed) or set(parsed.colours) - set(facts.colours):
        text = whole_sentences(opening(wanted, language, closed=True), language)
        parsed = parse_brief(text)
    if facts.mood and not parsed.mood:
        mood = listed(names("mood", facts.mood, language), *_MOOD_MARKS[language])
        text += f" The mood is {mood}." if language == "en" else f"{mood}氛围。"
    return text


def _certain_patterns(logits: Tensor) -> list[str]:
    """Return the pattern of each image; a photograph without one of more than 50 % probability."""
    probabilities, indices = logits.softmax(1).max(1)
    return [
        READINGS["pattern"][index] if probability > _MIN_PROBABILITY else _PHOTOGRAPH
        for index, probability in zip(indices.tolist(), probabilities.tolist(), strict=True)
    ]


def _combine_facts(
    readings: Mapping[str, str], palette: ArrayLike, image: Image.Image, subject: str
) -> Seen:
    """Combine the readings, palette and texture of one image.

    Args:
        readings: the key of each reading, "none" if absent.
        palette: (5, 4), see `worker.models.vision.VisionFeatures`.
        image: the image.
        subject: the subject of a photograph; "" if uncertain.
    """
    pattern = readings["pattern"]
    traits = FAMILIES[pattern].traits if pattern in FAMILIES else ()

    def trait(name: str) -> str:
        return readings[name] if name in traits and readings[name] != NONE else ""

    gradient_direction = readings["gradient_direction"]
    order = sort_by_coverage(palette, image) if pattern in PATTERNS else palette
    colours = colours_of(order)[:MOST_SEEN]
    return Seen(
        facts=ParsedBrief(
            pattern=pattern if pattern in PATTERNS else "",
            colours=colours,
            gradient=gradient_direction != NONE,
            gradient_direction="" if gradient_direction == NONE else gradient_direction,
            contrast="" if readings["contrast"] == NONE else readings["contrast"],
            mood=mood_of(colours),
            scale=trait("scale"),
            density=trait("density"),
            line_weight=trait("line_weight"),
        ),
        subject=subject if pattern not in PATTERNS else "",
        texture=texture_of(image),
    )


def load(source: WeightsSource, device: torch.device) -> Captioner:
    """Load the captioner of a model version.

    The configuration's "kind" is "prefix" (the files "language_model", a GGUF file or a folder,
    and "weights") or "image-text" (a folder or name of a transformers model).

    Side effects: the first load of a GGUF file writes a converted copy into the cache.

    Raises:
        ValueError: unknown kind.
    """
    kind = source.config.get("kind", "prefix")
    if kind == "prefix":
        return _load_prefix(source, device)
    if kind == "image-text":
        from worker.models.captioner.image_text import ImageTextCaptioner

        return ImageTextCaptioner(source.folder(), device)
    raise ValueError(f"unknown kind of captioner {kind!r}: prefix or image-text")


def _load_prefix(source: WeightsSource, device: torch.device) -> PrefixCaptioner:
    config, tensors = source.config, load_file(source.file("weights"))
    language_model = source.files["language_model"]
    folder = language_model.path
    if folder.is_file():
        # keyed by the file's checksum, so that versions of the captioner share one copy
        folder = gemma_folder(folder, source.cache.parent / language_model.sha256)
    if device.type == "cpu" and config.get("int8", True) and (shape := compact_shape(folder)):
        scale = float(config["lora_scale"])
        writer = load_compact(folder, shape, tensors, lora_scale=scale, cache=source.cache)
        return _build_captioner(writer, tensors, config)
    return assemble(load_language_model(folder, device), tensors, config)


def assemble(
    language_model: LanguageModel, tensors: dict[str, Tensor], config: Any
) -> PrefixCaptioner:
    """Build a captioner from a language model and the trained tensors.

    Their prefixes are "lora.", "prefix." and "classes."; "vocabulary" holds the output tokens.
    """
    merge(
        language_model.body,
        _subset(tensors, "lora."),
        scale=float(config["lora_scale"]),
    )
    language_model.restrict(tensors["vocabulary"].tolist())
    if language_model.device.type == "cpu" and config.get("int8", True):
        language_model.quantise()
    return _build_captioner(language_model, tensors, config)


def _build_captioner(
    writer: TextGenerator, tensors: dict[str, Tensor], config: Any
) -> PrefixCaptioner:
    """Build a captioner from a language model and the tensors of the visual prefix."""
    readings = tuple((str(name), int(count)) for name, count in config["readings"])
    prefix = VisualPrefix(
        PrefixShape(
            width=writer.width,
            features=int(config["features"]),
            hidden=int(config["hidden"]),
            colours=int(config["colours"]),
            readings=readings,
        )
    )
    prefix.load_state_dict({k: v.float() for k, v in _subset(tensors, "prefix.").items()})
    return PrefixCaptioner(writer, prefix, classes=_build_classifier(_subset(tensors, "classes.")))


def _build_classifier(tensors: dict[str, Tensor]) -> nn.Linear | None:
    if not tensors:
        return None
    classes = nn.Linear(tensors["weight"].shape[1], tensors["weight"].shape[0])
    classes.load_state_dict({key: value.float() for key, value in tensors.items()})
    return classes


def _subset(tensors: dict[str, Tensor], start: str) -> dict[str, Tensor]:
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
