"""Places where a fault test has the process killed: CODESIGNER_FAILPOINTS=name[:token],...

A name alone kills each time that the place is reached. With a token, the path of a file, it kills
once: whoever manages to remove the file dies. Without the variable nothing happens.
"""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

__all__ = ["FAILPOINTS", "reach"]

FAILPOINTS = ("claimed", "stored", "before-commit", "after-commit", "before-ack")
"""After the claim's commit; after all artifacts are in place; around the commit of the results;
when the Celery task is about to return and its message to be acknowledged."""


def reach(name: str, environ: Mapping[str, str] = os.environ) -> None:
    """Kill this process (SIGKILL) where this place is armed.

    Args:
        name: one of `FAILPOINTS`; KeyError otherwise.
    """
    if name not in FAILPOINTS:
        raise KeyError(name)
    for armed in filter(None, environ.get("CODESIGNER_FAILPOINTS", "").split(",")):
        place, _, token = armed.partition(":")
        if place == name and (not token or _took(Path(token))):
            os.kill(os.getpid(), signal.SIGKILL)


def _took(token: Path) -> bool:
    try:
        token.unlink()
    except FileNotFoundError:
        return False
    return True
