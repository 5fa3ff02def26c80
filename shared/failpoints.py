"""Failpoints, at which fault tests kill the process: CODESIGNER_FAILPOINTS=name[:token],...

A name alone kills the process each time the failpoint is reached. A token is the path of a file.
It triggers once, in the process that removes the file first. The content of the file names the
action: self (also if empty), parent, both, or stop, which freezes the process (SIGSTOP). Without
the variable nothing happens.
"""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

__all__ = [
    "COLLECTION_FAILPOINTS",
    "FAILPOINTS",
    "PUBLISHED",
    "UNPUBLISHED",
    "WORKER_FAILPOINTS",
    "reach",
]

WORKER_FAILPOINTS = ("claimed", "stored", "before-commit", "after-commit", "before-ack")
"""After the commit of a claim; after all artifacts are stored; before and after the commit of the
results; before the Celery task returns and its message is acknowledged."""
UNPUBLISHED = "unpublished"
"""Web front end: a job is committed, its hint is not sent yet."""
PUBLISHED = "published"
"""Relay: a hint is sent, not marked as sent yet."""
COLLECTION_FAILPOINTS = ("rows-deleted", "bytes-deleted")
"""Relay: rows of deleted jobs are gone, their bytes are not; bytes are gone, notes of them not."""
FAILPOINTS = (*WORKER_FAILPOINTS, UNPUBLISHED, PUBLISHED, *COLLECTION_FAILPOINTS)


def reach(name: str, environ: Mapping[str, str] = os.environ) -> None:
    """Trigger the failpoint if it is armed: kill this process, its parent or both, or freeze it.

    Args:
        name: one of `FAILPOINTS`; KeyError otherwise.
    """
    if name not in FAILPOINTS:
        raise KeyError(name)
    for armed in filter(None, environ.get("CODESIGNER_FAILPOINTS", "").split(",")):
        armed_name, _, token = armed.partition(":")
        if armed_name == name:
            action = _consume(Path(token)) if token else "self"
            if action == "stop":
                os.kill(os.getpid(), signal.SIGSTOP)
                continue
            if action in {"parent", "both"}:
                os.kill(os.getppid(), signal.SIGKILL)
            if action in {"self", "both"}:
                os.kill(os.getpid(), signal.SIGKILL)


def _consume(token: Path) -> str | None:
    """Remove a token and return its action; None if another process removed it first."""
    try:
        action = token.read_text()
        token.unlink()
    except FileNotFoundError:
        return None
    return action.strip() or "self"
