"""The judge: a small pattern classifier for tiles, trained on the corpus alone.

It shares neither weights nor features with the models that it evaluates. `worker.training.judge`
trains it from scratch; judge.json holds its accuracy on held-out tiles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load, save
from torch import Tensor, nn

__all__ = [
    "SIDE_PX", "BadJudge", "Judge", "JudgeNet", "JudgeShape", "load_judge", "save_judge",
]  # fmt: skip

SIDE_PX = 96
"""Side of the network's input tiles."""
_WEIGHTS, _DOCUMENT = "judge.safetensors", "judge.json"


class BadJudge(Exception):
    """The judge's weights do not have the checksum in judge.json."""


@dataclass(frozen=True, kw_only=True)
class JudgeShape:
    """Size of the classifier network."""

    stem: int = 24
    widths: tuple[int, ...] = (48, 96, 160)
    """Channels at 1/4, 1/8, 1/16 ... of the side."""
    blocks: tuple[int, ...] = (1, 2, 1)
    families: int = 46


class _Block(nn.Module):
    """Residual block (He et al. 2016) of two 3 x 3 convolutions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.two = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm_one, self.norm_two = nn.BatchNorm2d(width), nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        inner = torch.relu(self.norm_one(self.one(x)))
        return torch.relu(x + self.norm_two(self.two(inner)))


class JudgeNet(nn.Module):
    """Convolutional classifier whose input is normalised in mean colour and contrast."""

    def __init__(self, shape: JudgeShape) -> None:
        super().__init__()
        self.shape = shape
        layers: list[nn.Module] = [
            nn.Conv2d(3, shape.stem, 5, 2, 2, bias=False), nn.BatchNorm2d(shape.stem), nn.ReLU(),
        ]  # fmt: skip
        width = shape.stem
        for wider, count in zip(shape.widths, shape.blocks, strict=True):
            layers += [nn.Conv2d(width, wider, 3, 2, 1, bias=False), nn.BatchNorm2d(wider)]
            layers += [nn.ReLU(), *(_Block(wider) for _ in range(count))]
            width = wider
        self.body = nn.Sequential(*layers)
        self.last = nn.Linear(2 * width, shape.families)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits (N, F) of pictures (N, 3, S, S), 0 to 255."""
        centred = pictures - pictures.mean((2, 3), keepdim=True)
        deviation = centred.square().mean((1, 2, 3), keepdim=True).sqrt()
        features = self.body(centred / (deviation + 4.0))
        return self.last(torch.cat([features.mean((2, 3)), features.amax((2, 3))], dim=1))


@dataclass(frozen=True, kw_only=True)
class Judge:
    """A loaded judge."""

    network: JudgeNet
    families: tuple[str, ...]
    """Pattern keys in the order of the logits."""

    @torch.inference_mode()
    def classify(self, tiles: Sequence[NDArray[np.uint8]]) -> list[str]:
        """Return the predicted pattern of square tiles (H, W, 3) of any size."""
        return [self.families[int(index)] for index in self.probabilities(tiles).argmax(1)]

    @torch.inference_mode()
    def probabilities(self, tiles: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return each family's probability, (N, F)."""
        rows = [self.network(_to_tensor(tile)).float().softmax(1).numpy() for tile in tiles]
        return np.concatenate(rows)


def _to_tensor(tile: NDArray[np.uint8]) -> Tensor:
    picture = Image.fromarray(tile)
    if picture.size != (SIDE_PX, SIDE_PX):
        picture = picture.resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float()


def save_judge(judge: Judge, folder: Path, facts: Mapping[str, Any]) -> None:
    """Write judge.safetensors (fp16) and judge.json with its checksum, shape and facts."""
    halves = {
        key: value.half().contiguous() if value.is_floating_point() else value
        for key, value in judge.network.state_dict().items()
    }
    content = save(halves)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _WEIGHTS).write_bytes(content)
    document = {
        "file": _WEIGHTS,
        "sha256": sha256(content).hexdigest(),
        "shape": asdict(judge.network.shape),
        "families": list(judge.families),
        **facts,
    }
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (folder / _DOCUMENT).write_text(text + "\n", encoding="utf-8")


def load_judge(folder: Path) -> tuple[Judge, dict[str, Any]]:
    """Return the judge that `save_judge` wrote, and judge.json.

    Raises:
        BadJudge: the weights failed checksum verification.
    """
    document: dict[str, Any] = json.loads((folder / _DOCUMENT).read_text(encoding="utf-8"))
    content = (folder / document["file"]).read_bytes()
    if (actual := sha256(content).hexdigest()) != document["sha256"]:
        raise BadJudge(f"{document['file']}: sha256 is {actual}, expected {document['sha256']}")
    shape = document["shape"]
    network = JudgeNet(
        JudgeShape(**{**shape, "widths": tuple(shape["widths"]), "blocks": tuple(shape["blocks"])})
    )
    network.load_state_dict({key: value.float() for key, value in load(content).items()})
    return Judge(network=network.eval(), families=tuple(document["families"])), document
