"""Logging: text and JSON lines, fields of the context and of a record, no quoted values."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from shared.logs import JsonFormatter, TextFormatter, configure, log_context, log_fields


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO, logging.Handler]]:
    """Yield a logger that writes to a buffer, and its handler."""
    logger, buffer = logging.getLogger("tests.logs"), io.StringIO()
    handler = logging.StreamHandler(buffer)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield logger, buffer, handler
    logger.removeHandler(handler)
    logger.propagate = True


Log = tuple[logging.Logger, io.StringIO, logging.Handler]


def test_text_line_ends_with_the_fields(log: Log) -> None:
    logger, buffer, handler = log
    handler.setFormatter(TextFormatter())
    with log_context(request_id="r-1"):
        logger.info("drew %d", 4, extra=log_fields(job="j-1", empty=None))
    logger.info("afterwards")
    first, second = buffer.getvalue().splitlines()
    assert first.endswith("Z INFO drew 4 request_id=r-1 job=j-1")
    assert second.endswith("INFO afterwards")


def test_json_line_is_one_object_with_the_fields(log: Log) -> None:
    logger, buffer, handler = log
    handler.setFormatter(JsonFormatter())
    with log_context(request_id="r-1") as context:
        context["job"] = "j-1"
        logger.warning("two\nlines 多", extra=log_fields(stage="draw"))
    (line,) = buffer.getvalue().splitlines()
    document = json.loads(line)
    assert document["message"] == "two\nlines 多"
    assert (document["level"], document["logger"]) == ("WARNING", "tests.logs")
    assert (document["request_id"], document["job"], document["stage"]) == ("r-1", "j-1", "draw")
    assert document["time"].endswith("Z")


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_values_in_errors_of_the_database_are_left_out(
    formatter: logging.Formatter, log: Log
) -> None:
    logger, buffer, handler = log
    handler.setFormatter(formatter)
    secret = "confi\n\ndential"  # not as the traceback quotes it
    message = f"violates a constraint\nDETAIL:  Failing row contains ({secret} brief)."
    try:
        try:
            raise KeyError("first") from OSError(message)
        except KeyError as error:
            statement = "[SQL: INSERT]"
            raise ValueError(f"{message}\nCONTEXT:  {secret}\n{statement}") from error
    except ValueError:
        logger.exception("failed")
    written = buffer.getvalue()
    assert written.count("violates a constraint") == 2
    assert written.count("(left out)") == 3
    assert written.count("The above exception was") == 2
    assert "[SQL: INSERT]" in written
    assert "dential brief" not in written
    assert "CONTEXT:  confi" not in written


def test_configure_replaces_the_handlers_of_the_root_logger() -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        configure("WARNING", "json")
        configure("INFO", "text")
        (handler,) = root.handlers
        assert isinstance(handler.formatter, TextFormatter)
        assert root.level == logging.INFO
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before
        root.setLevel(level)
