"""Resolves the weights of model versions to local files and verifies them by sha256.

Nothing is unpickled here. An entry of `worker/weights/manifest.json`, and the manifest column of a
model version, has::

    {"role": "generator", "name": "generator-3", "licence": "Apache-2.0", "config": {...},
     "source": {"file": "generator.safetensors"}, "sha256": "..."}

`source` is one of

- ``{"file": name}``: beside the manifest;
- ``{"package": distribution, "file": path}``: in an installed package; the end of the path is
  enough;
- ``{"hub": "owner/name", "revision": commit, "file": path}``: on the model hub;
- ``{"hub": "owner/name", "revision": commit, "folder": true}``: a whole repository of the hub;
- ``{"artifact": sha256, "file": name}``: in the artifact store, written by training;
- ``{"file": name, "parts": [source, ...]}``: the parts concatenated in order; sha256 is that
  of the whole file;
- ``{"files": {key: source, ...}}``: several files, each with its own "sha256".

Locations can be combined, such as a package and a hub. The configured folder always comes first:
the file is searched as `<models_dir>/<version's name>/<file>` and `<models_dir>/<file>`.
"""

from __future__ import annotations

import importlib.metadata
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from shared.errors import CodesignerError, ModelsMissing
from worker.models.checksums import BLOCK_BYTES, cached_sha256, combined_sha256

__all__ = [
    "Found",
    "Places",
    "WeightsSource",
    "bundled_folder",
    "find_weights",
]

_DEFAULT_KEY = "weights"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A local file or folder with a verified checksum."""

    path: Path
    sha256: str
    """For a folder see `sha256_of`."""
    origin: str
    """models_dir, package, bundled, artifact, hub or parts."""


@dataclass(frozen=True, kw_only=True)
class WeightsSource:
    """The verified files and configuration of a model version, passed to its `load`."""

    role: str
    name: str
    """Name of the model version."""
    config: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    files: Mapping[str, Found]
    """Files by key; the only file of a version has the key "weights"."""
    cache: Path
    """Folder of this version for converted copies; may not exist yet."""

    def file(self, key: str | None = None) -> Path:
        """Return the path of the file with that key, or of the only one.

        Raises:
            ModelsMissing: the version has no such file.
        """
        entry = self._get(key)
        if not entry.path.is_file():
            raise ModelsMissing(f"{self.name}: {entry.path} is not a file.")
        return entry.path

    def folder(self, key: str | None = None) -> Path:
        """Return the path of the folder with that key, or of the only one.

        Raises:
            ModelsMissing: the version has no such folder.
        """
        entry = self._get(key)
        if not entry.path.is_dir():
            raise ModelsMissing(f"{self.name}: {entry.path} is not a folder.")
        return entry.path

    def _get(self, key: str | None) -> Found:
        if key is None and len(self.files) == 1:
            return next(iter(self.files.values()))
        entry = self.files.get(key or _DEFAULT_KEY)
        if entry is None:
            has = ", ".join(sorted(self.files))
            raise ModelsMissing(f"{self.name} has no file {key or _DEFAULT_KEY!r}, only {has}.")
        return entry

    @property
    def sha256(self) -> str:
        """The sha256 of the only file, or of all keys and checksums."""
        if len(self.files) == 1:
            return next(iter(self.files.values())).sha256
        return combined_sha256({key: entry.sha256 for key, entry in self.files.items()})


@dataclass(frozen=True, kw_only=True)
class Places:
    """Locations to search for weights."""

    cache: Path
    """Folder for joined files, converted copies and cached checksums."""
    models_dir: Path | None = None
    hub: bool = False
    """Whether downloads from the model hub are allowed."""
    bundled: Path | None = None
    """Folder that holds the manifest and its weights."""
    fetch: Callable[[str], Path] | None = None
    """Returns a local file for an artifact's sha256; raises ArtifactNotFound if there is none."""


def bundled_folder() -> Path:
    """Return the folder of the weights bundled with the package."""
    return Path(__file__).parent.parent / "weights"


def find_weights(entry: Mapping[str, Any], places: Places) -> WeightsSource:
    """Find and verify all files of a manifest entry.

    Raises:
        ModelsMissing: a file is in none of the locations; the message lists the remedies.
        CodesignerError: weights_corrupt, a file does not match the checksum of the manifest.
    """
    source: Mapping[str, Any] = entry["source"]
    specs: Mapping[str, Mapping[str, Any]] = source.get("files") or {
        _DEFAULT_KEY: {"sha256": entry.get("sha256"), **source}
    }
    name = str(entry["name"])
    files = {key: _resolve(name, spec, places) for key, spec in specs.items()}
    return WeightsSource(
        role=str(entry["role"]),
        name=name,
        config=MappingProxyType(dict(entry.get("config") or {})),
        files=MappingProxyType(files),
        cache=places.cache / "converted" / combined_sha256({k: f.sha256 for k, f in files.items()}),
    )


def _resolve(name: str, spec: Mapping[str, Any], places: Places) -> Found:
    expected: str | None = spec.get("sha256")
    mismatch: CodesignerError | None = None
    for origin, path in _candidates(name, spec, places):
        actual = cached_sha256(path, places.cache)
        if expected is None or actual == expected:
            return Found(path=path, sha256=actual, origin=origin)
        # Another version's file can have the same name, such as retrained and bundled weights.
        mismatch = mismatch or CodesignerError(
            "weights_corrupt",
            f"{path} failed checksum verification: its sha256 is {actual}, but {name} needs "
            f"{expected}. Remove the file, or register it as a model version with another name.",
        )
    if mismatch is not None:
        raise mismatch
    raise ModelsMissing(_missing_message(name, spec, places))


def _candidates(name: str, spec: Mapping[str, Any], places: Places) -> Iterator[tuple[str, Path]]:
    """Yield existing candidates as (origin, path), the cheapest locations first."""
    if (path := _in_models_dir(name, spec, places.models_dir)) is not None:
        yield "models_dir", path
    if "package" in spec and (path := _in_package(spec["package"], spec["file"])) is not None:
        yield "package", path
    if places.bundled is not None and "file" in spec and "package" not in spec:
        path = places.bundled / spec["file"]
        if path.exists():
            yield "bundled", path
    if "parts" in spec:
        yield "parts", _joined_parts(name, spec, places)
    if "artifact" in spec and places.fetch is not None:
        yield "artifact", places.fetch(spec["artifact"])
    if "hub" in spec and places.hub:
        yield "hub", _download(spec)


def _in_models_dir(name: str, spec: Mapping[str, Any], models_dir: Path | None) -> Path | None:
    if models_dir is None:
        return None
    candidates = [models_dir / name]
    if "file" in spec:
        file = Path(spec["file"]).name
        candidates = [models_dir / name / file, models_dir / file]
    elif "hub" in spec:
        candidates.append(models_dir / Path(spec["hub"]).name)
    return next((path for path in candidates if path.exists()), None)


def _in_package(distribution: str, file: str) -> Path | None:
    """Return a file of an installed distribution by the end of its path, without importing it."""
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for member in files:
        if f"/{member.as_posix()}".endswith(f"/{file}"):
            path = Path(str(member.locate()))
            return path if path.exists() else None
    return None


def _joined_parts(name: str, spec: Mapping[str, Any], places: Places) -> Path:
    """Concatenate the parts into a cached file whose path contains their checksum."""
    parts = [_resolve(name, part, places) for part in spec["parts"]]
    key = combined_sha256({f"{index:04}": part.sha256 for index, part in enumerate(parts)})
    path = places.cache / "joined" / key / str(spec["file"])
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as joined:
        for part in parts:
            with part.path.open("rb") as stream:
                while block := stream.read(BLOCK_BYTES):
                    joined.write(block)
        joined.flush()
        os.fsync(joined.fileno())
    Path(joined.name).replace(path)
    return path


def _download(spec: Mapping[str, Any]) -> Path:
    """Return a file or folder of the hub, from its local cache or downloaded.

    Raises:
        ModelsMissing: it is not cached, and the download failed.
    """
    from huggingface_hub import hf_hub_download, snapshot_download

    repository, revision = spec["hub"], spec.get("revision")
    try:
        if spec.get("folder"):
            # Only file types that are safe to load: no pickles, no code.
            kinds = ["*.json", "*.safetensors", "*.txt", "*.model", "*.gguf"]
            folder = snapshot_download(repository, revision=revision, allow_patterns=kinds)
            return Path(folder)
        return Path(hf_hub_download(repository, spec["file"], revision=revision))
    except (OSError, ValueError, RuntimeError) as error:
        # The hub client raises subclasses of these three for missing files and lost connections.
        raise ModelsMissing(
            f"Downloading {repository} from the model hub failed: {_first_line(error)} "
            "Put the files into CODESIGNER_MODELS_DIR, or try again when the hub is reachable."
        ) from error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") + "." if lines else f"{type(error).__name__}."


def _missing_message(name: str, spec: Mapping[str, Any], places: Places) -> str:
    target = spec.get("file") or spec.get("hub") or spec.get("artifact")
    remedies = []
    if "package" in spec:
        remedies.append(f"pip install {spec['package']}")
    if "hub" in spec and not places.hub:
        remedies.append("allow the model hub (CODESIGNER_HUB=true)")
    folder = places.models_dir or "a folder named by CODESIGNER_MODELS_DIR"
    remedies.append(f"put {target} into {folder}")
    return f"The weights of {name} ({target}) were not found: {', or '.join(remedies)}."
