"""Fine-tunes a release on a user's pictures and returns a new release."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from worker.corpus import DesignSpec, caption, sample
from worker.corpus.render import compose, render_masks
from worker.corpus.spec import rng_for
from worker.models import fusion as fusion_model
from worker.models import text_encoder, vision
from worker.models.generator import model as generator_model
from worker.training.checkpoint import read_tensors, strip_prefix, write_tensors
from worker.training.design_facts import facts_of
from worker.training.generator.adversarial import LOSSES, AdversarialOptions, AdversarialTraining
from worker.training.generator.conditioning import CaseOptions, Cases
from worker.training.generator.dataset import Design, DesignArrays, arrays_of
from worker.training.generator.reader import LOSSES as READING_LOSSES
from worker.training.generator.reader import ReadingOptions, ReadingTraining
from worker.training.generator.samples import Samples, samples_of
from worker.training.release import ReleaseFiles, make_release
from worker.training.user_dataset import read_dataset

if TYPE_CHECKING:
    from worker.models.weight_locator import WeightsSource

__all__ = ["Progress", "RetrainOptions", "TrainingStopped", "retrain"]


@dataclass(frozen=True, kw_only=True)
class RetrainOptions:
    """Options of a retraining."""

    release: str
    """Name of the new release."""
    steps: int = 300
    """Steps of fusion and reader, which learn the patterns and colours of texts and pictures."""
    drawing_steps: int = 100
    """Adversarial steps of the drawing network, afterwards."""
    batch: int = 32
    rate: float = 0.002
    seed: int = 0
    side_px: int = 96
    """Side of the discriminator's input pictures."""
    replay: int = 200
    """Number of corpus designs mixed in (rehearsal), against catastrophic forgetting."""
    held_out: float = 0.1
    """Share of the dataset held out for measuring."""
    report_every: int = 10
    """Steps between two reports; each report has a checkpoint."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Periodic report of a training."""

    step: int
    """Step number over both parts, from 1."""
    steps: int
    metrics: Mapping[str, float]
    """Mean losses since the last report."""
    state: bytes
    """Checkpoint to resume from."""


class TrainingStopped(Exception):
    """The training was stopped on request. The last report holds a checkpoint."""


@dataclass(frozen=True, kw_only=True)
class _PreparedData:
    """Prepared training and held-out data."""

    train: DesignArrays
    held_out: DesignArrays
    held_out_designs: Sequence[Design]
    samples: Samples
    """Points of the replayed corpus designs, for the drawing network."""
    left_out: tuple[str, ...]
    """File names of the unreadable pictures."""


def retrain(
    options: RetrainOptions,
    dataset: Path,
    base: Mapping[str, WeightsSource],
    checkpoint: bytes | None,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> ReleaseFiles:
    """Retrain fusion and generator on an imagefolder dataset.

    The result is deterministic for the same options, dataset, base and kind of device, whether or
    not the training was resumed from a checkpoint.

    Args:
        options: options of the retraining.
        dataset: zip with metadata.jsonl (file_name, text) and the pictures.
        base: initial weights by role: vision, text_encoder, fusion and generator.
        checkpoint: the `state` of an earlier report; None: start from `base`.
        on_progress: called every `report_every` steps, in this thread.
        should_stop: called after every step.

    Raises:
        InvalidDataset: see `read_dataset`.
        TrainingStopped: should_stop returned True; raised after a last report.
    """
    torch.manual_seed(options.seed)
    run = _Retraining(options, dataset, base)
    before = run.measure()
    if checkpoint is not None:
        run.restore(checkpoint)
    while run.step < options.steps + options.drawing_steps:
        run.advance()
        stopping = should_stop()
        if stopping or run.step % options.report_every == 0 or run.finished:
            on_progress(run.report())
        if stopping and not run.finished:
            raise TrainingStopped(f"stopped at step {run.step}")
    return run.release(before)


class _Retraining:
    """State of one retraining: data, networks and step."""

    def __init__(
        self, options: RetrainOptions, dataset: Path, base: Mapping[str, WeightsSource]
    ) -> None:
        self.options = options
        cpu = torch.device("cpu")
        self.fusion = fusion_model.load(base["fusion"], cpu)
        self.generator = generator_model.load_field(base["generator"], cpu)
        self.base_names = {role: source.name for role, source in base.items()}
        self.data = self._prepare_data(dataset, base, cpu)
        self.cases = self._cases(self.data.train)
        network = self.generator.network
        self.reading = ReadingTraining(
            ReadingOptions(
                reader=network.reader.shape,
                fusion=self.fusion.network.shape,
                steps=options.steps,
                batch=options.batch,
                rate=options.rate,
                seed=options.seed,
            ),
            network.keys,
            network.reader,
            self.fusion.network,
        )
        self._adversarial: AdversarialTraining | None = None
        self.sums: dict[str, list[float]] = {}

    @property
    def step(self) -> int:
        """Number of steps done in both parts."""
        return self.reading.step + (self._adversarial.step if self._adversarial else 0)

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return self.step >= self.options.steps + self.options.drawing_steps

    def _prepare_data(
        self, dataset: Path, base: Mapping[str, WeightsSource], device: torch.device
    ) -> _PreparedData:
        side, keys = self.options.side_px, self.generator.network.keys
        loaded = read_dataset(dataset, side)
        designs = loaded.designs
        held_count = max(1, round(self.options.held_out * len(designs))) if len(designs) > 1 else 0
        order = np.random.default_rng(self.options.seed).permutation(len(designs))
        held_out = [designs[i] for i in order[:held_count]] or designs
        specs = [sample(index) for index in range(self.options.replay)]
        training = [designs[i] for i in order[held_count:]] + [
            _replay_design(spec, side) for spec in specs
        ]
        vision_model = vision.load(base["vision"], device)
        encoder = text_encoder.load(base["text_encoder"], device)

        def embed_pictures(designs: Sequence[Design]) -> NDArray[np.float32]:
            pictures = [Image.fromarray(compose(one.masks, one.palette)) for one in designs]
            return vision_model.embed(pictures).features

        vocabulary = self.fusion.vocabulary
        return _PreparedData(
            train=arrays_of(training, vocabulary, keys, encoder.embed, embed_pictures),
            held_out=arrays_of(held_out, vocabulary, keys, encoder.embed, embed_pictures),
            held_out_designs=held_out,
            samples=samples_of(specs, keys),
            left_out=loaded.left_out,
        )

    def _cases(self, arrays: DesignArrays) -> Cases:
        return Cases(arrays, CaseOptions(recoloured=0.3), self.fusion.vocabulary)

    @property
    def adversary(self) -> AdversarialTraining:
        """The second part, created on demand because it needs the trained fusion and reader."""
        if self._adversarial is None:
            network, options = self.generator.network, self.options
            network.reader.load_state_dict(self.reading.averages["reader"].module.state_dict())
            self.fusion.network.load_state_dict(self.reading.averages["fusion"].module.state_dict())
            self._adversarial = AdversarialTraining(
                AdversarialOptions(
                    steps=options.drawing_steps, rate=options.rate, seed=options.seed
                ),
                network,
                self.fusion.network,
            )
        return self._adversarial

    def advance(self) -> None:
        """Run one step of the current part."""
        options = self.options
        if self.reading.step < options.steps:
            losses = self.reading.advance(self.cases)
            names: tuple[str, ...] = tuple(f"reading_{name}" for name in READING_LOSSES)
        else:
            names = LOSSES
            losses = self.adversary.advance(self.data.samples, self.data.train.masks, self.cases)
        for name, value in zip(names, losses.tolist(), strict=True):
            self.sums.setdefault(name, []).append(value)

    def report(self) -> Progress:
        """Return the mean losses since the last report and a checkpoint."""
        means = {name: float(np.mean(values)) for name, values in self.sums.items()}
        self.sums = {}
        options = self.options
        return Progress(
            step=self.step,
            steps=options.steps + options.drawing_steps,
            metrics=means,
            state=self._state(),
        )

    def _state(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="codesigner-") as folder:
            path = Path(folder) / "state.safetensors"
            tensors = _add_prefix("reading", self.reading.state.tensors())
            if self._adversarial is not None:
                tensors |= _add_prefix("adversary", self._adversarial.state.tensors())
            facts = {
                "reading": self.reading.step,
                "adversary": self._adversarial.step if self._adversarial else None,
            }
            write_tensors(path, tensors, facts)
            return path.read_bytes()

    def restore(self, checkpoint: bytes) -> None:
        """Restore a checkpoint."""
        with tempfile.TemporaryDirectory(prefix="codesigner-") as folder:
            path = Path(folder) / "state.safetensors"
            path.write_bytes(checkpoint)
            tensors, facts = read_tensors(path)
        self.reading.step = int(facts["reading"])
        self.reading.state.load_tensors(strip_prefix(tensors, "reading/"), self.reading.step)
        if facts["adversary"] is not None:
            self.adversary.step = int(facts["adversary"])
            saved = strip_prefix(tensors, "adversary/")
            self.adversary.state.load_tensors(saved, self.adversary.step)

    @torch.inference_mode()
    def measure(self) -> dict[str, float]:
        """Return the losses on the held-out data, always on the same cases."""
        cases = self._cases(self.data.held_out)
        totals = [
            self.reading.losses(
                cases.draw(32, np.random.default_rng(10_000 + seed)),
                torch.Generator().manual_seed(seed),
            )
            for seed in range(4)
        ]
        traits, palette = torch.stack(totals).mean(0).tolist()
        return {"held_out_traits": traits, "held_out_palette": palette}

    def release(self, before: Mapping[str, float]) -> ReleaseFiles:
        """Return a release of the averaged weights with the metrics before and after."""
        self.reading.reader.load_state_dict(self.reading.averages["reader"].module.state_dict())
        self.reading.fusion.load_state_dict(self.reading.averages["fusion"].module.state_dict())
        network = self.generator.network
        if self._adversarial is not None:
            network.field.load_state_dict(self._adversarial.averages["field"].module.state_dict())
        metrics = {f"{name}_before": value for name, value in before.items()} | self.measure()
        files = make_release(
            self.options.release,
            (self.fusion.network, self.fusion.vocabulary, network, self.generator.sampling),
            {
                "base": self.base_names,
                "designs": len(self.data.train.masks) - self.options.replay,
                "replayed": self.options.replay,
                "steps": self.options.steps,
                "drawing_steps": self.options.drawing_steps,
            },
            metrics,
        )
        return ReleaseFiles(
            release=files.release,
            files=files.files,
            versions=files.versions,
            metrics=files.metrics,
            sheets={"samples.png": self._sheet()},
            left_out=self.data.left_out,
        )

    @torch.inference_mode()
    def _sheet(self) -> bytes:
        """Return a PNG: the held-out pictures in the first row, generated tiles in the second."""
        cases = self._cases(self.data.held_out)
        batch = cases.draw(8, np.random.default_rng(0))
        codes = self.fusion.fuse(batch.inputs)
        side = self.options.side_px
        drawn = self.generator.draw(codes, list(range(8)), side)
        originals = [
            compose(self.data.held_out_designs[i].masks, self.data.held_out_designs[i].palette)
            for i in batch.design
        ]
        picture = np.concatenate([np.concatenate(originals, 1), np.concatenate(list(drawn), 1)])
        stream = BytesIO()
        Image.fromarray(picture).save(stream, format="PNG")
        return stream.getvalue()


def _add_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{key}": value for key, value in tensors.items()}


def _replay_design(spec: DesignSpec, side_px: int) -> Design:
    """Return a corpus design to mix in."""
    brief = caption(spec, rng_for(spec.seed, "replay"), ("en", "zh")[spec.seed % 2])
    return Design(
        masks=render_masks(spec, side_px),
        palette=np.array(spec.palette, dtype=np.float64),
        facts=facts_of(spec),
        captions=((brief.text, brief.facts),),
    )
