"""Builds the OpenAPI 3.1 document from the routes, their descriptions and the models."""

import re
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from shared.designs import record as design_records
from shared.designs.edits import kinds as edit_kinds
from shared.errors import ERRORS
from web.http.access import ADMIN_TOKEN_RIGHTS
from web.http.problems import PROBLEM_TYPE
from web.http.route_rights import ROUTE_RIGHTS, refusal_codes
from web.openapi.operations import COMMON_CODES, JSON, Answer, Operation, operation_of
from web.schemas import accounts as account_schemas
from web.schemas import audit as audit_schemas
from web.schemas import base as base_schemas
from web.schemas import batches as batch_schemas
from web.schemas import briefs as brief_schemas
from web.schemas import deletions as deletion_schemas
from web.schemas import designs as design_schemas
from web.schemas import edits as edit_schemas
from web.schemas import exports as export_schemas
from web.schemas import jobs as schemas
from web.schemas import library as library_schemas
from web.schemas import motifs as motif_schemas
from web.schemas import palettes as palette_schemas
from web.schemas import prints as print_schemas
from web.schemas import queue as queue_schemas
from web.schemas import share_links as share_schemas
from web.schemas import usage as usage_schemas
from web.schemas import webhooks as webhook_schemas
from web.schemas import workspace as workspace_schemas

__all__ = ["build_document", "described_rules"]

_REF = "#/components/schemas/{model}"
_SCHEMAS = (
    schemas,
    base_schemas,
    account_schemas,
    audit_schemas,
    batch_schemas,
    brief_schemas,
    deletion_schemas,
    design_schemas,
    design_records,
    edit_schemas,
    edit_kinds,
    export_schemas,
    library_schemas,
    motif_schemas,
    palette_schemas,
    print_schemas,
    queue_schemas,
    share_schemas,
    usage_schemas,
    webhook_schemas,
    workspace_schemas,
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def described_rules(app: Flask) -> list[tuple[Rule, str, Operation]]:
    """Return the application's documented endpoints with their methods, sorted by path."""
    described = []
    for rule in app.url_map.iter_rules():
        operation = operation_of(app.view_functions[rule.endpoint])
        if operation is not None:
            methods = [method for method in _METHODS if method in (rule.methods or ())]
            described += [(rule, method, operation) for method in methods]
    return sorted(described, key=lambda entry: (entry[0].rule, entry[1]))


def build_document(app: Flask, public_url: str) -> dict[str, Any]:
    """Return the OpenAPI document."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for rule, method, operation in described_rules(app):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        paths[path][method.lower()] = _operation(rule, operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Codesigner",
            "version": _version(),
            "description": "From a brief in words and a reference image to surface designs.",
        },
        "servers": [{"url": public_url}],
        "paths": dict(paths),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _version() -> str:
    try:
        return version("codesigner")
    except PackageNotFoundError:
        return "0"


def _schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [
        value
        for module in _SCHEMAS
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, BaseModel)
        and value.__module__ == module.__name__
        and value is not base_schemas.RequestBody
    ]
    _, document = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    definitions: dict[str, Any] = document["$defs"]
    return {
        name: schema for name, schema in sorted(definitions.items()) if not name.startswith("_")
    }


def _operation(rule: Rule, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": _parameters(rule, operation),
        "responses": {str(status): _answer(answer) for status, answer in operation.answers.items()},
    }
    described["responses"] |= _problems(rule, operation)
    if operation.request is not None:
        described["requestBody"] = _body(operation)
    if (need := ROUTE_RIGHTS.get(rule.endpoint)) != "public":
        needs_token = need in ADMIN_TOKEN_RIGHTS
        described["security"] = [{"token": []}] if needs_token else [{"token": []}, {}]
    return described


def _parameters(rule: Rule, operation: Operation) -> list[dict[str, Any]]:
    string = {"type": "string"}
    path = [
        {"name": name, "in": "path", "required": True, "schema": string}
        for name in sorted(rule.arguments)
    ]
    return path + [
        {
            "name": parameter.name,
            "in": parameter.where,
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
        for parameter in operation.parameters
    ]


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _answer(answer: Answer) -> dict[str, Any]:
    described: dict[str, Any] = {"description": answer.description}
    if answer.headers:
        described["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in answer.headers.items()
        }
    if answer.model is not None:
        described["content"] = {answer.media_type: {"schema": _ref(answer.model)}}
        described["content"] |= {
            media_type: {"schema": _ref(model)} for media_type, model in answer.also.items()
        }
        described["content"] |= {media_type: {} for media_type in answer.other_media_types}
    elif answer.media_type != JSON:
        described["content"] = {name: {} for name in (answer.media_type, *answer.other_media_types)}
    return described


def _problems(rule: Rule, operation: Operation) -> dict[str, Any]:
    """Return one response for each status, which several error codes may share."""
    codes: dict[int, list[str]] = defaultdict(list)
    for code in (*operation.codes, *COMMON_CODES, *refusal_codes(rule.endpoint), "internal"):
        if code not in codes[ERRORS[code].status]:
            codes[ERRORS[code].status].append(code)
    return {
        str(status): {
            "description": "; ".join(f"`{code}`: {ERRORS[code].title}" for code in status_codes),
            "content": {PROBLEM_TYPE: {"schema": _ref(schemas.ProblemDocument)}},
        }
        for status, status_codes in sorted(codes.items())
    }


def _body(operation: Operation) -> dict[str, Any]:
    assert operation.request is not None
    content: dict[str, Any] = {}
    if not operation.only_multipart:
        content[JSON] = {"schema": _ref(operation.request)}
    if operation.file_fields:
        schema = operation.request.model_json_schema(ref_template=_REF)
        schema.pop("$defs", None)
        # Generators of clients know files by their format.
        file = {
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
        }
        schema["properties"] |= dict.fromkeys(operation.file_fields, file)
        content["multipart/form-data"] = {"schema": schema}
    return {"required": operation.request_required, "content": content}
