"""Captioner backed by any image-text model of transformers, such as BLIP, SmolVLM or LLaVA."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image

from worker.imaging.reference import flattened
from worker.models.captioner.prompts import whole_sentences

if TYPE_CHECKING:
    from worker.models.captioner.motif_subjects import SeenMotif
    from worker.models.vision import VisionFeatures

__all__ = ["ImageTextCaptioner"]

_DESCRIBE_PROMPT = {
    "en": "Describe this image as a surface design: colours, pattern, texture.",
    "zh": "请把这幅图像描述为表面图案设计：颜色、图案、质感。",
}
_BRIEF_PROMPT = {
    "en": " Follow this brief where it speaks: ",
    "zh": "凡要求提到之处以要求为准：",
}
_EXPAND_PROMPT = {
    "en": "Describe in detail a surface design for this brief: ",
    "zh": "请按以下要求详细描述一款表面图案设计：",
}


class ImageTextCaptioner:
    """An image-text model that takes the image itself.

    A model with a chat template is prompted and writes both languages. One without (BLIP) captions
    in English, ignores the brief, and cannot expand one.
    """

    def __init__(
        self,
        name: str | Path,
        device: torch.device,
        *,
        max_tokens: int = 96,
        local_only: bool = True,
    ) -> None:
        """Load from a folder, or by name from the hub if `local_only` is False.

        Raises:
            OSError: the model does not exist or the hub is not reachable.
        """
        from transformers import AutoModelForImageTextToText, AutoProcessor

        self._processor: Any = AutoProcessor.from_pretrained(name, local_files_only=local_only)
        model: Any = AutoModelForImageTextToText.from_pretrained(name, local_files_only=local_only)
        self._model = model.to(device).eval()
        self._device = device
        self._max_tokens = max_tokens
        self._has_chat_template = bool(getattr(self._processor, "chat_template", None))
        self.languages: tuple[str, ...] = ("en", "zh") if self._has_chat_template else ("en",)
        self.expands = self._has_chat_template

    def describe(
        self,
        vision: VisionFeatures,  # noqa: ARG002
        images: Sequence[Image.Image],
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        """See `Captioner.describe`; `vision` is not used."""
        return [
            self._describe_one(flattened(image), language, brief)
            for image, language, brief in zip(images, languages, briefs, strict=True)
        ]

    def motifs(self, vision: VisionFeatures) -> list[SeenMotif | None]:
        """See `Captioner.motifs`; this captioner has no classifier and names none."""
        return [None] * len(vision.features)

    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        """See `Captioner.expand`.

        Raises:
            ValueError: the model has no chat template; see `expands`.
        """
        if not self._has_chat_template:
            raise ValueError("this captioner cannot expand briefs, because it has no chat template")
        return [
            self._chat(_EXPAND_PROMPT[language] + brief, language, None, seed)
            for brief, language, seed in zip(briefs, languages, seeds, strict=True)
        ]

    def _describe_one(self, image: Image.Image, language: str, brief: str) -> str:
        if self._has_chat_template:
            prompt = _DESCRIBE_PROMPT[language] + (_BRIEF_PROMPT[language] + brief if brief else "")
            return self._chat(prompt, language, image)
        inputs = self._processor(images=image, return_tensors="pt").to(self._device)
        caption = whole_sentences(self._generate(inputs, None), "en")
        # the model does not take the brief, so the brief is prepended verbatim
        return f"{brief.rstrip(' .。')}. {caption}" if brief else caption

    def _chat(
        self, request: str, language: str, image: Image.Image | None, seed: int | None = None
    ) -> str:
        content: list[dict[str, str]] = [{"type": "text", "text": request}]
        if image is not None:
            content.insert(0, {"type": "image"})
        prompt = self._processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True
        )
        images = {} if image is None else {"images": [image]}
        inputs = self._processor(text=[prompt], return_tensors="pt", **images).to(self._device)
        return whole_sentences(self._generate(inputs, seed), language)

    @torch.inference_mode()
    def _generate(self, inputs: Any, seed: int | None) -> str:
        """Generate greedily, or sample from a generator with the seed."""
        devices = [self._device] if self._device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            if seed is not None:
                torch.manual_seed(seed)
            ids = self._model.generate(
                **inputs, max_new_tokens=self._max_tokens, do_sample=seed is not None
            )
        prompt_length = inputs["input_ids"].shape[1] if "input_ids" in inputs else 0
        text: str = self._processor.batch_decode(ids[:, prompt_length:], skip_special_tokens=True)[
            0
        ]
        return text.strip()
