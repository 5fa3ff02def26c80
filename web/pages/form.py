"""Design form page: submit a design or a batch."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import PRODUCTS
from shared.db.models import Batch, Job
from shared.errors import CodesignerError, FieldError, JobExpired, JobNotFound
from shared.jobs.serializers import JobSnapshot, job_snapshot
from shared.number_lists import numbers_in
from shared.pipelines import DEFAULT_SIZE_PX, DEFAULT_VARIANTS
from web.db.palettes import owned_palettes
from web.db.queries import DESIGNERS, checked_batch, checked_job
from web.extensions import Services
from web.extensions import services as current_services
from web.http.access import is_signed_in
from web.http.batch_responses import batch_response
from web.http.conditional import snapshot_response
from web.http.i18n import language
from web.http.i18n import translate as _
from web.http.idempotency import idempotency_key
from web.http.identity import check_headers, is_kept_visitor, palette_owner, remember_visitor
from web.http.parsing import check_length, read_page_batch, read_page_design
from web.http.problems import wants_page
from web.presentation.palettes import palette_document
from web.presentation.tags import chips_of
from web.schemas.batches import MAX_JOBS
from web.schemas.jobs import DEFAULT_STRENGTH, SIZES
from web.services.batches import submit_sweep
from web.services.jobs import draw_seed, submit_design
from web.services.motifs import installed_names, installed_state

__all__ = ["EXAMPLES", "blueprint"]

blueprint = Blueprint("form", __name__)

_MAX_LIST_CHARS = 4000
"""Longest list of numbers, in characters: room for more than a hundred seeds."""
EXAMPLES = (
    ("zh", "手机壳：铝合金，透光性好；抽象几何图案，渐变色；防水，防滑"),
    ("en", "Foxes and pine trees, cosy autumn, mustard and navy, for a mug"),
    ("en", "Tote bag: lemons and leaves on white, yellow and green, fresh"),
    ("zh", "海报：仙鹤与祥云，红色和金色，米色底，典雅"),
    ("en", "Notebook: scallops in #0B7A75, #F4E7BE and #E2725B, no other colours, fine lines"),
    ("zh", "T恤：星球和彗星，70%藏青色，其余奶油色，不要红色"),
)
"""Language and text of examples; a test checks that each is understood whole."""


@dataclass(frozen=True, kw_only=True)
class FormValues:
    """Values of the form's fields."""

    brief: str = ""
    product: str = ""
    variants: str = str(DEFAULT_VARIANTS)
    seed: str = ""
    reference_strength: str = str(DEFAULT_STRENGTH)
    size: str = str(DEFAULT_SIZE_PX)
    reference_sha256: str = ""
    derived_from: str = ""
    """Id of the job that the form was filled in from."""
    palette_earlier: str = ""
    """Colours of an earlier job's palette, as JSON."""
    palette_saved: str = ""
    """Id of a saved palette."""
    palette_only: str = ""
    colour_changes: str = ""
    """Changes of the brief's colours by hand, as JSON."""
    seeds: str = ""
    strengths: str = ""
    lines: str = ""
    """If not empty, each line of the brief is a separate brief."""

    @property
    def several(self) -> bool:
        """Whether the form submits a batch."""
        return bool(self.seeds.strip() or self.strengths.strip() or self.lines)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Validation errors to show on the form."""

    detail: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@blueprint.get("/")
def form() -> str | tuple[str, int]:
    """Show the form, empty or prefilled from an earlier job (`?from=`)."""
    remember_visitor()
    services = current_services()
    job_id = request.args.get("from")
    if job_id is None:
        return _render_form(services, FormValues(), Refusal())
    try:
        job = _design_job(services, job_id)
    except (JobNotFound, JobExpired) as error:
        gone = _("The design that this form begins with does not exist any more.")
        return _render_form(services, FormValues(), Refusal(detail=gone)), error.status
    return _render_form(services, _values_of_job(job), Refusal(), _chosen_motifs(services, job))


@blueprint.post("/designs")
def submit() -> Response | tuple[str, int]:
    """Submit the form; on errors show it again. The page's script gets JSON."""
    services = current_services()
    try:
        key = idempotency_key()
        check_headers()
        submitted = _submitted_values()
        if submitted.several:
            return _submit_batch(services, submitted, key)
        return _submit_design(services, key)
    except CodesignerError as error:
        if not wants_page():
            raise
        return _render_form(services, _submitted_values(), _refusal(error)), error.status


def _submit_design(services: Services, key: str | None) -> Response:
    design, reference = read_page_design(services)
    if design.derived_from is not None and not _exists(services, design.derived_from):
        design = design.model_copy(update={"derived_from": None})
    if wants_page():
        return submit_design(services, design, reference, _redirect_to_job, idempotency_key=key)
    snapshot = submit_design(services, design, reference, _read_job, idempotency_key=key)
    with services.sessions() as session:
        return snapshot_response(session, snapshot, status=202)


def _redirect_to_job(session: Session, job: Job) -> Response:
    checked_job(session, job.id)  # a repeated key may be that of an expired job
    return redirect(url_for("jobs_pages.job", job_id=job.id), 303)


def _read_job(session: Session, job: Job) -> JobSnapshot:
    return job_snapshot(session, checked_job(session, job.id))


def _submit_batch(services: Services, submitted: FormValues, key: str | None) -> Response:
    values: dict[str, object] = {
        name: text
        for name in (
            *("variants", "product", "size", "reference_sha256", "derived_from"),
            *("palette_earlier", "palette_saved", "palette_only", "colour_changes"),
        )
        if (text := getattr(submitted, name))
    }
    lines = submitted.brief.splitlines() if submitted.lines else []
    values["briefs"] = [line for line in lines if line.strip()] or [submitted.brief]
    for name, single in (("seeds", submitted.seed), ("strengths", submitted.reference_strength)):
        check_length(name, text := getattr(submitted, name), _MAX_LIST_CHARS)
        numbers = numbers_in(text) or ([single] if single else [])
        if numbers:
            values[name] = numbers
    sweep, reference = read_page_batch(services, values)
    if sweep.derived_from is not None and not _exists(services, sweep.derived_from):
        sweep = sweep.model_copy(update={"derived_from": None})
    return submit_sweep(services, sweep, reference, _describe_batch, idempotency_key=key)


def _describe_batch(session: Session, batch: Batch) -> Response:
    if wants_page():
        batch = checked_batch(session, batch.id)  # a repeated key may be that of an expired batch
        return redirect(url_for("batch_pages.batch", batch_id=batch.id), 303)
    return batch_response(session, batch, fresh=True)


def _render_form(
    services: Services,
    values: FormValues,
    refusal: Refusal,
    chosen_motifs: list[dict[str, Any]] | None = None,
) -> str:
    is_admin = is_signed_in()
    return render_template(
        "form.html",
        chosen_motifs=chosen_motifs,
        missing_sets=installed_state(services.settings).missing if is_admin else (),
        values=values,
        refusal=refusal,
        draft=request.args.get("from", values.derived_from),
        saved_palettes=_saved_palettes(services),
        products=tuple(PRODUCTS),
        sizes=SIZES,
        examples=EXAMPLES,
        suggested_seed=draw_seed(),
        max_lines=MAX_JOBS,
        max_brief_chars=services.settings.max_brief_chars,
        max_upload_bytes=services.settings.max_upload_bytes,
    )


def _saved_palettes(services: Services) -> list[dict[str, Any]]:
    """Return the documents of the visitor's saved palettes."""
    if not is_kept_visitor():
        return []
    owner = palette_owner()
    with services.sessions() as session:
        return [palette_document(each) for each in owned_palettes(session, owner)]


def _exists(services: Services, job_id: str) -> bool:
    """Return whether the job that the form was filled in from has not expired meanwhile."""
    try:
        _design_job(services, job_id)
    except (JobNotFound, JobExpired):
        return False
    return True


def _design_job(services: Services, job_id: str) -> Job:
    with services.sessions() as session:
        job = checked_job(session, job_id)
    if job.pipeline not in DESIGNERS:
        raise JobNotFound(job_id)
    return job


def _chosen_motifs(services: Services, job: Job) -> list[dict[str, Any]] | None:
    """Return the motifs that a job's request chose; None: it took those of the brief."""
    if "motifs" not in job.understood:
        return None
    understood = ParsedBrief.from_document(job.understood)
    chosen, chose_none = understood.motifs, understood.motifs_chosen and not understood.motifs
    if chosen == parse_brief(job.brief).motifs and not chose_none:
        return None
    names = installed_names(services.settings)
    chips = chips_of({"motifs": [asdict(mention) for mention in chosen]}, language(), names)
    return [chip.to_document() for chip in chips if chip.picture is not None]


def _values_of_job(job: Job) -> FormValues:
    options: dict[str, Any] = job.options
    values = {name: str(options[name]) for name in FormValues.__annotations__ if name in options}
    palette, changes = options.get("palette"), options.get("colour_changes")
    return FormValues(
        **values
        | {
            "brief": job.brief,
            "reference_sha256": job.reference_sha256 or "",
            "derived_from": job.id,
            "palette_earlier": json.dumps(palette, ensure_ascii=False) if palette else "",
            "palette_only": "1" if options.get("palette_only") else "",
            "colour_changes": json.dumps(changes) if changes else "",
        }
    )


def _submitted_values() -> FormValues:
    names = [name for name in FormValues.__annotations__ if name in request.form]
    return FormValues(**{name: request.form[name] for name in names})


def _refusal(error: CodesignerError) -> Refusal:
    fields: dict[str, str] = {}
    for fault in error.fields or (FieldError(field="", message=error.message),):
        name = fault.field.split(".")[0]
        fields.setdefault("brief" if name == "briefs" else name, fault.message)
    return Refusal(detail=fields.get("") or _("Some fields are invalid."), fields=fields)
