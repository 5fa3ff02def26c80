"""The form: what is to be designed."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.briefs.vocabulary import PRODUCTS
from shared.errors import CodesignerError, FieldError, JobNotFound
from shared.number_lists import numbers_in
from web.db.queries import DESIGNERS, checked_batch, checked_job
from web.extensions import Services
from web.extensions import services as current_services
from web.http.batch_responses import batch_response
from web.http.conditional import job_response
from web.http.i18n import translate as _
from web.http.idempotency import idempotency_key
from web.http.identity import note_visitor
from web.http.parsing import check_length, read_page_batch, read_page_design
from web.http.problems import wants_page
from web.schemas.jobs import DEFAULT_SIZE, DEFAULT_STRENGTH, DEFAULT_VARIANTS, SIZES
from web.services.batches import submit_sweep
from web.services.jobs import draw_seed, submit_design

__all__ = ["EXAMPLES", "blueprint"]

blueprint = Blueprint("form", __name__)

_LIST_CHARS = 4000
"""Of a list of numbers: more than a hundred seeds take."""
EXAMPLES = (
    ("zh", "手机壳：铝合金，透光性好；抽象几何图案，渐变色；防水，防滑"),
    ("en", "Phone case: aluminium, translucent; abstract geometric pattern, gradient; waterproof"),
    ("en", "A cosy mug with small mustard and cream flowers on deep teal, hand-drawn, matte glaze"),
    ("zh", "帆布袋：靛蓝与米白的海浪纹，细线条，疏朗，手工感"),
    ("en", "Notebook in navy and gold, art-deco fans, fine lines, high contrast"),
    ("zh", "海报：日落色调的抽象条纹，橙色、珊瑚色和紫色，柔和渐变"),
)


@dataclass(frozen=True, kw_only=True)
class FormValues:
    """What the form's fields hold."""

    brief: str = ""
    product: str = ""
    variants: str = str(DEFAULT_VARIANTS)
    seed: str = ""
    reference_strength: str = str(DEFAULT_STRENGTH)
    size: str = str(DEFAULT_SIZE)
    reference_sha256: str = ""
    seeds: str = ""
    strengths: str = ""
    lines: str = ""
    """Not empty: each line of the brief is a brief of its own."""

    @property
    def several(self) -> bool:
        """Whether more than one job is asked for."""
        return bool(self.seeds.strip() or self.strengths.strip() or self.lines)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why what was sent was not taken."""

    detail: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@blueprint.get("/")
def form() -> str:
    """Show the form, empty or with the values of an earlier job (`?from=`)."""
    note_visitor()
    services = current_services()
    earlier = request.args.get("from")
    values = FormValues() if earlier is None else _values_of(services, earlier)
    return _rendered(services, values, Refusal())


@blueprint.post("/designs")
def submit() -> Response | tuple[str, int]:
    """Take the form, or show it again with what is wrong; the page's script gets JSON."""
    services = current_services()
    try:
        key = idempotency_key()
        sent = _values_sent()
        address, answer = (
            _submit_batch(services, sent, key) if sent.several else _submit_one(services, key)
        )
    except CodesignerError as error:
        if not wants_page():
            raise
        return _rendered(services, _values_sent(), _refusal(error)), error.status
    return redirect(address, 303) if wants_page() else answer


def _submit_one(services: Services, key: str | None) -> tuple[str, Response]:
    body, reference = read_page_design(services)
    job = submit_design(services, body, reference, idempotency_key=key)
    with services.sessions() as session:
        answer = job_response(session, checked_job(session, job.id), status=202)
    return url_for("jobs_pages.job", job_id=job.id), answer


def _submit_batch(services: Services, sent: FormValues, key: str | None) -> tuple[str, Response]:
    values: dict[str, object] = {
        name: text
        for name in ("variants", "product", "size", "reference_sha256")
        if (text := getattr(sent, name))
    }
    lines = [line for line in sent.brief.splitlines() if line.strip()] if sent.lines else []
    values["briefs"] = lines or [sent.brief]
    for name, single in (("seeds", sent.seed), ("strengths", sent.reference_strength)):
        check_length(name, listed := getattr(sent, name), _LIST_CHARS)
        numbers = numbers_in(listed) or ([single] if single else [])
        if numbers:
            values[name] = numbers
    body, reference = read_page_batch(services, values)
    batch = submit_sweep(services, body, reference, idempotency_key=key)
    with services.sessions() as session:
        answer = batch_response(session, checked_batch(session, batch.id), fresh=True)
    return url_for("batch_pages.batch", batch_id=batch.id), answer


def _rendered(services: Services, values: FormValues, refusal: Refusal) -> str:
    return render_template(
        "form.html",
        values=values,
        refusal=refusal,
        products=tuple(PRODUCTS),
        sizes=SIZES,
        examples=EXAMPLES,
        suggested_seed=draw_seed(),
        max_brief_chars=services.settings.max_brief_chars,
        max_upload_bytes=services.settings.max_upload_bytes,
    )


def _values_of(services: Services, job_id: str) -> FormValues:
    with services.sessions() as session:
        job = checked_job(session, job_id)
    if job.pipeline not in DESIGNERS:
        raise JobNotFound(job_id)
    options: dict[str, Any] = job.options
    known = {name: str(options[name]) for name in FormValues.__annotations__ if name in options}
    return FormValues(
        **known | {"brief": job.brief, "reference_sha256": job.reference_sha256 or ""}
    )


def _values_sent() -> FormValues:
    form_sent = request.form
    return FormValues(
        **{name: form_sent[name] for name in FormValues.__annotations__ if name in form_sent}
    )


def _refusal(error: CodesignerError) -> Refusal:
    fields: dict[str, str] = {}
    for each in error.fields or (FieldError(field="", message=error.message),):
        name = each.field.split(".")[0]
        fields.setdefault("brief" if name == "briefs" else name, each.message)
    return Refusal(detail=fields.get("") or _("Some fields need another look."), fields=fields)
