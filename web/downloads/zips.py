"""Puts together the zip of jobs: stored files, and those that are written for it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from flask import render_template
from sqlalchemy.orm import Session

from shared.errors import CodesignerError
from web.downloads.archive import Entry, zip_size
from web.downloads.contents import (
    Chosen,
    JobFiles,
    StoredFile,
    VariantFiles,
    collect,
    with_records,
)
from web.downloads.licences import licences_text
from web.downloads.palette_files import ase_file, css_file, gpl_file
from web.extensions import Services
from web.http.i18n import translate as _
from web.services.motifs import installed_names

__all__ = ["SHEET", "Selection", "Zip", "make_zip"]

SHEET = "how-it-was-made.html"
_PALETTES = {"ase": ase_file, "gpl": gpl_file, "css": css_file}


@dataclass(frozen=True, kw_only=True)
class Zip:
    """A zip that is ready to be sent."""

    name: str
    entries: Sequence[Entry]
    size: int
    """In bytes."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a zip is to have."""

    name: str
    """Of the file."""
    jobs: Sequence[Chosen]
    title: str | None = None
    """Of its index; None: it is of a single job and has none."""
    may_lack_files: bool = False
    """Whether jobs without files are left out."""


def make_zip(services: Services, select: Callable[[Session], Selection]) -> Zip:
    """Return the zip of a selection, under the limit of large reads.

    Raises:
        CodesignerError: no_files; zip_too_large; unavailable, as `Services.read_slot`; what
            `select` raises.
    """
    names = installed_names(services.settings)
    with services.read_slot():
        with services.sessions() as session:
            selection = select(session)
            found = [(each.job, collect(session, each, names)) for each in selection.jobs]
        jobs = [files for _job, files in found if files is not None]
        if not jobs or not (selection.may_lack_files or len(jobs) == len(found)):
            raise _no_files([job.id for job, files in found if files is None])
        jobs = with_records(services.store, jobs)
        entries = list(_entries(jobs, selection.title))
    size = zip_size(entries)
    if size > services.settings.max_zip_bytes:
        raise _too_large(size, services.settings.max_zip_bytes)
    return Zip(name=f"{selection.name}.zip", entries=entries, size=size)


def _no_files(ids: Sequence[str]) -> CodesignerError:
    if not ids:
        return CodesignerError("no_files", _("No design has files yet."))
    message = _("The job %(job)s has no finished variant to download.", job=ids[0])
    return CodesignerError("no_files", message)


def _too_large(size: int, limit: int) -> CodesignerError:
    message = _(
        "The files have %(size)s MB, and one zip has at most %(limit)s MB; choose fewer designs.",
        size=f"{size / 1e6:,.1f}",
        limit=f"{limit / 1e6:,.1f}",
    )
    return CodesignerError("zip_too_large", message)


def _entries(jobs: Sequence[JobFiles], title: str | None) -> Iterator[Entry]:
    """Yield the entries, in the same order for the same jobs."""
    if title is not None:
        newest = max(each.job.created_at for each in jobs).astimezone(UTC)
        page = render_template("zip/index.html", title=title, jobs=jobs, sheet=SHEET)
        yield Entry(name="index.html", at=newest, content=page.encode())
    for each in jobs:
        yield from _job_entries(each)


def _job_entries(files: JobFiles) -> Iterator[Entry]:
    at = files.job.created_at.astimezone(UTC)

    def written(name: str, content: bytes) -> Entry:
        return Entry(name=f"{files.folder}/{name}", at=at, content=content)

    def stored(file: StoredFile) -> Entry:
        name = f"{files.folder}/{file.name}"
        return Entry(name=name, at=at, stored=file.sha256, stored_bytes=file.size)

    licences = licences_text([each.design for each in files.variants if each.design], files.folder)
    page = render_template("zip/sheet.html", files=files, licences=bool(licences))
    yield written(SHEET, page.encode())
    for variant in files.variants:
        yield from map(stored, variant.stored.values())
        for ending, content in _palettes(files, variant):
            yield written(variant.name(f"palette.{ending}"), content)
    if files.reference is not None:
        yield stored(files.reference)
    provenance = json.dumps(files.provenance, ensure_ascii=False, indent=1)
    yield written("provenance.json", provenance.encode())
    if licences:
        yield written("LICENCES.txt", licences.encode())


def _palettes(files: JobFiles, variant: VariantFiles) -> Iterator[tuple[str, bytes]]:
    title = f"{files.folder} {variant.number}"
    for ending, write in _PALETTES.items() if variant.swatches else ():
        yield ending, write(title, variant.swatches)
