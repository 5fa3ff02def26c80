"""Secret keys that are generated once and stored in a file."""

import os
import secrets
from pathlib import Path

__all__ = ["load_or_create_key"]


def load_or_create_key(path: Path, fresh: bytes) -> bytes:
    """Return the key stored in a file; write `fresh` to the file first if it does not exist.

    Only the owner of the file can read it (mode 0600). If several processes start at the same
    time, all return the key of the first.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path, fresh)
    return path.read_bytes()


def _create(path: Path, key: bytes) -> None:
    """Write the key to a temporary file, then hard-link it: a crash leaves no partial key."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
