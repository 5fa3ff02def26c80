"""The documentation covers all settings and commands and has no broken links."""

import re
from pathlib import Path

import click
import pytest

from codesigner.cli import main
from shared.audit.events import ACTIONS
from shared.settings import PREFIX, Settings, settings_table

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `{PREFIX}{name.upper()}` |" in (DOCS / "settings.md").read_text()


def test_settings_table_is_up_to_date() -> None:
    assert settings_table() in (DOCS / "settings.md").read_text(), (
        "put the output of `python -m shared.settings` into docs/settings.md"
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_every_audited_action_is_documented(action: str) -> None:
    assert f"`{action}`" in (DOCS / "operating.md").read_text()


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_local_links_are_not_broken(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", page.read_text())
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_index_lists_every_document() -> None:
    index = (DOCS / "README.md").read_text()
    documents = [page for page in DOCS.rglob("*.md") if page.parent.name != "decisions"]
    names = {str(page.relative_to(DOCS)) for page in documents} - {"README.md"}
    assert {name for name in names if f"]({name})" not in index} == set()


def test_readmes_link_to_each_other() -> None:
    english, chinese = (ROOT / "README.md").read_text(), (ROOT / "README.zh-CN.md").read_text()
    assert "(README.zh-CN.md)" in "".join(english.splitlines()[:4])
    assert "(README.md)" in "".join(chinese.splitlines()[:4])
