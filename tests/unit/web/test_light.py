"""The web application imports neither the compute libraries nor the worker."""

import subprocess
import sys


def test_web_application_serves_requests_without_the_compute_libraries() -> None:
    program = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "torchvision", "transformers", "numpy", "timm",
                                  "safetensors", "worker"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
import tempfile
from shared.settings import load_settings
from web.app import create_app
import web.server.gunicorn_app
app = create_app(load_settings(home=tempfile.mkdtemp()))
client = app.test_client()
for path in ("/", "/healthz", "/api/docs", "/api/v1/openapi.json"):
    assert client.get(path).status_code == 200, path
answer = client.post("/api/v1/understand", json={"brief": "teal mug"})
assert answer.get_json()["understood"]["product"] == "mug"
assert not {"torch", "numpy", "worker"} & set(sys.modules)
"""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
