"""Tiny instances of the real networks, and their weights sources."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from worker.models.condition import Vocabulary
from worker.models.fusion import Fusion, FusionNet, FusionShape
from worker.models.fusion import config_of as fusion_config
from worker.models.generator.field import FieldShape
from worker.models.generator.model import Generator, GeneratorNet, Sampling
from worker.models.generator.model import config_of as generator_config
from worker.models.generator.reader import ReaderShape
from worker.models.generator.traits import TraitKeys
from worker.models.weight_locator import Found, WeightsSource

CPU = torch.device("cpu")
VOCABULARY = Vocabulary.current()
KEYS = TraitKeys.current()
FIELD = FieldShape(
    traits=KEYS.width, width=24, layers=1, site_width=24, site_out=8, experts=4, code=24, hidden=24
)
READER = ReaderShape(code_width=32, width=32, layers=1)
FUSION = FusionShape(understood=VOCABULARY.width, vision=1280, width=32)


def stirred(network: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """Set random weights in zero-initialized layers, so that each input has an effect."""
    source = torch.Generator().manual_seed(seed)
    for value in network.parameters():
        with torch.no_grad():
            value.add_(0.2 * torch.randn(value.shape, generator=source))
    return network.eval()


def generator(seed: int = 0, steps: int = 3) -> Generator:
    """Return an untrained generator."""
    torch.manual_seed(seed)
    network = stirred(GeneratorNet(FIELD, READER, KEYS), seed)
    assert isinstance(network, GeneratorNet)
    sampling = Sampling(steps=steps, tries=2, drawn_px=64, most_px=64)
    return Generator(network=network, sampling=sampling, device=CPU)


def fusion(seed: int = 0, shape: FusionShape = FUSION) -> Fusion:
    """Return an untrained fusion model."""
    torch.manual_seed(seed)
    network = stirred(FusionNet(shape), seed)
    assert isinstance(network, FusionNet)
    return Fusion(network=network, vocabulary=VOCABULARY, device=CPU)


def source(
    folder: Path, role: str, path: Path, config: dict[str, Any] | None = None
) -> WeightsSource:
    """Return the weights source of a file or folder."""
    digest = sha256(path.read_bytes()).hexdigest() if path.is_file() else "0" * 64
    return WeightsSource(
        role=role,
        name=f"tiny-{role}",
        config=config or {},
        files={"weights": Found(path=path, sha256=digest, origin="models_dir")},
        cache=folder / "cache" / role,
    )


def saved(
    folder: Path, seed: int = 0, fusion_shape: FusionShape = FUSION
) -> dict[str, WeightsSource]:
    """Save a tiny fusion model and generator and return their weights sources."""
    fused, drawn = fusion(seed, fusion_shape), generator(seed)
    sources = {}
    for role, network, config in (
        ("fusion", fused.network, fusion_config(fused.network, VOCABULARY)),
        ("generator", drawn.network, generator_config(drawn.network, drawn.sampling)),
    ):
        path = folder / f"{role}.safetensors"
        save_file({key: value.clone() for key, value in network.state_dict().items()}, path)
        # As loaded from a manifest.
        sources[role] = source(folder, role, path, json.loads(json.dumps(config)))
    return sources


class Letters:
    """A text encoder without weights whose embeddings count letters."""

    width = 384

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return embeddings of unit length, (N, 384)."""
        rows = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[ord(letter) % self.width] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
