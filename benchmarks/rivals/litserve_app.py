"""The five stages behind LitServe, with its batching: eight jobs, 30 ms.

What it does not do: store anything, retry, cancel, tell a state, survive a kill: a request is one
connection that waits for its pictures.

Run: python -m benchmarks.rivals.litserve_app <port>
"""

import sys
from typing import Any

import litserve as ls

from benchmarks.plain import BATCH, Plain
from benchmarks.rivals import GATHER_S, asked_of


class DesignAPI(ls.LitAPI):
    """One worker process with the models resident."""

    def setup(self, device: str) -> None:  # noqa: ARG002 (the CPU's one thread)
        """Load the models."""
        self._plain = Plain()

    def decode_request(self, request: dict[str, Any]) -> dict[str, Any]:
        """Take the fields as they are; its signature tells the server to read JSON."""
        return request

    def batch(self, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Keep the requests a list."""
        return list(inputs)

    def predict(self, inputs: list[dict[str, Any]]) -> list[int]:
        """Run one batch."""
        return self._plain.designs([asked_of(each) for each in inputs])

    def unbatch(self, output: list[int]) -> list[int]:
        """Give each request its own."""
        return output

    def encode_response(self, output: int) -> dict[str, int]:
        """Tell the bytes of a job's pictures."""
        return {"bytes": output}


if __name__ == "__main__":
    api = DesignAPI(max_batch_size=BATCH, batch_timeout=GATHER_S, api_path="/design")
    server = ls.LitServer(api, accelerator="cpu", workers_per_device=1, timeout=False)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
