"""Diffusers pipelines as the generator, with tiny pipelines of the real classes."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, DDIMScheduler, DDPMPipeline, UNet2DModel
from diffusers import UNet2DConditionModel as Denoiser
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.parser import parse_brief
from shared.designs.parsing import parse_design, record_json
from shared.designs.record import ImageLayer
from shared.errors import ModelsMissing
from tests.unit.worker import tiny
from tests.unit.worker.pipelines import save_stable_diffusion, save_transformer_pipeline
from worker.drawing.raster import draw_pixels
from worker.drawing.visibility import area_shares
from worker.models.generator import model as generator_role
from worker.models.generator.diffusion import DiffusionGenerator, english_prompt, wrap_convolutions
from worker.models.generator.draft import Draft, DraftRequest

NOISE = np.random.default_rng(3).integers(0, 256, (50, 70, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def wrapped_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_stable_diffusion(tmp_path_factory.mktemp("tiny-stable-diffusion"))


@pytest.fixture(scope="module")
def faded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_transformer_pipeline(tmp_path_factory.mktemp("tiny-pixart"))


def _load(folder: Path, **config: Any) -> DiffusionGenerator:
    given = {"kind": "diffusers", "steps": 2, **config}
    loaded = generator_role.load(tiny.source(folder, "generator", folder, given), tiny.CPU)
    assert isinstance(loaded, DiffusionGenerator)
    return loaded


def _asked(**changed: Any) -> DraftRequest:
    asked: dict[str, Any] = {
        "code": torch.zeros(9, 32),
        "description": "calm blue waves.",
        "understood": parse_brief("calm blue waves"),
        "reference": None,
        "reference_strength": 0.6,
        "seed": 7,
        "size_px": 48,
    }
    return DraftRequest(**asked | changed)


def _pixels(draft: Draft, size_px: int = 48) -> NDArray[np.uint8]:
    return draw_pixels(draft.design, size_px, draft.get)[..., :3]


def test_tile_depends_on_seed_variant_and_description(wrapped_folder: Path) -> None:
    drawer = _load(wrapped_folder)
    draft = drawer.draft(_asked(), 0)
    assert (_pixels(draft).shape, _pixels(draft).dtype) == ((48, 48, 3), np.uint8)
    assert _pixels(draft).std() > 1
    assert drawer.draft(_asked(), 0) == draft
    assert drawer.drafts([_asked(), _asked(seed=8)], 2) == [draft, drawer.draft(_asked(seed=8), 1)]
    for other in (
        drawer.draft(_asked(), 1),
        drawer.draft(_asked(seed=8), 0),
        drawer.draft(_asked(description="red dots."), 0),
    ):
        assert not np.array_equal(_pixels(draft), _pixels(other))


def test_draft_is_one_image_layer_with_its_file(wrapped_folder: Path) -> None:
    drawer = _load(wrapped_folder)
    draft = drawer.draft(_asked(), 1)
    (layer,), (content,) = draft.design.layers, draft.files
    assert isinstance(layer, ImageLayer)
    assert layer.sha256 == sha256(content).hexdigest()
    assert (draft.design.seed, draft.design.variant, draft.traits) == (7, 1, {})
    assert parse_design(record_json(draft.design).encode()) == draft.design
    with Image.open(BytesIO(content)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (drawer.side_px,) * 2)
        assert np.array_equal(_pixels(draft, drawer.side_px), np.asarray(image))


def test_record_of_a_pipeline_does_not_depend_on_the_size(wrapped_folder: Path) -> None:
    drawer = _load(wrapped_folder)
    assert drawer.draft(_asked(size_px=16), 0) == drawer.draft(_asked(size_px=512), 0)


def test_tile_does_not_depend_on_earlier_tiles(wrapped_folder: Path) -> None:
    first = _load(wrapped_folder).draft(_asked(), 1)
    busy = _load(wrapped_folder)
    torch.manual_seed(99)
    busy.draft(_asked(reference=Image.fromarray(NOISE), seed=1), 0)
    assert busy.draft(_asked(), 1) == first


def test_palette_has_the_colours_of_the_picture(wrapped_folder: Path) -> None:
    drawer = _load(wrapped_folder)
    draft = drawer.draft(_asked(), 0)
    colours = [entry.hex for entry in draft.design.palette]
    shares = area_shares(draw_pixels(draft.design, 48, draft.get), colours)
    assert len(colours) > 0
    assert sum(shares) == pytest.approx(1)
    assert min(shares) > 0
    assert {entry.origin for entry in draft.design.palette} == {"chosen"}
    seen = drawer.draft(_asked(reference=Image.fromarray(NOISE)), 0)
    assert {entry.origin for entry in seen.design.palette} == {"reference"}


def test_reference_strength_sets_the_influence_of_the_reference(
    wrapped_folder: Path,
) -> None:
    drawer = _load(wrapped_folder, steps=10)
    red, blue = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
    apart = []
    for strength in (0.0, 0.3, 1.0):
        tiles = [
            _pixels(drawer.draft(_asked(reference=each, reference_strength=strength), 0))
            for each in (red, blue)
        ]
        apart.append(np.abs(tiles[0].astype(int) - tiles[1]).mean())
    assert apart[0] == 0
    assert 0 < apart[1] < apart[2]
    told = drawer.details(_asked(reference=red, reference_strength=1.0))
    assert told["reference_used"] is True
    assert told["noise_strength"] == 0.4
    assert told["pipeline"] == "StableDiffusionImg2ImgPipeline"
    assert drawer.details(_asked())["reference_used"] is False


def test_one_step_suffices_with_a_reference(wrapped_folder: Path) -> None:
    drawer = _load(wrapped_folder, steps=1)
    asked = _asked(reference=Image.fromarray(NOISE), reference_strength=1.0)
    assert _pixels(drawer.draft(asked, 0)).shape == (48, 48, 3)


def test_convolutional_pipeline_uses_circular_padding(wrapped_folder: Path) -> None:
    """Shifted noise yields the shifted picture, apart from rounding."""
    seen = {}
    for wraps in (False, True):
        denoiser = Denoiser.from_pretrained(wrapped_folder / "unet").eval()
        decoder = AutoencoderKL.from_pretrained(wrapped_folder / "vae").eval()
        if wraps:
            assert wrap_convolutions([denoiser, decoder]) > 10
        seen[wraps] = _moved_apart(denoiser, decoder)
    assert seen[True] < 1e-4 < seen[False]


@torch.inference_mode()
def _moved_apart(denoiser: Any, decoder: Any) -> float:
    source = torch.Generator().manual_seed(0)
    noise = torch.randn(1, 4, 16, 16, generator=source)
    words = torch.randn(1, 5, 16, generator=source)

    def drawn(latent: torch.Tensor) -> torch.Tensor:
        denoised = denoiser(latent, 10, encoder_hidden_states=words).sample
        picture: torch.Tensor = decoder.decode(denoised).sample
        return picture

    moved = drawn(noise.roll((6, 10), (2, 3)))
    return float((drawn(noise).roll((12, 20), (2, 3)) - moved).abs().max())


def test_transformer_pipeline_gets_blended_borders(faded_folder: Path) -> None:
    drawer = _load(faded_folder)
    tile = _pixels(drawer.draft(_asked(), 0), 28).astype(float)
    inside = np.abs(np.diff(tile, axis=1)).mean()
    assert np.abs(tile[:, 0] - tile[:, -1]).mean() < 1.5 * inside
    assert drawer.details(_asked())["seamless"] == "faded borders"


def test_pipeline_without_image_input_ignores_the_reference(faded_folder: Path) -> None:
    drawer = _load(faded_folder)
    with_reference = _asked(reference=Image.fromarray(NOISE))
    assert drawer.details(with_reference)["reference_used"] is False
    assert drawer.draft(with_reference, 0) == drawer.draft(_asked(), 0)


def test_chinese_brief_is_translated_for_an_english_pipeline(
    wrapped_folder: Path,
) -> None:
    brief = "宁静的蓝色波浪，渐变"
    asked = _asked(description=brief, understood=parse_brief(brief))
    english = _load(wrapped_folder).details(asked)["prompt"]
    assert "waves pattern" in english
    assert "blue" in english
    assert english.isascii()
    assert brief in _load(wrapped_folder, languages=["en", "zh"]).details(asked)["prompt"]
    assert english_prompt(parse_brief("")) == ""


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"step": 3}, "unknown settings of a diffusers generator: step"),
        ({"steps": 0}, "1 or more"),
        ({"prompt": "a pattern"}, "must contain"),
        ({"dtype": "int3"}, "unknown dtype"),
    ],
)
def test_invalid_configuration_is_rejected(
    wrapped_folder: Path, config: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        _load(wrapped_folder, **config)


def test_folder_without_a_pipeline_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ModelsMissing, match="is not a pipeline"):
        _load(tmp_path)


def test_pipeline_without_a_prompt_is_rejected(tmp_path: Path) -> None:
    network = UNet2DModel(
        sample_size=8,
        block_out_channels=(16, 16),
        norm_num_groups=4,
        down_block_types=("DownBlock2D",) * 2,
        up_block_types=("UpBlock2D",) * 2,
    )
    DDPMPipeline(unet=network, scheduler=DDIMScheduler()).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="does not take a prompt"):
        _load(tmp_path)


def test_pipeline_cannot_be_trained(wrapped_folder: Path) -> None:
    source = tiny.source(wrapped_folder, "generator", wrapped_folder, {"kind": "diffusers"})
    with pytest.raises(ValueError, match="cannot be trained"):
        generator_role.load_field(source, tiny.CPU)


def test_unknown_generator_kind_is_rejected(wrapped_folder: Path) -> None:
    with pytest.raises(ValueError, match="unknown kind of generator 'loom'"):
        _load(wrapped_folder, kind="loom")
