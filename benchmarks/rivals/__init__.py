"""The same stages and models in other serving systems, for comparison; none stores results."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from benchmarks.briefs import Asked

__all__ = ["GATHER_S", "WORKERS", "asked_of"]

WORKERS = 2
"""Processes that compute, one for each core of the machine that figures are kept of."""

GATHER_S = 0.03
"""Batching delay, the same as that of the product's worker."""


def asked_of(body: Mapping[str, Any]) -> Asked:
    """Return the request of a body that `benchmarks.clients.body_of` wrote."""
    given = dict(body)
    reference = given.pop("reference", None)
    content = None if reference is None else base64.b64decode(reference["base64"])
    return Asked(reference=content, **given)
