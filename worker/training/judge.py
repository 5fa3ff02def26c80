"""Train the judge, which names a tile's pattern, on the corpus alone.

    python -m worker.training.judge FOLDER [--tiles 7500] [--steps 2400] [--out worker/weights]

Tiles of the split "train" are drawn once into FOLDER, then shown in random colours, shifted,
turned over and softened. Killed and started again it goes on where it was. What it gets right is
measured on tiles of the split "test", drawn at the size that is judged.
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
from worker.models.precision import quick_autocast
from worker.training.checkpoint import TrainState
from worker.training.optimizer import (
    MovingAverage,
    learning_rate,
    make_optimisers,
    set_rate,
)

__all__ = ["JudgeOptions", "JudgeTraining", "TileSet", "measure", "render_tiles", "summary"]

FIRST_SEED = 1_000_000
FIRST_TEST_SEED = 2_000_000
_SHARD = 500
_SLOTS = 5
_LARGE_ONE_IN = 8  # tiles drawn larger and shrunk, as the judged ones are


@dataclass(frozen=True, kw_only=True)
class JudgeOptions:
    """How a judge is trained."""

    tiles: int = 7_500
    steps: int = 2_400
    batch: int = 64
    rate: float = 0.02
    every: int = 100
    """Steps between checkpoints."""
    shape: JudgeShape = field(default_factory=JudgeShape)


@dataclass(frozen=True, kw_only=True)
class TileSet:
    """N tiles without their colours, and palettes to give them."""

    masks: NDArray[np.uint8]  # (N, 5, S, S)
    family: NDArray[np.int64]  # (N,) number in `FAMILIES`
    palettes: NDArray[np.uint8]  # (N, 5, 3) sRGB; beyond the design's colours any of them again
    count: NDArray[np.int64]  # (N,)


def render_tiles(
    folder: Path, count: int, side_px: int = SIDE_PX, show: Callable[[int], None] = lambda _: None
) -> TileSet:
    """Draw tiles of the split "train" into a folder; what is there is not drawn again."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for start in range(0, count, _SHARD):
        path = folder / f"tiles-{side_px}-{start:06d}.npz"
        many = min(_SHARD, count - start)
        if not path.is_file():
            _render_shard(path, start, many, side_px)
        with np.load(path) as found:
            parts.append({name: found[name][:many] for name in found.files})
        show(start + many)
    return TileSet(**{name: np.concatenate([one[name] for one in parts]) for name in parts[0]})


def _render_shard(path: Path, start: int, many: int, side_px: int) -> None:
    names = list(FAMILIES)
    masks = np.zeros((many, _SLOTS, side_px, side_px), np.uint8)
    palettes = np.zeros((many, _SLOTS, 3), np.uint8)
    family, count = np.zeros((2, many), np.int64)
    for index in range(many):
        spec = sample(FIRST_SEED + start + index, "train")
        factor = 2 if (start + index) % _LARGE_ONE_IN == 0 else 1
        drawn = render_masks(spec, factor * side_px)
        small = drawn.reshape(len(drawn), side_px, factor, side_px, factor).mean(axis=(2, 4))
        masks[index, : len(drawn)] = np.rint(255 * small).clip(0, 255)
        palettes[index] = np.resize(np.array(spec.palette), (_SLOTS, 3))
        family[index], count[index] = names.index(spec.pattern), len(drawn)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        np.savez(file, masks=masks, palettes=palettes, family=family, count=count)
    fresh.replace(path)


def shown(tiles: TileSet, chosen: NDArray[np.intp], rng: np.random.Generator) -> Tensor:
    """Give tiles as a batch (N, 3, S, S), 0 to 255: recoloured, shifted, turned over, softened."""
    pictures = []
    for index in chosen:
        masks = tiles.masks[index, : tiles.count[index]]
        shift = tuple(int(n) for n in rng.integers(masks.shape[1], size=2))
        masks = np.roll(masks, shift, axis=(1, 2))
        if rng.random() < 0.5:
            masks = masks[:, :, ::-1]
        palette = _any_palette(tiles, int(tiles.count[index]), rng)
        pictures.append(np.tensordot(masks / np.float32(255), palette, axes=(0, 0)))
    batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return _worn(batch.contiguous(memory_format=torch.channels_last), rng)


def _any_palette(tiles: TileSet, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Take a design's palette that has colours enough, (K, 3)."""
    while True:
        index = int(rng.integers(len(tiles.count)))
        if tiles.count[index] >= count:
            return tiles.palettes[index, :count].astype(np.float32)


def _worn(batch: Tensor, rng: np.random.Generator) -> Tensor:
    """Soften a part of the batches as a smaller tile that was enlarged is, and grain some."""
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
    """The network with all that its training needs."""

    def __init__(self, options: JudgeOptions, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.options, self.seed, self.step = options, seed, 0
        self.network = JudgeNet(options.shape).to(memory_format=torch.channels_last)
        self.average = MovingAverage(self.network, 0.995)
        self.optimisers = make_optimisers([self.network], options.rate)

    @property
    def state(self) -> TrainState:
        """All that a checkpoint holds."""
        return TrainState(
            modules={"network": self.network},
            averages={"network": self.average},
            optimisers=self.optimisers,
        )

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint, where there is one."""
        if not path.is_file():
            return False
        self.step = int(self.state.restore(path)["step"])
        return True

    def run(
        self, tiles: TileSet, path: Path, report: Callable[[int, Mapping[str, float]], None]
    ) -> None:
        """Train up to the last step, with a checkpoint every now and then."""
        options, losses, right = self.options, [], []
        self.network.train()
        while self.step < options.steps:
            rng = np.random.default_rng([self.seed, self.step])
            chosen = rng.integers(len(tiles.count), size=options.batch)
            loss, hits = self._learn(shown(tiles, chosen, rng), tiles.family[chosen])
            losses.append(loss)
            right.append(hits)
            self.step += 1
            if self.step % options.every == 0 or self.step == options.steps:
                self.state.save(path, {"step": self.step})
                report(self.step, {"loss": float(np.mean(losses)), "right": float(np.mean(right))})
                losses, right = [], []

    def _learn(self, batch: Tensor, family: NDArray[np.int64]) -> tuple[float, float]:
        set_rate(self.optimisers, learning_rate(self.step, self.options.rate, self.options.steps))
        wanted = torch.from_numpy(family)
        with quick_autocast("cpu"):
            logits = self.network(batch)
        loss = functional.cross_entropy(logits.float(), wanted, label_smoothing=0.05)
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        for optimiser in self.optimisers:
            optimiser.step()
        self.average.update(self.network, self.step)
        return float(loss.detach()), float((logits.argmax(1) == wanted).float().mean())

    def judge(self) -> Judge:
        """Give the judge of the averaged weights."""
        network = JudgeNet(self.options.shape)
        self.average.copy_to(network)
        return Judge(network=network.eval(), families=tuple(FAMILIES))


def measure(judge: Judge, count: int, size_px: int) -> dict[str, Any]:
    """Tell how many tiles of the split "test" a judge names right, and what it confuses.

    Returns:
        As `summary` does.
    """
    pairs = []
    for index in range(count):
        spec = sample(FIRST_TEST_SEED + index, "test")
        tile = compose(render_masks(spec, size_px), spec.palette)
        pairs.append((spec.pattern, judge.name([tile])[0]))
    return {"size_px": size_px, **summary(pairs)}


def summary(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Sum up pairs of truth and answer.

    Returns:
        "right": share of all; "families": each one's share; "confused": "truth > answer": count.
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
        "confused": {one: wrong.count(one) for one in sorted(set(wrong), key=wrong.count)[::-1]},
    }


def main() -> None:
    """Draw the tiles, train, measure and write the judge."""
    parser = argparse.ArgumentParser(prog="python -m worker.training.judge")
    parser.add_argument("folder", type=Path, help="tiles and the checkpoint; may be thrown away")
    parser.add_argument("--tiles", type=int, default=JudgeOptions.tiles)
    parser.add_argument("--steps", type=int, default=JudgeOptions.steps)
    parser.add_argument("--measured", type=int, default=2000, help="held-out tiles")
    parser.add_argument("--size", type=int, default=256, help="px of the held-out tiles")
    parser.add_argument("--out", type=Path, help="folder for the judge; default: FOLDER")
    given = parser.parse_args()
    options = JudgeOptions(tiles=given.tiles, steps=given.steps)
    tiles = render_tiles(given.folder / "tiles", options.tiles)
    training = JudgeTraining(options)
    checkpoint = given.folder / "judge-checkpoint.safetensors"
    training.resume(checkpoint)
    began = time.monotonic()

    def report(step: int, figures: Mapping[str, float]) -> None:
        told = {name: round(value, 4) for name, value in figures.items()}
        print(json.dumps({"step": step, "s": round(time.monotonic() - began), **told}), flush=True)

    training.run(tiles, checkpoint, report)
    judge = training.judge()
    measured = measure(judge, given.measured, given.size)
    facts = {"training": _method(options), "held_out": measured, "licence": "Apache-2.0"}
    save_judge(judge, given.out or given.folder, facts)
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
