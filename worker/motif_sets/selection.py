"""Chooses which drawings of a set become motifs, and which subject each one shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.motifs.curation import (
    Category,
    MotifSet,
    curation_marks,
    extra_subjects,
    subgroups,
)
from worker.motif_sets.emoji import Emoji, emoji_key, slug, squeezed
from worker.motif_sets.packages import read_package_json

__all__ = ["Chosen", "KnownSubject", "known_subjects", "selection"]

_SHORT_NAMES = {
    "@iconify-json/fxemoji": "fx",
    "@iconify-json/game-icons": "game",
    "@iconify-json/icon-park": "park",
    "@iconify-json/mdi": "mdi",
    "@iconify-json/ph": "ph",
    "@iconify-json/tabler": "tabler",
}
"""What subjects.csv calls packages."""


@dataclass(frozen=True, kw_only=True)
class KnownSubject:
    """A subject that may be in the library."""

    id: str
    category: Category
    turns: bool
    subgroup: str
    """Unicode's subgroup; empty where no emoji shows it."""
    emoji: str
    """The key of the emoji that shows it; empty: none."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A drawing that becomes a motif."""

    subject: KnownSubject
    source: str
    """Its name in the package."""
    document: str
    """The SVG document."""
    head: bool
    tints: bool
    """Whether it has two tones, the lighter one translucent."""


def known_subjects(emoji: Mapping[str, Emoji]) -> Mapping[str, KnownSubject]:
    """Return all subjects by id: those of emoji first, then the further ones."""
    found: dict[str, KnownSubject] = {}
    kept = subgroups()
    for each in emoji.values():
        group = kept.get(each.subgroup)
        if group is not None and group.keeps(each.subject) and not _is_out("*", each.subject):
            found.setdefault(
                each.subject,
                KnownSubject(
                    id=each.subject,
                    category=group.category,
                    turns=group.may_turn(each.subject),
                    subgroup=each.subgroup,
                    emoji=each.key,
                ),
            )
    for extra in extra_subjects().values():
        if extra.category is not None:
            found[extra.subject] = KnownSubject(
                id=extra.subject,
                category=extra.category,
                turns=extra.turns,
                subgroup="",
                emoji="",
            )
    return found


def selection(each: MotifSet, packages: Path, subjects: Mapping[str, KnownSubject]) -> list[Chosen]:
    """Return the drawings of a set that become motifs: at most one of each subject."""
    icons = read_package_json(packages, each.package, "icons.json")
    sources = _sources(each, packages, icons, subjects)
    marks = curation_marks()
    return [
        Chosen(
            subject=subjects[subject],
            source=source,
            document=_document(icons, source),
            head=marks.get((each.name, subject)) == "head",
            tints=each.style == "duotone",
        )
        for subject, source in sorted(sources.items())
        if not _is_out("*", subject) and not _is_out(each.name, subject)
    ]


def _is_out(name: str, subject: str) -> bool:
    return curation_marks().get((name, subject)) == "out"


def _sources(
    each: MotifSet, packages: Path, icons: Any, subjects: Mapping[str, KnownSubject]
) -> dict[str, str]:
    """Return the names of a set's drawings by subject; what subjects.csv says comes first."""
    known = icons["icons"]
    found: dict[str, str] = {}
    if each.names == "emoji":
        characters = read_package_json(packages, each.package, "chars.json")
        by_key = {emoji_key(code): name for code, name in characters.items()}
        for subject in subjects.values():
            source = by_key.get(subject.emoji)
            if subject.emoji and source in known:
                found[subject.id] = str(source)
        return found
    short = _SHORT_NAMES.get(each.package, "")
    for extra in extra_subjects().values():
        name = extra.drawings.get(short, "") + each.ending
        if extra.subject in subjects and short in extra.drawings and name in known:
            found[extra.subject] = name
    taken = set(found.values())
    by_letters = {
        squeezed(name.removesuffix(each.ending)): name
        for name in known
        if name.endswith(each.ending) and name not in taken
    }
    for subject in subjects.values():
        for called in _called(subject, each):
            if subject.id not in found and squeezed(called) in by_letters:
                found[subject.id] = by_letters.pop(squeezed(called))
    return found


def _called(subject: KnownSubject, each: MotifSet) -> list[str]:
    """Return what a drawing of a subject may be called in a set."""
    extra = extra_subjects().get(subject.id)
    if each.names == "words" and extra is not None and subject.emoji == "":
        return [subject.id, slug(extra.english[0])]
    return [subject.id]


def _document(icons: Any, name: str) -> str:
    icon = icons["icons"][name]
    left, top = icon.get("left", 0), icon.get("top", 0)
    width = icon.get("width", icons.get("width", 16))
    height = icon.get("height", icons.get("height", 16))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{left} {top} {width} {height}">{icon["body"]}</svg>'
    )
