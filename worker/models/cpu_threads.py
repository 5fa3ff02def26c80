"""CPU threads of computations whose results do not depend on their number, which follow the load.

Two threads that wait for each other are slow as soon as another process needs one of their cores.
So their number is decided anew before each step of some milliseconds. torch is imported on use:
processes that draw set the rule too, and do without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

__all__ = ["allowed_threads", "follow_load", "in_threads", "threads_restored"]

Item = TypeVar("Item")
Result = TypeVar("Result")

allowed_threads: ContextVar[Callable[[], int] | None] = ContextVar("allowed_threads", default=None)
"""Returns how many threads may compute now; None: as many as torch is set to."""


def follow_load() -> None:
    """Set the threads of the next operations to those that may compute now."""
    import torch

    if (allowed := allowed_threads.get()) is not None:
        torch.set_num_threads(allowed())


@contextmanager
def threads_restored() -> Iterator[None]:
    """Restore the number of threads at the end of the block, for other networks."""
    import torch

    count = torch.get_num_threads()
    try:
        yield
    finally:
        if torch.get_num_threads() != count:
            torch.set_num_threads(count)


def in_threads(compute: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield the results in order: one after the other, and once cores are idle in threads.

    It pays where `compute` spends its time in libraries that release the interpreter's lock.
    """
    allowed = allowed_threads.get()
    for place, item in enumerate(items):
        count = 1 if allowed is None else allowed()
        if count > 1:
            with ThreadPoolExecutor(count) as pool:
                yield from pool.map(compute, items[place:])
            return
        yield compute(item)
