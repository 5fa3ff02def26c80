"""Settings of the installation that a command uses: the environment's or the running one's."""

import os
from pathlib import Path

from pydantic import ValidationError

from codesigner.home import Home
from shared.settings import PREFIX, Settings, load_settings

__all__ = [
    "InvalidSettings",
    "export_server_urls",
    "home_folder",
    "installation_settings",
    "settings_from_environment",
]

_SERVER_URLS = ("database_url", "broker_url")


class InvalidSettings(Exception):
    """A setting in the environment is invalid."""

    def __init__(self, error: ValidationError) -> None:
        lines = [
            f"{PREFIX}{'.'.join(map(str, detail['loc'])).upper()}: {detail['msg']}"
            for detail in error.errors()
        ]
        super().__init__("; ".join(lines))


def settings_from_environment() -> Settings:
    """Return the settings of the environment.

    Raises:
        InvalidSettings: one is invalid; the message names it.
    """
    try:
        return load_settings()
    except ValidationError as error:
        raise InvalidSettings(error) from None


def installation_settings() -> Settings:
    """Return the settings, completed with the URLs and token of a running `codesigner up`.

    Raises:
        InvalidSettings: one is invalid; the message names it.
    """
    settings = settings_from_environment()
    home = home_folder(settings)
    if home.owner() is None:
        return settings
    running = home.read_state("installation")
    overrides = {
        name: running[name]
        for name in (*_SERVER_URLS, "port", "public_url")
        if name in running and name not in settings.model_fields_set
    }
    if settings.admin_token is None and home.admin_token.exists():
        overrides["admin_token"] = home.admin_token.read_text("ascii")
    try:
        return load_settings(**overrides)
    except ValidationError as error:
        raise InvalidSettings(error) from None


def export_server_urls(settings: Settings) -> None:
    """Export the server URLs to the environment, for child processes."""
    for name in (*_SERVER_URLS, "home"):
        os.environ[f"{PREFIX}{name.upper()}"] = str(getattr(settings, name))


def home_folder(settings: Settings) -> Home:
    """Return the home folder of an installation."""
    return Home(path=Path(settings.home))
