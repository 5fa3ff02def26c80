"""View models of jobs, designs and print files for the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Artifact, Job, ModelVersion, StageRun
from shared.jobs.prints import prints_of, side_cm
from shared.jobs.serializers import artifact_url, job_document
from shared.motifs.names import MotifNames
from shared.pipelines import WITH_VARIANTS
from shared.queue.estimates import MOST_COUNTED
from shared.queue.transitions import unexpired
from web.db.queries import DESIGNERS
from web.http.i18n import translate as _
from web.presentation.tags import Chip, chips_of, names_from_reference, with_outcomes
from web.services.motifs import picture_url

__all__ = ["JobView", "Print", "Variant", "job_view", "seconds_between"]

_SHOWN = ("preview", "thumbnail", "sketch", "tile")
"""Kinds of files that a card shows, the best first; jobs before version 0.5 have no preview."""
_LONG_BRIEF = 84
"""Columns of a brief that has two lines on a phone; Chinese characters take two columns."""
_ASIAN = 0x2E7F
"""Characters above it are as wide as two."""


@dataclass(frozen=True, kw_only=True)
class Print:
    """The print job of a variant and its file."""

    job_id: str
    variant: int
    state: str
    version: int
    size_px: int
    side_cm: float
    dpi: int
    url: str | None
    """URL of the file; None until it exists."""
    size_mb: float

    @property
    def active(self) -> bool:
        """Whether the print job has not ended."""
        return self.state in ACTIVE


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A variant of a job: its files by kind, and its latest print."""

    number: int
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    printed: Print | None = None

    @property
    def has_record(self) -> bool:
        """Whether it was drawn from a design record; those before version 0.4 were not."""
        return "design" in self.files

    @property
    def preview(self) -> dict[str, Any] | None:
        """The smallest file that shows it: a copy of the sketch or, until it exists, the tile."""
        return next((self.files[kind] for kind in _SHOWN if kind in self.files), None)


@dataclass(frozen=True, kw_only=True)
class JobView:
    """View model of a job's page."""

    document: dict[str, Any]
    chips: list[Chip]
    variants: list[Variant]
    """Those that have a picture."""
    awaited: int
    """Number of variants that will have one."""
    versions: list[ModelVersion]
    other_files: list[dict[str, Any]]
    """Files that belong to no variant, such as a training run's samples."""
    changed_from: dict[str, Any] | None = None
    """The picture of the variant that an edit changed; None if there is none any more."""
    drawings: list[dict[str, Any]] = field(default_factory=list)
    """The drawings of motifs in its designs, each once; see `shared.motifs.attribution`."""
    from_reference: list[str] = field(default_factory=list)
    """Names of the things that are drawn since the reference shows them."""

    @property
    def active(self) -> bool:
        """Whether the job has not ended."""
        return self.document["state"] in ACTIVE

    @property
    def percent(self) -> int:
        """The finished share of the stages."""
        stages = [each for each in self.document["stages"] if each["state"] != "skipped"]
        done = sum(1.0 if each["state"] == "done" else float(each["progress"]) for each in stages)
        return int(100 * done / len(stages)) if stages else 0

    @property
    def stage_now(self) -> str | None:
        """Name of the stage that is running."""
        running = (each["name"] for each in self.document["stages"] if each["state"] == "running")
        return next(running, None)

    @property
    def own_title(self) -> str:
        """How the design is called if not by its brief: its name, or the words of its edit."""
        made_from = self.document["derived_from"] or {}
        said = f"“{made_from['say']}”" if made_from.get("say") else ""
        return str(self.document["library"]["name"] or said)

    @property
    def title(self) -> str:
        """How the design is called."""
        return self.own_title or str(self.document["brief"]) or _("A drawn record")

    @property
    def has_long_brief(self) -> bool:
        """Whether the brief does not fit two lines of a phone."""
        brief = self.document["brief"]
        return "\n" in brief or sum(1 + (ord(each) > _ASIAN) for each in brief) > _LONG_BRIEF

    @property
    def square(self) -> bool:
        """Whether its pictures are tiles and not sketches."""
        return self.document["pipeline"] == "print" or not self.document["options"].get("product")

    @property
    def unmet(self) -> int:
        """Number of parts of the brief that were not understood or not drawn as said."""
        return sum(chip.part == "unknown" or chip.outcome is not None for chip in self.chips)

    @property
    def in_library(self) -> bool:
        """Whether it can be named, and its variants be judged."""
        return self.document["pipeline"] in WITH_VARIANTS

    @property
    def reviews(self) -> dict[int, dict[str, Any]]:
        """Judgements of people by variant."""
        return {review["variant"]: review for review in self.document["library"]["reviews"]}

    @property
    def print_forms(self) -> list[str]:
        """Ids of the forms that submit a print, of all variants that there will be."""
        return [f"print-{number}" for number in range(len(self.variants) + self.awaited)]

    @property
    def min_jobs_before(self) -> int | None:
        """Lower bound of the jobs before this one; None if their number is exact."""
        position = self.document["queue"]["position"]
        return MOST_COUNTED if position is not None and position > MOST_COUNTED else None

    @property
    def duration_s(self) -> float | None:
        """Seconds from start to end; None until the job has ended."""
        return seconds_between(self.document["started_at"], self.document["finished_at"])


def job_view(session: Session, job: Job, language: str, names: MotifNames) -> JobView:
    """Return the view model of a job.

    Args:
        names: names of the motifs of this installation.
    """
    document = job_document(session, job)
    prints = {item.variant: item for item in reversed(_prints(session, job))}
    variants: dict[int, Variant] = {}
    other_files = []
    for artifact in document["artifacts"]:
        if job.pipeline == "print" and artifact["kind"] not in ("print", "thumbnail"):
            continue  # the records of the design
        if job.pipeline in DESIGNERS:
            number = artifact["variant"]
            new = Variant(number=number, printed=prints.get(number))
            variants.setdefault(number, new).files[artifact["kind"]] = artifact
        else:
            other_files.append(artifact)
    versions = session.scalars(
        select(ModelVersion)
        .where(ModelVersion.id.in_(job.model_versions.values()))
        .order_by(ModelVersion.role)
    ).all()
    return JobView(
        document=document,
        chips=with_outcomes(chips_of(job.understood, language, names), document["outcomes"]),
        variants=_drawn(variants),
        awaited=_awaited(job, variants),
        versions=list(versions),
        other_files=other_files,
        changed_from=_changed_from(session, job),
        drawings=_drawings(session, job),
        from_reference=names_from_reference(document["outcomes"], language, names),
    )


def _drawings(session: Session, job: Job) -> list[dict[str, Any]]:
    """Return the drawings that the stages of a job used, each once, with its variants."""
    query = select(StageRun.provenance).where(StageRun.job_id == job.id, StageRun.state == "done")
    drawings: dict[str, dict[str, Any]] = {}
    for provenance in session.scalars(query.order_by(StageRun.position)):
        for entry in provenance.get("details", {}).get("drawings", ()):
            known = drawings.setdefault(entry["drawing"], {**entry, "variants": []})
            known["variants"].append(entry.get("variant", 0) + 1)
    return [drawings[name] | {"picture": picture_url(name)} for name in sorted(drawings)]


def _changed_from(session: Session, job: Job) -> dict[str, Any] | None:
    """Return the picture, as of `Variant.preview`, of the variant that an edit changed."""
    source = job.options.get("derived_from")
    if source is None:
        return None
    query = (
        select(Artifact)
        .join(Job, Job.id == Artifact.job_id)
        .where(
            Artifact.job_id == source["job"],
            Artifact.variant == source["variant"],
            Artifact.kind.in_(_SHOWN),
            unexpired(),
        )
    )
    files = {
        file.kind: {"url": artifact_url(file.sha256), "width": file.width, "height": file.height}
        for file in session.scalars(query)
    }
    return Variant(number=source["variant"], files=files).preview


def _drawn(variants: Mapping[int, Variant]) -> list[Variant]:
    return [variants[number] for number in sorted(variants) if variants[number].preview]


def _awaited(job: Job, variants: Mapping[int, Variant]) -> int:
    if job.state not in ACTIVE:
        return 0
    expected = 1 if job.pipeline == "print" else int(job.options.get("variants", 1))
    return max(0, expected - len(_drawn(variants)))


def _prints(session: Session, job: Job) -> list[Print]:
    """Return the prints of a design, newest first; of a print job, the print itself."""
    jobs = [job] if job.pipeline == "print" else prints_of(session, job)
    ids = [row.id for row in jobs]
    print_files = select(Artifact).where(Artifact.job_id.in_(ids), Artifact.kind == "print")
    files = {file.job_id: file for file in session.scalars(print_files)} if ids else {}
    return [_print(row, files.get(row.id)) for row in jobs]


def _print(job: Job, file: Artifact | None) -> Print:
    size_px, dpi = job.options["size"], job.options["dpi"]
    return Print(
        job_id=job.id,
        variant=job.options["variant"],
        state=job.state,
        version=job.version,
        size_px=size_px,
        side_cm=side_cm(size_px, dpi),
        dpi=dpi,
        url=None if file is None else artifact_url(file.sha256),
        size_mb=0.0 if file is None else round(file.size_bytes / 1e6, 1),
    )


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Return the seconds between two ISO 8601 times; None if either is None."""
    if start is None or end is None:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
