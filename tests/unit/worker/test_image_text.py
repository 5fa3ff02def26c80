"""Image-text models of transformers as the captioner, with tiny models of real classes."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from worker.models.captioner.image_text import ImageTextCaptioner
from worker.models.captioner.model import load

CPU = torch.device("cpu")
NO_FEATURES: Any = None
RED, BLUE = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
TEMPLATE = (
    "{% for message in messages %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endfor %}"
)


@pytest.fixture(scope="module")
def llava_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny-llava")
    signs = ["<pad>", "<eos>", "<bos>", "<unk>", "<image>"]
    letters = sorted({chr(code) for code in range(32, 127)} | set("请把这幅图像描述为表面案设计。"))
    vocabulary = {token: index for index, token in enumerate([*signs, *letters])}
    backend = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    backend.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="<pad>",
        eos_token="<eos>",
        bos_token="<bos>",
        unk_token="<unk>",
        additional_special_tokens=["<image>"],
    )
    images = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    LlavaProcessor(
        images,
        tokenizer,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    ).save_pretrained(folder)
    shared = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            intermediate_size=32, image_size=32, patch_size=16, **shared
        ).to_dict(),
        text_config=LlamaConfig(
            vocab_size=len(vocabulary),
            intermediate_size=32,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=2,
            **shared,
        ).to_dict(),
        image_token_index=4,
        vision_feature_layer=-1,
    )
    torch.manual_seed(0)
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    return folder


def test_blip_describes_the_image(blip_folder: Path) -> None:
    captioner = ImageTextCaptioner(blip_folder, CPU, max_tokens=8)
    texts = captioner.describe(NO_FEATURES, [RED, BLUE], ["en", "en"], ["", ""])
    assert len(texts) == 2
    assert all(text.endswith(".") and len(text) > 1 for text in texts)


def test_blip_appends_its_description_to_the_brief(blip_folder: Path) -> None:
    captioner = ImageTextCaptioner(blip_folder, CPU, max_tokens=8)
    (alone,) = captioner.describe(NO_FEATURES, [RED], ["en"], [""])
    (joined,) = captioner.describe(NO_FEATURES, [RED], ["en"], ["calm waves."])
    assert joined == f"calm waves. {alone}"


def test_blip_supports_english_only_and_no_expansion(blip_folder: Path) -> None:
    captioner = ImageTextCaptioner(blip_folder, CPU)
    assert captioner.languages == ("en",)
    assert not captioner.expands
    with pytest.raises(ValueError, match="cannot expand briefs"):
        captioner.expand(["blue"], ["en"], [0])


def test_chat_model_describes_images_in_both_languages(llava_folder: Path) -> None:
    captioner = ImageTextCaptioner(llava_folder, CPU, max_tokens=8)
    assert captioner.languages == ("en", "zh")
    texts = captioner.describe(NO_FEATURES, [RED, BLUE], ["en", "zh"], ["", "b"])
    assert len(texts) == 2
    again = captioner.describe(NO_FEATURES, [RED, BLUE], ["en", "zh"], ["", "b"])
    assert texts == again


def test_chat_model_expansion_depends_on_the_seed(llava_folder: Path) -> None:
    captioner = ImageTextCaptioner(llava_folder, CPU, max_tokens=16)
    one, same, other = (captioner.expand(["blue"], ["en"], [seed])[0] for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_global_random_state_is_unchanged(llava_folder: Path) -> None:
    captioner = ImageTextCaptioner(llava_folder, CPU, max_tokens=4)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    captioner.expand(["blue"], ["en"], [1])
    assert torch.rand(1) == expected


def test_configuration_selects_the_image_text_captioner(blip_folder: Path) -> None:
    source: Any = SimpleNamespace(config={"kind": "image-text"}, folder=lambda: blip_folder)
    assert isinstance(load(source, CPU), ImageTextCaptioner)


def test_unknown_kind_is_rejected() -> None:
    source: Any = SimpleNamespace(config={"kind": "telepathy"})
    with pytest.raises(ValueError, match="telepathy"):
        load(source, CPU)
