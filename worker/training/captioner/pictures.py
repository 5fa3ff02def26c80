"""The captioner's training pictures, seen once through the vision model and kept as features."""

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
from worker.training.synthetic_photos import SeenColours, colours_seen, photograph, worn

if TYPE_CHECKING:
    from worker.models.vision import Vision

__all__ = ["Pictures", "design_picture", "picture_of", "see_pictures"]

_BATCH = 16
_SIDES_PX = (128, 160, 192, 256)


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """N pictures as the vision model sees them."""

    split: str
    specs: tuple[DesignSpec | None, ...]
    """What each shows; None: a photograph."""
    features: NDArray[np.float32]  # (N, 1280)
    palettes: NDArray[np.float32]  # (N, 5, 4)
    seen: tuple[SeenColours, ...]
    """The colours, contrast and texture of each, read off the picture itself."""

    def save(self, path: Path) -> None:
        """Write all into one .npz file."""
        np.savez(
            path,
            split=self.split,
            specs=np.array([json.dumps(spec and asdict(spec)) for spec in self.specs]),
            features=self.features.astype(np.float16),
            palettes=self.palettes,
            colours=np.array([" ".join(seen.colours) for seen in self.seen]),
            contrast=np.array([seen.contrast for seen in self.seen]),
            texture=np.array([seen.texture for seen in self.seen]),
        )

    @classmethod
    def load(cls, path: Path) -> Pictures:
        """Read what `save` wrote; nothing in the file is unpickled."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(
                split=str(kept["split"]),
                specs=tuple(_spec(json.loads(str(spec))) for spec in kept["specs"]),
                features=kept["features"].astype(np.float32),
                palettes=kept["palettes"],
                seen=tuple(
                    SeenColours(
                        colours=tuple(str(colours).split()),
                        contrast=str(contrast),
                        texture=str(texture),
                    )
                    for colours, contrast, texture in zip(
                        kept["colours"], kept["contrast"], kept["texture"], strict=True
                    )
                ),
            )


def design_picture(spec: DesignSpec) -> Image.Image:
    """Draw a design, every other one as cameras and the web wear it."""
    rng = np.random.default_rng([spec.seed, 0xD351])
    side = int(rng.choice(_SIDES_PX))
    drawn = Image.fromarray(compose(render_masks(spec, side), spec.palette))
    return worn(drawn, rng) if rng.random() < 0.5 else drawn


def see_pictures(
    vision: Vision, count: int, split: str, *, photograph_share: float = 0.25
) -> Pictures:
    """Draw pictures and look at them; about 0.1 s each on one core."""
    kinds = np.random.default_rng([count, 7]).random(count) < photograph_share
    specs = tuple(
        None if is_photograph else sample(seed, split) for seed, is_photograph in enumerate(kinds)
    )
    features, palettes, seen = [], [], []
    for block in _blocks(range(count)):
        images = [picture_of(specs[seed], split, seed) for seed in block]
        looked = vision.embed(images)
        features.append(np.asarray(looked.features, dtype=np.float32))
        palettes.append(np.asarray(looked.palette, dtype=np.float32))
        seen += [colours_seen(image) for image in images]
    return Pictures(
        split=split,
        specs=specs,
        features=np.concatenate(features),
        palettes=np.concatenate(palettes),
        seen=tuple(seen),
    )


def picture_of(spec: DesignSpec | None, split: str, index: int) -> Image.Image:
    """Draw the picture at an index of a split's pictures once more."""
    if spec is not None:
        return design_picture(spec)
    return photograph(index if split == "train" else 2**31 + index)


def _blocks(seeds: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(seeds), _BATCH):
        yield seeds[start : start + _BATCH]


def _spec(document: dict[str, Any] | None) -> DesignSpec | None:
    if document is None:
        return None
    colours = tuple(document["colours"])
    palette = tuple((red, green, blue) for red, green, blue in document["palette"])
    return DesignSpec(**document | {"colours": colours, "palette": palette})
