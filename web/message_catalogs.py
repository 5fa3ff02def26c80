"""Translation catalogues: extract messages, merge existing translations, compile.

Run: python -m web.message_catalogs   (after a message changed; then fill in the empty
translations of the .po files and run it again). Both .po and .mo are committed, so that nothing is
compiled at startup.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from shared.datasets import FAULTS
from shared.designs.edits.refusals import REASONS
from shared.errors import ERRORS
from shared.jobs.quotas import REFUSALS

__all__ = ["FOLDER", "catalogue_path", "collected", "compiled", "load"]

FOLDER = Path(__file__).parent / "translations"
_LANGUAGES = ("zh",)
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}


def catalogue_path(language: str) -> Path:
    """Return the path of a language's .po file."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def collected() -> Catalog:
    """Return all messages: of the web front end, titles and texts of errors."""
    catalog = Catalog(project="codesigner", charset="utf-8", fuzzy=False)
    for message in _messages():
        catalog.add(message)
    return catalog


def _messages() -> Iterator[str]:
    extracted = extract_from_dir(
        str(Path(__file__).parent),
        method_map=_METHODS,
        options_map=_OPTIONS,
        keywords={"_": None},
    )
    for _path, _line, message, _comments, _context in extracted:
        if isinstance(message, str):
            yield message
    for kind in ERRORS.values():
        yield kind.title
    yield from FAULTS.values()
    for _code, template in REASONS.values():
        yield template
    yield from REFUSALS.values()


def load(language: str) -> Catalog:
    """Load a language's catalogue."""
    with catalogue_path(language).open("rb") as stream:
        return read_po(stream, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """Return the bytes of a catalogue's .mo file."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main() -> None:
    """Update all catalogues and print the number of missing translations."""
    for language in _LANGUAGES:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        existing = load(language) if path.exists() else Catalog(locale=language)
        updated = Catalog(locale=language, project="codesigner", charset="utf-8", fuzzy=False)
        for message in collected():
            if message.id:
                translated = existing.get(message.id)
                updated.add(message.id, translated.string if translated is not None else "")
        with path.open("wb") as stream:
            write_po(stream, updated, sort_output=True, omit_header=False, width=100)
        path.with_suffix(".mo").write_bytes(compiled(load(language)))
        missing = [message.id for message in updated if message.id and not message.string]
        print(f"{path}: {len(updated)} messages, {len(missing)} without a translation")


if __name__ == "__main__":
    main()
