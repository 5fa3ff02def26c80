"""Reads what emoji show, and their names and keywords in several languages, from emojibase."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.motifs.files import LANGUAGES
from worker.motif_sets.packages import read_package_json

__all__ = ["Emoji", "Words", "emoji_key", "read_emoji", "read_words", "slug", "squeezed"]

_PACKAGE = "emojibase-data"
_VARIATION = "-FE0F"


@dataclass(frozen=True, kw_only=True)
class Emoji:
    """An emoji without a skin tone."""

    key: str
    """Its code points; see `emoji_key`."""
    subject: str
    """The slug of its English name."""
    subgroup: str
    """Unicode's subgroup, such as animal-mammal."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a subject is called in a language."""

    names: tuple[str, ...]
    """The usual one first."""
    keywords: tuple[str, ...]


def emoji_key(codepoints: str) -> str:
    """Return hyphenated code points in upper case, without the variation selector."""
    return codepoints.upper().replace(_VARIATION, "")


def slug(text: str) -> str:
    """Return a name in lower-case ASCII letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def squeezed(text: str) -> str:
    """Return a name's letters and digits."""
    return slug(text).replace("-", "")


def read_emoji(packages: Path) -> Mapping[str, Emoji]:
    """Return all emoji by key."""
    names = read_package_json(packages, _PACKAGE, "meta/groups.json")["subgroups"]
    return {
        emoji_key(row["hexcode"]): Emoji(
            key=emoji_key(row["hexcode"]),
            subject=slug(row["label"]),
            subgroup=names[str(row["subgroup"])],
        )
        for row in read_package_json(packages, _PACKAGE, "en/data.json")
        if "subgroup" in row
    }


def read_words(packages: Path) -> Mapping[str, Mapping[str, Words]]:
    """Return the words of each emoji, by its key and the language."""
    found: dict[str, dict[str, Words]] = {}
    for language in LANGUAGES:
        for row in read_package_json(packages, _PACKAGE, f"{language}/data.json"):
            name = row["label"]
            keywords = [each for each in row.get("tags", ()) if each.casefold() != name.casefold()]
            found.setdefault(emoji_key(row["hexcode"]), {})[language] = Words(
                names=(name,), keywords=tuple(keywords)
            )
    return found
