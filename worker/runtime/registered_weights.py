"""Locates the weights of registered model versions, also in the artifact store."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import ModelVersion
from shared.errors import ModelsMissing
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from worker.models.weight_locator import Places, WeightsSource, bundled_folder, find_weights

__all__ = ["WeightLocator"]


class WeightLocator:
    """Locates the weights of a registered model version, also in the artifact store."""

    def __init__(
        self, settings: Settings, factory: sessionmaker[Session], store: ArtifactStore
    ) -> None:
        self._sessions = factory
        self._store = store
        self._cache = settings.home / "cache" / "models"
        self._places = Places(
            cache=self._cache,
            models_dir=settings.models_dir,
            hub=settings.hub,
            bundled=bundled_folder(),
            fetch=self._fetch,
        )

    def __call__(self, version_id: str) -> WeightsSource:
        """Return the verified weights of a version.

        Raises:
            ModelsMissing: the version is not registered, or its weights are not found.
            CodesignerError: weights_corrupt.
        """
        with self._sessions() as session:
            row = session.get(ModelVersion, version_id)
        if row is None:
            raise ModelsMissing(f"The model version {version_id} is not registered.")
        return find_weights(
            {
                "role": row.role,
                "name": row.name,
                "source": row.source,
                "sha256": row.sha256,
                "config": row.config,
            },
            self._places,
        )

    def _fetch(self, sha256: str) -> Path:
        """Copy an artifact into the cache folder, where libraries can memory-map it."""
        path = self._cache / "artifacts" / sha256
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".{os.getpid()}")
            partial.write_bytes(self._store.get(sha256))
            partial.replace(path)
        return path
