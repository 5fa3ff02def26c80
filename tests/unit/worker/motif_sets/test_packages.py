"""Packages are fetched by hash; where they cannot be fetched, that is told in one line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from codesigner.cli import main
from shared.motifs.state import library_state
from worker.motif_sets.packages import PackagesUnavailable, fetch_packages

NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the package clients at a port of loopback that nothing listens on."""
    for name, value in {
        "npm_config_registry": NOWHERE,
        "npm_config_fetch_retries": "0",
        "npm_config_cache": str(tmp_path / "npm-cache"),
        "PIP_INDEX_URL": NOWHERE,
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("offline")
def test_unreachable_registry_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackagesUnavailable):
        fetch_packages(tmp_path / "packages", optional=False)


@pytest.mark.usefixtures("offline")
def test_command_fails_in_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODESIGNER_MOTIFS_DIR", str(tmp_path / "motifs"))
    outcome = CliRunner().invoke(main, ["motifs", "install"])
    assert outcome.exit_code == 1
    assert "the motif library is not installed" in outcome.output
    assert library_state(tmp_path / "motifs").sets == ()
    listed = CliRunner().invoke(main, ["motifs", "list"])
    assert listed.exit_code == 0
    assert "missing: fluent" in listed.output
