"""Puts together the zip of jobs: stored files, and those that are written for it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

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
    kinds: frozenset[str] | None = None
    """Kinds of files of variants; then it has neither the reference image nor how a design was
    made, which names other jobs. None: everything."""


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
        entries = list(_entries(jobs, selection))
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


def _entries(jobs: Sequence[JobFiles], selection: Selection) -> Iterator[Entry]:
    """Yield the entries, in the same order for the same jobs."""
    title = selection.title
    if title is not None:
        newest = max(each.job.created_at for each in jobs).astimezone(UTC)
        page = render_template("zip/index.html", title=title, jobs=jobs, sheet=SHEET)
        yield Entry(name="index.html", at=newest, content=page.encode())
    for each in jobs:
        yield from _job_entries(each, selection.kinds)


def _job_entries(files: JobFiles, kinds: frozenset[str] | None) -> Iterator[Entry]:
    licences = licences_text([each.design for each in files.variants if each.design], files.folder)
    if kinds is None:
        page = render_template("zip/sheet.html", files=files, licences=bool(licences))
        yield _written(files, SHEET, page.encode())
    for variant in files.variants:
        for kind, file in variant.stored.items():
            if kinds is None or kind in kinds:
                yield _stored(files, file)
        for ending, content in _palettes(files, variant):
            yield _written(files, variant.name(f"palette.{ending}"), content)
    if kinds is None:
        yield from _origin(files)
    if licences:
        yield _written(files, "LICENCES.txt", licences.encode())


def _origin(files: JobFiles) -> Iterator[Entry]:
    if files.reference is not None:
        yield _stored(files, files.reference)
    provenance = json.dumps(files.provenance, ensure_ascii=False, indent=1)
    yield _written(files, "provenance.json", provenance.encode())


def _written(files: JobFiles, name: str, content: bytes) -> Entry:
    return Entry(name=f"{files.folder}/{name}", at=_time(files), content=content)


def _stored(files: JobFiles, file: StoredFile) -> Entry:
    name = f"{files.folder}/{file.name}"
    return Entry(name=name, at=_time(files), stored=file.sha256, stored_bytes=file.size)


def _time(files: JobFiles) -> datetime:
    return files.job.created_at.astimezone(UTC)


def _palettes(files: JobFiles, variant: VariantFiles) -> Iterator[tuple[str, bytes]]:
    title = f"{files.folder} {variant.number}"
    for ending, write in _PALETTES.items() if variant.swatches else ():
        yield ending, write(title, variant.swatches)
