"""Trains the judge, the evaluation's pattern classifier, on the corpus alone.

    python -m worker.training.judge FOLDER [--tiles 7500] [--steps 2400] [--out worker/weights]

Tiles of the split "train" are rendered once into FOLDER, then augmented with random colours,
shifts, mirroring and blur. An interrupted training resumes from its checkpoint. Accuracy is
measured on tiles of the split "test", rendered at the size of the judged tiles.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from worker.corpus import compose, render_masks, sample
from worker.corpus.families import FAMILIES
from worker.evaluation.judge import SIDE_PX, Judge, JudgeNet, JudgeShape, save_judge
from worker.models.precision import matmul_autocast
from worker.training.checkpoint import TrainState
from worker.training.optimizer import learning_rate, make_optimisers, moving_average, set_rate

__all__ = ["JudgeOptions", "JudgeTraining", "TileSet", "measure", "render_tiles", "summary"]

FIRST_SEED = 1_000_000
FIRST_TEST_SEED = 2_000_000
_SHARD = 500
_SLOTS = 5
_LARGE_ONE_IN = 8  # tiles rendered larger and downscaled, as the judged ones are


@dataclass(frozen=True, kw_only=True)
class JudgeOptions:
    """Options of a judge's training."""

    tiles: int = 7_500
    steps: int = 2_400
    batch: int = 64
    rate: float = 0.02
    every: int = 100
    """Steps between checkpoints."""
    shape: JudgeShape = field(default_factory=JudgeShape)


@dataclass(frozen=True, kw_only=True)
class TileSet:
    """N tiles as uncoloured masks, with palettes."""

    masks: NDArray[np.uint8]  # (N, 5, S, S)
    family: NDArray[np.int64]  # (N,) index in `FAMILIES`
    palettes: NDArray[np.uint8]  # (N, 5, 3) sRGB; padded by repeating the design's colours
    count: NDArray[np.int64]  # (N,)


def render_tiles(
    folder: Path, count: int, side_px: int = SIDE_PX, show: Callable[[int], None] = lambda _: None
) -> TileSet:
    """Render tiles of the split "train" into a folder; existing shards are reused."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for start in range(0, count, _SHARD):
        path = folder / f"tiles-{side_px}-{start:06d}.npz"
        size = min(_SHARD, count - start)
        if not path.is_file():
            _render_shard(path, start, size, side_px)
        with np.load(path) as shard:
            parts.append({name: shard[name][:size] for name in shard.files})
        show(start + size)
    return TileSet(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _render_shard(path: Path, start: int, size: int, side_px: int) -> None:
    names = list(FAMILIES)
    masks = np.zeros((size, _SLOTS, side_px, side_px), np.uint8)
    palettes = np.zeros((size, _SLOTS, 3), np.uint8)
    family, count = np.zeros((2, size), np.int64)
    for index in range(size):
        spec = sample(FIRST_SEED + start + index, "train")
        factor = 2 if (start + index) % _LARGE_ONE_IN == 0 else 1
        rendered = render_masks(spec, factor * side_px)
        small = rendered.reshape(len(rendered), side_px, factor, side_px, factor).mean(axis=(2, 4))
        masks[index, : len(rendered)] = np.rint(255 * small).clip(0, 255)
        palettes[index] = np.resize(np.array(spec.palette), (_SLOTS, 3))
        family[index], count[index] = names.index(spec.pattern), len(rendered)
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as file:
        np.savez(file, masks=masks, palettes=palettes, family=family, count=count)
    temporary.replace(path)


def augmented_batch(tiles: TileSet, chosen: NDArray[np.intp], rng: np.random.Generator) -> Tensor:
    """Return tiles as a batch (N, 3, S, S), 0 to 255: recoloured, shifted, mirrored, blurred."""
    pictures = []
    for index in chosen:
        masks = tiles.masks[index, : tiles.count[index]]
        shift = tuple(int(n) for n in rng.integers(masks.shape[1], size=2))
        masks = np.roll(masks, shift, axis=(1, 2))
        if rng.random() < 0.5:
            masks = masks[:, :, ::-1]
        palette = _random_palette(tiles, int(tiles.count[index]), rng)
        pictures.append(np.tensordot(masks / np.float32(255), palette, axes=(0, 0)))
    batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return _degrade(batch.contiguous(memory_format=torch.channels_last), rng)


def _random_palette(tiles: TileSet, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a random design's palette of at least `count` colours, cut to (count, 3)."""
    while True:
        index = int(rng.integers(len(tiles.count)))
        if tiles.count[index] >= count:
            return tiles.palettes[index, :count].astype(np.float32)


def _degrade(batch: Tensor, rng: np.random.Generator) -> Tensor:
    """Blur some batches, as by upscaling a smaller tile, and add noise to some."""
    side = batch.shape[-1]
    kind = rng.random()
    if kind < 0.25:
        small = round(side * float(rng.uniform(0.6, 0.95)))
        batch = functional.interpolate(batch, (small, small), mode="bilinear", antialias=True)
        batch = functional.interpolate(batch, (side, side), mode="bicubic")
    elif kind < 0.4:
        weight = float(rng.uniform(0.05, 0.25))
        row = torch.tensor([weight, 1 - 2 * weight, weight])
        kernel = (row[:, None] * row).expand(3, 1, 3, 3)
        padded = functional.pad(batch, (1, 1, 1, 1), mode="circular")
        batch = functional.conv2d(padded, kernel, groups=3)
    if rng.random() < 0.2:
        grain = rng.standard_normal(tuple(batch.shape), np.float32)
        batch = batch + float(rng.uniform(0, 6)) * torch.from_numpy(grain)
    return batch.clamp(0, 255)


class JudgeTraining:
    """State of a judge's training: network, weight average, optimisers and step."""

    def __init__(self, options: JudgeOptions, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.options, self.seed, self.step = options, seed, 0
        self.network = JudgeNet(options.shape)
        self.average = moving_average(self.network, 0.995)
        self.optimisers = make_optimisers([self.network], options.rate)

    @property
    def state(self) -> TrainState:
        """State that a checkpoint holds beside the step."""
        return TrainState(
            modules={"network": self.network},
            averages={"network": self.average},
            optimisers=self.optimisers,
        )

    def resume(self, path: Path) -> bool:
        """Restore the checkpoint, if it exists; return whether it did."""
        if not path.is_file():
            return False
        self.step = int(self.state.restore(path)["step"])
        return True

    def run(
        self, tiles: TileSet, path: Path, report: Callable[[int, Mapping[str, float]], None]
    ) -> None:
        """Train up to the last step and save checkpoints."""
        options, losses, accuracies = self.options, [], []
        self.network.train()
        while self.step < options.steps:
            rng = np.random.default_rng([self.seed, self.step])
            chosen = rng.integers(len(tiles.count), size=options.batch)
            loss, accuracy = self._train_step(
                augmented_batch(tiles, chosen, rng), tiles.family[chosen]
            )
            losses.append(loss)
            accuracies.append(accuracy)
            self.step += 1
            if self.step % options.every == 0 or self.step == options.steps:
                self.state.save(path, {"step": self.step})
                report(
                    self.step,
                    {"loss": float(np.mean(losses)), "right": float(np.mean(accuracies))},
                )
                losses, accuracies = [], []

    def _train_step(self, batch: Tensor, family: NDArray[np.int64]) -> tuple[float, float]:
        set_rate(self.optimisers, learning_rate(self.step, self.options.rate, self.options.steps))
        target = torch.from_numpy(family)
        with matmul_autocast("cpu"):
            logits = self.network(batch)
        loss = functional.cross_entropy(logits.float(), target, label_smoothing=0.05)
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        for optimiser in self.optimisers:
            optimiser.step()
        self.average.update_parameters(self.network)
        return float(loss.detach()), float((logits.argmax(1) == target).float().mean())

    def judge(self) -> Judge:
        """Return a judge with the averaged weights."""
        network = JudgeNet(self.options.shape)
        network.load_state_dict(self.average.module.state_dict())
        return Judge(network=network.eval(), families=tuple(FAMILIES))


def measure(judge: Judge, count: int, size_px: int) -> dict[str, Any]:
    """Measure a judge's accuracy and confusions on tiles of the split "test".

    Returns:
        As `summary` does.
    """
    pairs = []
    for index in range(count):
        spec = sample(FIRST_TEST_SEED + index, "test")
        tile = compose(render_masks(spec, size_px), spec.palette)
        pairs.append((spec.pattern, judge.classify([tile])[0]))
    return {"size_px": size_px, **summary(pairs)}


def summary(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Summarise pairs of true and predicted family.

    Returns:
        "right": accuracy; "families": accuracy of each; "confused": "truth > answer": count.
    """
    wrong = [f"{truth} > {answer}" for truth, answer in pairs if truth != answer]
    return {
        "tiles": len(pairs),
        "right": float(np.mean([truth == answer for truth, answer in pairs])),
        "families": {
            key: round(
                float(np.mean([answer == key for truth, answer in pairs if truth == key])), 4
            )
            for key in sorted({truth for truth, _ in pairs})
        },
        "confused": {pair: wrong.count(pair) for pair in sorted(set(wrong), key=wrong.count)[::-1]},
    }


def main() -> None:
    """Render the tiles, train and measure the judge, and write its files."""
    parser = argparse.ArgumentParser(prog="python -m worker.training.judge")
    parser.add_argument("folder", type=Path, help="tiles and the checkpoint; may be deleted")
    parser.add_argument("--tiles", type=int, default=JudgeOptions.tiles)
    parser.add_argument("--steps", type=int, default=JudgeOptions.steps)
    parser.add_argument("--measured", type=int, default=2000, help="held-out tiles")
    parser.add_argument("--size", type=int, default=256, help="px of the held-out tiles")
    parser.add_argument("--out", type=Path, help="folder for the judge; default: FOLDER")
    arguments = parser.parse_args()
    options = JudgeOptions(tiles=arguments.tiles, steps=arguments.steps)
    tiles = render_tiles(arguments.folder / "tiles", options.tiles)
    training = JudgeTraining(options)
    checkpoint = arguments.folder / "judge-checkpoint.safetensors"
    training.resume(checkpoint)
    start_time = time.monotonic()

    def report(step: int, figures: Mapping[str, float]) -> None:
        rounded = {name: round(value, 4) for name, value in figures.items()}
        print(
            json.dumps({"step": step, "s": round(time.monotonic() - start_time), **rounded}),
            flush=True,
        )

    training.run(tiles, checkpoint, report)
    judge = training.judge()
    measured = measure(judge, arguments.measured, arguments.size)
    facts = {"training": _method(options), "held_out": measured, "licence": "Apache-2.0"}
    save_judge(judge, arguments.out or arguments.folder, facts)
    print(json.dumps(measured, indent=1))


def _method(options: JudgeOptions) -> dict[str, Any]:
    return {
        "data": f"{options.tiles} designs of worker.corpus, split train, seeds from {FIRST_SEED}",
        "shown": f"{SIDE_PX} px, recoloured, shifted, mirrored, softened",
        "steps": options.steps,
        "batch": options.batch,
        "rate": options.rate,
    }


if __name__ == "__main__":
    main()
