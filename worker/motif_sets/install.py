"""Installs the motif library: fetches packages, converts drawings, writes the files."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from shared.motifs.curation import SETS_FOLDER, MotifSet, motif_sets
from shared.motifs.library import MotifLibrary
from shared.motifs.state import LibraryState, library_state
from worker.motif_sets.convert import convert
from worker.motif_sets.emoji import read_emoji, read_words
from worker.motif_sets.flatten import Unconvertible
from worker.motif_sets.packages import fetch_packages
from worker.motif_sets.selection import Chosen, known_subjects, selection
from worker.motif_sets.store import Row, drawing_row, write_catalog, write_set

__all__ = ["MAX_DIFFERENCE", "Outcome", "converted_rows", "install_library"]

MAX_DIFFERENCE = 4.0
"""Mean CIEDE2000 to the original above which a drawing is left out."""
_CHUNK = 16


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a chosen drawing."""

    source: str
    row: Row | None
    """None: it is left out."""
    difference: float
    reason: str = ""
    """Why it is left out."""


def install_library(
    folder: Path,
    optional: Sequence[str] = (),
    *,
    say: Callable[[str], None] = lambda _: None,
    keep_packages: bool = False,
    processes: int | None = None,
) -> LibraryState:
    """Install what is missing or out of date, and return what is installed then.

    Sets that were finished before an interruption are not built again.

    Args:
        folder: where the library is.
        optional: names of the optional sets to install.
        say: is given a line of text about each step.
        keep_packages: whether the fetched packages stay, for further work on the curation.
        processes: that convert; None: one for each core.

    Raises:
        PackagesUnavailable: the packages could not be fetched; nothing has changed.
        OSError: the folder cannot be written.
    """
    state = library_state(folder, optional)
    if state.current:
        return state
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        state = library_state(folder, optional)
        if not state.current:
            _install(folder, optional, say, processes or os.cpu_count() or 1)
            if not keep_packages:
                shutil.rmtree(folder / "packages", ignore_errors=True)
    return library_state(folder, optional)


def _install(
    folder: Path, optional: Sequence[str], say: Callable[[str], None], processes: int
) -> None:
    say("Fetching the packages of motif sets ...")
    packages = fetch_packages(folder / "packages", optional=bool(optional))
    subjects = known_subjects(read_emoji(packages))
    done = {state.name for state in library_state(folder, optional).sets if state.current}
    wanted = [each for each in motif_sets().values() if not each.optional or each.name in optional]
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as executor:
        for each in wanted:
            if each.name in done:
                continue
            chosen = selection(each, packages, subjects)
            say(f"Converting {len(chosen)} drawings of {each.title} ...")
            outcomes = list(executor.map(converted_rows, chosen, chunksize=_CHUNK))
            write_set(folder, each, [outcome.row for outcome in outcomes if outcome.row])
            _write_notice(folder, each)
    library = MotifLibrary(folder, optional)
    try:
        drawn = {subject for name in library.sets for subject in library.subjects_of(name)}
    finally:
        library.close()
    write_catalog(
        folder, [subjects[name] for name in drawn if name in subjects], read_words(packages)
    )


def converted_rows(chosen: Chosen) -> Outcome:
    """Convert one drawing."""
    try:
        converted = convert(chosen.document, tints=chosen.tints)
    except Unconvertible as error:
        return Outcome(source=chosen.source, row=None, difference=0.0, reason=str(error))
    difference = converted.difference
    if difference > MAX_DIFFERENCE:
        reason = f"differs by {difference:.1f}"
        return Outcome(source=chosen.source, row=None, difference=difference, reason=reason)
    row = drawing_row(chosen, converted)
    return Outcome(source=chosen.source, row=row, difference=difference)


def _write_notice(folder: Path, each: MotifSet) -> None:
    """Write who made a set and under which licence, beside its drawings."""
    text = (SETS_FOLDER / "licences" / f"{each.licence}.txt").read_text(encoding="utf-8")
    head = (
        f"{each.title}, {each.package} {each.version}\n"
        f"Author: {each.author}\nLicence: {each.licence}\n"
        "Changes: converted to flat shapes in few colours; some drawings are left out.\n"
    )
    (folder / f"{each.name}.LICENCE.txt").write_text(f"{head}\n{text}", encoding="utf-8")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; another installation waits for it."""
    with (folder / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
