"""The loop of a training: steps, means of the losses, reports, checkpoints to go on from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from worker.training.checkpoint import TrainState

__all__ = ["Report", "Training"]

Report = Callable[[int, dict[str, float]], None]
"""Called with the step and the mean losses since the last report."""


class Training(ABC):
    """A training that can be stopped after any step and goes on as if it had not been."""

    losses_named: Sequence[str]
    """Names of what a step gives."""
    step = 0

    @property
    @abstractmethod
    def state(self) -> TrainState:
        """What a checkpoint holds beside the step."""

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint, if there is one."""
        if not path.is_file():
            return False
        self.step = int(self.state.restore(path)["step"])
        return True

    def repeat(
        self,
        advance: Callable[[], Tensor],
        steps: int,
        checkpoint: Path,
        report: Report,
        should_stop: Callable[[], bool],
        every: int = 100,
    ) -> None:
        """Advance until `steps` are done or it is to stop, keeping a checkpoint.

        Args:
            advance: takes the step that is due and gives its losses.
            steps: in all, those before a resumption among them.
            every: steps between two reports, each with a checkpoint.
        """
        sums, since = torch.zeros(len(self.losses_named)), 0
        while self.step < steps:
            sums += advance()
            since += 1
            stopping = should_stop()
            if since == every or stopping:
                report(
                    self.step, dict(zip(self.losses_named, (sums / since).tolist(), strict=True))
                )
                sums, since = torch.zeros(len(self.losses_named)), 0
                self.state.save(checkpoint, {"step": self.step})
            if stopping:
                return
        self.state.save(checkpoint, {"step": self.step})
