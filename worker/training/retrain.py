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

from worker.corpus import caption
from worker.corpus.render import compose, render_masks
from worker.corpus.spec import rng_for, sample
from worker.models import fusion as fusion_model
from worker.models import generator as generator_model
from worker.models import text_encoder, vision
from worker.training.adversary import AdversaryOptions, AdversaryTraining
from worker.training.autoencoder import batch_of
from worker.training.cases import CaseOptions, Cases
from worker.training.checkpoint import read_tensors, under, write_tensors
from worker.training.designs import Design, DesignArrays, arrays_of
from worker.training.flow import FlowOptions, FlowTraining
from worker.training.phase import standardised
from worker.training.pictures import read_dataset
from worker.training.release import ReleaseFiles, make_release
from worker.training.specs import facts_of

if TYPE_CHECKING:
    from worker.models.sources import WeightsSource

__all__ = ["Progress", "RetrainOptions", "Stopped", "retrain"]


@dataclass(frozen=True, kw_only=True)
class RetrainOptions:
    """How to retrain."""

    release: str
    """Name of the release that is made."""
    steps: int = 300
    """Of flow and fusion."""
    decoder_steps: int = 100
    """Of the decoder against the discriminator, afterwards."""
    batch: int = 32
    rate: float = 0.002
    seed: int = 0
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
        dataset: folder or zip with metadata.jsonl (file_name, text) and the pictures.
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
    while job.step < options.steps + options.decoder_steps:
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
        self.generator = generator_model.load_flow(base["generator"], cpu)
        self.base_names = {role: source.name for role, source in base.items()}
        self.set = self._prepare(dataset, base, cpu)
        self.cases = self._cases(self.set.train)
        network = self.generator.network
        self.flow = FlowTraining(
            FlowOptions(
                flow=network.flow.shape,
                fusion=self.fusion.network.shape,
                steps=options.steps,
                rate=options.rate,
                seed=options.seed,
            ),
            network.flow,
            self.fusion.network,
        )
        self.latents = {
            name: _encoded(network, arrays.masks)
            for name, arrays in (("train", self.set.train), ("held_out", self.set.held_out))
        }
        self._adversary: AdversaryTraining | None = None
        self.sums: dict[str, list[float]] = {}

    @property
    def step(self) -> int:
        """Steps of both parts together."""
        return self.flow.step + (self._adversary.step if self._adversary else 0)

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return self.step >= self.options.steps + self.options.decoder_steps

    def _prepare(
        self, dataset: Path, base: Mapping[str, WeightsSource], device: torch.device
    ) -> _Set:
        side = self.generator.network.separations.side
        designs = read_dataset(dataset, side)
        held = max(1, round(self.options.held_out * len(designs))) if len(designs) > 1 else 0
        order = np.random.default_rng(self.options.seed).permutation(len(designs))
        measured = [designs[i] for i in order[:held]] or designs
        trained = [designs[i] for i in order[held:]] + _replay(self.options, side)
        eye = vision.load(base["vision"], device)
        reader = text_encoder.load(base["text_encoder"], device)

        def look(shown: Sequence[Design]) -> NDArray[np.float32]:
            pictures = [Image.fromarray(compose(one.masks, one.palette)) for one in shown]
            return eye.embed(pictures).features

        vocabulary = self.fusion.vocabulary
        return _Set(
            train=arrays_of(trained, vocabulary, reader.embed, look),
            held_out=arrays_of(measured, vocabulary, reader.embed, look),
            designs=measured,
        )

    def _cases(self, arrays: DesignArrays) -> Cases:
        return Cases(arrays, CaseOptions(recoloured=0.3), self.fusion.vocabulary)

    @property
    def adversary(self) -> AdversaryTraining:
        """The second part, made when the first is done: it needs the flow as trained."""
        if self._adversary is None:
            network, options = self.generator.network, self.options
            self.flow.averages["flow"].copy_to(network.flow)
            self.flow.averages["fusion"].copy_to(self.fusion.network)
            self._adversary = AdversaryTraining(
                AdversaryOptions(steps=options.decoder_steps, rate=options.rate, seed=options.seed),
                network,
                self.fusion.network,
            )
        return self._adversary

    def advance(self) -> None:
        """Take one step of the part that is due."""
        options = self.options
        seed = options.seed * 1_000_003 + self.step
        batch = self.cases.draw(options.batch, np.random.default_rng(seed))
        chance = torch.Generator().manual_seed(seed)
        if self.flow.step < options.steps:
            names: tuple[str, ...] = ("flow_latent", "flow_palette")
            losses = self.flow.train_step(self.latents["train"][batch.design], batch, chance)
        else:
            names = ("cross_entropy", "l1", "slope", "adversarial", "judge")
            adversary = self.adversary
            shown, present = batch_of(self.set.train.masks, batch.design)
            losses = adversary.train_step(shown, present, batch, chance)
        for name, value in zip(names, losses.tolist(), strict=True):
            self.sums.setdefault(name, []).append(value)

    def report(self) -> Progress:
        """Give the mean losses since the last report, and a checkpoint."""
        means = {name: float(np.mean(values)) for name, values in self.sums.items()}
        self.sums = {}
        options = self.options
        return Progress(
            step=self.step,
            steps=options.steps + options.decoder_steps,
            metrics=means,
            state=self._state(),
        )

    def _state(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="codesigner-") as folder:
            path = Path(folder) / "state.safetensors"
            tensors = _prefixed("flow", self.flow.state.tensors())
            if self._adversary is not None:
                tensors |= _prefixed("adversary", self._adversary.state.tensors())
            facts = {
                "flow": self.flow.step,
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
        self.flow.state.take(under(tensors, "flow/"))
        self.flow.step = int(facts["flow"])
        if facts["adversary"] is not None:
            self.adversary.state.take(under(tensors, "adversary/"))
            self.adversary.step = int(facts["adversary"])

    @torch.inference_mode()
    def measure(self) -> dict[str, float]:
        """Measure the losses on what is held out, always on the same cases."""
        cases = self._cases(self.set.held_out)
        self.flow.flow.eval()
        totals = []
        for seed in range(4):
            batch = cases.draw(32, np.random.default_rng(10_000 + seed))
            latent = self.latents["held_out"][batch.design]
            chance = self.flow.chance(batch, latent, torch.Generator().manual_seed(seed))
            totals.append(self.flow.losses(latent, batch.palette, batch.given, chance))
        latent_loss, palette_loss = torch.stack(totals).mean(0).tolist()
        self.flow.flow.train()
        return {"held_out_latent": latent_loss, "held_out_palette": palette_loss}

    def release(self, before: Mapping[str, float]) -> ReleaseFiles:
        """Pack the averaged weights with what was measured before and after."""
        self.flow.averages["flow"].copy_to(self.flow.flow)
        self.flow.averages["fusion"].copy_to(self.flow.fusion)
        network = self.generator.network
        network.flow.load_state_dict(self.flow.flow.state_dict())
        self.fusion.network.load_state_dict(self.flow.fusion.state_dict())
        if self._adversary is not None:
            self._adversary.averages["decoder"].copy_to(network.decoder)
        metrics = {f"{name}_before": value for name, value in before.items()} | self.measure()
        files = make_release(
            self.options.release,
            (self.fusion.network, self.fusion.vocabulary, network, self.generator.sampling),
            {
                "base": self.base_names,
                "designs": len(self.set.train.masks) - self.options.replay,
                "replayed": self.options.replay,
                "steps": self.options.steps,
                "decoder_steps": self.options.decoder_steps,
            },
            metrics,
        )
        return ReleaseFiles(
            release=files.release,
            files=files.files,
            versions=files.versions,
            metrics=files.metrics,
            sheets={"samples.png": self._sheet()},
        )

    @torch.inference_mode()
    def _sheet(self) -> bytes:
        """Draw the held-out texts: above the dataset's picture, below what is drawn for it."""
        cases = self._cases(self.set.held_out)
        batch = cases.draw(8, np.random.default_rng(0))
        codes = self.fusion.fuse(batch.given)
        side = self.generator.network.separations.side
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


def _replay(options: RetrainOptions, side_px: int) -> list[Design]:
    """Draw designs of the corpus to mix in."""
    designs = []
    for index in range(options.replay):
        spec = sample(index)
        rng = rng_for(spec.seed, "replay")
        said = caption(spec, rng, ("en", "zh")[index % 2])
        designs.append(
            Design(
                masks=standardised(render_masks(spec, side_px)),
                palette=np.array(spec.palette, dtype=np.float64),
                facts=facts_of(spec),
                captions=((said.text, said.said),),
            )
        )
    return designs


@torch.inference_mode()
def _encoded(network: generator_model.GeneratorNet, masks: NDArray[np.uint8]) -> Tensor:
    """Encode all masks for the flow, (N, C, G, G)."""
    parts = [
        network.encode(torch.from_numpy(masks[start : start + 32]).float() / 255)
        for start in range(0, len(masks), 32)
    ]
    return torch.cat(parts).clone()
