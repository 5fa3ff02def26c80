"""Training loop: steps, mean losses, reports and resumable checkpoints."""

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
    """Base class of trainings that can be stopped after any step and resumed exactly."""

    loss_names: Sequence[str]
    """Names of the losses that a step returns."""
    step = 0

    @property
    @abstractmethod
    def state(self) -> TrainState:
        """State that a checkpoint holds beside the step."""

    def resume(self, path: Path) -> bool:
        """Restore the checkpoint, if it exists; return whether it did."""
        if not path.is_file():
            return False
        self.step = int(self.state.restore(path)["step"])
        return True

    def run_loop(
        self,
        advance: Callable[[], Tensor],
        steps: int,
        checkpoint: Path,
        report: Report,
        should_stop: Callable[[], bool],
        every: int = 100,
    ) -> None:
        """Run steps until `steps` are done or a stop is requested, and save checkpoints.

        Args:
            advance: runs the next step and returns its losses.
            steps: total number, including those before a resumption.
            every: steps between two reports; each report has a checkpoint.
        """
        sums, since = torch.zeros(len(self.loss_names)), 0
        while self.step < steps:
            sums += advance()
            since += 1
            stopping = should_stop()
            if since == every or stopping:
                report(self.step, dict(zip(self.loss_names, (sums / since).tolist(), strict=True)))
                sums, since = torch.zeros(len(self.loss_names)), 0
                self.state.save(checkpoint, {"step": self.step})
            if stopping:
                return
        self.state.save(checkpoint, {"step": self.step})
