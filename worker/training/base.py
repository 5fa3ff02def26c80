"""Train the base models on the procedural corpus, from nothing to a release, in phases.

prepare: draw the designs, write captions, embed both, sample points. field: the drawing network,
L_rec. reading: fusion and reader. adversary: the drawing network, L_rec + lambda L_adv.
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
from worker.corpus.spec import DesignSpec, rng_for
from worker.models import text_encoder, vision
from worker.models.condition import Vocabulary
from worker.models.fusion import FusionNet, FusionShape
from worker.models.generator.field import FieldShape
from worker.models.generator.model import GeneratorNet, Sampling
from worker.models.generator.reader import ReaderShape
from worker.models.generator.traits import TraitKeys
from worker.models.weights import Places, bundled_folder, find_weights
from worker.training import PHASES
from worker.training.bundle import bundle, text_encoder_entry, vision_entry
from worker.training.captioner import descriptions
from worker.training.design_facts import facts_of
from worker.training.generator.adversarial import AdversaryOptions, AdversaryTraining
from worker.training.generator.conditioning import CaseOptions, Cases
from worker.training.generator.dataset import Design, DesignArrays, arrays_of
from worker.training.generator.field import FieldOptions, FieldTraining
from worker.training.generator.reader import ReadingOptions, ReadingTraining, standardise
from worker.training.generator.samples import Samples, samples_of
from worker.training.release import make_release
from worker.training.synthetic_photos import worn

__all__ = ["BaseOptions", "BaseTraining"]

_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class BaseOptions:
    """How to train the base models; the steps are of each phase."""

    designs: int = 48_000
    """Sampled for the drawing network."""
    told: int = 6_000
    """So many of them are told in captions, for fusion and reader."""
    references: int = 3_000
    """So many of those are also seen through the vision model."""
    field_steps: int = 8_700
    reading_steps: int = 2_000
    adversary_steps: int = 100
    field_batch: int = 96
    field_rate: float = 0.015
    processes: int = 2
    """That prepare."""
    seed: int = 0
    side_px: int = 96
    """Of the pictures that the discriminator sees."""
    models: tuple[Mapping[str, Any], ...] = ()
    """Manifest entries of another vision model or text encoder to learn with."""
    field: FieldShape = FieldShape(traits=TraitKeys.current().width)  # noqa: RUF009
    reader: ReaderShape = ReaderShape()  # noqa: RUF009
    fusion_width: int = 256

    def entries(self) -> dict[str, Mapping[str, Any]]:
        """Give the manifest entries of the encoders, by role."""
        chosen = (vision_entry(), text_encoder_entry(), *self.models)
        return {str(entry["role"]): entry for entry in chosen}

    def lengths(self) -> dict[str, int]:
        """Give how far each phase reports."""
        return {
            "prepare": self.designs,
            "field": self.field_steps,
            "reading": self.reading_steps,
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
        self.vocabulary = Vocabulary.current()
        self.keys = TraitKeys.current()

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

    def field(self) -> None:
        """Train the drawing network to draw as the corpus does."""
        training = self._field()
        training.run(
            self.samples(), self._file("field"), self._reporter("field"), self._should_stop
        )

    def reading(self) -> None:
        """Train fusion and reader on what captions and references tell."""
        arrays = self.arrays()
        training = self._reading()
        if training.step == 0:
            standardise(training.fusion, arrays.caption_text, arrays.vision)
            for name in ("centre", "spread"):
                value = getattr(training.fusion, name)
                training.averages["fusion"].weights[name] = value.clone()
        training.run(
            self._cases(arrays), self._file("reading"), self._reporter("reading"),
            self._should_stop,
        )  # fmt: skip

    def adversary(self) -> None:
        """Train the drawing network against the discriminator."""
        arrays = self.arrays()
        self._adversary().run(
            self.samples(), arrays.masks, self._cases(arrays), self._file("adversary"),
            self._reporter("adversary"), self._should_stop,
        )  # fmt: skip

    def release(self) -> None:
        """Write the weights and their manifest into the folder's release/."""
        options = self.options
        network, fusion, steps = self.networks()
        training = {
            "data": "the procedural corpus of worker.corpus, split train, made from scratch",
            "designs": options.designs,
            "told": options.told,
            **steps,
            "field_batch": options.field_batch,
            "field_points": FieldOptions().points,
            "reading_batch": ReadingOptions().batch,
            "adversary_batch": AdversaryOptions().batch,
        }
        files = make_release(
            "base-2", (fusion, self.vocabulary, network, Sampling()), training, self.last_losses()
        )
        bundle(self.folder / "release", files, options.entries().values())

    # --- what the phases share ----------------------------------------------------------------

    def arrays(self) -> DesignArrays:
        """Give the designs that are told.

        Raises:
            FileNotFoundError: they were not prepared.
        """
        joined = self.folder / "arrays"
        if not joined.is_dir():
            starts = range(0, self.options.told, _CHUNK)
            chunks = [DesignArrays.load(_chunk(self.folder, start) / "told") for start in starts]
            _joined(chunks).save(joined)
        return DesignArrays.load(joined)

    def samples(self) -> Samples:
        """Give the sampled designs.

        Raises:
            FileNotFoundError: they were not prepared.
        """
        joined = self.folder / "samples"
        if not joined.is_dir():
            starts = range(0, self.options.designs, _CHUNK)
            parts = [Samples.load(_chunk(self.folder, start) / "samples") for start in starts]
            Samples.join(parts, joined)
        return Samples.load(joined)

    def networks(self) -> tuple[GeneratorNet, FusionNet, dict[str, int]]:
        """Give the averaged networks as far as they were trained, and the steps of each part."""
        network, fusion, steps = self._trained()
        steps["adversary_steps"] = 0
        if self._file("adversary").is_file():
            adversary = self._adversary()
            adversary.averages["field"].copy_to(network.field)
            steps["adversary_steps"] = adversary.step
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

    def _cases(self, arrays: DesignArrays) -> Cases:
        return Cases(arrays, CaseOptions(), self.vocabulary)

    def _field(self) -> FieldTraining:
        options = self.options
        training = FieldTraining(
            FieldOptions(
                steps=options.field_steps, batch=options.field_batch, rate=options.field_rate,
                seed=options.seed,
            ),
            self.keys,
            options.field,
        )  # fmt: skip
        training.resume(self._file("field"))
        return training

    def _reading(self) -> ReadingTraining:
        options, arrays = self.options, self.arrays()
        shape = FusionShape(
            text=arrays.caption_text.shape[1],
            understood=self.vocabulary.width,
            vision=arrays.vision.shape[1],
            width=options.fusion_width,
        )
        training = ReadingTraining(
            ReadingOptions(
                reader=options.reader, fusion=shape, steps=options.reading_steps, seed=options.seed
            ),
            self.keys,
        )
        training.resume(self._file("reading"))
        return training

    def _trained(self) -> tuple[GeneratorNet, FusionNet, dict[str, int]]:
        """Give generator and fusion with the averages of their trainings by themselves."""
        field, reading = self._field(), self._reading()
        network = GeneratorNet(self.options.field, self.options.reader, self.keys).eval()
        field.averages["field"].copy_to(network.field)
        reading.averages["reader"].copy_to(network.reader)
        reading.averages["fusion"].copy_to(reading.fusion)
        steps = {"field_steps": field.step, "reading_steps": reading.step}
        return network, reading.fusion, steps

    def _adversary(self) -> AdversaryTraining:
        network, fusion, _ = self._trained()
        training = AdversaryTraining(
            AdversaryOptions(steps=self.options.adversary_steps, seed=self.options.seed),
            network,
            fusion,
        )
        training.resume(self._file("adversary"))
        return training


def _chunk(folder: Path, start: int) -> Path:
    return folder / "chunks" / f"{start:06d}"


def _prepare_chunk(job: tuple[BaseOptions, Path, int]) -> None:
    """Prepare designs `start` and the following, unless that was done."""
    options, folder, start = job
    target = _chunk(folder, start)
    if target.is_dir():
        return
    torch.set_num_threads(1)
    keys = TraitKeys.current()
    fresh = target.with_suffix(".new")
    specs = [sample(seed) for seed in range(start, min(start + _CHUNK, options.designs))]
    samples_of(specs, keys).save(fresh / "samples")
    if told := specs[: max(0, options.told - start)]:
        _told(options, folder, told, keys).save(fresh / "told")
    fresh.rename(target)


def _told(
    options: BaseOptions, folder: Path, specs: Sequence[DesignSpec], keys: TraitKeys
) -> DesignArrays:
    """Tell designs in captions, and look at some of them."""
    places, cpu = Places(cache=folder / "cache", bundled=bundled_folder()), torch.device("cpu")
    entries = options.entries()
    reader = text_encoder.load(find_weights(entries["text_encoder"], places), cpu)
    shown = max(0, options.references - specs[0].seed)

    def look(designs: Sequence[Design]) -> NDArray[np.float32]:
        eye = vision.load(find_weights(entries["vision"], places), cpu)
        seen = [_seen(spec.seed, one) for spec, one in zip(specs, designs[:shown], strict=False)]
        return eye.embed(seen).features

    designs = [_design(spec, options.side_px) for spec in specs]
    vocabulary = Vocabulary.current()
    return arrays_of(designs, vocabulary, keys, reader.embed, look if shown else None)


def _design(spec: DesignSpec, side_px: int) -> Design:
    seed = spec.seed
    rng = rng_for(seed, "base")
    said = [caption(spec, rng, language) for language in ("en", "zh")]
    if seed % 8 == 0:
        said.append(caption(spec, rng, "mixed"))
    texts = [(one.text, one.said) for one in said]
    if seed % 2 == 0:  # as the captioner writes them
        told = facts_of(spec)
        texts.append((descriptions.describe(told, ("en", "zh")[seed // 2 % 2], rng), told))
    return Design(
        masks=render_masks(spec, side_px),
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
