"""Readiness messages during startup."""

import io
from pathlib import Path

from rich.console import Console

from codesigner.startup_errors import NotReadyReporter

REASON = "[2026-01-01 00:00:00,000: ERROR/Child-1] Not ready: The weights of [x] are missing.\n"


def test_reason_is_printed_once_and_completely(tmp_path: Path) -> None:
    log, told = tmp_path / "worker.log", io.StringIO()
    log.write_text(REASON.replace("[x]", "an earlier run"))
    reporter = NotReadyReporter.of(log, Console(file=told, width=200))
    reporter.print_new()
    for part in ("starting\n", REASON[:60], REASON[60:], REASON, "Not ready: Another.\n"):
        with log.open("a") as stream:
            stream.write(part)
        reporter.print_new()
    assert told.getvalue().splitlines() == [
        "Not ready yet: The weights of [x] are missing.",
        "Not ready yet: Another.",
    ]


def test_reason_is_read_from_a_log_of_json_lines(tmp_path: Path) -> None:
    log, told = tmp_path / "worker.log", io.StringIO()
    reporter = NotReadyReporter.of(log, Console(file=told, width=200))
    log.write_text(
        '--- started\n{"level": "ERROR", "message": "Not ready: No \\"x\\".", "job": 1}\n'
    )
    reporter.print_new()
    assert told.getvalue() == 'Not ready yet: No "x".\n'


def test_truncated_log_is_read_from_the_start(tmp_path: Path) -> None:
    log, told = tmp_path / "worker.log", io.StringIO()
    log.write_text("much\n" * 100)
    reporter = NotReadyReporter.of(log, Console(file=told, width=200))
    log.unlink()
    reporter.print_new()
    log.write_text(REASON)
    reporter.print_new()
    assert "are missing" in told.getvalue()
