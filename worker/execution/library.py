"""Computes embeddings for the library: of searches, and of designs that are not indexed yet."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from sqlalchemy.orm import Session, sessionmaker

from shared.briefs.text.index import is_chinese
from shared.briefs.vocabulary import COLOURS, PATTERNS, PRODUCTS
from shared.errors import CodesignerError
from shared.library.index import IndexedVariant, Unindexed, encoder_of, next_unindexed, write_index
from shared.library.query_vectors import add_query_vector, picture_of
from shared.queue.claims import claimable_stages
from shared.registry.releases import champion_versions
from shared.storage.artifacts import ArtifactStore
from worker.imaging.colour import rgb_from_lab
from worker.imaging.palette import palette_of
from worker.imaging.reference import open_reference
from worker.runtime.model_cache import ModelCache, ResidentModels

__all__ = ["LibraryEncoder"]

_log = logging.getLogger(__name__)
_MAX_INDEX_S = 3.0
"""How long one request to index is served; while jobs wait for this worker, one job is indexed."""
_UNREADABLE = (OSError, UnidentifiedImageError, CodesignerError)


@dataclass(frozen=True, kw_only=True)
class LibraryEncoder:
    """Embeds with the champions' text encoder and vision model, which are resident."""

    sessions: sessionmaker[Session]
    store: ArtifactStore
    model_cache: ModelCache
    is_draining: Callable[[], bool] = lambda: False
    stages: tuple[str, ...] = ()
    """The stages that this worker serves, which come first."""
    _centres: dict[str, dict[bool, NDArray[np.float32]]] = field(default_factory=dict)
    """Mean embeddings by version of the text encoder, and by whether the text is Chinese."""

    def embed(self, key: str, text: str) -> None:
        """Compute and store the embedding of a search, see `shared.library.query_vectors`."""
        with self.sessions() as session:
            models, encoder = self._models(session)
        if models is None:
            return
        picture = picture_of(key)
        if picture is None:
            vector = self._texts(models, [text])[0]
        else:
            vector = _looks(models, [open_reference(self.store.get(picture))])[0]
        with self.sessions.begin() as session:
            add_query_vector(session, key, encoder, vector.tolist())

    def index(self) -> int:
        """Index jobs that are not indexed, for some seconds; return their number.

        While jobs wait for this worker, only one.
        """
        count, until = 0, time.monotonic() + _MAX_INDEX_S
        is_idle = True
        while is_idle and time.monotonic() < until and not self.is_draining():
            with self.sessions.begin() as session:
                if not self._index_next(session):
                    break
                is_idle = not claimable_stages(session, self.stages)
            count += 1
        return count

    def _index_next(self, session: Session) -> bool:
        """Index the newest job that is not indexed; return whether there was one."""
        models, encoder = self._models(session)
        if models is None or (waiting := next_unindexed(session, encoder)) is None:
            return False
        write_index(
            session,
            waiting.job,
            encoder=encoder,
            vector=self._texts(models, [waiting.text])[0].tolist(),
            variants=self._variants(models, waiting),
        )
        return True

    def _models(self, session: Session) -> tuple[ResidentModels | None, str]:
        """Return the champions' models and their ids; None where a role has no champion."""
        versions = champion_versions(session)
        encoder = encoder_of(versions)
        if encoder is None:
            return None, ""
        return ResidentModels(versions, self.model_cache), encoder

    def _texts(self, models: ResidentModels, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return embeddings (N, D) of unit length, without what all briefs of a language share.

        Any two briefs have a cosine of about 0.8 before, related and unrelated ones alike; after,
        unrelated ones are below 0.25 (docs/decisions/0030).
        """
        rows = models.text_encoder.embed(texts)
        version = models.used["text_encoder"].version_id
        if version not in self._centres:
            self._centres[version] = _centres(models)
        centres = self._centres[version]
        rows = rows - np.stack([centres[_is_chinese(text)] for text in texts])
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)

    def _variants(self, models: ResidentModels, waiting: Unindexed) -> list[IndexedVariant]:
        """Return the looks of a job's variants; those without a readable tile are left out."""
        pictures: dict[int, Image.Image] = {}
        for variant, sha256 in sorted(waiting.tiles.items()):
            try:
                content = self.store.get(sha256)
                pictures[variant] = Image.open(io.BytesIO(content), formats=["PNG"]).convert("RGB")
            except _UNREADABLE as error:
                _log.warning("tile %s is not indexed: %s", sha256, error)
        if not pictures:
            return []
        measured = self._measured_colours(waiting.colours_sha256)
        vectors = _looks(models, list(pictures.values()))
        return [
            IndexedVariant(
                variant=variant,
                vector=vector.tolist(),
                colours=measured.get(variant) or _colours_of(pictures[variant]),
            )
            for variant, vector in zip(pictures, vectors, strict=True)
        ]

    def _measured_colours(self, sha256: str | None) -> dict[int, dict[str, float]]:
        """Return the colours that were measured when the tiles were drawn, by variant."""
        if sha256 is None:
            return {}
        try:
            document = json.loads(self.store.get(sha256))
        except _UNREADABLE as error:
            _log.warning("colours %s are not indexed: %s", sha256, error)
            return {}
        entries = document.get("variants") or [{"variant": 0, **document}]
        return {entry["variant"]: _areas(entry) for entry in entries if "palette" in entry}


def _centres(models: ResidentModels) -> dict[bool, NDArray[np.float32]]:
    """Return the mean embedding of plain briefs, one of each pattern: Chinese, and English ones."""
    products, colours = cycle(PRODUCTS.values()), cycle(COLOURS.values())
    terms = [(pattern, next(colours), next(products)) for pattern in PATTERNS.values()]
    return {
        language == "zh": models.text_encoder.embed(
            [" ".join(term.name(language) for term in row) for row in terms]
        ).mean(axis=0)
        for language in ("en", "zh")
    }


def _is_chinese(text: str) -> bool:
    return any(map(is_chinese, text))


def _areas(entry: Mapping[str, Any]) -> dict[str, float]:
    pairs = zip(entry["palette"], entry["areas"], strict=True)
    return {colour.lower(): share for colour, share in pairs if share > 0}


def _looks(models: ResidentModels, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
    """Return the embeddings, (N, V) of unit length."""
    features = models.vision.features(pictures)
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-6)


def _colours_of(picture: Image.Image) -> dict[str, float]:
    """Return the shares of the main colours of a picture."""
    lab, shares = palette_of(picture)
    colours = np.round(rgb_from_lab(lab)).astype(int)
    return {
        f"#{red:02x}{green:02x}{blue:02x}": float(share)
        for (red, green, blue), share in zip(colours.tolist(), shares, strict=True)
    }
