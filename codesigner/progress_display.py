"""Progress bars and the summary of a job in the terminal."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from codesigner.client import Client
from shared.file_names import suffix_of

__all__ = ["StageBars", "save_artifacts", "summary"]


class StageBars:
    """One progress bar per stage; plain lines if the output is not a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("  {task.description:<10}"),
            BarColumn(bar_width=32),
            TextColumn("{task.fields[state]:<8}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._bars: dict[str, TaskID] = {}
        self._states: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def show(self, job: dict[str, Any]) -> None:
        """Update the bars to the job's state."""
        for stage in job["stages"]:
            self._show_stage(stage)

    def _show_stage(self, stage: dict[str, Any]) -> None:
        name, state = stage["name"], stage["state"]
        if name not in self._bars:
            self._bars[name] = self._progress.add_task(name, total=1.0, start=False, state=state)
        bar = self._bars[name]
        if state == "running" and self._states.get(name) != "running":
            self._progress.start_task(bar)
        filled = 1.0 if state in {"done", "skipped"} else float(stage.get("progress") or 0.0)
        self._progress.update(bar, completed=filled, state=state)
        if state in {"done", "skipped", "dead"} and self._states.get(name) != state:
            self._progress.stop_task(bar)
            if not self._console.is_terminal:
                self._console.print(f"  {name}: {state}")
        self._states[name] = state


def save_artifacts(client: Client, job: dict[str, Any], folder: Path) -> list[Path]:
    """Save the artifacts of a succeeded job and return their paths; existing files are replaced.

    Raises:
        Unreachable, Refused, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    saved = []
    for artifact in job["artifacts"]:
        suffix = suffix_of(artifact["media_type"])
        path = folder / f"{artifact['kind']}-{artifact['variant']}{suffix}"
        path.write_bytes(client.download(artifact["url"]))
        saved.append(path)
    return saved


def summary(job: dict[str, Any]) -> Iterable[str]:
    """Return the lines of a job's summary."""
    if job.get("description"):
        yield f"Description: {job['description']}"
    unknown = (job.get("understood") or {}).get("unknown")
    if unknown:
        yield f"Not understood: {', '.join(unknown)}"
    if job["state"] != "succeeded":
        error = job.get("error") or {}
        yield f"The job {job['state']}: {error.get('message') or error.get('title') or job['id']}"
