"""Secrets that are made once and kept in a file."""

import os
import secrets
from pathlib import Path

__all__ = ["kept_key"]


def kept_key(path: Path, fresh: bytes) -> bytes:
    """Return the key that a file holds; where there is no file, write `fresh` into it first.

    Only the account that writes the file can read it. Of several processes that start at once,
    all return the key of the first.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _keep(path, fresh)
    return path.read_bytes()


def _keep(path: Path, key: bytes) -> None:
    """Write the whole key under another name, then link it: a crash leaves no half of it."""
    own = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(own)
    except FileExistsError:
        pass
    finally:
        own.unlink()
