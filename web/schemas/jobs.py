"""Request and response models of jobs, models and training, also used for OpenAPI."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.briefs.vocabulary import PRODUCTS
from shared.pipelines import DEFAULT_SIZE_PX, DEFAULT_VARIANTS, PIPELINES
from shared.queue.estimates import MOST_COUNTED
from shared.unicode_text import normalized
from web.schemas.base import Line, RequestBody, WebhookGiven
from web.schemas.motifs import Motifs
from web.schemas.palettes import ColourChanges, PaletteGiven
from web.schemas.prints import PrintPlace

__all__ = [
    "MAX_SEED",
    "SIZES",
    "ArtifactDocument",
    "BriefGiven",
    "Chip",
    "DesignRequest",
    "JobDocument",
    "JobId",
    "JobPage",
    "JobSummary",
    "ProblemDocument",
    "Product",
    "PromoteRequest",
    "ReasonRequest",
    "ReferenceGiven",
    "Seed",
    "Size",
    "StageDocument",
    "Strength",
    "TrainingRequest",
    "Ttl",
    "Variants",
    "checked_brief",
]

MAX_SEED = 2**31 - 1
SIZES = (128, 256, 512, 1024)
DEFAULT_STRENGTH = 0.6
_MAX_DECOMPOSED = 4
"""Maximum number of characters that compose into one (NFC)."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters (Cc) except tabs and line ends, and surrogates (Cs)."""

Priority = Literal["low", "normal", "high"]
Product = Literal["phone-case", "mug", "t-shirt", "tote", "notebook", "poster"]
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
StageState = Literal["waiting", "ready", "running", "done", "skipped", "dead"]


def _validate_size(size: int) -> int:
    if size not in SIZES:
        choices = ", ".join(str(choice) for choice in SIZES)
        raise PydanticCustomError("literal_error", "One of: {expected}.", {"expected": choices})
    return size


Size = Annotated[int, AfterValidator(_validate_size), Field(json_schema_extra={"enum": [*SIZES]})]
JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Variants = Annotated[int, Field(ge=1, le=8)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Strength = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

assert set(Product.__args__) == set(PRODUCTS)  # type: ignore[attr-defined]


def checked_brief(brief: str, max_chars: int) -> str:
    """Return the normalized brief: stripped, in Unicode form NFC.

    Raises:
        PydanticCustomError: the brief is empty, too long or contains control characters.
    """
    too_long = PydanticCustomError(
        "string_too_long", "At most {max_length} characters.", {"max_length": max_chars}
    )
    if len(brief) > _MAX_DECOMPOSED * max_chars:
        raise too_long
    text = normalized("NFC", brief.replace("\r\n", "\n")).strip()
    if not text:
        raise PydanticCustomError("brief_empty", "Describe what to design.")
    if len(text) > max_chars:
        raise too_long
    if _CONTROLS.search(text):
        raise PydanticCustomError("control_characters", "Control characters are not allowed.")
    return text


class BriefGiven(RequestBody):
    """A brief to parse."""

    brief: str = Field(description="Free text in English or Chinese.", examples=["teal mug"])

    @field_validator("brief", mode="after")
    @classmethod
    def _validate_brief(cls, brief: str, info: ValidationInfo) -> str:
        return checked_brief(brief, (info.context or {}).get("max_brief_chars", 2000))


class ReferenceGiven(RequestBody):
    """A reference image in JSON: exactly one of base64 and sha256."""

    base64: str | None = Field(
        None, description="Content of the file: PNG, JPEG, WebP, GIF, TIFF, AVIF or HEIC."
    )
    sha256: Sha256 | None = Field(None, description="An existing artifact of this installation.")

    @model_validator(mode="after")
    def _one_of_two(self) -> "ReferenceGiven":
        if (self.base64 is None) == (self.sha256 is None):
            raise PydanticCustomError("one_of_two", "Give either base64 or sha256.")
        return self


Ttl = Annotated[int, Field(ge=60, le=2_592_000)]
_CHANGES = (
    "Colours of the brief that are replaced, removed or added. In a multipart form: JSON text."
)
_TTL = (
    "Seconds from its end until it is deleted, if this is sooner than the installation deletes it."
)


class DesignRequest(BriefGiven):
    """Request for a design; every field but the brief has a default."""

    variants: Variants = Field(DEFAULT_VARIANTS, description="Number of designs.")
    seed: Seed | None = Field(
        None, description="The same seed gives the same designs; null: random."
    )
    product: Product | None = Field(
        None, description="null: as stated in the brief, else a phone case."
    )
    reference_strength: Strength = Field(
        DEFAULT_STRENGTH,
        description="0: only the brief; 1: palette and character of the reference.",
    )
    size: Size = Field(DEFAULT_SIZE_PX, description="Side of a tile in px.")
    motifs: Motifs | None = Field(
        None,
        description="Ids of the motifs to draw, see `/motifs`; null: as the brief says; empty: "
        "none. In a multipart form: repeated; one empty value: none.",
    )
    colour_changes: ColourChanges | None = Field(None, description=_CHANGES)
    derived_from: JobId | None = Field(
        None, description="Id of the design whose changed brief this is; only recorded."
    )
    ttl_s: Ttl | None = Field(None, description=_TTL)
    listed: bool = Field(True, description="Whether the library lists it.")
    priority: Priority = Field(
        "normal", description="low yields to other jobs; high requires permission."
    )
    reference: ReferenceGiven | None = Field(
        None, description="In a multipart form: a file of this name."
    )
    palette: PaletteGiven | None = Field(
        None, description="Colours to draw in, exactly. In a multipart form: a file of this name."
    )
    palette_only: bool = Field(False, description="Whether no other colours are drawn.")
    webhook: WebhookGiven | None = Field(
        None, description="Receives the events of the job. In a multipart form: JSON text."
    )


class TrainingRequest(RequestBody):
    """Options of a training run."""

    name: str = Field(
        "",
        max_length=64,
        pattern=r"^[\w .-]*$",
        description="Name of the release; empty: generated.",
    )
    source: Literal["upload", "kept"] = Field(
        "upload",
        description="kept: the designs of the library that are kept are the dataset; send no file.",
    )
    steps: int = Field(400, ge=1, le=1_000_000, description="Optimizer steps.")
    batch: int = Field(8, ge=1, le=256, description="Images per step.")
    learning_rate: float = Field(
        1e-4, gt=0, le=1, allow_inf_nan=False, description="Peak learning rate."
    )
    seed: int = Field(0, ge=0, le=MAX_SEED, description="Seed of shuffling and initial noise.")


class ReasonRequest(RequestBody):
    """Reason for a promotion or rollback."""

    reason: Line = Field("", description="Recorded in the log of promotions.")


class PromoteRequest(ReasonRequest):
    """Options of a promotion."""

    force: bool = Field(False, description="Promote even if a gate is not met.")


class StageDocument(BaseModel):
    """A stage of a job."""

    name: str = Field(examples=[spec.name for spec in PIPELINES["design"].stages])
    state: StageState
    attempt: int
    progress: float = Field(description="0 to 1")
    started_at: str | None
    finished_at: str | None
    reused: bool = Field(
        description="The result of an earlier job with the same inputs was reused."
    )
    error: "JobError | None"


class JobError(BaseModel):
    """Error of a failed stage or job."""

    code: str
    title: str
    message: str
    stage: str | None = None


class ArtifactDocument(BaseModel):
    """A file created by a job."""

    kind: str = Field(
        description="design, base, layer-N, tile, vector, licences, sketch, thumbnail, preview, "
        "print or model"
    )
    variant: int
    sha256: str
    media_type: str
    width: int | None
    height: int | None
    size_bytes: int
    url: str


class QueueDocument(BaseModel):
    """A job's position in the queue; not covered by the ETag."""

    position: int | None = Field(
        description=f"1: next; null: not waiting; {MOST_COUNTED + 1}: this position or later."
    )
    eta_s: list[int] | None = Field(
        description="Minimum and maximum seconds until the job ends, estimated from recent stage "
        f"durations; null if unknown or if the position is above {MOST_COUNTED}."
    )
    paused: bool = Field(description="Its stage is paused: no stage runs are started.")


class ReferenceDocument(BaseModel):
    """The stored reference image."""

    sha256: str
    url: str


class BatchPlace(BaseModel):
    """A job's batch and its index in it."""

    id: str
    index: int = Field(description="From 0.")
    url: str


class DerivationDocument(BaseModel):
    """The other job of a derivation, and how the one was made from the other."""

    job: str
    how: Literal["retry", "another_seed", "changed_brief", "edit"]
    url: str
    variant: int | None = Field(default=None, description="Of an edit: the variant, from 0.")
    say: str | None = Field(
        default=None, description="Of an edit: its words; null: it was given by fields."
    )


class PartOutcome(BaseModel):
    """What became of one part of the brief."""

    part: str = Field(description="The field of `understood`.")
    key: str = Field(description="The part's value there, or words of the brief.")
    status: Literal["done", "partly", "not_done"]
    area: float | None = Field(description="Share of the tile of a colour, 0 to 1.")
    why: str = Field(
        description="Code of the reason if it is not done; seen_in_reference: the brief does not "
        "name the thing, the reference shows it."
    )


class VariantOutcomes(BaseModel):
    """What became of the brief in one variant."""

    variant: int
    parts: list[PartOutcome]


class ChangeDocument(BaseModel):
    """One thing that an edit changed."""

    model_config = ConfigDict(populate_by_name=True)

    what: str = Field(description="A path in the record, or a thing.", examples=["palette.p1.hex"])
    before: str | float | int | None = Field(alias="from")
    after: str | float | int | None = Field(alias="to")
    count: int | None = Field(default=None, description="Number of elements that it concerns.")
    note: str | None = Field(
        default=None,
        description="Code of a remark: placed_anew, smaller_to_fit, left_out, nearest_angle.",
    )


class ReviewDocument(BaseModel):
    """The judgement of a variant."""

    variant: int
    favourite: bool
    verdict: Literal["keep", "reject"] | None


class LibraryDocument(BaseModel):
    """What people recorded of a job."""

    name: str
    tags: list[str]
    reviews: list[ReviewDocument] = Field(description="Of the variants that were judged.")


class JobDocument(BaseModel):
    """A job."""

    id: str
    pipeline: str
    state: State
    version: int = Field(description="Incremented by every change; part of the ETag.")
    brief: str
    options: dict[str, Any]
    understood: dict[str, Any]
    description: str | None = Field(
        description="Description by the caption stage, once it is done."
    )
    reference: ReferenceDocument | None
    notices: list[str] = Field(description="Codes of notices to the designer.")
    model_versions: dict[str, str]
    stages: list[StageDocument]
    outcomes: list[VariantOutcomes] = Field(
        description="What became of the parts of the brief, for each variant once it is drawn."
    )
    artifacts: list[ArtifactDocument]
    queue: QueueDocument
    error: JobError | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    expires_at: str | None
    deadline: str | None = Field(description="The job fails if it has not ended by then.")
    priority: int = Field(description="-1 low, 0 normal, 1 high")
    retried_from: str | None
    derived_from: DerivationDocument | None = Field(
        description="The job that this one was made from; null if there is none or it was deleted."
    )
    derived: list[DerivationDocument] = Field(
        description="Jobs made from this one, newest first, at most 20."
    )
    batch: BatchPlace | None = Field(description="The batch that the job belongs to.")
    retried_as: list[str] = Field(description="Retries of this job, newest first.")
    changed: list[ChangeDocument] | None = Field(
        description="What the edit changed, once it is applied; null for other jobs."
    )
    print_of: str | None = Field(description="Job of the printed design, if this is a print.")
    prints: list[PrintPlace] = Field(description="Prints of this design, newest first.")
    library: LibraryDocument = Field(description="What people recorded of it.")
    links: dict[str, str]


class JobSummary(BaseModel):
    """A job in a list."""

    id: str
    pipeline: str
    state: State
    brief: str
    product: str | None
    created_at: str
    thumbnails: list[str] = Field(description="URLs of the thumbnails.")
    links: dict[str, str]


class LibraryJob(JobSummary):
    """A job in the library."""

    name: str
    tags: list[str]
    reviews: list[ReviewDocument] = Field(description="Of the variants that were judged.")
    batch: str | None = Field(description="Id of the batch that it belongs to.")
    derived_from: str | None = Field(description="Id of the job that it was made from.")
    say: str | None = Field(description="Of an edit: its words.")
    variant: int | None = Field(
        description="The variant that matches best, of a search by colour or look."
    )


class JobPage(BaseModel):
    """Jobs of the library."""

    jobs: list[LibraryJob]
    total: int = Field(description="Number of jobs that match, counted up to 10,000.")
    by_meaning: bool | None = Field(
        description="Whether the search by words found by meaning too; false: no worker answered "
        "in time, try again; null: nothing was searched for by words."
    )
    next: str | None = Field(description="Path of the next page.")


class FieldProblem(BaseModel):
    """Error of one field."""

    field: str
    message: str


class ExceededLimit(BaseModel):
    """A limit that a submission would exceed."""

    name: str
    limit: int
    used: int | None = Field(description="null: of an address; others use it too.")


class ProblemDocument(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="Stable; see the table of errors.")
    fields: list[FieldProblem]
    violated_policies: list[str] | None = Field(
        None,
        alias="violated-policies",
        description="Of a limit's error: names of the limits, as in RateLimit-Policy.",
    )
    limits: list[ExceededLimit] | None = Field(None, description="Of a limit's error.")


class Chip(BaseModel):
    """One recognized attribute of a brief, named in the request's language."""

    part: str = Field(description="product, material, colour, ...")
    part_name: str
    key: str
    name: str
    hex: str | None = Field(description="#RRGGBB, if it is a colour or has one.")
    word: str | None = Field(description="Of a motif: as the brief calls it.")
    role: str | None = Field(description="Of a motif: hero, secondary or filler.")
    picture: str | None = Field(description="Of a motif: URL of a small SVG picture.")
    outcome: str | None = Field(description="What was not done of it; null before it is drawn.")


class MotifsReady(BaseModel):
    """What is installed of the motif library; the service is ready without it."""

    subjects: int = Field(description="Subjects of the library; 0: none is installed.")
    missing: list[str] = Field(description="Sets that are not installed.")


class ReadyDocument(BaseModel):
    """Readiness: whether jobs are accepted and a worker is ready."""

    ready: bool
    checks: dict[str, bool]
    paused: list[str] = Field(description="Paused stages: jobs are accepted but wait.")
    motifs: MotifsReady


class HealthDocument(BaseModel):
    """Liveness of the process."""

    alive: bool


_INTERNAL: Any = Field(None, description="Only in responses to the administrator.")


class ModelVersionDocument(BaseModel):
    """An immutable checkpoint of a role."""

    id: str
    role: str
    name: str
    licence: str
    metrics: dict[str, Any]
    created_at: str
    sha256: str | None = _INTERNAL
    config: dict[str, Any] = _INTERNAL
    training: dict[str, Any] = _INTERNAL


class ReleaseDocument(BaseModel):
    """A set of model versions, one for each role."""

    name: str
    origin: Literal["bundled", "named", "trained"]
    base: str | None
    job_id: str | None = _INTERNAL
    champion: bool
    gates: list[dict[str, Any]]
    versions: list[ModelVersionDocument]
    created_at: str


class MoveDocument(BaseModel):
    """A promotion or rollback."""

    kind: Literal["promote", "rollback"]
    release_from: str | None
    release_to: str
    actor: str = _INTERNAL
    reason: str = _INTERNAL
    at: str


class ModelsDocument(BaseModel):
    """The releases, the champion, and the history of promotions and rollbacks."""

    champion: str | None
    releases: list[ReleaseDocument]
    moves: list[MoveDocument]


class MetricPoint(BaseModel):
    """A metric of a training run at a step."""

    step: int
    value: float


class TrainingDocument(BaseModel):
    """A training run: its job and its metrics."""

    job: JobDocument
    metrics: dict[str, list[MetricPoint]]


class TrainingPage(BaseModel):
    """Training runs, newest first."""

    runs: list[JobSummary]
    next: str | None


class EventDocument(BaseModel):
    """Data of one event of a job's stream."""

    seq: int
    kind: str
    at: str
    body: dict[str, Any]


class MessageDocument(BaseModel):
    """One message of a job's stream of server-sent events."""

    event: str = Field(description="`snapshot` or the kind of the event.")
    id: str = Field(description="Number of the job's last event, for Last-Event-ID.")
    data: str = Field(
        description="JSON: the job in a snapshot, else the event.",
        json_schema_extra={"contentMediaType": "application/json"},
    )


class EventPage(BaseModel):
    """A job's events after a number."""

    version: int = Field(description="Number of the job's last event.")
    state: State
    events: list[EventDocument]
