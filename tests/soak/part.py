"""One process of the installation under test, without the safeguard named by CODESIGNER_MUTANT.

Run: python -m tests.soak.part web|relay|worker|drawer
"""

import sys

from shared.pipelines import stages_of
from shared.settings import load_settings
from tests.soak import mutants

_QUEUES = {"worker": "gpu", "drawer": "cpu"}


def main(part: str) -> None:
    """Run a service until it is stopped."""
    settings = load_settings()
    if part in _QUEUES:  # its child applies the mutant itself
        from worker.runtime.launch import run_workers

        raise SystemExit(run_workers(settings, "cpu", stages_of([_QUEUES[part]])))
    mutants.take_out_of_this_process()
    if part == "web":
        from web.server.gunicorn_app import run

        run(settings)
    else:
        from worker.relay.relay import run_relay

        run_relay(settings)


if __name__ == "__main__":
    main(sys.argv[1])
