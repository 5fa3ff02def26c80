"""Every error that a caller can meet: one root, a stable code each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

__all__ = [
    "ERRORS",
    "MOST_FIELDS",
    "ArtifactCorrupt",
    "ArtifactNotFound",
    "BatchExpired",
    "BatchNotFound",
    "CodesignerError",
    "DeliveryNotFound",
    "ErrorKind",
    "FieldError",
    "GateFailed",
    "IdempotencyConflict",
    "InvalidRequest",
    "JobExpired",
    "JobNotFound",
    "JobStillActive",
    "ModelsMissing",
    "NoPreviousRelease",
    "OwnerLimit",
    "QueueFull",
    "ReleaseConflict",
    "ReleaseNotFound",
    "StaleFence",
    "WebhookNotFound",
    "error_document",
]


MOST_FIELDS = 20
"""Fields at fault that an answer names; it tells the number of the others."""


@dataclass(frozen=True, kw_only=True)
class ErrorKind:
    """A code's HTTP status and its title (RFC 9457)."""

    status: int
    title: str


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """What is wrong with one field of a request."""

    field: str
    message: str


ERRORS: Mapping[str, ErrorKind] = MappingProxyType(
    {
        # of requests
        "invalid_request": ErrorKind(status=422, title="Some fields are not valid"),
        "malformed_request": ErrorKind(status=400, title="The request cannot be read"),
        "idempotency_conflict": ErrorKind(
            status=422, title="The idempotency key was used with another payload"
        ),
        "payload_too_large": ErrorKind(status=413, title="The request is too large"),
        "image_too_large": ErrorKind(status=413, title="The image has too many pixels"),
        "unsupported_media_type": ErrorKind(status=415, title="This kind of file is not taken"),
        "image_unreadable": ErrorKind(status=422, title="The image cannot be read"),
        "not_found": ErrorKind(status=404, title="There is nothing here"),
        "method_not_allowed": ErrorKind(status=405, title="This method is not allowed here"),
        "job_not_found": ErrorKind(status=404, title="There is no such job"),
        "job_expired": ErrorKind(status=410, title="The job has expired"),
        "job_still_active": ErrorKind(status=409, title="The job has not ended"),
        "job_not_printable": ErrorKind(
            status=409, title="Only a design that succeeded can be printed"
        ),
        "batch_not_found": ErrorKind(status=404, title="There is no such batch"),
        "batch_expired": ErrorKind(status=410, title="The batch has expired"),
        "webhook_not_found": ErrorKind(status=404, title="There is no such webhook"),
        "delivery_not_found": ErrorKind(status=404, title="There is no such delivery"),
        "artifact_not_found": ErrorKind(status=404, title="There is no such artifact"),
        "release_not_found": ErrorKind(status=404, title="There is no such release"),
        "release_conflict": ErrorKind(status=409, title="A release of this name is different"),
        "gate_failed": ErrorKind(status=409, title="The release did not pass its gates"),
        "no_previous_release": ErrorKind(status=409, title="There is no release to go back to"),
        "unauthorized": ErrorKind(status=401, title="A token is needed"),
        "forbidden": ErrorKind(status=403, title="This is not allowed"),
        "range_not_satisfiable": ErrorKind(status=416, title="The range is not in the file"),
        "rate_limited": ErrorKind(status=429, title="Too many requests"),
        "owner_limit": ErrorKind(status=429, title="Too many of your jobs have not ended"),
        "queue_full": ErrorKind(status=503, title="The queue is full"),
        "unavailable": ErrorKind(status=503, title="The service is not available"),
        "internal": ErrorKind(status=500, title="Something went wrong here"),
        # of jobs: found in a job's `error`
        "stage_failed": ErrorKind(status=500, title="A stage failed"),
        "attempts_used_up": ErrorKind(status=500, title="A stage was given up after its attempts"),
        "deadline_passed": ErrorKind(status=504, title="The job did not end in time"),
        "time_limit": ErrorKind(status=504, title="A stage ran past its time limit"),
        "out_of_memory": ErrorKind(status=503, title="The device's memory did not suffice"),
        "models_missing": ErrorKind(status=503, title="A model's weights are missing"),
        "weights_corrupt": ErrorKind(status=500, title="A model's weights are not what they were"),
        "artifact_corrupt": ErrorKind(status=500, title="An artifact is not what it was"),
        "storage_full": ErrorKind(status=507, title="There is no room left"),
        "dataset_invalid": ErrorKind(status=422, title="The dataset cannot be trained on"),
        # between parts
        "stale_fence": ErrorKind(status=409, title="The work has been given to another worker"),
    }
)


class CodesignerError(Exception):
    """The root of all errors raised on purpose.

    Args:
        code: a key of `ERRORS`; KeyError otherwise.
        message: a sentence for people, naming what to do where that is known.
        fields: what is wrong with which field of a request.
        retry_after_s: seconds after which the same may succeed.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        fields: tuple[FieldError, ...] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = ERRORS[code]
        self.code = code
        self.message = message
        self.fields = fields
        self.retry_after_s = retry_after_s

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.kind.status

    @property
    def title(self) -> str:
        """Sentence that is the same for all errors of this code."""
        return self.kind.title

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, (self.code, self.message, self.fields, self.retry_after_s))


def _restored(
    code: str, message: str, fields: tuple[FieldError, ...], retry_after_s: float | None
) -> CodesignerError:
    return CodesignerError(code, message, fields=fields, retry_after_s=retry_after_s)


class InvalidRequest(CodesignerError):
    """Fields of a request are missing, of the wrong kind or out of range."""

    def __init__(self, *fields: FieldError) -> None:
        message = " ".join(f"{each.field}: {each.message}" for each in fields[:MOST_FIELDS])
        super().__init__("invalid_request", message, fields=fields)


class IdempotencyConflict(CodesignerError):
    """An idempotency key came a second time, with another payload."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_conflict",
            "This Idempotency-Key was used for another payload; choose a new key.",
        )


class JobNotFound(CodesignerError):
    """No job has this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__("job_not_found", f"There is no job {job_id}.")


class JobExpired(CodesignerError):
    """The job was there and has expired."""

    def __init__(self, job_id: str) -> None:
        super().__init__("job_expired", f"The job {job_id} has expired.")


class BatchNotFound(CodesignerError):
    """No batch has this id."""

    def __init__(self, batch_id: str) -> None:
        super().__init__("batch_not_found", f"There is no batch {batch_id}.")


class BatchExpired(CodesignerError):
    """The batch was there; all its jobs have expired."""

    def __init__(self, batch_id: str) -> None:
        super().__init__("batch_expired", f"The batch {batch_id} has expired.")


class WebhookNotFound(CodesignerError):
    """No webhook endpoint has this id."""

    def __init__(self, endpoint_id: str) -> None:
        super().__init__("webhook_not_found", f"There is no webhook {endpoint_id}.")


class DeliveryNotFound(CodesignerError):
    """No delivery of a webhook has this id."""

    def __init__(self, delivery_id: str) -> None:
        super().__init__("delivery_not_found", f"There is no delivery {delivery_id}.")


class JobStillActive(CodesignerError):
    """What was asked for needs a job that has ended."""

    def __init__(self, job_id: str) -> None:
        super().__init__("job_still_active", f"The job {job_id} has not ended; cancel it first.")


class QueueFull(CodesignerError):
    """As many jobs wait as this installation takes."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(
            "queue_full", "The queue is full; try again later.", retry_after_s=retry_after_s
        )


class OwnerLimit(CodesignerError):
    """As many jobs of one owner have not ended as may."""

    def __init__(self, most: int, retry_after_s: float) -> None:
        super().__init__(
            "owner_limit",
            f"{most} of your jobs have not ended; wait for some, or cancel them.",
            retry_after_s=retry_after_s,
        )


class ArtifactNotFound(CodesignerError):
    """No artifact has this sha256."""

    def __init__(self, sha256: str) -> None:
        super().__init__("artifact_not_found", f"There is no artifact {sha256}.")


class ArtifactCorrupt(CodesignerError):
    """An artifact's bytes do not have its sha256."""

    def __init__(self, sha256: str) -> None:
        super().__init__("artifact_corrupt", f"The bytes of artifact {sha256} have changed.")


class ModelsMissing(CodesignerError):
    """A role has no version, or a version's weights are nowhere to be found."""

    def __init__(self, message: str) -> None:
        super().__init__("models_missing", message)


class ReleaseNotFound(CodesignerError):
    """No release has this name."""

    def __init__(self, release: str) -> None:
        super().__init__("release_not_found", f"There is no release {release}.")


class ReleaseConflict(CodesignerError):
    """A release of this name is registered with other versions."""

    def __init__(self, release: str) -> None:
        super().__init__(
            "release_conflict", f"The release {release} is registered with other versions."
        )


class GateFailed(CodesignerError):
    """A release's metrics do not reach its gates."""

    def __init__(self, release: str, missed: tuple[str, ...]) -> None:
        super().__init__("gate_failed", f"{release} does not pass: {', '.join(missed)}.")


class NoPreviousRelease(CodesignerError):
    """No release was promoted before this one."""

    def __init__(self) -> None:
        super().__init__("no_previous_release", "No release was promoted before the present one.")


class StaleFence(CodesignerError):
    """The stage run is no longer this worker's, or its job has ended: drop the work."""

    def __init__(self, job_id: str, stage: str) -> None:
        super().__init__("stale_fence", f"{stage} of job {job_id} is no longer this worker's.")


def error_document(error: CodesignerError, *, stage: str | None = None) -> dict[str, Any]:
    """Give the JSON that is kept as a job's or stage run's error."""
    return {
        "code": error.code,
        "title": error.title,
        "message": error.message,
        "stage": stage,
    }
