"""Any image-text model of transformers as the captioner: BLIP, SmolVLM, LLaVA and their like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image

from worker.models.captioner.prompts import whole_sentences

if TYPE_CHECKING:
    from worker.models.vision import VisionFeatures

__all__ = ["ImageTextCaptioner"]

_ASK = {
    "en": "Describe this image as a surface design: colours, pattern, texture.",
    "zh": "请把这幅图像描述为表面图案设计：颜色、图案、质感。",
}
_ASK_BRIEF = {
    "en": " Follow this brief where it speaks: ",
    "zh": "凡要求提到之处以要求为准：",
}
_EXPAND = {
    "en": "Describe in detail a surface design for this brief: ",
    "zh": "请按以下要求详细描述一款表面图案设计：",
}


class ImageTextCaptioner:
    """An image-text model that looks at the picture itself.

    One with a chat template is asked in words and writes both languages; one without (BLIP)
    captions in English, knows nothing of the brief, and cannot expand one.
    """

    def __init__(
        self,
        name: str | Path,
        device: torch.device,
        *,
        max_tokens: int = 96,
        local_only: bool = True,
    ) -> None:
        """Load from a folder, or by name from the hub where `local_only` is False.

        Raises:
            OSError: no such model, or it cannot be reached.
        """
        from transformers import AutoModelForImageTextToText, AutoProcessor

        self._processor: Any = AutoProcessor.from_pretrained(name, local_files_only=local_only)
        model: Any = AutoModelForImageTextToText.from_pretrained(name, local_files_only=local_only)
        self._model = model.to(device).eval()
        self._device = device
        self._max_tokens = max_tokens
        self._chats = bool(getattr(self._processor, "chat_template", None))
        self.languages: tuple[str, ...] = ("en", "zh") if self._chats else ("en",)
        self.expands = self._chats

    def describe(
        self,
        vision: VisionFeatures,  # noqa: ARG002
        images: Sequence[Image.Image],
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        """Describe as `Captioner.describe` says; only `images` are looked at, not `vision`."""
        return [
            self._describe_one(image, language, brief)
            for image, language, brief in zip(images, languages, briefs, strict=True)
        ]

    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        """Expand as `Captioner.expand` says.

        Raises:
            ValueError: the model has no chat template; see `expands`.
        """
        if not self._chats:
            raise ValueError("this captioner only describes images: it has no chat template")
        return [
            self._chat(_EXPAND[language] + brief, language, None, seed)
            for brief, language, seed in zip(briefs, languages, seeds, strict=True)
        ]

    def _describe_one(self, image: Image.Image, language: str, brief: str) -> str:
        if self._chats:
            asked = _ASK[language] + (_ASK_BRIEF[language] + brief if brief else "")
            return self._chat(asked, language, image)
        inputs = self._processor(images=image, return_tensors="pt").to(self._device)
        seen = whole_sentences(self._generate(inputs, None), "en")
        # the model cannot read the brief, so its words stand first as they are
        return f"{brief.rstrip(' .。')}. {seen}" if brief else seen

    def _chat(
        self, asked: str, language: str, image: Image.Image | None, seed: int | None = None
    ) -> str:
        content: list[dict[str, str]] = [{"type": "text", "text": asked}]
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
        """Write greedily, or from a stream of chance of its own where a seed is given."""
        devices = [self._device] if self._device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            if seed is not None:
                torch.manual_seed(seed)
            ids = self._model.generate(
                **inputs, max_new_tokens=self._max_tokens, do_sample=seed is not None
            )
        asked = inputs["input_ids"].shape[1] if "input_ids" in inputs else 0
        text: str = self._processor.batch_decode(ids[:, asked:], skip_special_tokens=True)[0]
        return text.strip()
