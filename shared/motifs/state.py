"""Tells what is installed of the motif library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.motifs.curation import Style, motif_sets
from shared.motifs.files import CATALOG, fingerprint, read_meta, set_file

__all__ = ["LibraryState", "SetState", "library_state"]


@dataclass(frozen=True, kw_only=True)
class SetState:
    """A set that is installed."""

    name: str
    title: str
    version: str
    style: Style
    licence: str
    author: str
    drawings: int
    optional: bool
    current: bool
    """Whether it was built from the locked package by the present rules."""


@dataclass(frozen=True, kw_only=True)
class LibraryState:
    """What is installed of the motif library."""

    folder: Path
    sets: tuple[SetState, ...]
    missing: tuple[str, ...]
    """Sets that should be there and are not."""
    subjects: int
    """Subjects in the catalogue; 0: there is none."""
    current: bool
    """Whether nothing has to be installed."""

    @property
    def drawings(self) -> int:
        """Return the number of drawings of all sets."""
        return sum(each.drawings for each in self.sets)


def library_state(folder: Path, optional: Sequence[str] = ()) -> LibraryState:
    """Return which sets are installed, with versions and counts; never fails.

    Args:
        optional: names of the optional sets that are turned on.
    """
    wanted = [each for each in motif_sets().values() if not each.optional or each.name in optional]
    names = {each.name for each in wanted}
    states = []
    for each in motif_sets().values():
        meta = read_meta(set_file(folder, each.name))
        if meta is not None:
            states.append(_set_state(each.name, meta))
    there = {state.name for state in states}
    missing = tuple(each.name for each in wanted if each.name not in there)
    catalog = read_meta(folder / CATALOG) or {}
    return LibraryState(
        folder=folder,
        sets=tuple(states),
        missing=missing,
        subjects=int(catalog.get("subjects", 0)),
        current=not missing
        and all(state.current for state in states if state.name in names)
        and catalog.get("fingerprint") == fingerprint(""),
    )


def _set_state(name: str, meta: Mapping[str, str]) -> SetState:
    each = motif_sets()[name]
    return SetState(
        name=name,
        title=meta["title"],
        version=meta["version"],
        style=meta["style"],  # type: ignore[arg-type]
        licence=meta["licence"],
        author=meta["author"],
        drawings=int(meta["drawings"]),
        optional=each.optional,
        current=meta["fingerprint"] == fingerprint(each.integrity),
    )
