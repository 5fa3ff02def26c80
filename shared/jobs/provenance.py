"""Serialize a job's provenance as W3C PROV-JSON (https://www.w3.org/submissions/prov-json/).

Entities are the brief, files and model versions; activities are stage runs; agents are the
requester and the workers. Names are URLs where the resource can be fetched.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, ModelVersion, StageRun
from shared.pipelines import PIPELINES

__all__ = ["portable_prov_document", "prov_document"]

Attributes = dict[str, Any]
_XSD = "http://www.w3.org/2001/XMLSchema#"
_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_WORKER = "cds:worker."
_PORTABLE_BASE = "urn:codesigner:installation"
_GENERATED_BY_MODEL = {"$": "iptc:trainedAlgorithmicMedia", "type": "prov:QUALIFIED_NAME"}


class _Document:
    """PROV-JSON under construction: records by kind, relations under blank names."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._records: dict[str, dict[str, Attributes]] = {}
        self._prefixes = dict(prefixes)

    def add(self, kind: str, name: str, **attributes: Any) -> str:
        """Add an entity, activity or agent; existing attributes of the same name are kept."""
        present = {key: value for key, value in attributes.items() if value is not None}
        existing = self._records.setdefault(kind, {}).setdefault(name, {})
        existing.update({key: value for key, value in present.items() if key not in existing})
        return name

    def relate(self, kind: str, **attributes: Any) -> None:
        """Add a relation; a duplicate is ignored."""
        relations = self._records.setdefault(kind, {})
        relation = {f"prov:{key}": value for key, value in attributes.items() if value is not None}
        if relation not in relations.values():
            relations[f"_:{kind}{len(relations) + 1}"] = relation

    def json(self) -> dict[str, Any]:
        """Return the PROV-JSON document."""
        return {"prefix": self._prefixes, **self._records}


def portable_prov_document(
    session: Session, job: Job, public_url: str = _PORTABLE_BASE
) -> dict[str, Any]:
    """Return the provenance without host names: workers have numbers.

    Kernels are left out, and messages of failed attempts, which may name hosts.

    Args:
        public_url: as of `prov_document`; without it names are URNs.
    """
    document = prov_document(session, job, public_url)
    workers = [name for name in document["agent"] if name.startswith(_WORKER)]
    numbered = {name: f"{_WORKER}{number}" for number, name in enumerate(workers, 1)}
    agents = document["agent"].items()
    document["agent"] = {numbered.get(name, name): record for name, record in agents}
    for agent in document["agent"].values():
        agent.pop("cds:platform", None)
    for relation in document.get("wasAssociatedWith", {}).values():
        relation["prov:agent"] = numbered[relation["prov:agent"]]
    for activity in document.get("activity", {}).values():
        activity.pop("cds:failed_attempt", None)
    return document


def prov_document(session: Session, job: Job, public_url: str) -> dict[str, Any]:
    """Return the provenance of a job's results so far.

    Args:
        public_url: base URL of the names of jobs and artifacts.
    """
    runs = session.scalars(
        select(StageRun)
        .where(StageRun.job_id == job.id, StageRun.state == "done")
        .order_by(StageRun.position)
    ).all()
    artifacts = session.scalars(
        select(Artifact).where(Artifact.job_id == job.id).order_by(Artifact.id)
    ).all()
    document = _Document(_prefixes(public_url.rstrip("/")))
    _add_request(document, job)
    _add_models(document, session, runs)
    for run in runs:
        _add_stage_run(document, job, run, [row for row in artifacts if row.stage == run.stage])
    return document.json()


def _prefixes(public_url: str) -> dict[str, str]:
    return {
        "xsd": _XSD,
        "iptc": _IPTC,
        "cds": f"{public_url}/ns/provenance#",
        "job": f"{public_url}/api/v1/jobs/",
        "artifact": f"{public_url}/api/v1/artifacts/",
        "model": f"{public_url}/ns/models/",
    }


def _qualified_name(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _add_request(document: _Document, job: Job) -> None:
    """Add the brief, its parsed fields, the reference image and the requester."""
    requester = document.add(
        "agent", "cds:requester", **{"prov:type": _qualified_name("prov:Person")}
    )
    brief = document.add(
        "entity",
        f"job:{job.id}.brief",
        **{
            "prov:type": _qualified_name("cds:Brief"),
            "prov:value": job.brief,
            "cds:given_at": _timestamp(job.created_at),
            **{f"cds:understood.{key}": _value(value) for key, value in job.understood.items()},
        },
    )
    document.relate("wasAttributedTo", entity=brief, agent=requester)
    if job.reference_sha256 is not None:
        reference = document.add(
            "entity",
            f"artifact:{job.reference_sha256}",
            **{
                "prov:type": _qualified_name("cds:ReferenceImage"),
                "cds:sha256": job.reference_sha256,
            },
        )
        document.relate("wasAttributedTo", entity=reference, agent=requester)


def _timestamp(moment: datetime) -> dict[str, str | None]:
    return {"$": _at(moment), "type": "xsd:dateTime"}


def _value(value: object) -> object:
    """Return an attribute value: sequences as lists of texts, empty ones as None."""
    if isinstance(value, list | tuple):
        return [str(item) for item in value] or None
    if isinstance(value, Mapping):
        return str(dict(value))
    return value


def _add_models(document: _Document, session: Session, runs: Iterable[StageRun]) -> None:
    """Add the registered model versions that the stage runs used."""
    used = {model["version"] for run in runs for model in run.provenance.get("models", {}).values()}
    rows = session.scalars(
        select(ModelVersion).where(ModelVersion.id.in_(used)).order_by(ModelVersion.id)
    )
    for row in rows:
        document.add(
            "entity",
            f"model:{row.id}",
            **{
                "prov:type": _qualified_name("cds:ModelVersion"),
                "prov:label": row.name,
                "cds:role": row.role,
                "cds:licence": row.licence,
                "cds:manifest_sha256": row.manifest_sha256,
            },
        )


def _add_stage_run(
    document: _Document, job: Job, run: StageRun, artifacts: Iterable[Artifact]
) -> None:
    record = run.provenance
    activity = document.add("activity", f"job:{job.id}.{run.stage}", **_activity(run))
    _add_worker(document, activity, run)
    used = [_add_used(document, activity, f"job:{job.id}.brief", "brief")]
    inputs = record.get("inputs", {})
    if inputs.get("reference_sha256"):
        used.append(
            _add_used(document, activity, f"artifact:{inputs['reference_sha256']}", "reference")
        )
    for stage, sha256 in inputs.get("outputs", {}).items():
        used.append(_add_used(document, activity, f"artifact:{sha256}", f"output of {stage}"))
        informant = _add_informant(document, job, stage, record)
        document.relate("wasInformedBy", informed=activity, informant=informant)
    for artifact in inputs.get("artifacts", ()):
        role = f"{artifact['kind']} {artifact['variant']}"
        used.append(_add_used(document, activity, f"artifact:{artifact['sha256']}", role))
    for role, model in record.get("models", {}).items():
        name = document.add(
            "entity",
            f"model:{model['version']}",
            **{"cds:weights_sha256": model["weights_sha256"], "prov:label": model["name"]},
        )
        used.append(_add_used(document, activity, name, role))
    _add_drawings(document, activity, record.get("details", {}).get("drawings", ()))
    for generated in [
        _add_output(document, run),
        *(_add_artifact(document, row) for row in artifacts),
    ]:
        document.relate(
            "wasGeneratedBy", entity=generated, activity=activity, time=_at(run.finished_at)
        )
        for source in used:
            if source != generated and not source.startswith("model:"):
                document.relate(
                    "wasDerivedFrom",
                    generatedEntity=generated,
                    usedEntity=source,
                    activity=activity,
                )


def _add_informant(document: _Document, job: Job, stage: str, record: Mapping[str, Any]) -> str:
    """Return the activity of an earlier stage: of this job, or of the job that it continues."""
    is_own = stage in {spec.name for spec in PIPELINES[job.pipeline].stages}
    if is_own or stage in PIPELINES[job.pipeline].carries or "reused" not in record:
        return f"job:{job.id}.{stage}"
    return document.add("activity", f"job:{record['reused']['job_id']}.{stage}")


def _activity(run: StageRun) -> Attributes:
    record = run.provenance
    options = record.get("options", {})
    attributes: Attributes = {
        "prov:type": _qualified_name("cds:StageRun"),
        "prov:label": run.stage,
        "prov:startTime": _at(run.started_at),
        "prov:endTime": _at(run.finished_at),
        "cds:attempt": run.attempt,
        "cds:reused": run.reused,
        "cds:reused_from": _reused_from(record),
        "cds:seed": record.get("seed"),
    }
    for group, prefix in (("requested", "option"), ("defaults_filled", "default")):
        for key, value in options.get(group, {}).items():
            attributes[f"cds:{prefix}.{key}"] = _value(value)
    for key, value in record.get("details", {}).items():
        if key in ("drawings", "outcomes"):  # entities of their own; in the job's document
            continue
        attributes[f"cds:detail.{key}"] = _value(value)
    for key, value in record.get("code", {}).items():
        attributes[f"cds:code.{key}"] = value
    for key, value in record.get("libraries", {}).items():
        attributes[f"cds:library.{key}"] = value
    for key, value in record.get("times", {}).items():
        attributes[f"cds:{key}"] = value
    attributes["cds:failed_attempt"] = _value(
        [f"{failure['code']}: {failure['message']}" for failure in record.get("failures", ())]
    )
    return attributes


def _reused_from(record: Mapping[str, Any]) -> str | None:
    """Return the name of the job that computed a reused result, else None."""
    return f"job:{record['reused']['job_id']}" if "reused" in record else None


def _add_worker(document: _Document, activity: str, run: StageRun) -> None:
    environment = run.provenance.get("environment", {})
    worker = document.add(
        "agent",
        f"{_WORKER}{environment.get('host', 'unknown')}",
        **{
            "prov:type": _qualified_name("prov:SoftwareAgent"),
            "cds:platform": environment.get("platform"),
            "cds:device": environment.get("device"),
        },
    )
    document.relate("wasAssociatedWith", activity=activity, agent=worker)


def _add_used(document: _Document, activity: str, entity: str, role: str) -> str:
    document.add("entity", entity)
    document.relate("used", activity=activity, entity=entity, role=role)
    return entity


def _add_drawings(
    document: _Document, activity: str, drawings: Iterable[Mapping[str, Any]]
) -> None:
    """Add the drawings of motifs that a stage run drew, with what their licences ask for."""
    for drawing in drawings:
        entity = document.add(
            "entity",
            f"cds:drawing.{drawing['drawing']}",
            **{
                "prov:type": _qualified_name("cds:Drawing"),
                "prov:label": drawing["drawing"],
                "cds:set": drawing["title"],
                "cds:version": drawing["version"],
                "cds:author": drawing["author"],
                "cds:licence": drawing["licence"],
                "cds:sha256": drawing["sha256"],
            },
        )
        document.relate("used", activity=activity, entity=entity, role="drawing")


def _add_output(document: _Document, run: StageRun) -> str:
    return document.add(
        "entity",
        f"artifact:{run.output_sha256}",
        **{
            "prov:type": _qualified_name("cds:StageOutput"),
            "cds:sha256": run.output_sha256,
            "cds:media_type": run.output_media_type,
        },
    )


def _add_artifact(document: _Document, artifact: Artifact) -> str:
    is_image = artifact.media_type.startswith("image/")
    return document.add(
        "entity",
        f"artifact:{artifact.sha256}",
        **{
            "prov:type": [_qualified_name("cds:Artifact"), _GENERATED_BY_MODEL]
            if is_image
            else _qualified_name("cds:Artifact"),
            "prov:label": f"{artifact.kind} {artifact.variant}",
            "cds:sha256": artifact.sha256,
            "cds:media_type": artifact.media_type,
            "cds:width_px": artifact.width,
            "cds:height_px": artifact.height,
        },
    )
