"""The command-line client against the real application over HTTP."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from werkzeug.serving import make_server

from codesigner.cli import main
from tests.queue_driver import QueueDriver


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Base URL of the application on a real socket."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--url", url])


def test_batch_is_submitted_cancelled_and_polled(
    url: str, driver: QueueDriver, tmp_path: Path
) -> None:
    asked = run(url, "batch", "submit", "teal mug", "navy mug", "--seeds", "3-4", "--no-wait")
    assert asked.exit_code == 0, asked.output
    batch_id = asked.output.split()[1].rstrip(":")
    assert asked.output.count("queued") == 5
    driver.run_all(variants=1)
    cancelled = run(url, "batch", "cancel", batch_id)
    assert "3 cancelled, 1 succeeded" in cancelled.output
    shown = run(url, "batch", "status", batch_id, "--wait", "--out", str(tmp_path / "out"))
    assert shown.exit_code == 1  # not every job succeeded
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["000"]
    printed = CliRunner().invoke(main, ["batch", "status", batch_id, "--json", "--url", url])
    assert json.loads(printed.stdout)["counts"]["cancelled"] == 3


def test_api_error_is_printed_as_one_line(url: str) -> None:
    refused = run(url, "batch", "submit", "teal mug", "--strengths", "0.2,0.5")
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert "strengths" in refused.output
    assert "batch_not_found" in run(url, "batch", "status", "a-b").output
