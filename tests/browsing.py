"""A real browser and a real web server for page tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.settings import PREFIX, Settings

__all__ = ["chromium_path", "served"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_START_S = 30.0


def chromium_path() -> str:
    """Return the path of Chromium: $CHROMIUM, the system's or Playwright's."""
    pytest.importorskip("playwright", reason="the package playwright is not installed")
    named = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in _NAMES)]
    for path in named:
        if path and Path(path).exists():
            return path
    fetched = _fetched()
    if Path(fetched).exists():
        return fetched
    pytest.skip(
        "no Chromium: install the system's (apt-get install chromium), run "
        "`python -m playwright install chromium`, or name one in CHROMIUM"
    )


def _fetched() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


@contextmanager
def served(settings: Settings, port: int | None = None) -> Iterator[str]:
    """Serve an installation in a subprocess, by default on a free port, and yield its URL."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if PREFIX not in name}
    environment |= {
        f"{PREFIX}HOME": str(settings.home),
        f"{PREFIX}PORT": str(port),
        f"{PREFIX}DATABASE_URL": settings.database_url,
        f"{PREFIX}BROKER_URL": settings.broker_url,
        f"{PREFIX}LOG_LEVEL": "WARNING",
    }
    environment |= _further(settings)
    code = "from shared.settings import load_settings; from web.server.gunicorn_app import run;"
    with subprocess.Popen(
        [sys.executable, "-c", f"{code} run(load_settings())"], env=environment
    ) as server:
        try:
            _wait(f"{url}/healthz")
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


def _further(settings: Settings) -> dict[str, str]:
    """Return the variables of the token, the mode and the provider, those that are set."""
    names = [name for name in settings.model_fields_set if name.startswith("oidc_")]
    values = {name: getattr(settings, name) for name in ("admin_token", "mode", *names)}
    return {
        f"{PREFIX}{name.upper()}": value.get_secret_value()
        if isinstance(value, SecretStr)
        else str(value)
        for name, value in values.items()
        if value is not None
    }


def _wait(url: str) -> None:
    until = time.monotonic() + _START_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
