"""Error types with stable codes, and the HTTP status and title of each code."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

__all__ = [
    "ERRORS",
    "MOST_FIELDS",
    "AccountDeleted",
    "AccountDisabled",
    "AccountExists",
    "AccountNotFound",
    "AlreadySetUp",
    "ApiKeyLimit",
    "ApiKeyNotFound",
    "ArtifactCorrupt",
    "ArtifactNotFound",
    "BatchExpired",
    "BatchNotFound",
    "CodesignerError",
    "CollectionNotFound",
    "DeliveryNotFound",
    "ErrorKind",
    "FieldError",
    "GateFailed",
    "IdempotencyConflict",
    "IdentityTaken",
    "IdentityUnknown",
    "InvalidRequest",
    "InvitationNotFound",
    "JobExpired",
    "JobNotFound",
    "JobStillActive",
    "LastAdministrator",
    "LinkInvalid",
    "MemberNotFound",
    "ModelsMissing",
    "NoPreviousRelease",
    "PaletteLimit",
    "PaletteNotFound",
    "PasswordNeeded",
    "QueueFull",
    "ReleaseConflict",
    "ReleaseNotFound",
    "SessionNotFound",
    "SignInFailed",
    "StaleFence",
    "WebhookNotFound",
    "WorkspaceNotFound",
    "error_document",
]


MOST_FIELDS = 20
"""Maximum number of invalid fields in a response; its detail gives the number of further ones."""


@dataclass(frozen=True, kw_only=True)
class ErrorKind:
    """HTTP status and title (RFC 9457) of an error code."""

    status: int
    title: str


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """Validation error of one field of a request."""

    field: str
    message: str


ERRORS: Mapping[str, ErrorKind] = MappingProxyType(
    {
        # errors of requests
        "invalid_request": ErrorKind(status=422, title="Some fields are not valid"),
        "malformed_request": ErrorKind(status=400, title="The request cannot be read"),
        "unknown_host": ErrorKind(status=400, title="This host name is not served"),
        "idempotency_conflict": ErrorKind(
            status=422, title="The idempotency key was used with another payload"
        ),
        "payload_too_large": ErrorKind(status=413, title="The request is too large"),
        "image_too_large": ErrorKind(status=413, title="The image has too many pixels"),
        "unsupported_media_type": ErrorKind(status=415, title="This file type is not supported"),
        "image_unreadable": ErrorKind(status=422, title="The image cannot be read"),
        "image_transparent": ErrorKind(status=422, title="The image is fully transparent"),
        "palette_invalid": ErrorKind(status=422, title="The palette cannot be used"),
        "not_found": ErrorKind(status=404, title="There is nothing here"),
        "method_not_allowed": ErrorKind(status=405, title="This method is not allowed here"),
        "job_not_found": ErrorKind(status=404, title="There is no such job"),
        "job_expired": ErrorKind(status=410, title="The job has expired"),
        "job_deleted": ErrorKind(status=410, title="The job was deleted"),
        "job_still_active": ErrorKind(status=409, title="The job has not ended"),
        "job_not_printable": ErrorKind(
            status=409, title="Only a design that succeeded can be printed"
        ),
        "job_not_editable": ErrorKind(
            status=409, title="This variant cannot be changed: it has no design record"
        ),
        "no_files": ErrorKind(status=409, title="There are no files to download"),
        "zip_too_large": ErrorKind(status=422, title="The files are too large for one zip"),
        "edit_not_understood": ErrorKind(status=422, title="The change was not understood"),
        "edit_not_possible": ErrorKind(status=422, title="This design cannot be changed so"),
        "edit_without_effect": ErrorKind(status=422, title="The change would change nothing"),
        "edit_without_design": ErrorKind(status=422, title="A change needs a design"),
        "batch_not_found": ErrorKind(status=404, title="There is no such batch"),
        "batch_expired": ErrorKind(status=410, title="The batch has expired"),
        "webhook_not_found": ErrorKind(status=404, title="There is no such webhook"),
        "delivery_not_found": ErrorKind(status=404, title="There is no such delivery"),
        "artifact_not_found": ErrorKind(status=404, title="There is no such artifact"),
        "collection_not_found": ErrorKind(status=404, title="There is no such collection"),
        "motif_not_found": ErrorKind(status=404, title="There is no such motif"),
        "export_not_found": ErrorKind(status=404, title="There is no such export"),
        "export_not_ready": ErrorKind(status=409, title="The export is not finished"),
        "palette_not_found": ErrorKind(status=404, title="There is no such palette"),
        "palette_limit": ErrorKind(status=409, title="Too many palettes are saved"),
        "release_not_found": ErrorKind(status=404, title="There is no such release"),
        "release_conflict": ErrorKind(status=409, title="A different release has this name"),
        "gate_failed": ErrorKind(status=409, title="The release did not pass its gates"),
        "no_previous_release": ErrorKind(status=409, title="There is no previous release"),
        "account_not_found": ErrorKind(status=404, title="There is no such account"),
        "account_exists": ErrorKind(status=409, title="An account has this name or e-mail"),
        "account_deleted": ErrorKind(status=403, title="The account is deleted"),
        "account_disabled": ErrorKind(status=403, title="The account is disabled"),
        "already_set_up": ErrorKind(status=409, title="There is an administrator already"),
        "last_administrator": ErrorKind(
            status=409, title="The workspace needs another administrator first"
        ),
        "workspace_not_found": ErrorKind(status=404, title="There is no such workspace"),
        "member_not_found": ErrorKind(status=404, title="There is no such member"),
        "session_not_found": ErrorKind(status=404, title="There is no such session"),
        "api_key_not_found": ErrorKind(status=404, title="There is no such API key"),
        "api_key_limit": ErrorKind(status=409, title="The account has too many API keys"),
        "share_link_not_found": ErrorKind(status=404, title="There is no such share link"),
        "share_link_limit": ErrorKind(status=409, title="There are too many share links"),
        "job_not_shareable": ErrorKind(status=409, title="Only designs can be shared"),
        "signed_link_expired": ErrorKind(status=410, title="The link to this file has expired"),
        "link_invalid": ErrorKind(status=410, title="This link was used or has expired"),
        "invitation_not_found": ErrorKind(status=404, title="There is no such invitation"),
        "identity_unknown": ErrorKind(status=403, title="No account belongs to this identity"),
        "identity_taken": ErrorKind(status=409, title="The identity belongs to another account"),
        "password_needed": ErrorKind(status=409, title="The account needs a password first"),
        "sign_in_expired": ErrorKind(status=400, title="The sign-in was not begun here"),
        "provider_refused": ErrorKind(status=403, title="The sign-in service did not let you in"),
        "provider_failed": ErrorKind(
            status=502, title="The sign-in service did not answer as expected"
        ),
        "sign_in_failed": ErrorKind(status=401, title="Name or password is wrong"),
        "unauthorized": ErrorKind(status=401, title="A token is required"),
        "forbidden": ErrorKind(status=403, title="This is not allowed"),
        "range_not_satisfiable": ErrorKind(status=416, title="The range is outside the file"),
        "request_timeout": ErrorKind(status=408, title="The request took too long to arrive"),
        "rate_limited": ErrorKind(status=429, title="Too many requests"),
        "owner_limit": ErrorKind(status=429, title="Too many of your jobs have not ended"),
        "daily_limit": ErrorKind(status=429, title="You have submitted many jobs today"),
        "storage_limit": ErrorKind(status=429, title="Your storage is full"),
        "address_limit": ErrorKind(status=429, title="Too many jobs come from your network"),
        "queue_full": ErrorKind(status=503, title="The queue is full"),
        "unavailable": ErrorKind(status=503, title="The service is not available"),
        "internal": ErrorKind(status=500, title="An internal error occurred"),
        # errors of jobs, stored in a job's `error`
        "stage_failed": ErrorKind(status=500, title="A stage failed"),
        "attempts_used_up": ErrorKind(status=500, title="A stage used up its attempts"),
        "deadline_passed": ErrorKind(status=504, title="The job missed its deadline"),
        "time_limit": ErrorKind(status=504, title="A stage exceeded its time limit"),
        "out_of_memory": ErrorKind(status=503, title="The device ran out of memory"),
        "models_missing": ErrorKind(status=503, title="A model's weights are missing"),
        "weights_corrupt": ErrorKind(
            status=500, title="A model's weights failed checksum verification"
        ),
        "artifact_corrupt": ErrorKind(status=500, title="An artifact failed checksum verification"),
        "storage_full": ErrorKind(status=507, title="The artifact store is full"),
        "dataset_invalid": ErrorKind(status=422, title="The dataset cannot be trained on"),
        # internal errors
        "stale_fence": ErrorKind(status=409, title="The stage run was claimed by another worker"),
    }
)


class CodesignerError(Exception):
    """Base class of all errors raised by this project.

    Args:
        code: a key of `ERRORS`; KeyError otherwise.
        message: a sentence for people, with the remedy where one is known.
        fields: validation errors by field of the request.
        retry_after_s: seconds after which a retry may succeed.
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
        """Return the HTTP status."""
        return self.kind.status

    @property
    def title(self) -> str:
        """Return the title, which all errors of this code share."""
        return self.kind.title

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpickle, (self.code, self.message, self.fields, self.retry_after_s))


def _unpickle(
    code: str, message: str, fields: tuple[FieldError, ...], retry_after_s: float | None
) -> CodesignerError:
    return CodesignerError(code, message, fields=fields, retry_after_s=retry_after_s)


class InvalidRequest(CodesignerError):
    """Fields of a request are missing, of the wrong type or out of range."""

    def __init__(self, *fields: FieldError) -> None:
        message = " ".join(f"{field.field}: {field.message}" for field in fields[:MOST_FIELDS])
        super().__init__("invalid_request", message, fields=fields)


class IdempotencyConflict(CodesignerError):
    """An idempotency key was reused with a different payload."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_conflict",
            "This Idempotency-Key was used with a different payload; choose a new key.",
        )


class JobNotFound(CodesignerError):
    """No job has this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__("job_not_found", f"There is no job {job_id}.")


class JobExpired(CodesignerError):
    """The job existed and has expired, or was deleted."""

    def __init__(self, job_id: str, *, deleted: bool = False) -> None:
        if deleted:
            super().__init__("job_deleted", f"The job {job_id} was deleted.")
        else:
            super().__init__("job_expired", f"The job {job_id} has expired.")


class CollectionNotFound(CodesignerError):
    """No collection has this id."""

    def __init__(self, collection_id: str) -> None:
        super().__init__("collection_not_found", f"There is no collection {collection_id}.")


class ExportNotFound(CodesignerError):
    """Whoever asks has no export of this id, or it has expired."""

    def __init__(self, export_id: str) -> None:
        super().__init__("export_not_found", f"There is no export {export_id}.")


class BatchNotFound(CodesignerError):
    """No batch has this id."""

    def __init__(self, batch_id: str) -> None:
        super().__init__("batch_not_found", f"There is no batch {batch_id}.")


class BatchExpired(CodesignerError):
    """The batch existed; all its jobs have expired."""

    def __init__(self, batch_id: str) -> None:
        super().__init__("batch_expired", f"The batch {batch_id} has expired.")


class WebhookNotFound(CodesignerError):
    """No webhook endpoint has this id."""

    def __init__(self, endpoint_id: str) -> None:
        super().__init__("webhook_not_found", f"There is no webhook {endpoint_id}.")


class PaletteNotFound(CodesignerError):
    """The owner has no saved palette of this id."""

    def __init__(self, palette_id: str) -> None:
        super().__init__("palette_not_found", f"There is no palette {palette_id}.")


class PaletteLimit(CodesignerError):
    """The owner has saved as many palettes as one may."""

    def __init__(self, most: int) -> None:
        super().__init__("palette_limit", f"At most {most} palettes are kept; remove one first.")


class DeliveryNotFound(CodesignerError):
    """No delivery of a webhook has this id."""

    def __init__(self, delivery_id: str) -> None:
        super().__init__("delivery_not_found", f"There is no delivery {delivery_id}.")


class JobStillActive(CodesignerError):
    """The operation requires a job that has ended."""

    def __init__(self, job_id: str) -> None:
        super().__init__("job_still_active", f"The job {job_id} has not ended; cancel it first.")


class QueueFull(CodesignerError):
    """The number of active jobs reached the limit of this installation."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(
            "queue_full", "The queue is full; try again later.", retry_after_s=retry_after_s
        )


class ArtifactNotFound(CodesignerError):
    """No artifact has this sha256."""

    def __init__(self, sha256: str) -> None:
        super().__init__("artifact_not_found", f"There is no artifact {sha256}.")


class ArtifactCorrupt(CodesignerError):
    """The bytes of an artifact do not match its sha256."""

    def __init__(self, sha256: str) -> None:
        super().__init__("artifact_corrupt", f"Artifact {sha256} failed checksum verification.")


class ModelsMissing(CodesignerError):
    """A role has no model version, or the weights of a version were not found."""

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
    """There is no earlier promotion to roll back to."""

    def __init__(self) -> None:
        super().__init__("no_previous_release", "No release was promoted before the current one.")


class StaleFence(CodesignerError):
    """The claim is no longer valid: the fence is stale or the job has ended. Drop the work."""

    def __init__(self, job_id: str, stage: str) -> None:
        super().__init__("stale_fence", f"{stage} of job {job_id} is no longer this worker's.")


class AccountNotFound(CodesignerError):
    """No account has this id or name."""

    def __init__(self, account: str) -> None:
        super().__init__("account_not_found", f"There is no account {account}.")


class AccountExists(CodesignerError):
    """Another account has the name or the e-mail."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "account_exists", f"The name {name} or its e-mail is taken; choose another one."
        )


class AccountDeleted(CodesignerError):
    """The account is deleted; its owner can restore it for ten minutes."""

    def __init__(self) -> None:
        message = "This account is deleted; for ten minutes it can be restored."
        super().__init__("account_deleted", message)


class AccountDisabled(CodesignerError):
    """The account was disabled by an administrator."""

    def __init__(self) -> None:
        super().__init__("account_disabled", "This account is disabled; ask an administrator.")


class AlreadySetUp(CodesignerError):
    """The installation has an administrator."""

    def __init__(self) -> None:
        super().__init__(
            "already_set_up", "There is an administrator already, who can invite others."
        )


class LastAdministrator(CodesignerError):
    """The workspace would have no administrator left."""

    def __init__(self, workspace_id: str) -> None:
        super().__init__(
            "last_administrator",
            f"This is the last administrator of {workspace_id}; appoint another one first.",
        )


class WorkspaceNotFound(CodesignerError):
    """No workspace has this id."""

    def __init__(self, workspace_id: str) -> None:
        super().__init__("workspace_not_found", f"There is no workspace {workspace_id}.")


class MemberNotFound(CodesignerError):
    """The account is no member of the workspace."""

    def __init__(self, account_id: str, workspace_id: str) -> None:
        super().__init__("member_not_found", f"{account_id} is no member of {workspace_id}.")


class SessionNotFound(CodesignerError):
    """The account has no session of this id."""

    def __init__(self, session_id: str) -> None:
        super().__init__("session_not_found", f"There is no session {session_id}.")


class ApiKeyNotFound(CodesignerError):
    """The account has no API key of this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__("api_key_not_found", f"There is no API key {key_id}.")


class ApiKeyLimit(CodesignerError):
    """The account has as many API keys as one may."""

    def __init__(self, most: int) -> None:
        super().__init__("api_key_limit", f"At most {most} keys are kept; revoke one first.")


class ShareLinkNotFound(CodesignerError):
    """There is no such share link, or it is revoked or expired; which of them is not said."""

    def __init__(self) -> None:
        super().__init__(
            "share_link_not_found",
            "This link is not valid: it may have expired or been revoked; ask for another one.",
        )


class ShareLinkLimit(CodesignerError):
    """The design or collection has as many share links as one may."""

    def __init__(self, most: int) -> None:
        super().__init__("share_link_limit", f"At most {most} links are kept; revoke one first.")


class LinkInvalid(CodesignerError):
    """A link to accept an invitation or to set a password is unknown, used or expired."""

    def __init__(self) -> None:
        super().__init__(
            "link_invalid", "This link was already used or has expired; ask for another one."
        )


class InvitationNotFound(CodesignerError):
    """The workspace has no open invitation of this id."""

    def __init__(self, invitation_id: str) -> None:
        super().__init__("invitation_not_found", f"There is no open invitation {invitation_id}.")


class IdentityUnknown(CodesignerError):
    """An identity of OpenID Connect has no account, and gets none by itself."""

    def __init__(self) -> None:
        super().__init__(
            "identity_unknown",
            "You are signed in there, but have no account here; ask for an invitation.",
        )


class IdentityTaken(CodesignerError):
    """An identity of OpenID Connect signs in to another account already."""

    def __init__(self) -> None:
        super().__init__("identity_taken", "This identity signs in to another account already.")


class PasswordNeeded(CodesignerError):
    """The account would have no way to sign in."""

    def __init__(self) -> None:
        super().__init__(
            "password_needed",
            "The account has no password; ask an administrator for a link to set one first.",
        )


class SignInFailed(CodesignerError):
    """The name or the password is wrong; which one is not said."""

    def __init__(self) -> None:
        super().__init__("sign_in_failed", "The name or the password is wrong.")


def error_document(error: CodesignerError, *, stage: str | None = None) -> dict[str, Any]:
    """Return the JSON object stored as the error of a job or a stage run."""
    return {
        "code": error.code,
        "title": error.title,
        "message": error.message,
        "stage": stage,
    }
