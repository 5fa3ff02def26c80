"""Training pictures of the captioner, stored as features of the vision model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.corpus import DesignSpec, compose, render_masks, sample
from worker.training.synthetic_photos import PictureLabels, degrade, draw_photograph, measure_labels

if TYPE_CHECKING:
    from worker.models.vision import Vision

__all__ = ["Pictures", "design_picture", "embed_pictures", "picture_of"]

_BATCH = 16
_SIDES_PX = (128, 160, 192, 256)


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Vision features and labels of N pictures."""

    split: str
    specs: tuple[DesignSpec | None, ...]
    """Design of each picture; None: a synthetic photograph."""
    features: NDArray[np.float32]  # (N, 1280)
    palettes: NDArray[np.float32]  # (N, 5, 4)
    labels: tuple[PictureLabels, ...]
    """Colours, contrast and texture measured from each picture's pixels."""

    def save(self, path: Path) -> None:
        """Write everything to one .npz file."""
        np.savez(
            path,
            split=self.split,
            specs=np.array([json.dumps(spec and asdict(spec)) for spec in self.specs]),
            features=self.features.astype(np.float16),
            palettes=self.palettes,
            colours=np.array([" ".join(label.colours) for label in self.labels]),
            contrast=np.array([label.contrast for label in self.labels]),
            texture=np.array([label.texture for label in self.labels]),
        )

    @classmethod
    def load(cls, path: Path) -> Pictures:
        """Load the file that `save` wrote, without unpickling."""
        with np.load(path, allow_pickle=False) as file:
            return cls(
                split=str(file["split"]),
                specs=tuple(_spec(json.loads(str(spec))) for spec in file["specs"]),
                features=file["features"].astype(np.float32),
                palettes=file["palettes"],
                labels=tuple(
                    PictureLabels(
                        colours=tuple(str(colours).split()),
                        contrast=str(contrast),
                        texture=str(texture),
                    )
                    for colours, contrast, texture in zip(
                        file["colours"], file["contrast"], file["texture"], strict=True
                    )
                ),
            )


def design_picture(spec: DesignSpec) -> Image.Image:
    """Render a design at a random size; half of them degraded like photographs."""
    rng = np.random.default_rng([spec.seed, 0xD351])
    side = int(rng.choice(_SIDES_PX))
    picture = Image.fromarray(compose(render_masks(spec, side), spec.palette))
    return degrade(picture, rng) if rng.random() < 0.5 else picture


def embed_pictures(
    vision: Vision, count: int, split: str, *, photograph_share: float = 0.25
) -> Pictures:
    """Render pictures and embed them; about 0.1 s each on one core."""
    kinds = np.random.default_rng([count, 7]).random(count) < photograph_share
    specs = tuple(
        None if is_photograph else sample(seed, split) for seed, is_photograph in enumerate(kinds)
    )
    features, palettes, labels = [], [], []
    for batch in _batches(range(count)):
        images = [picture_of(specs[seed], split, seed) for seed in batch]
        embedded = vision.embed(images)
        features.append(np.asarray(embedded.features, dtype=np.float32))
        palettes.append(np.asarray(embedded.palette, dtype=np.float32))
        labels += [measure_labels(image) for image in images]
    return Pictures(
        split=split,
        specs=specs,
        features=np.concatenate(features),
        palettes=np.concatenate(palettes),
        labels=tuple(labels),
    )


def picture_of(spec: DesignSpec | None, split: str, index: int) -> Image.Image:
    """Render the picture at an index of a split's pictures again."""
    if spec is not None:
        return design_picture(spec)
    return draw_photograph(index if split == "train" else 2**31 + index)


def _batches(seeds: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(seeds), _BATCH):
        yield seeds[start : start + _BATCH]


def _spec(document: dict[str, Any] | None) -> DesignSpec | None:
    if document is None:
        return None
    colours = tuple(document["colours"])
    palette = tuple((red, green, blue) for red, green, blue in document["palette"])
    return DesignSpec(**document | {"colours": colours, "palette": palette})
