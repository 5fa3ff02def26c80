"""Which installation a command speaks to: the environment's, or the one running from the home."""

import os
from pathlib import Path

from pydantic import ValidationError

from codesigner.home import Home
from shared.settings import PREFIX, Settings, load_settings

__all__ = [
    "BadSettings",
    "home_of",
    "installation_settings",
    "publish",
    "settings_from_environment",
]

_ADDRESSES = ("database_url", "broker_url")


class BadSettings(Exception):
    """A setting in the environment does not fit."""

    def __init__(self, found: ValidationError) -> None:
        lines = [
            f"{PREFIX}{'.'.join(map(str, error['loc'])).upper()}: {error['msg']}"
            for error in found.errors()
        ]
        super().__init__("; ".join(lines))


def settings_from_environment() -> Settings:
    """Read the settings.

    Raises:
        BadSettings: one does not fit; the message names it.
    """
    try:
        return load_settings()
    except ValidationError as found:
        raise BadSettings(found) from None


def installation_settings() -> Settings:
    """Read the settings; where `codesigner up` runs, with its servers' addresses and its token.

    Raises:
        BadSettings: one does not fit; the message names it.
    """
    settings = settings_from_environment()
    home = home_of(settings)
    if home.owner() is None:
        return settings
    running = home.read_state("installation")
    found = {
        name: running[name]
        for name in (*_ADDRESSES, "port", "public_url")
        if name in running and name not in settings.model_fields_set
    }
    if settings.admin_token is None and home.admin_token.exists():
        found["admin_token"] = home.admin_token.read_text("ascii")
    try:
        return load_settings(**found)
    except ValidationError as wrong:
        raise BadSettings(wrong) from None


def publish(settings: Settings) -> None:
    """Put the addresses found into the environment, for processes that take this one's place."""
    for name in (*_ADDRESSES, "home"):
        os.environ[f"{PREFIX}{name.upper()}"] = str(getattr(settings, name))


def home_of(settings: Settings) -> Home:
    """Give the home folder of an installation."""
    return Home(path=Path(settings.home))
