"""Places where a fault test has the process killed: CODESIGNER_FAILPOINTS=name[:token],...

A name alone kills each time that the place is reached. With a token, the path of a file, it kills
once, for whoever removes the file first, and the file's content says what: self (also where it is
empty), parent, both, or stop, which freezes instead. Without the variable nothing happens.
"""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

__all__ = ["FAILPOINTS", "PUBLISHED", "UNPUBLISHED", "WORKER_FAILPOINTS", "reach"]

WORKER_FAILPOINTS = ("claimed", "stored", "before-commit", "after-commit", "before-ack")
"""After the claim's commit; after all artifacts are in place; around the commit of the results;
when the Celery task is about to return and its message to be acknowledged."""
UNPUBLISHED = "unpublished"
"""In the web front end: a job is committed, its hint not sent yet."""
PUBLISHED = "published"
"""In the relay: a hint is sent, and not noted as sent yet."""
FAILPOINTS = (*WORKER_FAILPOINTS, UNPUBLISHED, PUBLISHED)


def reach(name: str, environ: Mapping[str, str] = os.environ) -> None:
    """Kill this process (SIGKILL) where this place is armed.

    Args:
        name: one of `FAILPOINTS`; KeyError otherwise.
    """
    if name not in FAILPOINTS:
        raise KeyError(name)
    for armed in filter(None, environ.get("CODESIGNER_FAILPOINTS", "").split(",")):
        place, _, token = armed.partition(":")
        if place == name:
            fate = _taken(Path(token)) if token else "self"
            if fate == "stop":
                os.kill(os.getpid(), signal.SIGSTOP)
                continue
            if fate in {"parent", "both"}:
                os.kill(os.getppid(), signal.SIGKILL)
            if fate in {"self", "both"}:
                os.kill(os.getpid(), signal.SIGKILL)


def _taken(token: Path) -> str | None:
    """Take a token away and give what it says; None where another was faster."""
    try:
        fate = token.read_text()
        token.unlink()
    except FileNotFoundError:
        return None
    return fate.strip() or "self"
