"""Collects what a zip has of each job, and makes the files that are written for it."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.briefs.colours.names import colour_name
from shared.briefs.vocabulary import COLOURS
from shared.db.models import Artifact, Job, StageRun
from shared.designs.edits.colour import named
from shared.designs.parsing import parse_design
from shared.designs.record import Design
from shared.errors import CodesignerError
from shared.file_names import suffix_of
from shared.jobs.finished_variants import finished_variants
from shared.jobs.prints import prints_of
from shared.jobs.provenance import portable_prov_document
from shared.motifs.names import MotifNames
from shared.storage.artifacts import ArtifactStore
from web.downloads.names import folder_name, variant_file_name
from web.downloads.palette_files import Swatch, distinct
from web.http.i18n import language
from web.presentation.view_models import JobView, job_view

__all__ = ["Chosen", "JobFiles", "StoredFile", "VariantFiles", "collect", "with_records"]

_MAX_READS = 8
_KINDS = ("sketch", "tile", "vector", "design")
"""Files of a variant, besides those of its layers."""
_COLOUR_STAGES = ("draw", "render")
"""Stages whose output has the area of each colour."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A job of a zip."""

    job: Job
    variants: frozenset[int] | None = None
    """None: all that are finished."""


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """An artifact under its name in the zip."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class VariantFiles:
    """The files of a variant."""

    number: int
    """From 1."""
    stored: Mapping[str, StoredFile]
    """By kind: sketch, tile, vector, design, and each print and file of a layer."""
    design: Design | None = None
    swatches: Sequence[Swatch] = ()
    """The palette by decreasing area."""

    def name(self, ending: str) -> str:
        """Return the name of a file of the variant in the job's folder."""
        return variant_file_name(self.number, ending)


@dataclass(frozen=True, kw_only=True)
class JobFiles:
    """What the zip has of a job."""

    job: Job
    view: JobView
    folder: str
    provenance: dict[str, Any]
    colours_sha256: str | None
    """Output of the stage that measured the colours."""
    variants: Sequence[VariantFiles]
    reference: StoredFile | None = None


def collect(session: Session, chosen: Chosen, names: MotifNames) -> JobFiles | None:
    """Return the files of a job's finished variants; None if it has none of those chosen.

    Args:
        names: names of the motifs of this installation.
    """
    job = chosen.job
    artifacts = session.scalars(
        select(Artifact).where(Artifact.job_id == job.id).order_by(Artifact.id)
    ).all()
    numbers = finished_variants(job, artifacts)
    if chosen.variants is not None:
        numbers = tuple(number for number in numbers if number in chosen.variants)
    if not numbers:
        return None
    prints = _print_files(session, job)
    runs = select(StageRun.output_sha256).where(
        StageRun.job_id == job.id, StageRun.stage.in_(_COLOUR_STAGES), StageRun.state == "done"
    )
    return JobFiles(
        job=job,
        view=job_view(session, job, language(), names),
        folder=folder_name(job.brief, job.id),
        provenance=portable_prov_document(session, job),
        colours_sha256=session.scalars(runs).first(),
        variants=[
            VariantFiles(
                number=number + 1,
                stored=_stored_files(number, artifacts) | prints.get(number, {}),
            )
            for number in numbers
        ],
    )


def _stored_files(variant: int, artifacts: Sequence[Artifact]) -> dict[str, StoredFile]:
    """Return the files of a variant that visitors may fetch one by one, too."""
    files = {}
    for each in artifacts:
        if each.variant != variant:
            continue
        suffix = suffix_of(each.media_type)
        if each.kind in _KINDS:
            files[each.kind] = _stored_file(each, variant, f"{each.kind}{suffix}")
        elif each.kind.startswith("layer-"):  # the record names it by its hash
            files[each.kind] = _stored_file(each, variant, f"layers/{each.sha256}{suffix}")
    return files


def _stored_file(artifact: Artifact, variant: int, ending: str) -> StoredFile:
    name = variant_file_name(variant + 1, ending)
    return StoredFile(name=name, sha256=artifact.sha256, size=artifact.size_bytes)


def _print_files(session: Session, job: Job) -> dict[int, dict[str, StoredFile]]:
    """Return the finished prints of each variant; of equal sizes the newest."""
    prints = {row.id: row for row in reversed(prints_of(session, job))}
    query = select(Artifact).where(Artifact.job_id.in_(prints), Artifact.kind == "print")
    found: dict[int, dict[str, StoredFile]] = {}
    for each in session.scalars(query.order_by(Artifact.id)) if prints else ():
        options = prints[each.job_id].options
        size = f"print-{options['size']}px-{options['dpi']}dpi"
        file = _stored_file(each, options["variant"], f"{size}.png")
        found.setdefault(options["variant"], {})[size] = file
    return found


def with_records(store: ArtifactStore, jobs: Sequence[JobFiles]) -> list[JobFiles]:
    """Return the jobs with what the store has: references, records and palettes of variants."""
    names = [each.colours_sha256 for each in jobs if each.colours_sha256]
    for each in jobs:
        names += [file.sha256 for one in each.variants if (file := one.stored.get("design"))]
    with ThreadPoolExecutor(_MAX_READS, "records") as pool:
        references = pool.map(lambda each: _reference(store, each.job), jobs)
        read = dict(zip(names, pool.map(lambda name: _content(store, name), names), strict=True))
    return [
        replace(
            each,
            variants=[_with_record(one, each, read) for one in each.variants],
            reference=reference,
        )
        for each, reference in zip(jobs, references, strict=True)
    ]


def _reference(store: ArtifactStore, job: Job) -> StoredFile | None:
    if job.reference_sha256 is None:
        return None
    size = store.size(job.reference_sha256)
    if size is None:
        return None
    return StoredFile(name="reference.png", sha256=job.reference_sha256, size=size)


def _content(store: ArtifactStore, sha256: str) -> bytes:
    """Return a small file; without it the zip has no palette, and sending it reports the fault."""
    try:
        return store.get(sha256)
    except CodesignerError as error:
        if error.code == "unavailable":
            raise
        return b""


def _with_record(variant: VariantFiles, job: JobFiles, read: Mapping[str, bytes]) -> VariantFiles:
    file = variant.stored.get("design")
    design = None if file is None else _design(read[file.sha256])
    if design is None:
        return variant
    areas = _areas(read.get(job.colours_sha256 or "", b""), variant.number - 1)
    return replace(variant, design=design, swatches=_swatches(design, areas))


def _design(content: bytes) -> Design | None:
    """Return the record; None for one of another version, whose file is in the zip all the same."""
    try:
        return parse_design(content)
    except CodesignerError:
        return None


def _areas(content: bytes, variant: int) -> dict[str, float]:
    """Return the area share of each hex colour, as the draw or render stage measured it."""
    try:
        output = json.loads(content)
    except ValueError:
        return {}
    rows = output.get("variants", [{"variant": variant, **output}])
    row: dict[str, Any] = next((each for each in rows if each["variant"] == variant), {})
    return dict(zip(row.get("palette", ()), row.get("areas", ()), strict=True))


def _swatches(design: Design, areas: Mapping[str, float]) -> list[Swatch]:
    swatches = [
        Swatch(hex=entry.hex, name=_name(entry.name, entry.hex), share=areas.get(entry.hex))
        for entry in design.palette
    ]
    return distinct(sorted(swatches, key=lambda each: -(each.share or 0.0)))


def _name(name: str | None, colour: str) -> str:
    """Return the name that the brief or palette gave a colour, else that of the nearest one."""
    return name if name and name not in COLOURS else colour_name(name or named(colour), language())
