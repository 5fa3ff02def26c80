"""The catalogues of translations: collect what is said, keep what is translated, compile.

Run: python -m web.message_catalogs   (after changing a text; then translate what is empty in the
.po files and run it again). Both .po and .mo are committed, so that nothing is compiled at start.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from shared.datasets import FAULTS
from shared.errors import ERRORS

__all__ = ["FOLDER", "catalogue_path", "collected", "compiled", "load"]

FOLDER = Path(__file__).parent / "translations"
_LANGUAGES = ("zh",)
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}


def catalogue_path(language: str) -> Path:
    """Give the .po file of a language."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def collected() -> Catalog:
    """Give all that the web half says, the titles of errors and what is wrong with datasets."""
    catalog = Catalog(project="codesigner", charset="utf-8", fuzzy=False)
    for message in _said():
        catalog.add(message)
    return catalog


def _said() -> Iterator[str]:
    found = extract_from_dir(
        str(Path(__file__).parent),
        method_map=_METHODS,
        options_map=_OPTIONS,
        keywords={"_": None},
    )
    for _path, _line, message, _comments, _context in found:
        if isinstance(message, str):
            yield message
    for kind in ERRORS.values():
        yield kind.title
    yield from FAULTS.values()


def load(language: str) -> Catalog:
    """Read a language's catalogue."""
    with catalogue_path(language).open("rb") as stream:
        return read_po(stream, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """Give the .mo file of a catalogue."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main() -> None:
    """Bring all catalogues up to date and say what lacks a translation."""
    for language in _LANGUAGES:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        known = load(language) if path.exists() else Catalog(locale=language)
        fresh = Catalog(locale=language, project="codesigner", charset="utf-8", fuzzy=False)
        for message in collected():
            if message.id:
                present = known.get(message.id)
                fresh.add(message.id, present.string if present is not None else "")
        with path.open("wb") as stream:
            write_po(stream, fresh, sort_output=True, omit_header=False, width=100)
        path.with_suffix(".mo").write_bytes(compiled(load(language)))
        missing = [message.id for message in fresh if message.id and not message.string]
        print(f"{path}: {len(fresh)} messages, {len(missing)} without a translation")


if __name__ == "__main__":
    main()
