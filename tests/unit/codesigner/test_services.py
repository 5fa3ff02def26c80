"""The services of `codesigner up`."""

import pytest

from codesigner import up
from shared.pipelines import PIPELINES, stages_of
from shared.settings import load_settings


@pytest.mark.parametrize(("cores", "drawers"), [(1, 1), (2, 2), (64, 2)])
def test_up_starts_a_worker_for_each_queue_of_a_design(
    monkeypatch: pytest.MonkeyPatch, cores: int, drawers: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)))
    services = {each.name: each for each in up._services(load_settings(devices="cuda:0"))}
    assert list(services) == ["worker", "drawer", "web"]
    options = {
        name: dict(zip(service.argv[4::2], service.argv[5::2], strict=True))
        for name, service in services.items()
        if service.argv[3] == "worker"
    }
    assert options == {
        "worker": {"--queues": "gpu", "--devices": "cuda:0"},
        "drawer": {"--queues": "cpu", "--devices": f"cpu:{drawers}"},
    }
    # Neither is limited by the setting of the stages, nor has a stage no worker.
    assert {services[name].env["CODESIGNER_WORKER_STAGES"] for name in options} == {""}
    served = stages_of([each["--queues"] for each in options.values()])
    for name in ("design", "print", "render"):
        assert {spec.name for spec in PIPELINES[name].stages} <= set(served)
