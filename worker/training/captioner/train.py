"""Train the captioner's visual prefix and adapters.

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
from worker.training.checkpoint import read_tensors, under, write_tensors
from worker.training.optimizer import learning_rate

__all__ = ["CaptionerOptions", "CaptionerTraining", "export"]

_ALL_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_CLASSES = "classes.safetensors"
_FULL = 1000  # the schedule's own steps


@dataclass(frozen=True, kw_only=True)
class CaptionerOptions:
    """How to train the captioner."""

    steps: int = 2000
    batch: int = 8
    rate: float = 6e-4
    rank: int = 12
    lora_scale: float = 2.0
    hidden: int = 256
    reading_weight: float = 0.3
    """Of the readings' cross-entropy beside the language model's."""
    reading_steps: int = 1500
    """Steps for the readings alone, before the language model joins; they cost next to nothing."""
    vocabulary_examples: int = 3000
    """Descriptions whose tokens the captioner may write, beside the names of the vocabulary."""
    clip: float = 1.0
    seed: int = 0
    seconds: float = float("inf")
    """Stop after so long, whatever the step."""


class CaptionerTraining:
    """The loop's state: language model with adapters, prefix, optimiser, step."""

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
        self.prefix.take_words(words_of(language_model))
        self.adapters = [p for p in language_model.body.parameters() if p.requires_grad]
        trained = [*self.adapters, *self.prefix.parameters()]
        self.optimiser = torch.optim.AdamW(trained, lr=options.rate, weight_decay=0.0)
        self.step = 0

    def tensors(self) -> dict[str, Tensor]:
        """Give what was trained, named as `worker.models.captioner.model.assemble` takes it."""
        lora = adapter_tensors(self.language_model.body)
        return {f"lora.{key}": value for key, value in lora.items()} | {
            f"prefix.{key}": value for key, value in self.prefix.state_dict().items()
        }

    def save(self, path: Path) -> None:
        """Write a checkpoint that the training can go on from."""
        tensors = {f"model/{key}": value for key, value in self.tensors().items()}
        for index, entry in self.optimiser.state_dict()["state"].items():
            for name, value in entry.items():
                tensors[f"optimiser/{index}.{name}"] = torch.as_tensor(value)
        write_tensors(path, tensors, {"step": self.step, "options": asdict(self.options)})

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint, if there is one."""
        if not path.is_file():
            return False
        tensors, facts = read_tensors(path)
        saved = under(tensors, "model/")
        self.prefix.load_state_dict(under(saved, "prefix."))
        for key, value in under(saved, "lora.").items():
            self.language_model.body.get_parameter(key).data.copy_(value)
        document = self.optimiser.state_dict()
        for key, value in under(tensors, "optimiser/").items():
            index, name = key.split(".", 1)
            document["state"].setdefault(int(index), {})[name] = value
        self.optimiser.load_state_dict(document)
        self.step = int(facts["step"])
        return True

    def start_from(self, path: Path) -> None:
        """Begin with what `export` wrote of an earlier captioner; one of another shape fails."""
        tensors, _ = read_tensors(path)
        self.prefix.load_state_dict({k: v.float() for k, v in _part(tensors, "prefix.").items()})
        for key, value in _part(tensors, "lora.").items():
            self.language_model.body.get_parameter(key).data.copy_(value)

    def train_readings(self, examples: Examples) -> float:
        """Teach the prefix to read pattern and qualities, by itself; give the last loss."""
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
        """Give the mean cross-entropy of the readings of some pictures."""
        features, palettes = examples.visual(index)
        readings, _ = self.prefix.read(features, palettes)
        truth = examples.readings(index)
        told = {k: (truth[k] >= 0).sum().clamp(min=1) for k in READINGS}
        losses = [
            F.cross_entropy(readings[k], truth[k], ignore_index=-100, reduction="sum") / told[k]
            for k in READINGS
        ]
        return torch.stack(losses).mean()

    def loss(self, batch: Sequence[Example], examples: Examples) -> tuple[Tensor, Tensor]:
        """Give the cross-entropy of the targets' tokens and that of the readings."""
        seen = [e.picture for e in batch if e.picture is not None]
        reading, visual = torch.zeros(()), iter(())
        if seen:
            reading = self.reading_loss(examples, seen)
            visual = iter(self.prefix(*examples.visual(seen)))
        rows, labels = [], []
        for example in batch:
            prefix = next(visual) if example.picture is not None else None
            row, label = self._row(example, prefix)
            rows.append(row)
            labels.append(label)
        inputs = nn.utils.rnn.pad_sequence(rows, batch_first=True)  # (N, T, width)
        places = nn.utils.rnn.pad_sequence(labels, batch_first=True, padding_value=-100)
        hidden = self.language_model.body(inputs_embeds=inputs, use_cache=False).last_hidden_state
        wanted = places[:, 1:] != -100
        logits = self.language_model.logits(hidden[:, :-1][wanted])
        return F.cross_entropy(logits, places[:, 1:][wanted]), reading

    def _row(self, example: Example, visual: Tensor | None) -> tuple[Tensor, Tensor]:
        """Give a sequence's embeddings (T, width) and its labels (T,), -100 but for the answer."""
        model = self.language_model
        prompt = prompt_embeddings(model, example.brief, example.language, visual)
        answer = [*model.encode(Prompts.of(example.language).lead + example.target), model.eos]
        labels = model.position_of(torch.tensor(answer))
        ignored = torch.full((len(prompt),), -100)
        return torch.cat([prompt, model.embed(answer)]), torch.cat([ignored, labels])

    def train_step(self, batch: Sequence[Example], examples: Examples) -> dict[str, float]:
        """Take one step and give the losses."""
        options = self.options
        torch.manual_seed(options.seed * 1_000_003 + self.step)  # of the prefix' dropout
        self.prefix.train()
        words, reading = self.loss(batch, examples)
        self.optimiser.zero_grad(set_to_none=True)
        (words + options.reading_weight * reading).backward()
        nn.utils.clip_grad_norm_([*self.adapters, *self.prefix.parameters()], options.clip)
        self.optimiser.step()
        self.step += 1
        return {"words": words.item(), "readings": reading.item()}

    def run(
        self,
        examples: Examples,
        checkpoint: Path,
        report: Callable[[int, dict[str, float]], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until the steps or the seconds are over, keeping a checkpoint.

        The rate falls towards the end of what is over first; a training that is gone on with
        after its end starts at the full rate again.
        """
        options, began, first = self.options, time.monotonic(), self.step
        if self.step == 0:
            report(0, {"readings": self.train_readings(examples)})
        sums: dict[str, float] = {}
        since = 0
        while self.step < options.steps and time.monotonic() - began < options.seconds:
            done = max(
                (self.step - first) / (options.steps - first),
                (time.monotonic() - began) / options.seconds,
            )
            for group in self.optimiser.param_groups:
                group["lr"] = learning_rate(int(done * _FULL), options.rate, _FULL, warm_up=20)
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
def words_of(model: LanguageModel) -> dict[str, Tensor]:
    """Give the mean input embeddings of the colours' and the readings' names: (names, width)."""

    def mean(name: str) -> Tensor:
        return model.embed(model.encode(" " + name)).float().mean(0)

    words = {"colour": torch.stack([mean(colour.name("en")) for colour in COLOURS.values()])}
    for reading in READINGS:
        words[reading] = torch.stack([mean(name) for name in reading_names(reading)])
    return words


def _part(tensors: dict[str, Tensor], start: str) -> dict[str, Tensor]:
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}


def export(
    training: CaptionerTraining, path: Path, classes: Mapping[str, Tensor] | None = None
) -> dict[str, Any]:
    """Write what a captioner loads (half precision) and give its configuration.

    Args:
        training: what was trained.
        path: of the file.
        classes: "weight" (1000, features) and "bias" of the vision model's own last layer.
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
    told = {
        "data": "designs of worker.corpus and drawn photographs, split train; texts of "
        "worker.training.captioner.descriptions",
        "steps": training.step,
        "batch": options.batch,
        "rank": options.rank,
        "reading_steps": options.reading_steps,
    }
    write_tensors(path, tensors, {"step": training.step, "config": config, "training": told})
    return config


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and do what it says."""
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
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if given.command == "pictures":
        _make_pictures(given)
    elif given.command == "evaluate":
        _evaluate(given)
    else:
        _train_or_export(given)


def _number(default: object) -> type[int | float]:
    return int if isinstance(default, int) else float


def _options(given: argparse.Namespace) -> CaptionerOptions:
    chosen: dict[str, Any] = {
        f.name: _number(f.default)(getattr(given, f.name)) for f in fields(CaptionerOptions)
    }
    return CaptionerOptions(**chosen)


def _make_pictures(given: argparse.Namespace) -> None:
    from worker.models.vision import load
    from worker.models.weights import Places, bundled_folder, find_weights
    from worker.training.captioner.pictures import see_pictures

    given.out.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((bundled_folder() / "manifest.json").read_text(encoding="utf-8"))
    (entry,) = [each for each in manifest["versions"] if each["role"] == "vision"]
    places = Places(cache=given.out / "cache", bundled=bundled_folder())
    source = find_weights(entry, places)
    vision = load(source, torch.device("cpu"))
    state = torch.load(source.file(), map_location="cpu", weights_only=True)
    *_, weight, bias = state.values()
    write_tensors(given.out / _CLASSES, {"weight": weight, "bias": bias}, {})
    for split, count in (("test", 400), ("train", given.count)):
        see_pictures(vision, count, split).save(given.out / f"pictures-{split}.npz")


def _train_or_export(given: argparse.Namespace) -> None:
    model = load_language_model(given.language_model, torch.device("cpu"))
    training = CaptionerTraining(_options(given), model)
    checkpoint = given.out / "checkpoint.safetensors"
    resumed = training.resume(checkpoint)
    if given.start and not resumed:
        training.start_from(given.start)
    if given.command == "export":
        classes = given.out / _CLASSES
        kept = read_tensors(classes)[0] if classes.is_file() else None
        print(json.dumps(export(training, given.to, kept), indent=1))
        return
    examples = Examples(Pictures.load(given.out / "pictures-train.npz"), training.options.seed)
    began = time.monotonic()

    def report(step: int, losses: dict[str, float]) -> None:
        line = {"step": step, "seconds": round(time.monotonic() - began), **losses}
        with (given.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    training.run(examples, checkpoint, report)


def _evaluate(given: argparse.Namespace) -> None:
    from worker.training.captioner.evaluation import evaluate

    pictures = Pictures.load(given.out / "pictures-test.npz")
    model = load_language_model(given.language_model, torch.device("cpu"))
    print(json.dumps(evaluate(model, given.weights, pictures), indent=1))


if __name__ == "__main__":
    main()
