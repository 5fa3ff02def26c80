"""A job's provenance as W3C PROV-JSON (https://www.w3.org/submissions/prov-json/), from rows.

Entities are the brief, files and model versions, activities are stage runs, agents are who asked
and the workers. Names are links where there is something to be fetched.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, ModelVersion, StageRun

__all__ = ["prov_document"]

Attributes = dict[str, Any]
_XSD = "http://www.w3.org/2001/XMLSchema#"
_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MADE_BY_A_MODEL = {"$": "iptc:trainedAlgorithmicMedia", "type": "prov:QUALIFIED_NAME"}


class _Document:
    """PROV-JSON under construction: records by kind, relations under blank names."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._records: dict[str, dict[str, Attributes]] = {}
        self._prefixes = dict(prefixes)

    def add(self, kind: str, name: str, **attributes: Any) -> str:
        """Note an entity, activity or agent; a name noted before keeps what it has."""
        told = {key: value for key, value in attributes.items() if value is not None}
        known = self._records.setdefault(kind, {}).setdefault(name, {})
        known.update({key: value for key, value in told.items() if key not in known})
        return name

    def relate(self, kind: str, **attributes: Any) -> None:
        """Note a relation."""
        relations = self._records.setdefault(kind, {})
        told = {f"prov:{key}": value for key, value in attributes.items() if value is not None}
        if told not in relations.values():
            relations[f"_:{kind}{len(relations) + 1}"] = told

    def json(self) -> dict[str, Any]:
        """Give the document."""
        return {"prefix": self._prefixes, **self._records}


def prov_document(session: Session, job: Job, public_url: str) -> dict[str, Any]:
    """Describe how what a job has made until now came about.

    Args:
        public_url: the address that the names of jobs and artifacts start with.
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
    _request(document, job)
    _models(document, session, runs)
    for run in runs:
        _stage(document, job, run, [made for made in artifacts if made.stage == run.stage])
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


def _typed(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _request(document: _Document, job: Job) -> None:
    """The brief, its reading, the reference image and who gave them."""
    who = document.add("agent", "cds:requester", **{"prov:type": _typed("prov:Person")})
    brief = document.add(
        "entity",
        f"job:{job.id}.brief",
        **{
            "prov:type": _typed("cds:Brief"),
            "prov:value": job.brief,
            "cds:given_at": _dated(job.created_at),
            **{f"cds:understood.{key}": _value(told) for key, told in job.understood.items()},
        },
    )
    document.relate("wasAttributedTo", entity=brief, agent=who)
    if job.reference_sha256 is not None:
        reference = document.add(
            "entity",
            f"artifact:{job.reference_sha256}",
            **{"prov:type": _typed("cds:ReferenceImage"), "cds:sha256": job.reference_sha256},
        )
        document.relate("wasAttributedTo", entity=reference, agent=who)


def _dated(moment: datetime) -> dict[str, str | None]:
    return {"$": _at(moment), "type": "xsd:dateTime"}


def _value(told: object) -> object:
    """Give an attribute value: a list of several, None for none at all."""
    if isinstance(told, list | tuple):
        return [str(each) for each in told] or None
    if isinstance(told, Mapping):
        return str(dict(told))
    return told


def _models(document: _Document, session: Session, runs: Iterable[StageRun]) -> None:
    """The model versions that the stage runs used, as they are registered."""
    used = {model["version"] for run in runs for model in run.provenance.get("models", {}).values()}
    rows = session.scalars(
        select(ModelVersion).where(ModelVersion.id.in_(used)).order_by(ModelVersion.id)
    )
    for row in rows:
        document.add(
            "entity",
            f"model:{row.id}",
            **{
                "prov:type": _typed("cds:ModelVersion"),
                "prov:label": row.name,
                "cds:role": row.role,
                "cds:licence": row.licence,
                "cds:manifest_sha256": row.manifest_sha256,
            },
        )


def _stage(document: _Document, job: Job, run: StageRun, artifacts: Iterable[Artifact]) -> None:
    record = run.provenance
    activity = document.add("activity", f"job:{job.id}.{run.stage}", **_activity(run))
    _agents(document, activity, run)
    used = [_use(document, activity, f"job:{job.id}.brief", "brief")]
    told = record.get("inputs", {})
    if told.get("reference_sha256"):
        used.append(_use(document, activity, f"artifact:{told['reference_sha256']}", "reference"))
    for stage, sha256 in told.get("outputs", {}).items():
        used.append(_use(document, activity, f"artifact:{sha256}", f"output of {stage}"))
        document.relate("wasInformedBy", informed=activity, informant=f"job:{job.id}.{stage}")
    for each in told.get("artifacts", ()):
        role = f"{each['kind']} {each['variant']}"
        used.append(_use(document, activity, f"artifact:{each['sha256']}", role))
    for role, model in record.get("models", {}).items():
        name = document.add(
            "entity",
            f"model:{model['version']}",
            **{"cds:weights_sha256": model["weights_sha256"], "prov:label": model["name"]},
        )
        used.append(_use(document, activity, name, role))
    for made in [_output(document, run), *(_artifact(document, each) for each in artifacts)]:
        document.relate("wasGeneratedBy", entity=made, activity=activity, time=_at(run.finished_at))
        for source in used:
            if source != made and not source.startswith("model:"):
                document.relate(
                    "wasDerivedFrom", generatedEntity=made, usedEntity=source, activity=activity
                )


def _activity(run: StageRun) -> Attributes:
    record = run.provenance
    options = record.get("options", {})
    told: Attributes = {
        "prov:type": _typed("cds:StageRun"),
        "prov:label": run.stage,
        "prov:startTime": _at(run.started_at),
        "prov:endTime": _at(run.finished_at),
        "cds:attempt": run.attempt,
        "cds:reused": run.reused,
        "cds:reused_from": _reused_from(record),
        "cds:seed": record.get("seed"),
    }
    for group, word in (("requested", "option"), ("defaults_filled", "default")):
        for key, value in options.get(group, {}).items():
            told[f"cds:{word}.{key}"] = _value(value)
    for key, value in record.get("details", {}).items():
        told[f"cds:detail.{key}"] = _value(value)
    for key, value in record.get("code", {}).items():
        told[f"cds:code.{key}"] = value
    for key, value in record.get("libraries", {}).items():
        told[f"cds:library.{key}"] = value
    for key, value in record.get("times", {}).items():
        told[f"cds:{key}"] = value
    told["cds:failed_attempt"] = _value(
        [f"{each['code']}: {each['message']}" for each in record.get("failures", ())]
    )
    return told


def _reused_from(record: Mapping[str, Any]) -> str | None:
    """Name the job that computed a result which was taken over."""
    return f"job:{record['reused']['job_id']}" if "reused" in record else None


def _agents(document: _Document, activity: str, run: StageRun) -> None:
    where = run.provenance.get("environment", {})
    worker = document.add(
        "agent",
        f"cds:worker.{where.get('host', 'unknown')}",
        **{
            "prov:type": _typed("prov:SoftwareAgent"),
            "cds:platform": where.get("platform"),
            "cds:device": where.get("device"),
        },
    )
    document.relate("wasAssociatedWith", activity=activity, agent=worker)


def _use(document: _Document, activity: str, entity: str, role: str) -> str:
    document.add("entity", entity)
    document.relate("used", activity=activity, entity=entity, role=role)
    return entity


def _output(document: _Document, run: StageRun) -> str:
    return document.add(
        "entity",
        f"artifact:{run.output_sha256}",
        **{
            "prov:type": _typed("cds:StageOutput"),
            "cds:sha256": run.output_sha256,
            "cds:media_type": run.output_media_type,
        },
    )


def _artifact(document: _Document, made: Artifact) -> str:
    picture = made.media_type.startswith("image/")
    return document.add(
        "entity",
        f"artifact:{made.sha256}",
        **{
            "prov:type": [_typed("cds:Artifact"), _MADE_BY_A_MODEL]
            if picture
            else _typed("cds:Artifact"),
            "prov:label": f"{made.kind} {made.variant}",
            "cds:sha256": made.sha256,
            "cds:media_type": made.media_type,
            "cds:width_px": made.width,
            "cds:height_px": made.height,
        },
    )
