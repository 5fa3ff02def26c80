"""Trained weights as a release: safetensors files and the manifest's entries for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from worker.models.condition import Vocabulary
from worker.models.fusion import FusionNet
from worker.models.fusion import config_of as fusion_config
from worker.models.generator.model import GeneratorNet, Sampling
from worker.models.generator.model import config_of as generator_config

__all__ = ["ReleaseFiles", "make_release", "packed"]


@dataclass(frozen=True, kw_only=True)
class ReleaseFiles:
    """A release, before it is stored: the versions it replaces only, other roles stay."""

    release: str
    files: Mapping[str, bytes]
    """By file name."""
    versions: tuple[Mapping[str, Any], ...]
    """Manifest entries of the roles that were trained; `source` names a file of `files`."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    sheets: Mapping[str, bytes] = field(default_factory=dict)
    """PNG pictures by name: what the release draws for some of the dataset's texts."""
    left_out: tuple[str, ...] = ()
    """File names of the dataset's pictures that cannot be read."""


def packed(network: nn.Module) -> bytes:
    """Give a network's weights as safetensors, halves."""
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
    """Pack fusion and generator, which belong together.

    Args:
        name: of the release.
        networks: with their averaged weights.
        training: what they were trained on and how long, JSON-able.
        metrics: what was measured.
    """
    fusion, vocabulary, generator, sampling = networks
    files = {
        "fusion.safetensors": packed(fusion),
        "generator.safetensors": packed(generator),
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


def in_single(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Give weights in single precision, as training and drawing want them."""
    return {key: value.float() for key, value in state.items()}
