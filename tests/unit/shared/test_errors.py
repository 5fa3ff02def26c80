"""Errors have stable, documented codes."""

import pickle
import re
from pathlib import Path

import pytest

from shared import errors
from shared.errors import ERRORS, CodesignerError, FieldError, InvalidRequest, error_document

DOCS = Path(__file__).parents[3] / "docs" / "errors.md"


def test_codes_are_documented_with_their_status() -> None:
    row = re.compile(r"^\| `(\w+)` \| (\d{3}) \|", re.MULTILINE)
    documented = dict(row.findall(DOCS.read_text("utf-8")))
    assert documented == {code: str(kind.status) for code, kind in ERRORS.items()}


def test_unregistered_code_is_rejected() -> None:
    with pytest.raises(KeyError):
        CodesignerError("nothing", "x")


def test_error_has_status_and_title_of_its_code() -> None:
    error = errors.QueueFull(retry_after_s=30)
    assert (error.status, error.code, error.retry_after_s) == (503, "queue_full", 30)
    assert str(error) == error.message


def test_invalid_request_lists_all_fields() -> None:
    error = InvalidRequest(
        FieldError(field="variants", message="is more than 8"),
        FieldError(field="brief", message="is empty"),
    )
    assert [each.field for each in error.fields] == ["variants", "brief"]
    assert error.message == "variants: is more than 8 brief: is empty"


def test_errors_can_be_pickled() -> None:
    for error in (errors.JobNotFound("j"), InvalidRequest(FieldError(field="a", message="b"))):
        copy = pickle.loads(pickle.dumps(error))
        assert (copy.code, copy.message, copy.fields) == (error.code, error.message, error.fields)


def test_error_is_serialized_with_code_title_and_message() -> None:
    assert error_document(CodesignerError("stage_failed", "No."), stage="vision") == {
        "code": "stage_failed",
        "title": "A stage failed",
        "message": "No.",
        "stage": "vision",
    }
