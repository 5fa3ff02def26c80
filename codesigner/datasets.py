"""Pack a dataset folder into a zip file for a training run."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["as_zip"]


@contextmanager
def as_zip(dataset: Path) -> Iterator[Path]:
    """Yield a dataset as a zip file; a folder is packed into a temporary one."""
    if dataset.is_file():
        yield dataset
        return
    with tempfile.TemporaryDirectory(prefix="codesigner-") as folder:
        archive = Path(folder) / "dataset.zip"
        with zipfile.ZipFile(archive, "w", strict_timestamps=False) as packed:
            for path in sorted(dataset.rglob("*")):
                if path.is_file():
                    packed.write(path, path.relative_to(dataset))
        yield archive
