"""The documents tell what is there: every setting, every command."""

from pathlib import Path

import click
import pytest

from codesigner.cli import main
from shared.settings import PREFIX, Settings, settings_table

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `{PREFIX}{name.upper()}` |" in (DOCS / "settings.md").read_text()


def test_the_settings_table_is_the_present_one() -> None:
    assert settings_table() in (DOCS / "settings.md").read_text(), (
        "put the output of `python -m shared.settings` into docs/settings.md"
    )


def _commands(group: click.Group, before: str) -> list[str]:
    named, context = [], click.Context(group)
    for name in group.list_commands(context):
        path, command = f"{before} {name}", group.get_command(context, name)
        assert command is not None
        named += _commands(command, path) if isinstance(command, click.Group) else [path]
    return named


@pytest.mark.parametrize("command", _commands(main, "codesigner"))
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in (DOCS / "operating.md").read_text()
