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

from shared.briefs.parser import Understood, understand
from shared.briefs.vocabulary import PATTERNS
from worker.corpus.families import FAMILIES
from worker.models.captioner.agreement import departures
from worker.models.captioner.compact import compact_shape, load_compact
from worker.models.captioner.gguf import gemma_folder
from worker.models.captioner.language_model import (
    LanguageModel,
    Sampling,
    Writer,
    load_language_model,
)
from worker.models.captioner.lora import merge
from worker.models.captioner.perception import (
    MOST_SEEN,
    Seen,
    colours_of,
    flat_first,
    mood_of,
    subject_of,
    texture_of,
)
from worker.models.captioner.preamble import joined, listed, names, opening
from worker.models.captioner.prompts import prompt_embeddings, whole_sentences
from worker.models.captioner.visual_prefix import NONE, READINGS, PrefixShape, VisualPrefix

if TYPE_CHECKING:
    from worker.models.vision import VisionFeatures
    from worker.models.weights import WeightsSource

__all__ = ["Captioner", "PrefixCaptioner", "load"]

_PHOTOGRAPH, _SURE = "photograph", 0.5
EXPANSION = Sampling(temperature=0.8)
_MOOD_MARKS = {"en": (" and ", ", "), "zh": ("、", "、")}


class Captioner(Protocol):
    """What a captioner gives, whichever model stands behind it."""

    languages: tuple[str, ...]
    """The languages it writes, the best first."""
    expands: bool
    """Whether it can write on a brief without an image."""

    def describe(
        self,
        vision: VisionFeatures,
        images: Sequence[Image.Image],
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        """Describe N images, each in the language asked for where the model writes it.

        What a brief asks for is part of the description; an empty one leaves all to the image.
        The same call gives the same texts on the same kind of device; texts of one call are
        written together and may round each other's sums, so give each job a call of its own.
        """
        ...

    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        """Write a full description of each brief; what it leaves open is drawn by the seed.

        As with `describe`, each job should have a call of its own.
        """
        ...


class PrefixCaptioner:
    """A language model that sees an image as a visual prefix before the brief."""

    languages: tuple[str, ...] = ("en", "zh")
    expands = True

    def __init__(
        self,
        language_model: Writer,
        prefix: VisualPrefix,
        *,
        classes: nn.Linear | None = None,
        expansion: Sampling = EXPANSION,
    ) -> None:
        """Take the parts; `classes` tells ImageNet's classes from the features."""
        self._language_model = language_model
        self._classes = classes.to(language_model.device) if classes is not None else None
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
        """Describe as `Captioner.describe` says."""
        if not briefs:
            return []
        device = self._language_model.device
        visual = self._prefix(
            torch.as_tensor(vision.features, dtype=torch.float32, device=device),
            torch.as_tensor(vision.palette, dtype=torch.float32, device=device),
        )  # (N, 8, width)
        wanted = [
            joined(understand(brief), seen)
            for brief, seen in zip(briefs, self.look(vision, images), strict=True)
        ]
        starts = [_start(each, lang) for each, lang in zip(wanted, languages, strict=True)]
        prompts = [
            prompt_embeddings(self._language_model, brief, language, prefix, start)
            for brief, language, prefix, start in zip(
                briefs, languages, visual, starts, strict=True
            )
        ]
        written = self._language_model.write(prompts, Sampling(), [0] * len(prompts))
        return [
            _faithful(start, more, each, language)
            for start, more, each, language in zip(starts, written, wanted, languages, strict=True)
        ]

    @torch.inference_mode()
    def look(self, vision: VisionFeatures, images: Sequence[Image.Image]) -> list[Seen]:
        """Give what is seen in each picture: its readings, its palette's names, its texture."""
        device = self._language_model.device
        features = torch.as_tensor(vision.features, dtype=torch.float32, device=device)
        palette = torch.as_tensor(vision.palette, dtype=torch.float32, device=device)
        readings, _ = self._prefix.read(features, palette)
        read = {
            name: [READINGS[name][place] for place in logits.argmax(1).tolist()]
            for name, logits in readings.items()
        }
        likely = readings["pattern"].softmax(1).amax(1).tolist()
        # a picture that is like no pattern more likely than not is called photo-like
        patterns = zip(read["pattern"], likely, strict=True)
        read["pattern"] = [key if sure > _SURE else _PHOTOGRAPH for key, sure in patterns]
        subjects = self._subjects(features)
        return [
            _seen(
                {name: keys[row] for name, keys in read.items()},
                vision.palette[row],
                image,
                subjects[row],
            )
            for row, image in enumerate(images)
        ]

    def _subjects(self, features: Tensor) -> list[str]:
        """Name what (N, F) features show as if of photographs."""
        if self._classes is None:
            return [""] * len(features)
        return [subject_of(row) for row in self._classes(features).softmax(1).cpu().numpy()]

    @torch.inference_mode()
    def patterns(self, vision: VisionFeatures) -> list[str]:
        """Read the pattern off each picture: a key of the vocabulary, or "photograph"."""
        device = self._language_model.device
        features = torch.as_tensor(vision.features, dtype=torch.float32, device=device)
        palette = torch.as_tensor(vision.palette, dtype=torch.float32, device=device)
        readings, _ = self._prefix.read(features, palette)
        return [READINGS["pattern"][place] for place in readings["pattern"].argmax(1).tolist()]

    @torch.inference_mode()
    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        """Expand as `Captioner.expand` says."""
        prompts = [
            prompt_embeddings(self._language_model, brief, language, None)
            for brief, language in zip(briefs, languages, strict=True)
        ]
        if not prompts:
            return []
        texts = self._language_model.write(prompts, self._expansion, seeds)
        return [whole_sentences(t, lang) for t, lang in zip(texts, languages, strict=True)]


def _start(wanted: Seen, language: str) -> str:
    """Give the opening, with a Chinese comma where more is to be said in the same sentence."""
    facts = wanted.facts
    more = facts.scale or facts.density or facts.line_weight or facts.contrast
    return opening(wanted, language) + ("，" if language == "zh" and more else "")


def _faithful(start: str, more: str, wanted: Seen, language: str) -> str:
    """Put a description together; what the model went on with counts while it keeps to the facts.

    Args:
        start: the opening.
        more: what the model wrote after it.
        wanted: what the description should say.
    """
    text, facts = whole_sentences(start + more, language), wanted.facts
    read = understand(text)
    if departures(facts, read) or set(read.colours) - set(facts.colours):
        text = whole_sentences(opening(wanted, language, closed=True), language)
        read = understand(text)
    if facts.mood and not read.mood:
        mood = listed(names("mood", facts.mood, language), *_MOOD_MARKS[language])
        text += f" The mood is {mood}." if language == "en" else f"{mood}氛围。"
    return text


def _seen(read: Mapping[str, str], palette: ArrayLike, image: Image.Image, subject: str) -> Seen:
    """Put one picture's readings, palette and looks together.

    Args:
        read: for each reading its key, "none" where it is not there.
        palette: (5, 4), see `worker.models.vision.VisionFeatures`.
        image: the picture itself.
        subject: what it shows if it is a photograph; "" where that is not sure.
    """
    pattern = read["pattern"]
    traits = FAMILIES[pattern].traits if pattern in FAMILIES else ()

    def trait(name: str) -> str:
        return read[name] if name in traits and read[name] != NONE else ""

    direction = read["gradient_direction"]
    order = flat_first(palette, image) if pattern in PATTERNS else palette
    colours = colours_of(order)[:MOST_SEEN]
    return Seen(
        facts=Understood(
            pattern=pattern if pattern in PATTERNS else "",
            colours=colours,
            gradient=direction != NONE,
            gradient_direction="" if direction == NONE else direction,
            contrast="" if read["contrast"] == NONE else read["contrast"],
            mood=mood_of(colours),
            scale=trait("scale"),
            density=trait("density"),
            line_weight=trait("line_weight"),
        ),
        subject=subject if pattern not in PATTERNS else "",
        texture=texture_of(image),
    )


def load(source: WeightsSource, device: torch.device) -> Captioner:
    """Load the captioner that a model version names.

    The version's configuration says which kind: "prefix" (the files "language_model", a GGUF
    file or a folder, and "weights") or "image-text" (a folder or name of a transformers model).

    Side effects: the first load of a GGUF file writes a converted copy into the cache.
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
    found = source.files["language_model"]
    folder = found.path
    if folder.is_file():
        # by the file's own sum, so that versions of the captioner share one copy
        folder = gemma_folder(folder, source.cache.parent / found.sha256)
    if device.type == "cpu" and config.get("int8", True) and (shape := compact_shape(folder)):
        scale = float(config["lora_scale"])
        writer = load_compact(folder, shape, tensors, lora_scale=scale, cache=source.cache)
        return _seeing(writer, tensors, config)
    return assemble(load_language_model(folder, device), tensors, config)


def assemble(
    language_model: LanguageModel, tensors: dict[str, Tensor], config: Any
) -> PrefixCaptioner:
    """Put trained tensors ("lora.", "prefix.", "classes.", "vocabulary") on a language model."""
    merge(language_model.body, _part(tensors, "lora."), scale=float(config["lora_scale"]))
    language_model.restrict(tensors["vocabulary"].tolist())
    if language_model.device.type == "cpu" and config.get("int8", True):
        language_model.quantise()
    return _seeing(language_model, tensors, config)


def _seeing(writer: Writer, tensors: dict[str, Tensor], config: Any) -> PrefixCaptioner:
    """Put the trained prefix before a language model."""
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
    prefix.load_state_dict({k: v.float() for k, v in _part(tensors, "prefix.").items()})
    return PrefixCaptioner(writer, prefix, classes=_classes(_part(tensors, "classes.")))


def _classes(tensors: dict[str, Tensor]) -> nn.Linear | None:
    if not tensors:
        return None
    classes = nn.Linear(tensors["weight"].shape[1], tensors["weight"].shape[0])
    classes.load_state_dict({key: value.float() for key, value in tensors.items()})
    return classes


def _part(tensors: dict[str, Tensor], start: str) -> dict[str, Tensor]:
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
