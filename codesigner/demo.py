"""Submit an example design and save its pictures."""

import time
from pathlib import Path
from typing import Any

from rich.console import Console

from codesigner.client import ENDED, Client, Refused, Unreachable
from codesigner.home import Home
from codesigner.progress_display import StageBars, save_artifacts, summary
from codesigner.supervisor import Supervisor

__all__ = ["BRIEF", "OPTIONS", "PHOTOGRAPH", "draw_first_design"]

BRIEF = "手机壳。材质：铝合金，透光性好；图案：抽象几何图案，渐变色；功能：防水，防滑"
"""A phone case: aluminium, translucent; abstract geometric pattern, gradient colours;
waterproof, non-slip."""

PHOTOGRAPH = Path(__file__).with_name("assets") / "coffee.jpg"
"""CC0; see the README beside it."""

OPTIONS: dict[str, Any] = {"product": "phone-case", "variants": 4, "seed": 7}

_TIMEOUT_S = 900.0
_POLL_S = 0.4


def draw_first_design(client: Client, supervisor: Supervisor, home: Home, console: Console) -> None:
    """Submit the example design and show its progress; errors are printed, not raised.

    Raises:
        StopRequested: a stop signal arrived.
    """
    console.print(f"\nDrawing a first design: {BRIEF}\n  with the photograph {PHOTOGRAPH}")
    try:
        job = client.submit(BRIEF, PHOTOGRAPH, OPTIONS)
        job = _wait_with_progress(client, supervisor, job, console)
        for line in summary(job):
            console.print(line)
        if job["state"] == "succeeded":
            folder = home.designs / job["id"]
            saved = save_artifacts(client, job, folder)
            console.print(f"{len(saved)} pictures in {folder}")
            console.print(f"View it in the browser: {client.url}/jobs/{job['id']}")
    except (Unreachable, Refused, OSError) as error:
        console.print(f"[red]The first design failed: {error}")


def _wait_with_progress(
    client: Client, supervisor: Supervisor, job: dict[str, Any], console: Console
) -> dict[str, Any]:
    deadline = time.monotonic() + _TIMEOUT_S
    with StageBars(console) as bars:
        bars.show(job)
        while job["state"] not in ENDED and time.monotonic() < deadline:
            supervisor.wait(lambda: False, _POLL_S)
            job = client.job(job["id"])
            bars.show(job)
    return job
