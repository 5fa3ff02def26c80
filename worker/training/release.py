"""Packs trained weights into a release: safetensors files and their manifest entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from safetensors.torch import save
from torch import nn

from worker.models.condition import Vocabulary
from worker.models.fusion import FusionNet
from worker.models.fusion import config_of as fusion_config
from worker.models.generator.model import GeneratorNet, Sampling
from worker.models.generator.model import config_of as generator_config

__all__ = ["ReleaseFiles", "make_release", "pack_weights"]


@dataclass(frozen=True, kw_only=True)
class ReleaseFiles:
    """A release before it is stored. It holds only the roles that were trained."""

    release: str
    files: Mapping[str, bytes]
    """Contents by file name."""
    versions: tuple[Mapping[str, Any], ...]
    """Manifest entries of the trained roles; `source` names a file in `files`."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    sheets: Mapping[str, bytes] = field(default_factory=dict)
    """PNG contact sheets by name: what the release draws for some of the dataset's texts."""
    left_out: tuple[str, ...] = ()
    """File names of the dataset's unreadable pictures."""


def pack_weights(network: nn.Module) -> bytes:
    """Return a network's weights as safetensors bytes in half precision."""
    state = {
        key: (value.half() if value.is_floating_point() else value).cpu().contiguous().clone()
        for key, value in network.state_dict().items()
    }
    return save(state)


def make_release(
    name: str,
    networks: tuple[FusionNet, Vocabulary, GeneratorNet, Sampling],
    training: Mapping[str, Any],
    metrics: Mapping[str, float],
) -> ReleaseFiles:
    """Return a release of fusion and generator, which only work together.

    Args:
        name: name of the release.
        networks: networks with their averaged weights.
        training: data and training options, JSON-serialisable.
        metrics: measured values by name.
    """
    fusion, vocabulary, generator, sampling = networks
    files = {
        "fusion.safetensors": pack_weights(fusion),
        "generator.safetensors": pack_weights(generator),
    }
    configs = {
        "fusion": fusion_config(fusion, vocabulary),
        "generator": generator_config(generator, sampling),
    }
    versions = tuple(
        {
            "role": role,
            "name": f"{role}-{name}",
            "source": {"file": f"{role}.safetensors"},
            "sha256": sha256(files[f"{role}.safetensors"]).hexdigest(),
            "licence": "Apache-2.0",
            "config": config,
            "training": dict(training),
            "metrics": dict(metrics),
        }
        for role, config in configs.items()
    )
    return ReleaseFiles(release=name, files=files, versions=versions, metrics=dict(metrics))
