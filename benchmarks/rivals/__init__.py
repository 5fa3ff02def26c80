"""The same stages and models behind other systems, for comparison; none of them stores anything."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from benchmarks.briefs import Asked

__all__ = ["GATHER_S", "asked_of"]

GATHER_S = 0.03
"""How long they wait for more requests of the same batch: as long as the product's worker."""


def asked_of(body: Mapping[str, Any]) -> Asked:
    """Read a request's body as `benchmarks.clients.body_of` wrote it."""
    given = dict(body)
    reference = given.pop("reference", None)
    content = None if reference is None else base64.b64decode(reference["base64"])
    return Asked(reference=content, **given)
