"""Make the virtual environment agree with a lock: a matter of a moment where it does already.

Run: python3 requirements/install.py <folder> <web | all | dev | bench>

Standard library only: this is the first thing that runs on a fresh machine.
"""

import fcntl
import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)


def main(folder: Path, lock: str) -> None:
    """Bring a virtual environment up to date; nothing is done where its stamp says it is."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:2]))
        raise SystemExit(f"Python 3.11, 3.12 or 3.13 is needed; {sys.executable} is {found}")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".installing").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        stamp = folder / f".installed-{lock}"
        wanted = _fingerprint(lock)
        if not (stamp.exists() and stamp.read_text() == wanted):
            _install(folder, lock)
            stamp.write_text(wanted)


def _fingerprint(lock: str) -> str:
    parts = [ROOT / "requirements" / f"{lock}.txt", ROOT / "pyproject.toml", Path(__file__)]
    digest = hashlib.sha256(f"{sys.version_info} {ROOT}".encode())
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def _install(folder: Path, lock: str) -> None:
    python = folder / "bin" / "python"
    if not _has_pip(python):
        print(f"Making {folder} ...", flush=True)
        venv.create(folder, with_pip=True, symlinks=True)
    print(f"Installing requirements/{lock}.txt (the first time takes some minutes) ...", flush=True)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    requirements = ROOT / "requirements" / f"{lock}.txt"
    subprocess.run([*pip, "--require-hashes", "-r", str(requirements)], check=True)
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)], check=True
    )


def _has_pip(python: Path) -> bool:
    """Return whether the environment exists and was made by this version of Python."""
    if not python.exists():
        return False
    question = "import pip, sys; print(sys.version_info[:2])"
    said = subprocess.run(
        [str(python), "-c", question], check=False, capture_output=True, text=True
    )
    return said.stdout.strip() == str(sys.version_info[:2])


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2])
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"{' '.join(failed.cmd[:5])} ... failed; see above") from None
