"""Train the base models on the procedural corpus, from nothing to a release, in phases.

prepare: draw the designs, write captions, embed both. autoencoder: L_rec of the separations.
flow: latents and palettes with the fusion. adversary: the decoder, L_rec + lambda L_adv.
release: the weights with their manifest. Each phase goes on where it was stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from worker.corpus import caption, compose, render_masks, sample
from worker.corpus.spec import rng_for
from worker.models import text_encoder, vision
from worker.models.condition import Vocabulary
from worker.models.flow import FlowShape
from worker.models.fusion import FusionNet, FusionShape
from worker.models.generator import GeneratorNet, Sampling
from worker.models.separations import SeparationShape
from worker.models.sources import Places, bundled_folder, find_weights
from worker.training import PHASES, descriptions
from worker.training.adversary import AdversaryOptions, AdversaryTraining
from worker.training.autoencoder import AutoencoderOptions, AutoencoderTraining
from worker.training.bundle import bundle, text_encoder_entry, vision_entry
from worker.training.cases import CaseOptions, Cases
from worker.training.designs import Design, DesignArrays, arrays_of
from worker.training.flow import FlowOptions, FlowTraining, standardise
from worker.training.phase import standardised
from worker.training.photographs import worn
from worker.training.release import make_release
from worker.training.specs import facts_of

__all__ = ["BaseOptions", "BaseTraining"]

_CHUNK = 500
_RESTED = 256  # designs encoded at a time


@dataclass(frozen=True, kw_only=True)
class BaseOptions:
    """How to train the base models; the steps are of each phase."""

    designs: int = 16_000
    references: int = 4_000
    """So many of the designs are also seen through the vision model."""
    autoencoder_steps: int = 3_000
    flow_steps: int = 6_000
    adversary_steps: int = 600
    flow_batch: int = 96
    flow_rate: float = 0.015
    processes: int = 2
    """That prepare."""
    seed: int = 0
    models: tuple[Mapping[str, Any], ...] = ()
    """Manifest entries of another vision model or text encoder to learn with."""
    compiled: bool = False
    """Compile the flow, which needs a C++ compiler."""
    separations: SeparationShape = SeparationShape()  # noqa: RUF009
    flow: FlowShape = FlowShape()  # noqa: RUF009
    fusion_width: int = 256

    def entries(self) -> dict[str, Mapping[str, Any]]:
        """Give the manifest entries of the encoders, by role."""
        chosen = (vision_entry(), text_encoder_entry(), *self.models)
        return {str(entry["role"]): entry for entry in chosen}

    def lengths(self) -> dict[str, int]:
        """Give how far each phase reports."""
        return {
            "prepare": self.designs,
            "autoencoder": self.autoencoder_steps,
            "flow": self.flow_steps,
            "adversary": self.adversary_steps,
        }


class BaseTraining:
    """The phases over one folder, which holds all that they leave to each other."""

    def __init__(
        self,
        options: BaseOptions,
        folder: Path,
        report: Callable[[str, int, dict[str, float]], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take a folder, empty or of an earlier run.

        Args:
            options: how.
            folder: where arrays, checkpoints and the log are.
            report: called with phase, step and mean losses now and then.
            should_stop: asked at each of the reports.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.options, self.folder = options, folder
        self._report, self._should_stop = report, should_stop
        self.vocabulary = Vocabulary.of_lexicon()

    def run(self, phases: Sequence[str] = PHASES) -> None:
        """Run phases in their order.

        Raises:
            FileNotFoundError: a phase lacks what an earlier one leaves.
        """
        for phase in PHASES:
            if phase in phases and not self._should_stop():
                getattr(self, phase)()

    def _reporter(self, phase: str) -> Callable[[int, dict[str, float]], None]:
        began = time.monotonic()

        def report(step: int, losses: dict[str, float]) -> None:
            seconds = round(time.monotonic() - began)
            line = {"phase": phase, "step": step, "seconds": seconds, **losses}
            with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
            self._report(phase, step, losses)

        return report

    # --- phases -------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Draw designs and captions and embed them, in chunks, by several processes."""
        report = self._reporter("prepare")
        starts = range(0, self.options.designs, _CHUNK)
        jobs = [(self.options, self.folder, start) for start in starts]
        with ProcessPoolExecutor(self.options.processes, mp_context=get_context("spawn")) as pool:
            for done, _ in enumerate(pool.map(_prepare_chunk, jobs), start=1):
                report(min(done * _CHUNK, self.options.designs), {})

    def autoencoder(self) -> None:
        """Train encoder and decoder, then encode all designs for the flow."""
        training = self._autoencoder()
        training.run(
            self.arrays().masks, self._file("autoencoder"), self._reporter("autoencoder"),
            self._should_stop,
        )  # fmt: skip

    def flow(self) -> None:
        """Train flow and fusion on the latents."""
        arrays = self.arrays()
        training = self._flow()
        if training.step == 0:
            standardise(training.fusion, arrays.caption_text, arrays.vision)
            for name in ("centre", "spread"):
                value = getattr(training.fusion, name)
                training.averages["fusion"].weights[name] = value.clone()
        cases = Cases(arrays, CaseOptions(), self.vocabulary)
        training.run(
            self.latents(), cases, self._file("flow"), self._reporter("flow"), self._should_stop
        )

    def adversary(self) -> None:
        """Train the decoder on the flow's guesses against the discriminator."""
        arrays = self.arrays()
        training, _ = self._adversary()
        training.run(
            arrays.masks, Cases(arrays, CaseOptions(), self.vocabulary), self._file("adversary"),
            self._reporter("adversary"), self._should_stop,
        )  # fmt: skip

    def release(self) -> None:
        """Write the weights and their manifest into the folder's release/."""
        network, fusion, steps = self.networks()
        training = {
            "data": "the procedural corpus of worker.corpus, split train, made from scratch",
            "designs": self.options.designs,
            **steps,
            "autoencoder_batch": AutoencoderOptions().batch,
            "flow_batch": self.options.flow_batch,
            "adversary_batch": AdversaryOptions().batch,
        }
        files = make_release(
            "base-1", (fusion, self.vocabulary, network, Sampling()), training, self.last_losses()
        )
        bundle(self.folder / "release", files, self.options.entries().values())

    # --- what the phases share ----------------------------------------------------------------

    def arrays(self) -> DesignArrays:
        """Give the prepared designs.

        Raises:
            FileNotFoundError: they were not prepared.
        """
        joined = self.folder / "arrays"
        if not joined.is_dir():
            starts = range(0, self.options.designs, _CHUNK)
            chunks = [DesignArrays.load(_chunk(self.folder, start)) for start in starts]
            _joined(chunks).save(joined)
        return DesignArrays.load(joined)

    @torch.no_grad()
    def latents(self) -> NDArray[np.float16]:
        """Give all designs' latents at unit scale, (N, C, G, G); encoded once."""
        path = self._file("latents").with_suffix(".npy")
        if not path.is_file():
            network, masks = self._with_autoencoder(), self.arrays().masks
            parts = [
                network.encode(
                    torch.from_numpy(np.array(masks[start : start + _RESTED])).float() / 255
                )
                for start in range(0, len(masks), _RESTED)
            ]
            np.save(path, torch.cat(parts).half().numpy())
        kept: NDArray[np.float16] = np.load(path)
        return kept

    def networks(self) -> tuple[GeneratorNet, FusionNet, dict[str, int]]:
        """Give the averaged networks as far as they were trained, and the steps of each part."""
        if self._file("adversary").is_file():
            adversary, flow = self._adversary()
            adversary.averages["decoder"].copy_to(adversary.network.decoder)
            network, fusion, step = adversary.network, adversary.fusion, adversary.step
        else:
            network, fusion, flow = self._with_flow()
            step = 0
        steps = {
            "autoencoder_steps": self._autoencoder().step,
            "flow_steps": flow.step,
            "adversary_steps": step,
        }
        return network, fusion, steps

    def last_losses(self) -> dict[str, float]:
        """Give the last reported losses of each phase."""
        losses: dict[str, float] = {}
        for line in (self.folder / "log.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            phase = row.pop("phase")
            del row["step"], row["seconds"]
            losses |= {f"{phase}_{name}": round(value, 4) for name, value in row.items()}
        return losses

    def _file(self, phase: str) -> Path:
        return self.folder / f"{phase}.safetensors"

    def _autoencoder(self) -> AutoencoderTraining:
        options = self.options
        training = AutoencoderTraining(
            AutoencoderOptions(
                shape=options.separations, steps=options.autoencoder_steps, seed=options.seed
            )
        )
        training.resume(self._file("autoencoder"))
        return training

    @torch.no_grad()
    def _with_autoencoder(self) -> GeneratorNet:
        """Give a generator with the autoencoder's averages, its latents brought to unit scale."""
        training = self._autoencoder()
        network = GeneratorNet(self.options.separations, self.options.flow).eval()
        network.encoder.load_state_dict(training.averages["encoder"].weights)
        network.decoder.load_state_dict(training.averages["decoder"].weights)
        masks = self.arrays().masks[: 4 * _RESTED]
        latent = network.encode(torch.from_numpy(np.array(masks)).float() / 255)
        network.latent_centre.copy_(latent.mean((0, 2, 3)))
        network.latent_spread.copy_(latent.std((0, 2, 3)))
        return network

    def _flow(self) -> FlowTraining:
        options = self.options
        arrays = self.arrays()
        shape = FusionShape(
            text=arrays.caption_text.shape[1],
            understood=self.vocabulary.width,
            vision=arrays.vision.shape[1],
            width=options.fusion_width,
        )
        training = FlowTraining(
            FlowOptions(
                flow=options.flow, fusion=shape, steps=options.flow_steps,
                batch=options.flow_batch, rate=options.flow_rate, seed=options.seed,
                compiled=options.compiled,
            )
        )  # fmt: skip
        training.resume(self._file("flow"))
        return training

    def _with_flow(self) -> tuple[GeneratorNet, FusionNet, FlowTraining]:
        network, training = self._with_autoencoder(), self._flow()
        network.flow.load_state_dict(training.averages["flow"].weights)
        training.averages["fusion"].copy_to(training.fusion)
        return network, training.fusion, training

    def _adversary(self) -> tuple[AdversaryTraining, FlowTraining]:
        network, fusion, flow = self._with_flow()
        training = AdversaryTraining(
            AdversaryOptions(steps=self.options.adversary_steps, seed=self.options.seed),
            network,
            fusion,
        )
        training.resume(self._file("adversary"))
        return training, flow


def _chunk(folder: Path, start: int) -> Path:
    return folder / "chunks" / f"{start:06d}"


def _prepare_chunk(job: tuple[BaseOptions, Path, int]) -> None:
    """Prepare designs `start` and the following, unless that was done."""
    options, folder, start = job
    target = _chunk(folder, start)
    if target.is_dir():
        return
    torch.set_num_threads(1)
    places, cpu = Places(cache=folder / "cache", bundled=bundled_folder()), torch.device("cpu")
    entries = options.entries()
    reader = text_encoder.load(find_weights(entries["text_encoder"], places), cpu)
    eye = vision.load(find_weights(entries["vision"], places), cpu)

    def look(designs: Sequence[Design]) -> NDArray[np.float32]:
        shown = designs[: options.references - start]
        return eye.embed([_seen(start + i, one) for i, one in enumerate(shown)]).features

    count = min(_CHUNK, options.designs - start)
    designs = [_design(start + index, options.separations.side) for index in range(count)]
    arrays = arrays_of(
        designs,
        Vocabulary.of_lexicon(),
        reader.embed,
        look if start < options.references else None,
    )
    fresh = target.with_suffix(".new")
    arrays.save(fresh)
    fresh.rename(target)


def _design(seed: int, side_px: int) -> Design:
    spec = sample(seed)
    rng = rng_for(seed, "base")
    said = [caption(spec, rng, language) for language in ("en", "zh")]
    if seed % 8 == 0:
        said.append(caption(spec, rng, "mixed"))
    texts = [(one.text, one.said) for one in said]
    if seed % 2 == 0:  # as the captioner writes them
        told = descriptions.facts_of(spec)
        texts.append((descriptions.describe(told, ("en", "zh")[seed // 2 % 2], rng), told))
    return Design(
        masks=standardised(render_masks(spec, side_px)),
        palette=np.array(spec.palette, dtype=np.float64),
        facts=facts_of(spec),
        captions=tuple(texts),
    )


def _seen(seed: int, design: Design) -> Image.Image:
    """Show a design as drawn, or every other one as cameras and the web wear it."""
    picture = Image.fromarray(compose(design.masks, design.palette))
    return worn(picture, rng_for(seed, "worn")) if seed % 2 else picture


def _joined(chunks: Sequence[DesignArrays]) -> DesignArrays:
    offsets = np.cumsum([0, *(len(one.masks) for one in chunks[:-1])])
    parts: dict[str, Any] = {
        each.name: [getattr(one, each.name) for one in chunks] for each in fields(DesignArrays)
    }
    parts["caption_design"] = [
        part + offset for part, offset in zip(parts["caption_design"], offsets, strict=True)
    ]
    parts["vision"] = [part for part in parts["vision"] if len(part)] or parts["vision"][:1]
    return DesignArrays(**{name: np.concatenate(values) for name, values in parts.items()})
