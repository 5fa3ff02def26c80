"""Submission of design records to be drawn."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import ModelVersion
from shared.designs.checks import check_drawable
from shared.designs.parsing import record_json
from shared.designs.record import Design, FieldLayer
from shared.designs.references import references
from shared.errors import ArtifactNotFound, CodesignerError, FieldError, InvalidRequest
from shared.jobs.insertion import Submission
from shared.jobs.renders import render_submission
from shared.queue.completion import ArtifactRecord
from web.db.queries import checked_artifact
from web.extensions import Services
from web.http.i18n import translate as _
from web.http.identity import Owner, request_fields
from web.schemas.designs import RenderRequest
from web.services.jobs import Describe, Described, requested_webhook, submit_job
from web.uploads.storing import store_held

__all__ = ["layer_files", "stored_record", "submit_render"]


def submit_render(
    services: Services,
    request: RenderRequest,
    describe: Describe[Described],
    *,
    idempotency_key: str | None = None,
) -> Described:
    """Submit a record to be drawn; see `web.services.jobs.submit_job`.

    Raises:
        InvalidRequest: the record cannot be drawn, or refers to what does not exist; `fields` has
            the paths.
    """
    settings, design = services.settings, request.design
    try:
        check_drawable(design)
    except InvalidRequest as error:
        raise InvalidRequest(*map(_in_request, error.fields)) from None
    with services.sessions() as session:
        files = layer_files(session, services, design)
    webhook = requested_webhook(request.webhook, settings)
    record = stored_record(services, design)

    def build(_session: Session, owner: Owner) -> Submission:
        return render_submission(
            design,
            [record, *files],
            size_px=request.size,
            product=request.product,
            idempotency_key=idempotency_key,
            webhook=webhook,
            **request_fields(owner, settings),
        )

    return submit_job(services, build, describe)


def _in_request(error: FieldError) -> FieldError:
    return FieldError(field=f"design.{error.field}", message=error.message)


def stored_record(services: Services, design: Design, kind: str = "design") -> ArtifactRecord:
    """Store a record and return the artifact of this kind."""
    content = record_json(design).encode()
    return ArtifactRecord(
        kind=kind,
        variant=0,
        sha256=store_held(services, content),
        media_type="application/json",
        size_bytes=len(content),
    )


def layer_files(session: Session, services: Services, design: Design) -> list[ArtifactRecord]:
    """Return the files that a record refers to, which the visitor must be allowed to fetch.

    Raises:
        InvalidRequest: with the paths of what does not exist.
    """
    files: dict[str, ArtifactRecord] = {}
    errors = _missing_releases(session, design)
    for path, name in references(design):
        try:
            files.setdefault(name, _layer_file(session, services, name, len(files) + 1))
        except CodesignerError:
            message = _("There is no artifact with this sha256.")
            errors.append(FieldError(field=f"design.{path}", message=message))
    if errors:
        raise InvalidRequest(*errors)
    return list(files.values())


def _layer_file(session: Session, services: Services, name: str, number: int) -> ArtifactRecord:
    made = checked_artifact(session, name).made
    if made is None:  # a reference image, which is stored as PNG
        with services.store.open(name) as stream:
            content = stream.read(services.limits.max_bytes + 1)
        media_type, size_bytes = "image/png", len(content)
    else:
        media_type, size_bytes = made.media_type, made.size_bytes
        if not services.store.exists(name):
            raise ArtifactNotFound(name)
    return ArtifactRecord(
        kind=f"layer-{number}",
        variant=0,
        sha256=name,
        media_type=media_type,
        size_bytes=size_bytes,
    )


def _missing_releases(session: Session, design: Design) -> list[FieldError]:
    """Return errors for field layers of model versions that do not exist any more."""
    layers = [
        (index, layer.release)
        for index, layer in enumerate(design.layers)
        if isinstance(layer, FieldLayer)
    ]
    named = {release for _index, release in layers}
    known = set(session.scalars(select(ModelVersion.name).where(ModelVersion.name.in_(named))))
    return [
        FieldError(
            field=f"design.layers.{index}.release",
            message=_("There is no model version of this name."),
        )
        for index, release in layers
        if release not in known
    ]
