"""Load and validate the data files of the vocabulary."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from shared.briefs.text.terms import Colour, Term, TermT, Theme

__all__ = [
    "DATA",
    "LANGUAGES",
    "VocabularyError",
    "check_palettes",
    "check_shades",
    "load_replacements",
    "load_terms",
]

LANGUAGES = ("en", "zh")
DATA: Traversable = files("shared.briefs") / "vocabulary"
"""Folder of the data files."""

_T = TypeVar("_T")


class VocabularyError(ValueError):
    """A data file of the vocabulary is invalid; the message names file, entry and field."""


def load_terms(name: str, record: type[TermT], folder: Traversable = DATA) -> Mapping[str, TermT]:
    """Return the entries of a file by key, in file order.

    Args:
        name: name of the file without ".toml".
        record: type of the entries.
        folder: folder of the file.

    Raises:
        VocabularyError: the file is invalid, or two of its entries share a name.
    """
    file = f"{name}.toml"
    tables = _read(folder / file)
    for key, table in tables.items():
        if not isinstance(table, dict):
            raise VocabularyError(f"{file}: {key}: a field before the first entry")
        if "key" in table:
            raise VocabularyError(f"{file}: [{key}] key: the name in brackets is the key")
        table["key"] = key
    terms = _validated(file, dict[str, record], tables)  # type: ignore[valid-type]
    _check_names(file, terms)
    return MappingProxyType(terms)


def load_replacements(
    name: str, schema: type[dict[str, str]] = dict[str, str], folder: Traversable = DATA
) -> Mapping[str, str]:
    """Return the replacement of each word or character of a file.

    Args:
        name: name of the file without ".toml".
        schema: pydantic schema of the file.
        folder: folder of the file.

    Raises:
        VocabularyError: the file is invalid.
    """
    file = f"{name}.toml"
    return MappingProxyType(_validated(file, schema, _read(folder / file)))


def check_palettes(moods: Mapping[str, Theme], colours: Mapping[str, Colour]) -> None:
    """Raise VocabularyError where a palette names a colour that does not exist."""
    for mood in moods.values():
        for key in chain.from_iterable(mood.palettes):
            if key not in colours:
                raise VocabularyError(
                    f"moods.toml: [{mood.key}] palettes: {key!r} is no entry of colours.toml"
                )


def check_shades(colours: Mapping[str, Colour]) -> None:
    """Raise VocabularyError where a colour is a shade of one that does not exist."""
    for colour in colours.values():
        for key in colour.shade_of:
            if key not in colours or key == colour.key:
                raise VocabularyError(
                    f"colours.toml: [{colour.key}] shade_of: {key!r} is no other entry of the file"
                )


def _read(file: Traversable) -> dict[str, Any]:
    try:
        # Some editors write a byte order mark.
        return tomllib.loads(file.read_text(encoding="utf-8").removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise VocabularyError(f"{file.name}: {error}") from error


def _validated(file: str, schema: type[_T], document: object) -> _T:
    try:
        return TypeAdapter(schema).validate_python(document)
    except ValidationError as invalid:
        lines = []
        for error in invalid.errors():
            key, *path = map(str, error["loc"])
            lines.append(
                f"{file}: [{key}] {'.'.join(path)}: {error['msg']}, given {error['input']!r:.60}"
            )
        raise VocabularyError("\n".join(lines)) from invalid


def _check_names(file: str, terms: Mapping[str, Term]) -> None:
    for language in LANGUAGES:
        owners: dict[str, str] = {}
        for term in terms.values():
            for name in (*term.names(language), *term.synonyms(language)):
                if name in owners:
                    raise VocabularyError(
                        f"{file}: [{term.key}] {language}: {name!r} is a name of"
                        f" [{owners[name]}] already"
                    )
                owners[name] = term.key
