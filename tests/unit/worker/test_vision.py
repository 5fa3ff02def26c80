"""The vision role: the default model, torchvision and transformers models, and palettes."""

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import save_file
from torchvision import models as torchvision_models
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    Dinov2Config,
    Dinov2Model,
    ResNetConfig,
    ResNetModel,
    SiglipConfig,
    SiglipModel,
    ViTConfig,
    ViTModel,
)

from tests.unit.worker import tiny
from worker.imaging.colour import delta_e, lab_from_rgb
from worker.imaging.palette import palette_array, palette_of, separate
from worker.models import vision
from worker.models.efficientnet import EfficientNetLite0

SIDES = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
EYES = SIDES | {"num_attention_heads": 2, "image_size": 32, "patch_size": 8}
WORDS = SIDES | {"num_attention_heads": 2, "vocab_size": 30}


def _photo() -> Image.Image:
    """Return a noisy picture: three quarters teal, the rest half white and half orange."""
    picture = Image.new("RGB", (200, 120), (0, 128, 128))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((150, 0, 200, 60), fill=(250, 250, 250))
    draw.rectangle((150, 60, 200, 120), fill=(240, 130, 20))
    noise = np.random.default_rng(0).normal(0, 3, (120, 200, 3))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))


def test_palette_is_sorted_by_share_and_deterministic() -> None:
    lab, shares = palette_of(_photo())
    assert len(lab) == 3
    assert shares.tolist() == sorted(shares.tolist(), reverse=True)
    assert abs(shares.sum() - 1) < 1e-9
    assert shares[0] == pytest.approx(0.75, abs=0.03)
    assert delta_e(lab[0], lab_from_rgb((0, 128, 128))) < 4
    again = palette_of(_photo())
    assert np.array_equal(lab, again[0])
    assert np.array_equal(shares, again[1])
    rows = palette_array(lab, shares)
    assert rows.shape == (5, 4)
    assert not rows[3:].any()


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (12, 200, 77)])
def test_plain_picture_has_one_colour(colour: tuple[int, int, int]) -> None:
    lab, shares = palette_of(Image.new("RGB", (31, 7), colour))
    assert shares.tolist() == [1.0]
    assert delta_e(lab[0], lab_from_rgb(colour)) < 0.5


def test_separations_sum_to_one_and_follow_their_colours() -> None:
    masks, lab = separate(_photo(), 64)
    assert masks.shape == (5, 64, 64)
    np.testing.assert_allclose(masks.sum(0), 1, atol=1e-5)
    assert masks[0, :, :40].mean() > 0.95
    assert not masks[len(lab) :].any()


def _loaded(folder: Path, path: Path, config: dict[str, Any]) -> vision.Vision:
    return vision.load(tiny.source(folder, "vision", path, config), tiny.CPU)


def _save_efficientnet(path: Path, *, renamed: bool) -> None:
    import timm

    torch.manual_seed(0)
    state = timm.create_model("tf_efficientnet_lite0").state_dict()
    names = [f"layer.{index}" for index in range(len(state))] if renamed else list(state)
    torch.save(dict(zip(names, state.values(), strict=True)), path)


@pytest.mark.parametrize("renamed", [False, True])
def test_default_model_loads_a_state_dict_by_name_or_order(tmp_path: Path, renamed: bool) -> None:
    path = tmp_path / "weights.pth"
    _save_efficientnet(path, renamed=renamed)
    seen = _loaded(tmp_path, path, {"kind": "timm", "side_px": 64}).embed([_photo()])
    assert seen.features.shape == (1, 1280)
    assert seen.palette.shape == (1, 5, 4)
    assert np.isfinite(seen.features).all()


@pytest.mark.parametrize("side_px", [63, 64, 224])
@torch.inference_mode()
def test_default_model_equals_timm(side_px: int) -> None:
    import timm

    torch.manual_seed(1)
    theirs = timm.create_model("tf_efficientnet_lite0")
    for layer in theirs.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.normal_(std=0.2)
            layer.running_var.uniform_(0.5, 1.5)
    ours = EfficientNetLite0()
    ours.load_state_dict(theirs.state_dict())
    theirs.reset_classifier(0)
    pixels = torch.randn(2, 3, side_px, side_px)
    assert torch.equal(ours.eval()(pixels), theirs.eval()(pixels))


def test_other_timm_models_are_created_by_timm(tmp_path: Path) -> None:
    import timm

    name = "mobilenetv3_small_050"
    save_file(timm.create_model(name).state_dict(), tmp_path / "weights.safetensors")
    config = {"kind": "timm", "model": name, "side_px": 64}
    seen = _loaded(tmp_path, tmp_path / "weights.safetensors", config).embed([_photo()])
    assert seen.features.shape == (1, 1024)


def test_weights_of_another_model_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file({"some.weight": torch.zeros(3)}, path)
    with pytest.raises(ValueError, match="do not match the model"):
        _loaded(tmp_path, path, {})


@pytest.mark.parametrize(
    ("name", "side_px", "width"), [("resnet18", 64, 512), ("inception_v3", 96, 2048)]
)
def test_torchvision_features_are_the_inputs_of_the_classifier(
    tmp_path: Path, name: str, side_px: int, width: int
) -> None:
    torch.manual_seed(0)
    untrained = {"init_weights": False} if name.startswith("inception") else {}
    model = torchvision_models.get_model(name, weights=None, **untrained)
    path = tmp_path / "weights.safetensors"
    save_file(model.state_dict(), path)
    config = {"kind": "torchvision", "model": name, "side_px": side_px}
    seen = _loaded(tmp_path, path, config).embed([_photo(), _photo().rotate(90)])
    assert seen.features.shape == (2, width)
    assert not np.allclose(seen.features[0], seen.features[1])


def test_inception_uses_the_preprocessing_of_its_published_weights(tmp_path: Path) -> None:
    model = torchvision_models.get_model("inception_v3", weights=None, init_weights=False)
    path = tmp_path / "weights.safetensors"
    save_file(model.state_dict(), path)
    eye = _loaded(tmp_path, path, {"kind": "torchvision", "model": "inception_v3"})
    shown: list[torch.Tensor] = []
    layer = next(each for each in _layers(eye) if isinstance(each, torch.nn.Conv2d))
    layer.register_forward_hook(lambda _layer, given, _made: shown.append(given[0]))
    eye.embed([Image.new("RGB", (8, 8), (255, 0, 0))])
    assert eye.side_px == 299
    red, green = shown[0][0, 0], shown[0][0, 1]
    torch.testing.assert_close(red, torch.ones_like(red))
    torch.testing.assert_close(green, -torch.ones_like(green))


def _layers(eye: vision.Vision) -> list[torch.nn.Module]:
    """List the layers of the network in the closure of a torchvision model."""
    closed = inspect.getclosurevars(eye.extract).nonlocals["model"]
    return list(closed.modules())


@pytest.mark.parametrize(
    "model",
    [
        lambda: ViTModel(ViTConfig(**EYES)),
        lambda: CLIPModel(CLIPConfig(text_config=WORDS, vision_config=EYES, projection_dim=8)),
        lambda: SiglipModel(SiglipConfig(text_config=WORDS, vision_config=EYES)),
        lambda: Dinov2Model(Dinov2Config(**EYES)),
        lambda: ResNetModel(
            ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
        ),
    ],
    ids=["vit", "clip", "siglip", "dinov2", "resnet"],
)
def test_transformers_features_are_the_pooled_output(tmp_path: Path, model: Any) -> None:
    torch.manual_seed(0)
    made = model()
    folder = tmp_path / "model"
    made.save_pretrained(folder)
    seen = _loaded(tmp_path, folder, {"kind": "transformers"}).embed(
        [_photo(), _photo().rotate(90)]
    )
    assert seen.features.shape == (2, 16)
    assert not np.allclose(seen.features[0], seen.features[1])


def test_image_processor_sets_the_normalization(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    ViTModel(ViTConfig(**EYES)).save_pretrained(folder)
    plain = _loaded(tmp_path, folder, {"kind": "transformers"})
    assert (plain.mean, plain.deviation) == ((0.5,) * 3, (0.5,) * 3)
    CLIPImageProcessor(image_mean=[0.1, 0.2, 0.3], image_std=[0.4, 0.5, 0.6]).save_pretrained(
        folder
    )
    scaled = _loaded(tmp_path, folder, {"kind": "transformers"})
    assert (scaled.mean, scaled.deviation) == ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6))


def test_features_do_not_depend_on_the_batch(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    ViTModel(ViTConfig(**EYES)).save_pretrained(folder)
    eye = _loaded(tmp_path, folder, {"kind": "transformers"})
    both = eye.embed([_photo().rotate(180), _photo()])
    assert np.array_equal(both.features[1], eye.embed([_photo()]).features[0])


def test_unknown_kind_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(ValueError, match="unknown kind"):
        _loaded(tmp_path, path, {"kind": "crystal-ball"})


def test_an_image_is_embedded_once_while_it_is_recent(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def extract(pixels: torch.Tensor) -> torch.Tensor:
        seen.append(1)
        return pixels.mean((2, 3))

    monkeypatch.setattr(vision, "_MOST_RECENT", 2)
    model = vision.Vision(
        extract=extract,
        side_px=8,
        mean=(0.5,) * 3,
        deviation=(0.5,) * 3,
        device=torch.device("cpu"),
    )
    red, green, blue = (Image.new("RGB", (9, 9), name) for name in ("red", "green", "blue"))
    first = model.embed([red, green, red])
    assert len(seen) == 2
    again = model.embed([red.copy()])
    assert len(seen) == 2
    np.testing.assert_array_equal(again.features[0], first.features[0])
    np.testing.assert_array_equal(again.palette[0], first.palette[2])
    model.embed([blue, green])  # green was evicted by blue
    assert len(seen) == 4
    assert model.embed([]).features.shape == (0, 0)
