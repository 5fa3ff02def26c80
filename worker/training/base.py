"""Trains the base models on the procedural corpus from scratch, in resumable phases.

prepare: render designs, write captions, embed both, sample points. field: train the drawing
network on L_rec. reading: train fusion and reader. adversary: train the drawing network on
L_rec + lambda L_adv. release: write the weights and their manifest.
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
from worker.models.weight_locator import Places, bundled_folder, find_weights
from worker.training import PHASES
from worker.training.bundle import bundle, text_encoder_entry, vision_entry
from worker.training.captioner import descriptions
from worker.training.design_facts import facts_of
from worker.training.generator.adversarial import AdversarialOptions, AdversarialTraining
from worker.training.generator.conditioning import CaseOptions, Cases
from worker.training.generator.dataset import Design, DesignArrays, arrays_of
from worker.training.generator.field import FieldOptions, FieldTraining
from worker.training.generator.reader import ReadingOptions, ReadingTraining, standardise
from worker.training.generator.samples import Samples, samples_of
from worker.training.release import make_release
from worker.training.synthetic_photos import degrade

__all__ = ["BaseOptions", "BaseTraining"]

_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class BaseOptions:
    """Options of the base models' training, with the number of steps of each phase."""

    designs: int = 48_000
    """Number of designs sampled for the drawing network."""
    told: int = 6_000
    """Number of them with captions, for fusion and reader."""
    references: int = 3_000
    """Number of those that are also embedded by the vision model."""
    field_steps: int = 8_700
    reading_steps: int = 2_000
    adversary_steps: int = 100
    field_batch: int = 96
    field_rate: float = 0.015
    processes: int = 2
    """Worker processes of the phase prepare."""
    seed: int = 0
    side_px: int = 96
    """Side of the discriminator's input pictures."""
    models: tuple[Mapping[str, Any], ...] = ()
    """Manifest entries that replace the default vision model or text encoder."""
    field: FieldShape = FieldShape(traits=TraitKeys.current().width)  # noqa: RUF009
    reader: ReaderShape = ReaderShape()  # noqa: RUF009
    fusion_width: int = 256

    def entries(self) -> dict[str, Mapping[str, Any]]:
        """Return the manifest entries of the encoders by role."""
        chosen = (vision_entry(), text_encoder_entry(), *self.models)
        return {str(entry["role"]): entry for entry in chosen}

    def lengths(self) -> dict[str, int]:
        """Return the last step that each phase reports."""
        return {
            "prepare": self.designs,
            "field": self.field_steps,
            "reading": self.reading_steps,
            "adversary": self.adversary_steps,
        }


class BaseTraining:
    """Runs the training phases over one folder, which holds their intermediate results."""

    def __init__(
        self,
        options: BaseOptions,
        folder: Path,
        report: Callable[[str, int, dict[str, float]], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Open a folder, empty or of an earlier run.

        Args:
            options: training options.
            folder: folder of the arrays, checkpoints and log.
            report: called periodically with phase, step and mean losses.
            should_stop: called at each report.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.options, self.folder = options, folder
        self._report, self._should_stop = report, should_stop
        self.vocabulary = Vocabulary.current()
        self.keys = TraitKeys.current()

    def run(self, phases: Sequence[str] = PHASES) -> None:
        """Run the given phases in order.

        Raises:
            FileNotFoundError: the results of an earlier phase are missing.
        """
        for phase in PHASES:
            if phase in phases and not self._should_stop():
                getattr(self, phase)()

    def _reporter(self, phase: str) -> Callable[[int, dict[str, float]], None]:
        start_time = time.monotonic()

        def report(step: int, losses: dict[str, float]) -> None:
            seconds = round(time.monotonic() - start_time)
            line = {"phase": phase, "step": step, "seconds": seconds, **losses}
            with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
            self._report(phase, step, losses)

        return report

    # --- phases -------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Render designs, write captions and embed both, in chunks over several processes."""
        report = self._reporter("prepare")
        starts = range(0, self.options.designs, _CHUNK)
        jobs = [(self.options, self.folder, start) for start in starts]
        with ProcessPoolExecutor(self.options.processes, mp_context=get_context("spawn")) as pool:
            for done, _ in enumerate(pool.map(_prepare_chunk, jobs), start=1):
                report(min(done * _CHUNK, self.options.designs), {})

    def field(self) -> None:
        """Train the drawing network to reproduce the corpus."""
        training = self._field_training()
        training.run(
            self.samples(), self._file("field"), self._reporter("field"), self._should_stop
        )

    def reading(self) -> None:
        """Train fusion and reader on captions and reference images."""
        arrays = self.arrays()
        training = self._reading_training()
        if training.step == 0:
            standardise(training.fusion, arrays.caption_text, arrays.vision)
        training.run(
            self._cases(arrays), self._file("reading"), self._reporter("reading"),
            self._should_stop,
        )  # fmt: skip

    def adversary(self) -> None:
        """Train the drawing network against the discriminator."""
        arrays = self.arrays()
        self._adversarial_training().run(
            self.samples(), arrays.masks, self._cases(arrays), self._file("adversary"),
            self._reporter("adversary"), self._should_stop,
        )  # fmt: skip

    def release(self) -> None:
        """Write the weights and their manifest into the subfolder release/."""
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
            "adversary_batch": AdversarialOptions().batch,
        }
        files = make_release(
            "base-2", (fusion, self.vocabulary, network, Sampling()), training, self.last_losses()
        )
        bundle(self.folder / "release", files, options.entries().values())

    # --- shared by the phases -----------------------------------------------------------------

    def arrays(self) -> DesignArrays:
        """Return the arrays of the captioned designs.

        Raises:
            FileNotFoundError: they were not prepared.
        """
        joined = self.folder / "arrays"
        if not joined.is_dir():
            starts = range(0, self.options.told, _CHUNK)
            chunks = [DesignArrays.load(_chunk(self.folder, start) / "told") for start in starts]
            _concatenate(chunks).save(joined)
        return DesignArrays.load(joined)

    def samples(self) -> Samples:
        """Return the points sampled of the designs.

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
        """Return the averaged networks, trained so far, and the number of steps of each part."""
        network, fusion, steps = self._trained_networks()
        steps["adversary_steps"] = 0
        if self._file("adversary").is_file():
            adversary = self._adversarial_training()
            network.field.load_state_dict(adversary.averages["field"].module.state_dict())
            steps["adversary_steps"] = adversary.step
        return network, fusion, steps

    def last_losses(self) -> dict[str, float]:
        """Return the last reported losses of each phase."""
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

    def _field_training(self) -> FieldTraining:
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

    def _reading_training(self) -> ReadingTraining:
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

    def _trained_networks(self) -> tuple[GeneratorNet, FusionNet, dict[str, int]]:
        """Return generator and fusion with their averaged weights before adversarial training."""
        field, reading = self._field_training(), self._reading_training()
        network = GeneratorNet(self.options.field, self.options.reader, self.keys).eval()
        network.field.load_state_dict(field.averages["field"].module.state_dict())
        network.reader.load_state_dict(reading.averages["reader"].module.state_dict())
        reading.fusion.load_state_dict(reading.averages["fusion"].module.state_dict())
        steps = {"field_steps": field.step, "reading_steps": reading.step}
        return network, reading.fusion, steps

    def _adversarial_training(self) -> AdversarialTraining:
        network, fusion, _ = self._trained_networks()
        training = AdversarialTraining(
            AdversarialOptions(steps=self.options.adversary_steps, seed=self.options.seed),
            network,
            fusion,
        )
        training.resume(self._file("adversary"))
        return training


def _chunk(folder: Path, start: int) -> Path:
    return folder / "chunks" / f"{start:06d}"


def _prepare_chunk(job: tuple[BaseOptions, Path, int]) -> None:
    """Prepare the chunk of designs that begins at `start`, unless it exists."""
    options, folder, start = job
    target = _chunk(folder, start)
    if target.is_dir():
        return
    torch.set_num_threads(1)
    keys = TraitKeys.current()
    temporary = target.with_suffix(".new")
    specs = [sample(seed) for seed in range(start, min(start + _CHUNK, options.designs))]
    samples_of(specs, keys).save(temporary / "samples")
    if captioned := specs[: max(0, options.told - start)]:
        _caption_arrays(options, folder, captioned, keys).save(temporary / "told")
    temporary.rename(target)


def _caption_arrays(
    options: BaseOptions, folder: Path, specs: Sequence[DesignSpec], keys: TraitKeys
) -> DesignArrays:
    """Return designs as arrays with embedded captions, some with embedded pictures."""
    places, cpu = Places(cache=folder / "cache", bundled=bundled_folder()), torch.device("cpu")
    entries = options.entries()
    encoder = text_encoder.load(find_weights(entries["text_encoder"], places), cpu)
    picture_count = max(0, options.references - specs[0].seed)

    def embed_pictures(designs: Sequence[Design]) -> NDArray[np.float32]:
        model = vision.load(find_weights(entries["vision"], places), cpu)
        pairs = zip(specs, designs[:picture_count], strict=False)
        return model.embed([_reference(spec.seed, design) for spec, design in pairs]).features

    designs = [_design(spec, options.side_px) for spec in specs]
    vocabulary = Vocabulary.current()
    return arrays_of(
        designs, vocabulary, keys, encoder.embed, embed_pictures if picture_count else None
    )


def _design(spec: DesignSpec, side_px: int) -> Design:
    seed = spec.seed
    rng = rng_for(seed, "base")
    captions = [caption(spec, rng, language) for language in ("en", "zh")]
    if seed % 8 == 0:
        captions.append(caption(spec, rng, "mixed"))
    texts = [(one.text, one.facts) for one in captions]
    if seed % 2 == 0:  # in the captioner's style
        facts = facts_of(spec)
        texts.append((descriptions.describe(facts, ("en", "zh")[seed // 2 % 2], rng), facts))
    return Design(
        masks=render_masks(spec, side_px),
        palette=np.array(spec.palette, dtype=np.float64),
        facts=facts_of(spec),
        captions=tuple(texts),
    )


def _reference(seed: int, design: Design) -> Image.Image:
    """Return a design's picture; every other one is degraded like a photograph."""
    picture = Image.fromarray(compose(design.masks, design.palette))
    return degrade(picture, rng_for(seed, "worn")) if seed % 2 else picture


def _concatenate(chunks: Sequence[DesignArrays]) -> DesignArrays:
    offsets = np.cumsum([0, *(len(chunk.masks) for chunk in chunks[:-1])])
    parts: dict[str, Any] = {
        field.name: [getattr(chunk, field.name) for chunk in chunks]
        for field in fields(DesignArrays)
    }
    parts["caption_design"] = [
        part + offset for part, offset in zip(parts["caption_design"], offsets, strict=True)
    ]
    parts["vision"] = [part for part in parts["vision"] if len(part)] or parts["vision"][:1]
    return DesignArrays(**{name: np.concatenate(values) for name, values in parts.items()})
