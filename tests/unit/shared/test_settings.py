"""Settings are read from the environment and documented."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.settings import PREFIX, Settings, load_settings, settings_table

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def test_settings_documentation_contains_the_generated_table() -> None:
    documented = DOCS.read_text("utf-8")
    for line in settings_table().splitlines():
        assert line in documented, f"{line}\nis missing: python -m shared.settings"


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_urls_follow_from_home_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESIGNER_HOME", "/srv/codesigner")
    monkeypatch.setenv("CODESIGNER_PORT", "8123")
    settings = load_settings()
    assert settings.artifacts_url == "file:///srv/codesigner/artifacts"
    assert settings.public_url == "http://127.0.0.1:8123"


def test_home_folder_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().home == tmp_path / ".codesigner"


def test_arguments_override_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESIGNER_PORT", "8123")
    assert load_settings(port=9000).port == 9000


def test_empty_values_of_optional_settings_mean_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEASE_S", "JOB_TTL_S", "MODELS_DIR", "SECRET_KEY", "ADMIN_TOKEN"):
        monkeypatch.setenv(f"{PREFIX}{name}", "")
    settings = load_settings()
    assert (settings.lease_s, settings.models_dir, settings.admin_token) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "70000"),
        ("max_queue", "0"),
        ("log_level", "LOUD"),
        ("worker_stages", "caption,visio"),
        ("lease_s", "-1"),
    ],
)
def test_invalid_values_are_rejected(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
    with pytest.raises(ValidationError, match=name):
        load_settings()


def test_secrets_are_not_in_the_representation() -> None:
    settings = load_settings(
        admin_token="hush" * 4, secret_key="hush" * 8, database_url="postgresql://a:hush@b/c"
    )
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(("name", "least"), [("admin_token", 16), ("secret_key", 32)])
def test_short_secret_error_names_the_setting_but_not_its_value(name: str, least: int) -> None:
    assert load_settings(**{name: "s" * least})
    with pytest.raises(ValidationError, match=f"{name}\n.*fewer than {least}") as refused:
        load_settings(**{name: "hush" * (least // 4 - 1)})
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("192.0.2.7", "http://192.0.2.7:8000"),
    ],
)
def test_public_url_follows_from_the_listening_address(host: str, url: str) -> None:
    assert load_settings(host=host).public_url == url


def test_settings_are_immutable() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().port = 1
