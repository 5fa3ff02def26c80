"""Trains the captioner's visual prefix and LoRA adapters.

Run:
    python -m worker.training.captioner.train pictures --out FOLDER
    python -m worker.training.captioner.train train --out FOLDER --language-model FOLDER
    python -m worker.training.captioner.train export --out FOLDER --language-model FOLDER --to FILE
    python -m worker.training.captioner.train evaluate --out FOLDER --language-model FOLDER
        --weights FILE
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from shared.briefs.vocabulary import COLOURS
from worker.models.captioner.language_model import LanguageModel, load_language_model
from worker.models.captioner.lora import adapt, adapter_tensors
from worker.models.captioner.prompts import Prompts, prompt_embeddings
from worker.models.captioner.visual_prefix import READINGS, PrefixShape, VisualPrefix, reading_names
from worker.training.captioner.examples import Example, Examples, vocabulary
from worker.training.captioner.pictures import Pictures
from worker.training.checkpoint import read_tensors, strip_prefix, write_tensors
from worker.training.optimizer import learning_rate, optimiser_tensors, restore_optimiser

__all__ = ["CaptionerOptions", "CaptionerTraining", "export"]

_ALL_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_CLASSES = "classes.safetensors"
_SCHEDULE_STEPS = 1000  # resolution of the learning rate schedule


@dataclass(frozen=True, kw_only=True)
class CaptionerOptions:
    """Options of the captioner's training."""

    steps: int = 2000
    batch: int = 8
    rate: float = 6e-4
    rank: int = 12
    lora_scale: float = 2.0
    hidden: int = 256
    reading_weight: float = 0.3
    """Weight of the readings' cross-entropy relative to the language model's."""
    reading_steps: int = 1500
    """First steps, which train only the readings without the language model; they are cheap."""
    vocabulary_examples: int = 3000
    """Sampled descriptions whose tokens, beside those of the vocabulary, may be generated."""
    clip: float = 1.0
    seed: int = 0
    seconds: float = float("inf")
    """Time limit of a run in seconds."""


class CaptionerTraining:
    """State of a training: language model with adapters, prefix, optimiser and step."""

    def __init__(
        self, options: CaptionerOptions, language_model: LanguageModel, features: int = 1280
    ) -> None:
        torch.manual_seed(options.seed)
        self.options = options
        self.language_model = language_model
        adapt(language_model.body, _ALL_LAYERS, rank=options.rank, scale=options.lora_scale)
        language_model.restrict(vocabulary(language_model, options.vocabulary_examples))
        shape = PrefixShape(width=language_model.width, features=features, hidden=options.hidden)
        self.prefix = VisualPrefix(shape)
        self.prefix.take_words(word_embeddings(language_model))
        self.adapters = [p for p in language_model.body.parameters() if p.requires_grad]
        trained = [*self.adapters, *self.prefix.parameters()]
        self.optimiser = torch.optim.AdamW(trained, lr=options.rate, weight_decay=0.0)
        self.step = 0

    def tensors(self) -> dict[str, Tensor]:
        """Return the trained tensors, named as `worker.models.captioner.model.assemble` expects."""
        lora = adapter_tensors(self.language_model.body)
        return {f"lora.{key}": value for key, value in lora.items()} | {
            f"prefix.{key}": value for key, value in self.prefix.state_dict().items()
        }

    def save(self, path: Path) -> None:
        """Write a checkpoint that `resume` restores."""
        tensors = {f"model/{key}": value for key, value in self.tensors().items()}
        state = optimiser_tensors(self.optimiser)
        tensors |= {f"optimiser/{key}": value for key, value in state.items()}
        write_tensors(path, tensors, {"step": self.step, "options": asdict(self.options)})

    def resume(self, path: Path) -> bool:
        """Restore the checkpoint, if it exists; return whether it did."""
        if not path.is_file():
            return False
        tensors, facts = read_tensors(path)
        saved = strip_prefix(tensors, "model/")
        self.prefix.load_state_dict(strip_prefix(saved, "prefix."))
        for key, value in strip_prefix(saved, "lora.").items():
            self.language_model.body.get_parameter(key).data.copy_(value)
        restore_optimiser(self.optimiser, strip_prefix(tensors, "optimiser/"))
        self.step = int(facts["step"])
        return True

    def start_from(self, path: Path) -> None:
        """Load the weights that `export` wrote; raise RuntimeError if the shapes differ."""
        tensors, _ = read_tensors(path)
        self.prefix.load_state_dict({k: v.float() for k, v in _select(tensors, "prefix.").items()})
        for key, value in _select(tensors, "lora.").items():
            self.language_model.body.get_parameter(key).data.copy_(value)

    def train_readings(self, examples: Examples) -> float:
        """Train only the prefix' readings (pattern and qualities); return the last loss."""
        optimiser = torch.optim.AdamW(self.prefix.parameters(), lr=1e-3, weight_decay=0.1)
        rng = np.random.default_rng([self.options.seed, 1])
        loss = torch.zeros(())
        self.prefix.train()
        for step in range(self.options.reading_steps):
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(step, 1e-3, self.options.reading_steps)
            index = rng.integers(len(examples.pictures.specs), size=256)
            loss = self.reading_loss(examples, index)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
        return loss.item()

    def reading_loss(self, examples: Examples, index: Sequence[int] | np.ndarray) -> Tensor:
        """Return the mean cross-entropy of the readings of pictures."""
        features, palettes = examples.visual(index)
        readings, _ = self.prefix.read(features, palettes)
        truth = examples.readings(index)
        counts = {k: (truth[k] >= 0).sum().clamp(min=1) for k in READINGS}
        losses = [
            F.cross_entropy(readings[k], truth[k], ignore_index=-100, reduction="sum") / counts[k]
            for k in READINGS
        ]
        return torch.stack(losses).mean()

    def loss(self, batch: Sequence[Example], examples: Examples) -> tuple[Tensor, Tensor]:
        """Return the cross-entropy of the targets' tokens and that of the readings."""
        pictures = [e.picture for e in batch if e.picture is not None]
        reading, visual = torch.zeros(()), iter(())
        if pictures:
            reading = self.reading_loss(examples, pictures)
            visual = iter(self.prefix(*examples.visual(pictures)))
        embeddings, labels = [], []
        for example in batch:
            prefix = next(visual) if example.picture is not None else None
            embedding, label = self._sequence(example, prefix)
            embeddings.append(embedding)
            labels.append(label)
        inputs = nn.utils.rnn.pad_sequence(embeddings, batch_first=True)  # (N, T, width)
        targets = nn.utils.rnn.pad_sequence(labels, batch_first=True, padding_value=-100)
        hidden = self.language_model.body(inputs_embeds=inputs, use_cache=False).last_hidden_state
        counted = targets[:, 1:] != -100
        logits = self.language_model.logits(hidden[:, :-1][counted])
        return F.cross_entropy(logits, targets[:, 1:][counted]), reading

    def _sequence(self, example: Example, visual: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return input embeddings (T, width) and labels (T,), which are -100 in the prompt."""
        model = self.language_model
        prompt = prompt_embeddings(model, example.brief, example.language, visual)
        answer = [*model.encode(Prompts.of(example.language).lead + example.target), model.eos]
        labels = model.allowed_token_indices(torch.tensor(answer))
        ignored = torch.full((len(prompt),), -100)
        return torch.cat([prompt, model.embed(answer)]), torch.cat([ignored, labels])

    def train_step(self, batch: Sequence[Example], examples: Examples) -> dict[str, float]:
        """Train for one step and return the losses."""
        options = self.options
        torch.manual_seed(options.seed * 1_000_003 + self.step)  # seeds the prefix' dropout
        self.prefix.train()
        language, reading = self.loss(batch, examples)
        self.optimiser.zero_grad(set_to_none=True)
        (language + options.reading_weight * reading).backward()
        nn.utils.clip_grad_norm_([*self.adapters, *self.prefix.parameters()], options.clip)
        self.optimiser.step()
        self.step += 1
        return {"words": language.item(), "readings": reading.item()}

    def run(
        self,
        examples: Examples,
        checkpoint: Path,
        report: Callable[[int, dict[str, float]], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps are done or the time limit is reached, and save checkpoints.

        The learning rate decays towards whichever limit comes first; a run that continues a
        finished training starts at the full rate again.
        """
        options, start_time, first = self.options, time.monotonic(), self.step
        if self.step == 0:
            report(0, {"readings": self.train_readings(examples)})
        sums: dict[str, float] = {}
        since = 0
        while self.step < options.steps and time.monotonic() - start_time < options.seconds:
            progress = max(
                (self.step - first) / (options.steps - first),
                (time.monotonic() - start_time) / options.seconds,
            )
            for group in self.optimiser.param_groups:
                group["lr"] = learning_rate(
                    int(progress * _SCHEDULE_STEPS), options.rate, _SCHEDULE_STEPS, warm_up=20
                )
            batch = examples.batch(self.step, options.batch)
            for name, value in self.train_step(batch, examples).items():
                sums[name] = sums.get(name, 0.0) + value
            since += 1
            if since == 25 or should_stop():
                report(self.step, {name: value / since for name, value in sums.items()})
                sums, since = {}, 0
            if self.step % 100 == 0 or should_stop():
                self.save(checkpoint)
            if should_stop():
                return
        self.save(checkpoint)


@torch.no_grad()
def word_embeddings(model: LanguageModel) -> dict[str, Tensor]:
    """Return the mean input embeddings of the names of colours and readings: (names, width)."""

    def mean(name: str) -> Tensor:
        return model.embed(model.encode(" " + name)).float().mean(0)

    words = {"colour": torch.stack([mean(colour.name("en")) for colour in COLOURS.values()])}
    for reading in READINGS:
        words[reading] = torch.stack([mean(name) for name in reading_names(reading)])
    return words


def _select(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def export(
    training: CaptionerTraining, path: Path, classes: Mapping[str, Tensor] | None = None
) -> dict[str, Any]:
    """Write the captioner's weights (half precision) and return its configuration.

    Args:
        training: trained state.
        path: target file.
        classes: "weight" (1000, features) and "bias" of the vision model's classification layer.
    """
    tensors = {key: value.half() for key, value in training.tensors().items()}
    tensors |= {f"classes.{key}": value.half() for key, value in (classes or {}).items()}
    tensors["vocabulary"] = torch.tensor(training.language_model.written, dtype=torch.int32)
    shape = training.prefix.shape
    config = {
        "kind": "prefix",
        "lora_scale": training.options.lora_scale,
        "features": shape.features,
        "hidden": shape.hidden,
        "colours": shape.colours,
        "readings": [list(reading) for reading in shape.readings],
    }
    options = training.options
    method = {
        "data": "designs of worker.corpus and drawn photographs, split train; texts of "
        "worker.training.captioner.descriptions",
        "steps": training.step,
        "batch": options.batch,
        "rank": options.rank,
        "reading_steps": options.reading_steps,
    }
    write_tensors(path, tensors, {"step": training.step, "config": config, "training": method})
    return config


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=["pictures", "train", "export", "evaluate"])
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of pictures, checkpoint, log"
    )
    parser.add_argument("--language-model", type=Path, help="folder of the language model")
    parser.add_argument("--to", type=Path, help="file that export writes")
    parser.add_argument("--weights", type=Path, help="exported file that evaluate reads")
    parser.add_argument("--start", type=Path, help="exported file that train begins with")
    parser.add_argument("--count", type=int, default=8000, help="training pictures")
    for option in fields(CaptionerOptions):
        parser.add_argument(
            f"--{option.name.replace('_', '-')}", type=float, default=option.default
        )
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    if arguments.command == "pictures":
        _make_pictures(arguments)
    elif arguments.command == "evaluate":
        _evaluate(arguments)
    else:
        _train_or_export(arguments)


def _number(default: object) -> type[int | float]:
    return int if isinstance(default, int) else float


def _options(arguments: argparse.Namespace) -> CaptionerOptions:
    chosen: dict[str, Any] = {
        f.name: _number(f.default)(getattr(arguments, f.name)) for f in fields(CaptionerOptions)
    }
    return CaptionerOptions(**chosen)


def _make_pictures(arguments: argparse.Namespace) -> None:
    from worker.models.vision import load
    from worker.models.weight_locator import Places, bundled_folder, find_weights
    from worker.training.captioner.pictures import embed_pictures

    arguments.out.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((bundled_folder() / "manifest.json").read_text(encoding="utf-8"))
    (entry,) = [version for version in manifest["versions"] if version["role"] == "vision"]
    places = Places(cache=arguments.out / "cache", bundled=bundled_folder())
    source = find_weights(entry, places)
    vision = load(source, torch.device("cpu"))
    state = torch.load(source.file(), map_location="cpu", weights_only=True)
    *_, weight, bias = state.values()
    write_tensors(arguments.out / _CLASSES, {"weight": weight, "bias": bias}, {})
    for split, count in (("test", 400), ("train", arguments.count)):
        embed_pictures(vision, count, split).save(arguments.out / f"pictures-{split}.npz")


def _train_or_export(arguments: argparse.Namespace) -> None:
    model = load_language_model(arguments.language_model, torch.device("cpu"))
    training = CaptionerTraining(_options(arguments), model)
    checkpoint = arguments.out / "checkpoint.safetensors"
    resumed = training.resume(checkpoint)
    if arguments.start and not resumed:
        training.start_from(arguments.start)
    if arguments.command == "export":
        classes = arguments.out / _CLASSES
        layer = read_tensors(classes)[0] if classes.is_file() else None
        print(json.dumps(export(training, arguments.to, layer), indent=1))
        return
    examples = Examples(Pictures.load(arguments.out / "pictures-train.npz"), training.options.seed)
    start_time = time.monotonic()

    def report(step: int, losses: dict[str, float]) -> None:
        line = {"step": step, "seconds": round(time.monotonic() - start_time), **losses}
        with (arguments.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    training.run(examples, checkpoint, report)


def _evaluate(arguments: argparse.Namespace) -> None:
    from worker.training.captioner.evaluation import evaluate

    pictures = Pictures.load(arguments.out / "pictures-test.npz")
    model = load_language_model(arguments.language_model, torch.device("cpu"))
    print(json.dumps(evaluate(model, arguments.weights, pictures), indent=1))


if __name__ == "__main__":
    main()
