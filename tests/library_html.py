"""Helpers of the library's pages through the test client."""

import re
from typing import Any

__all__ = ["NOBODY", "PAGE", "card", "shown"]

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NOBODY = "00000000-0000-7000-8000-000000000000"


def shown(page: Any) -> list[str]:
    """Return the ids of the cards on a page, in its order."""
    return re.findall(r'data-job="([0-9a-f-]{36})"', page.text)


def card(page: Any, job_id: str) -> str:
    """Return the HTML of the card of a job."""
    return str(page.text.partition(f'data-job="{job_id}"')[2].partition("</li>")[0])
