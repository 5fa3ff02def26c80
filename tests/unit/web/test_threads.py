"""Waiting requests hold a bounded number of threads, so that some stay free for reads."""

from web import extensions as context
from web.server.thread_pools import OTHER_THREADS, RECORDING_THREADS
from web.uploads import images as uploads

_FOR_LOOKS = 8


def test_waiting_requests_leave_threads_for_reads() -> None:
    """API writes are not counted: they have a thread pool of their own; streams hold none."""
    waiting = (
        context.MAX_WAITS
        + context.MAX_CONCURRENT_PAGE_WRITES
        + context.MAX_WAITING_PAGE_WRITES
        + context.MAX_CONCURRENT_LARGE_BODIES
        + context.MAX_WAITING_LARGE_BODIES
        + uploads.HERE
        + uploads.WAITING
        + uploads.APART
        + uploads.MAX_WAITING_FOR_SUBPROCESS
    )
    assert OTHER_THREADS - waiting >= _FOR_LOOKS


def test_recording_threads_suffice_for_waiting_requests_and_api_writes() -> None:
    assert RECORDING_THREADS >= context.MAX_WAITS + 2 * context.MAX_CONCURRENT_API_WRITES
