"""Computes embeddings for the library: of searches, and of designs that are not indexed yet."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from shared.errors import CodesignerError
from shared.library.index import ENCODER_ROLES, IndexedVariant, Unindexed, unindexed, write_index
from shared.library.query_vectors import add_query_vector, picture_of
from shared.registry.releases import champion_versions
from worker.imaging.colour import rgb_from_lab
from worker.imaging.palette import lab_of_rows
from worker.imaging.reference import open_reference
from worker.runtime.model_cache import ResidentModels

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from worker.execution.context import WorkerContext

__all__ = ["LibraryEncoder"]

_log = logging.getLogger(__name__)
_BATCH = 8
_MAX_INDEX_S = 3.0
"""How long one request to index is served while jobs wait for this worker."""
_UNREADABLE = (OSError, UnidentifiedImageError, CodesignerError)


class LibraryEncoder:
    """Embeds with the champions' text encoder and vision model, which are resident."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context

    def embed(self, key: str, text: str) -> None:
        """Compute and store the embedding of a search, see `shared.library.query_vectors`."""
        with self._context.sessions() as session:
            models, encoder = self._models(session)
        if models is None:
            return
        picture = picture_of(key)
        if picture is None:
            vector = models.text_encoder.embed([text])[0]
        else:
            vector = _looks(models, [open_reference(self._context.store.get(picture))])[0][0]
        with self._context.sessions.begin() as session:
            add_query_vector(session, key, encoder, vector.tolist())

    def index(self) -> int:
        """Index jobs that are not indexed, for some seconds; return their number."""
        count, until = 0, time.monotonic() + _MAX_INDEX_S
        while time.monotonic() < until and not self._context.is_draining():
            with self._context.sessions.begin() as session:
                models, encoder = self._models(session)
                waiting = [] if models is None else unindexed(session, _BATCH)
                if models is None or not waiting:
                    break
                vectors = models.text_encoder.embed([each.text for each in waiting])
                for each, vector in zip(waiting, vectors, strict=True):
                    variants = self._variants(models, each)
                    write_index(
                        session,
                        each.job,
                        encoder=encoder,
                        vector=vector.tolist(),
                        variants=variants,
                    )
            count += len(waiting)
        return count

    def _models(self, session: Session) -> tuple[ResidentModels | None, str]:
        """Return the champions' models and their ids; None where a role has no champion."""
        versions = champion_versions(session)
        if not set(ENCODER_ROLES) <= set(versions):
            return None, ""
        encoder = " ".join(versions[role] for role in ENCODER_ROLES)
        return ResidentModels(versions, self._context.model_cache), encoder

    def _variants(self, models: ResidentModels, waiting: Unindexed) -> list[IndexedVariant]:
        """Return the looks of a job's variants; those without a readable tile are left out."""
        pictures: dict[int, Image.Image] = {}
        for variant, sha256 in sorted(waiting.tiles.items()):
            try:
                content = self._context.store.get(sha256)
                pictures[variant] = Image.open(io.BytesIO(content)).convert("RGB")
            except _UNREADABLE as error:
                _log.warning("tile %s is not indexed: %s", sha256, error)
        if not pictures:
            return []
        measured = self._measured_colours(waiting.colours_sha256)
        vectors, palettes = _looks(models, list(pictures.values()))
        return [
            IndexedVariant(
                variant=variant,
                vector=vector.tolist(),
                colours=measured.get(variant) or _colours_of(palette),
            )
            for variant, vector, palette in zip(pictures, vectors, palettes, strict=True)
        ]

    def _measured_colours(self, sha256: str | None) -> dict[int, dict[str, float]]:
        """Return the colours that were measured when the tiles were drawn, by variant."""
        if sha256 is None:
            return {}
        try:
            document = json.loads(self._context.store.get(sha256))
        except _UNREADABLE as error:
            _log.warning("colours %s are not indexed: %s", sha256, error)
            return {}
        entries = document.get("variants") or [{"variant": 0, **document}]
        return {entry["variant"]: _areas(entry) for entry in entries if "palette" in entry}


def _areas(entry: Mapping[str, Any]) -> dict[str, float]:
    pairs = zip(entry["palette"], entry["areas"], strict=True)
    return {colour.lower(): share for colour, share in pairs if share > 0}


def _looks(
    models: ResidentModels, pictures: Sequence[Image.Image]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the embeddings, (N, V) of unit length, and the palettes, (N, 5, 4)."""
    seen = models.vision.embed(pictures)
    norms = np.linalg.norm(seen.features, axis=1, keepdims=True)
    return seen.features / np.maximum(norms, 1e-6), seen.palette


def _colours_of(palette: NDArray[np.float32]) -> dict[str, float]:
    """Return the shares of the colours of a palette as the vision model gives it."""
    rows = palette[palette[:, 3] > 0]
    colours = np.round(rgb_from_lab(lab_of_rows(rows))).astype(int)
    return {
        f"#{red:02x}{green:02x}{blue:02x}": float(share)
        for (red, green, blue), share in zip(colours.tolist(), rows[:, 3], strict=True)
    }
