"""The soak's mutants still remove existing safeguards."""

import pytest

from tests.soak.mutants import MUTANTS
from tests.soak.total import total


@pytest.mark.parametrize("name", MUTANTS)
def test_mutants_replace_existing_attributes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = []

    def patch(owner: object, attribute: str, value: object) -> None:
        changed.append(getattr(owner, attribute) is not value)
        monkeypatch.setattr(owner, attribute, value)

    MUTANTS[name](patch)
    assert changed
    assert all(changed)


def test_soak_runs_are_summed() -> None:
    def run(seed: int, lost: int, recovery_s: list[float]) -> dict[str, object]:
        return {
            "plan": {"seed": seed},
            "seconds": 60,
            "counts": {"lost": lost, "taken": 10},
            "kills": {"all": 100, "child": 100},
            "faults": {"clock": 1},
            "samples": {"recovery_s": recovery_s},
            "times": {"recovery_s": {"of": "p95", "target": 5.3}},
        }

    told = "\n".join(total([run(1, 0, [1.0, 2.0]), run(2, 0, [3.0])]))
    assert "Seeds 1, 2; 2 minutes." in told
    assert "| taken | 20 |" in told
    assert "| recovery_s | 3 | 2.0 | 3.0 | 3.0 | p95 5.3 |" in told
    assert "No loss in 200 kills: at most 1.50% a kill (95 %)." in told
    assert "No loss" not in "\n".join(total([run(1, 1, [1.0])]))
