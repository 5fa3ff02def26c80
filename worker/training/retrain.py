"""Retrain on a user's own pictures: from a release's weights to a new release."""

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
from worker.training.checkpoint import read_tensors, under, write_tensors
from worker.training.design_facts import facts_of
from worker.training.generator.adversarial import LOSSES, AdversaryOptions, AdversaryTraining
from worker.training.generator.conditioning import CaseOptions, Cases
from worker.training.generator.dataset import Design, DesignArrays, arrays_of
from worker.training.generator.reader import LOSSES as READ
from worker.training.generator.reader import ReadingOptions, ReadingTraining
from worker.training.generator.samples import Samples, samples_of
from worker.training.release import ReleaseFiles, make_release
from worker.training.user_dataset import read_dataset

if TYPE_CHECKING:
    from worker.models.weights import WeightsSource

__all__ = ["Progress", "RetrainOptions", "Stopped", "retrain"]


@dataclass(frozen=True, kw_only=True)
class RetrainOptions:
    """How to retrain."""

    release: str
    """Name of the release that is made."""
    steps: int = 300
    """Of fusion and reader: which patterns and colours the texts and pictures ask for."""
    drawing_steps: int = 100
    """Of the drawing network against the discriminator, afterwards."""
    batch: int = 32
    rate: float = 0.002
    seed: int = 0
    side_px: int = 96
    """Of the pictures that the discriminator sees."""
    replay: int = 200
    """Designs of the project's corpus that are mixed in, so that nothing is unlearnt."""
    held_out: float = 0.1
    """Share of the dataset that is only measured on."""
    report_every: int = 10
    """Steps between two reports; each has a checkpoint."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a training reports now and then."""

    step: int
    """Of both parts together, from 1."""
    steps: int
    metrics: Mapping[str, float]
    """Mean losses since the last report."""
    state: bytes
    """A checkpoint to go on from."""


class Stopped(Exception):
    """The training was asked to stop; the last report had a checkpoint of where."""


@dataclass(frozen=True, kw_only=True)
class _Set:
    """A prepared dataset."""

    train: DesignArrays
    held_out: DesignArrays
    designs: Sequence[Design]
    samples: Samples
    """Of the replayed designs: what the drawing network must not unlearn."""
    left_out: tuple[str, ...]
    """File names of the pictures that cannot be read."""


def retrain(
    options: RetrainOptions,
    dataset: Path,
    base: Mapping[str, WeightsSource],
    checkpoint: bytes | None,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> ReleaseFiles:
    """Retrain fusion and generator on an imagefolder dataset.

    The same options, dataset and base give the same release on one kind of device, whether or not
    it was stopped and went on from a checkpoint in between.

    Args:
        options: how.
        dataset: zip with metadata.jsonl (file_name, text) and the pictures.
        base: of the roles vision, text_encoder, fusion and generator: what to start from.
        checkpoint: the `state` of an earlier report; None: start anew.
        on_progress: called every `report_every` steps, in this thread.
        should_stop: asked after every step.

    Raises:
        BadDataset: see `read_dataset`.
        Stopped: as asked by should_stop, after a last report.
    """
    torch.manual_seed(options.seed)
    job = _Job(options, dataset, base)
    before = job.measure()
    if checkpoint is not None:
        job.restore(checkpoint)
    while job.step < options.steps + options.drawing_steps:
        job.advance()
        stopping = should_stop()
        if stopping or job.step % options.report_every == 0 or job.finished:
            on_progress(job.report())
        if stopping and not job.finished:
            raise Stopped(f"stopped at step {job.step}")
    return job.release(before)


class _Job:
    """One retraining: its data, networks and step."""

    def __init__(
        self, options: RetrainOptions, dataset: Path, base: Mapping[str, WeightsSource]
    ) -> None:
        self.options = options
        cpu = torch.device("cpu")
        self.fusion = fusion_model.load(base["fusion"], cpu)
        self.generator = generator_model.load_field(base["generator"], cpu)
        self.base_names = {role: source.name for role, source in base.items()}
        self.set = self._prepare(dataset, base, cpu)
        self.cases = self._cases(self.set.train)
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
        self._adversary: AdversaryTraining | None = None
        self.sums: dict[str, list[float]] = {}

    @property
    def step(self) -> int:
        """Steps of both parts together."""
        return self.reading.step + (self._adversary.step if self._adversary else 0)

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return self.step >= self.options.steps + self.options.drawing_steps

    def _prepare(
        self, dataset: Path, base: Mapping[str, WeightsSource], device: torch.device
    ) -> _Set:
        side, keys = self.options.side_px, self.generator.network.keys
        read = read_dataset(dataset, side)
        designs = read.designs
        held = max(1, round(self.options.held_out * len(designs))) if len(designs) > 1 else 0
        order = np.random.default_rng(self.options.seed).permutation(len(designs))
        measured = [designs[i] for i in order[:held]] or designs
        specs = [sample(index) for index in range(self.options.replay)]
        trained = [designs[i] for i in order[held:]] + [_replayed(spec, side) for spec in specs]
        eye = vision.load(base["vision"], device)
        reader = text_encoder.load(base["text_encoder"], device)

        def look(shown: Sequence[Design]) -> NDArray[np.float32]:
            pictures = [Image.fromarray(compose(one.masks, one.palette)) for one in shown]
            return eye.embed(pictures).features

        vocabulary = self.fusion.vocabulary
        return _Set(
            train=arrays_of(trained, vocabulary, keys, reader.embed, look),
            held_out=arrays_of(measured, vocabulary, keys, reader.embed, look),
            designs=measured,
            samples=samples_of(specs, keys),
            left_out=read.left_out,
        )

    def _cases(self, arrays: DesignArrays) -> Cases:
        return Cases(arrays, CaseOptions(recoloured=0.3), self.fusion.vocabulary)

    @property
    def adversary(self) -> AdversaryTraining:
        """The second part, made when the first is done: it needs fusion and reader as trained."""
        if self._adversary is None:
            network, options = self.generator.network, self.options
            self.reading.averages["reader"].copy_to(network.reader)
            self.reading.averages["fusion"].copy_to(self.fusion.network)
            self._adversary = AdversaryTraining(
                AdversaryOptions(steps=options.drawing_steps, rate=options.rate, seed=options.seed),
                network,
                self.fusion.network,
            )
        return self._adversary

    def advance(self) -> None:
        """Take one step of the part that is due."""
        options = self.options
        if self.reading.step < options.steps:
            losses = self.reading.advance(self.cases)
            names: tuple[str, ...] = tuple(f"reading_{name}" for name in READ)
        else:
            names = LOSSES
            losses = self.adversary.advance(self.set.samples, self.set.train.masks, self.cases)
        for name, value in zip(names, losses.tolist(), strict=True):
            self.sums.setdefault(name, []).append(value)

    def report(self) -> Progress:
        """Give the mean losses since the last report, and a checkpoint."""
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
            tensors = _prefixed("reading", self.reading.state.tensors())
            if self._adversary is not None:
                tensors |= _prefixed("adversary", self._adversary.state.tensors())
            facts = {
                "reading": self.reading.step,
                "adversary": self._adversary.step if self._adversary else None,
            }
            write_tensors(path, tensors, facts)
            return path.read_bytes()

    def restore(self, checkpoint: bytes) -> None:
        """Go on from a checkpoint."""
        with tempfile.TemporaryDirectory(prefix="codesigner-") as folder:
            path = Path(folder) / "state.safetensors"
            path.write_bytes(checkpoint)
            tensors, facts = read_tensors(path)
        self.reading.state.take(under(tensors, "reading/"))
        self.reading.step = int(facts["reading"])
        if facts["adversary"] is not None:
            self.adversary.state.take(under(tensors, "adversary/"))
            self.adversary.step = int(facts["adversary"])

    @torch.inference_mode()
    def measure(self) -> dict[str, float]:
        """Measure the losses on what is held out, always on the same cases."""
        cases = self._cases(self.set.held_out)
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
        """Pack the averaged weights with what was measured before and after."""
        self.reading.averages["reader"].copy_to(self.reading.reader)
        self.reading.averages["fusion"].copy_to(self.reading.fusion)
        network = self.generator.network
        if self._adversary is not None:
            self._adversary.averages["field"].copy_to(network.field)
        metrics = {f"{name}_before": value for name, value in before.items()} | self.measure()
        files = make_release(
            self.options.release,
            (self.fusion.network, self.fusion.vocabulary, network, self.generator.sampling),
            {
                "base": self.base_names,
                "designs": len(self.set.train.masks) - self.options.replay,
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
            left_out=self.set.left_out,
        )

    @torch.inference_mode()
    def _sheet(self) -> bytes:
        """Draw the held-out texts: above the dataset's picture, below what is drawn for it."""
        cases = self._cases(self.set.held_out)
        batch = cases.draw(8, np.random.default_rng(0))
        codes = self.fusion.fuse(batch.given)
        side = self.options.side_px
        drawn = self.generator.draw(codes, list(range(8)), side)
        shown = [
            compose(self.set.designs[i].masks, self.set.designs[i].palette) for i in batch.design
        ]
        picture = np.concatenate([np.concatenate(shown, 1), np.concatenate(list(drawn), 1)])
        target = BytesIO()
        Image.fromarray(picture).save(target, format="PNG")
        return target.getvalue()


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{key}": value for key, value in tensors.items()}


def _replayed(spec: DesignSpec, side_px: int) -> Design:
    """Give a design of the corpus to mix in."""
    said = caption(spec, rng_for(spec.seed, "replay"), ("en", "zh")[spec.seed % 2])
    return Design(
        masks=render_masks(spec, side_px),
        palette=np.array(spec.palette, dtype=np.float64),
        facts=facts_of(spec),
        captions=((said.text, said.said),),
    )
