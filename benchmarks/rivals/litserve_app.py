"""The stages in LitServe, two workers, with its batching: eight jobs, 30 ms.

Not covered: storage, retries, cancellation, job state, recovery from a crash. A request is one
connection that waits for its pictures.

Run: python -m benchmarks.rivals.litserve_app <port>
"""

import sys
from typing import Any

import litserve as ls

from benchmarks.plain import BATCH, Plain
from benchmarks.rivals import GATHER_S, WORKERS, asked_of


class DesignAPI(ls.LitAPI):
    """Worker process with loaded models."""

    def setup(self, device: str) -> None:  # noqa: ARG002 (the CPU's one thread)
        """Load the models."""
        self._plain = Plain()

    def decode_request(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the fields unchanged; the signature makes the server parse JSON."""
        return request

    def batch(self, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the requests as a list."""
        return list(inputs)

    def predict(self, inputs: list[dict[str, Any]]) -> list[int]:
        """Run one batch."""
        return self._plain.designs([asked_of(each) for each in inputs])

    def unbatch(self, output: list[int]) -> list[int]:
        """Return the results one per request."""
        return output

    def encode_response(self, output: int) -> dict[str, int]:
        """Return the response with the bytes of a job's pictures."""
        return {"bytes": output}


if __name__ == "__main__":
    api = DesignAPI(max_batch_size=BATCH, batch_timeout=GATHER_S, api_path="/design")
    server = ls.LitServer(api, accelerator="cpu", workers_per_device=WORKERS, timeout=False)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
