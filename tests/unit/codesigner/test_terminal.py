"""Progress output on a terminal and in a file."""

import io
from typing import Any

from rich.console import Console

from codesigner.progress_display import StageBars


def _job(**states: str) -> dict[str, Any]:
    progress = {"waiting": 0.0, "running": 0.5}
    return {
        "stages": [
            {"name": name, "state": state, "progress": progress.get(state, 1.0)}
            for name, state in states.items()
        ]
    }


def _shown(*, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, no_color=True)
    with StageBars(console) as bars:
        bars.show(_job(caption="waiting", vision="skipped", generate="waiting"))
        bars.show(_job(caption="running", vision="skipped", generate="waiting"))
        bars.show(_job(caption="done", vision="skipped", generate="running"))
    return out.getvalue()


def test_terminal_shows_a_progress_bar_per_stage() -> None:
    *_, caption, vision, generate = _shown(terminal=True).rstrip("\x1b[?25h\n").splitlines()
    lengths = [line.count("\u2501") for line in (caption, vision, generate)]
    assert lengths[:2] == [32, 32]
    for line, name, state in (
        (caption, "caption", "done"),
        (vision, "vision", "skipped"),
        (generate, "generate", "running"),
    ):
        assert name in line
        assert state in line


def test_file_has_a_line_per_finished_stage() -> None:
    assert _shown(terminal=False).splitlines() == ["  vision: skipped", "  caption: done"]
