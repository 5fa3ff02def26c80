"""The stages in Ray Serve: two replicas, with its batching: eight jobs, 30 ms.

Not covered: storage, recovery from the loss of a replica. Running requests are lost with it. A
request is one connection that waits for its pictures.

Run: python -m benchmarks.rivals.ray_app <port>
"""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

import ray
from ray import serve
from starlette.requests import Request

from benchmarks.plain import BATCH, Plain
from benchmarks.rivals import GATHER_S, WORKERS, asked_of

_ONGOING = 256


@serve.deployment(
    num_replicas=WORKERS, max_ongoing_requests=_ONGOING, ray_actor_options={"num_cpus": 1}
)
class Design:
    """Replica with loaded models."""

    def __init__(self) -> None:
        self._plain = Plain()

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=GATHER_S)
    async def design(self, given: list[dict[str, Any]]) -> list[dict[str, int]]:
        """Run one batch in a thread beside the event loop."""
        made = await asyncio.to_thread(self._plain.designs, [asked_of(each) for each in given])
        return [{"bytes": each} for each in made]

    async def __call__(self, request: Request) -> dict[str, int]:
        """Respond to one request."""
        return await self.design(await request.json())


if __name__ == "__main__":
    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=True, configure_logging=True)
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    serve.run(Design.bind(), route_prefix="/design", blocking=False)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    serve.shutdown()
    ray.shutdown()
