"""Static check of the source: no calls that are unsafe on untrusted input."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("codesigner", "migrations", "shared", "web", "worker")
NEVER = {
    "eval": "runs code",
    "exec": "runs code",
    "os.popen": "starts a shell",
    "os.system": "starts a shell",
    "subprocess.getoutput": "starts a shell",
    "subprocess.getstatusoutput": "starts a shell",
    "marshal.load": "runs code",
    "marshal.loads": "runs code",
    "pickle.Unpickler": "runs code",
    "pickle.load": "runs code",
    "pickle.loads": "runs code",
    "shelve.open": "runs code",
    "shutil.unpack_archive": "unpacks what was not checked",
    "tempfile.mktemp": "names a file that somebody else may make",
    "yaml.full_load": "makes objects",
    "yaml.load": "makes objects",
    "yaml.unsafe_load": "makes objects",
}


def faults(source: str) -> list[str]:
    """Return the unsafe calls of a module, with line numbers."""
    tree = ast.parse(source)
    names = dict(_imported(tree))
    return [
        f"line {call.lineno}: {reason}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for reason in _reasons(call, names)
    ]


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield imported names with their full names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                whole = each.name if each.asname else each.name.split(".")[0]
                yield each.asname or whole, whole
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"


def _reasons(call: ast.Call, names: dict[str, str]) -> Iterator[str]:
    first, *rest = ast.unparse(call.func).split(".")
    called = ".".join([names.get(first, first), *rest])
    given = {each.arg: each.value for each in call.keywords}
    if called in NEVER:
        yield f"{called} {NEVER[called]}"
    if called == "PIL.Image.open" and "formats" not in given and len(call.args) < 3:
        yield "Image.open without formats decodes every format there is"
    if called == "torch.load" and not _is(given.get("weights_only"), value=True):
        yield "torch.load without weights_only=True runs code"
    if not _is(given.get("allow_pickle", ast.Constant(value=False)), value=False):
        yield "allow_pickle runs code"
    if not _is(given.get("shell", ast.Constant(value=False)), value=False):
        yield "shell=True starts a shell"
    if isinstance(call.func, ast.Attribute) and call.func.attr == "extractall":
        yield "extractall unpacks what was not checked"


def _is(node: ast.expr | None, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


@pytest.mark.parametrize("package", PACKAGES)
def test_sources_have_no_unsafe_calls(package: str) -> None:
    paths = sorted((ROOT / package).rglob("*.py"))
    assert paths
    found = {str(path.relative_to(ROOT)): faults(path.read_text("utf-8")) for path in paths}
    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from PIL import Image\nImage.open(x)",
        "import PIL.Image\nPIL.Image.open(x)",
        "from PIL import Image as Picture\nPicture.open(x)",
        "from PIL.Image import open as opened\nopened(x)",
        "import zipfile\nzipfile.ZipFile(x).extractall()",
        "archive.extractall(folder)",
        "import yaml\nyaml.load(x, Loader=yaml.SafeLoader)",
        "from pickle import loads\nloads(x)",
        "import torch\ntorch.load(x)",
        "import torch\ntorch.load(x, weights_only=False)",
        "import torch as t\nt.load(x, weights_only=asked)",
        "import numpy as np\nnp.load(x, allow_pickle=True)",
        "import subprocess\nsubprocess.run(x, shell=True)",
        "from subprocess import Popen\nPopen(x, shell=asked)",
        "import os\nos.system(x)",
        "eval(x)",
    ],
)
def test_unsafe_calls_are_detected(source: str) -> None:
    assert len(faults(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        'from PIL import Image\nImage.open(x, formats=["PNG"])',
        "open(x)",
        "webbrowser.open(x)",
        "import json\njson.load(x)",
        "import torch\ntorch.load(x, weights_only=True)",
        "import numpy as np\nnp.load(x, allow_pickle=False)",
        "import subprocess\nsubprocess.run([x], shell=False)",
        "model.eval()",
    ],
)
def test_safe_calls_are_accepted(source: str) -> None:
    assert faults(source) == []
