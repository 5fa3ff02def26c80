"""What the API takes and gives, as pydantic models; the OpenAPI document is built from them."""

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.briefs.vocabulary import PRODUCTS
from shared.pipelines import PIPELINES
from shared.queue.estimates import MOST_COUNTED
from shared.unicode_text import normalized
from web.schemas.base import Given, Line, WebhookGiven
from web.schemas.prints import PrintPlace

__all__ = [
    "MAX_SEED",
    "SIZES",
    "ArtifactDocument",
    "BriefGiven",
    "DesignRequest",
    "JobDocument",
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
    "Variants",
    "checked_brief",
]

MAX_SEED = 2**31 - 1
SIZES = (128, 256, 512, 1024)
DEFAULT_SIZE = 256
DEFAULT_VARIANTS = 4
DEFAULT_STRENGTH = 0.6
_MOST_DECOMPOSED = 4
"""Most characters that become one by composition."""
_ALLOWED_CONTROLS = frozenset("\n\r\t")

Priority = Literal["low", "normal", "high"]
Product = Literal["phone-case", "mug", "t-shirt", "tote", "notebook", "poster"]
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
StageState = Literal["waiting", "ready", "running", "done", "skipped", "dead"]


def _known_size(size: int) -> int:
    if size not in SIZES:
        choices = ", ".join(str(each) for each in SIZES)
        raise PydanticCustomError("literal_error", "One of: {expected}.", {"expected": choices})
    return size


Size = Annotated[int, AfterValidator(_known_size), Field(json_schema_extra={"enum": [*SIZES]})]
Variants = Annotated[int, Field(ge=1, le=8)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Strength = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

assert set(Product.__args__) == set(PRODUCTS)  # type: ignore[attr-defined]


def checked_brief(brief: str, max_chars: int) -> str:
    """Give the brief as it is kept: trimmed, in Unicode's composed form.

    Raises:
        PydanticCustomError: it is empty, too long or has control characters.
    """
    too_long = PydanticCustomError(
        "string_too_long", "At most {max_length} characters.", {"max_length": max_chars}
    )
    if len(brief) > _MOST_DECOMPOSED * max_chars:
        raise too_long
    text = normalized("NFC", brief.replace("\r\n", "\n")).strip()
    if not text:
        raise PydanticCustomError("brief_empty", "Say what is to be designed.")
    if len(text) > max_chars:
        raise too_long
    if any(unicodedata.category(char) in {"Cc", "Cs"} - _kept(char) for char in text):
        raise PydanticCustomError("control_characters", "Control characters are not taken.")
    return text


def _kept(char: str) -> set[str]:
    return {"Cc"} if char in _ALLOWED_CONTROLS else set()


class BriefGiven(Given):
    """A brief to be understood."""

    brief: str = Field(description="In plain words, English or Chinese.", examples=["teal mug"])

    @field_validator("brief", mode="after")
    @classmethod
    def _usable(cls, brief: str, given: ValidationInfo) -> str:
        return checked_brief(brief, (given.context or {}).get("max_brief_chars", 2000))


class ReferenceGiven(Given):
    """A reference image inside JSON: exactly one of the two."""

    base64: str | None = Field(None, description="The file's bytes: PNG, JPEG or WebP.")
    sha256: Sha256 | None = Field(None, description="An artifact of this installation.")

    @model_validator(mode="after")
    def _one_of_two(self) -> "ReferenceGiven":
        if (self.base64 is None) == (self.sha256 is None):
            raise PydanticCustomError("one_of_two", "Give either base64 or sha256.")
        return self


class DesignRequest(BriefGiven):
    """What a designer asks for; everything but the brief has a default."""

    variants: Variants = Field(DEFAULT_VARIANTS, description="How many designs.")
    seed: Seed | None = Field(
        None, description="The same seed gives the same designs; none: drawn."
    )
    product: Product | None = Field(None, description="None: as the brief says, else a phone case.")
    reference_strength: Strength = Field(
        DEFAULT_STRENGTH,
        description="0: the brief alone; 1: the reference's palette and character.",
    )
    size: Size = Field(DEFAULT_SIZE, description="Side of a tile in px.")
    priority: Priority = Field(
        "normal", description="low lets others go first; high is for those who may ask for it."
    )
    reference: ReferenceGiven | None = Field(
        None, description="In a multipart form: a file of this name."
    )
    webhook: WebhookGiven | None = Field(
        None, description="Is told of the job. In a multipart form: its JSON."
    )


class TrainingRequest(Given):
    """Options of a training run."""

    name: str = Field(
        "", max_length=64, pattern=r"^[\w .-]*$", description="Name of the release; none: made up."
    )
    steps: int = Field(400, ge=1, le=1_000_000, description="Optimizer steps.")
    batch: int = Field(8, ge=1, le=256, description="Images a step.")
    learning_rate: float = Field(1e-4, gt=0, le=1, allow_inf_nan=False, description="At its peak.")
    seed: int = Field(0, ge=0, le=MAX_SEED, description="Of shuffling and initial noise.")


class ReasonRequest(Given):
    """Why the champion is moved."""

    reason: Line = Field("", description="For the log.")


class PromoteRequest(ReasonRequest):
    """Which release to promote."""

    force: bool = Field(False, description="Also where a gate is missed.")


class StageDocument(BaseModel):
    """A stage of a job."""

    name: str = Field(examples=[spec.name for spec in PIPELINES["design"].stages])
    state: StageState
    attempt: int
    progress: float = Field(description="0 to 1")
    started_at: str | None
    finished_at: str | None
    reused: bool = Field(description="Taken over from an earlier job that asked for the same.")
    error: "JobError | None"


class JobError(BaseModel):
    """Why a stage or job failed."""

    code: str
    title: str
    message: str
    stage: str | None = None


class ArtifactDocument(BaseModel):
    """A file that a job made."""

    kind: str = Field(description="tile, sketch, thumbnail, print or model")
    variant: int
    sha256: str
    media_type: str
    width: int | None
    height: int | None
    size_bytes: int
    url: str


class QueueDocument(BaseModel):
    """A job's place in line; not covered by the ETag."""

    position: int | None = Field(
        description=f"1: next; none: not waiting; {MOST_COUNTED + 1}: there or further back."
    )
    eta_s: list[int] | None = Field(
        description="Seconds until the end, from and to, by what stages took lately; none where "
        f"that is not known, or the position is above {MOST_COUNTED}."
    )
    paused: bool = Field(description="Its stage is paused: nothing is begun for now.")


class ReferenceDocument(BaseModel):
    """The reference image as it was stored."""

    sha256: str
    url: str


class BatchPlace(BaseModel):
    """A job's place in its batch."""

    id: str
    index: int = Field(description="From 0.")
    url: str


class JobDocument(BaseModel):
    """A job."""

    id: str
    pipeline: str
    state: State
    version: int = Field(description="Rises with every change; also the ETag.")
    brief: str
    options: dict[str, Any]
    understood: dict[str, Any]
    description: str | None = Field(description="d(I), once the caption stage is done.")
    reference: ReferenceDocument | None
    notices: list[str] = Field(description="Codes of what the designer should know.")
    model_versions: dict[str, str]
    stages: list[StageDocument]
    artifacts: list[ArtifactDocument]
    queue: QueueDocument
    error: JobError | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    expires_at: str | None
    deadline: str | None = Field(description="It fails where it has not ended by then.")
    priority: int = Field(description="-1 low, 0 normal, 1 high")
    retried_from: str | None
    batch: BatchPlace | None = Field(description="Where it was asked for with others.")
    retried_as: list[str] = Field(description="Jobs that ask for the same again, newest first.")
    print_of: str | None = Field(description="Of a print: the design's job.")
    prints: list[PrintPlace] = Field(description="Prints of this design, newest first.")
    links: dict[str, str]


class JobSummary(BaseModel):
    """A job in a list."""

    id: str
    pipeline: str
    state: State
    brief: str
    product: str | None
    created_at: str
    thumbnails: list[str] = Field(description="Addresses of the thumbnails.")
    links: dict[str, str]


class JobPage(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobSummary]
    next: str | None = Field(description="Path of the next page.")


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class ProblemDocument(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="Stable; see the table of errors.")
    fields: list[FieldProblem]


class Chip(BaseModel):
    """One thing that was understood, with its name in the request's language."""

    part: str = Field(description="product, material, colour, ...")
    part_name: str
    key: str
    name: str
    hex: str | None = Field(description="Of a colour: #RRGGBB.")


class UnderstoodDocument(BaseModel):
    """What is understood of a brief."""

    understood: dict[str, Any]
    chips: list[Chip]


class ReadyDocument(BaseModel):
    """Whether a job would be taken and a worker is ready for it."""

    ready: bool
    checks: dict[str, bool]
    paused: list[str] = Field(description="Stages that are paused: jobs are taken and wait.")


class HealthDocument(BaseModel):
    """The process lives."""

    alive: bool


_INTERNAL: Any = Field(None, description="Left out unless the administrator asks.")


class ModelVersionDocument(BaseModel):
    """A role's checkpoint; never changes."""

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
    """The model versions that belong together."""

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
    """The releases, which of them is in use, and how it came to be."""

    champion: str | None
    releases: list[ReleaseDocument]
    moves: list[MoveDocument]


class MetricPoint(BaseModel):
    """A figure of a training run at a step."""

    step: int
    value: float


class TrainingDocument(BaseModel):
    """A training run: its job and its figures."""

    job: JobDocument
    metrics: dict[str, list[MetricPoint]]


class TrainingPage(BaseModel):
    """Training runs, newest first."""

    runs: list[JobSummary]
    next: str | None


class EventDocument(BaseModel):
    """The data of one event of a job's stream."""

    seq: int
    kind: str
    at: str
    body: dict[str, Any]


class MessageDocument(BaseModel):
    """One message of a job's stream of server-sent events."""

    event: str = Field(description="`snapshot`, or the kind of an event.")
    id: str = Field(description="Number of the job's last event: for Last-Event-ID.")
    data: str = Field(
        description="JSON: of a snapshot the job, else the event.",
        json_schema_extra={"contentMediaType": "application/json"},
    )


class EventPage(BaseModel):
    """A job's events after a number."""

    version: int = Field(description="Number of the job's last event.")
    state: State
    events: list[EventDocument]
