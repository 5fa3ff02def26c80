"""Tests of model versions, releases, promotions and rollbacks."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shared.errors import (
    GateFailed,
    ModelsMissing,
    NoPreviousRelease,
    ReleaseConflict,
    ReleaseNotFound,
)
from shared.registry import releases as registry
from shared.registry.releases import Gate, ReleaseManifest, VersionManifest

GENERATOR = VersionManifest(
    role="generator",
    name="separations",
    source={"file": "generator.safetensors"},
    sha256="12" * 32,
    licence="Apache-2.0",
    config={"width": 8},
    metrics={"colour": 0.9},
)
VISION = replace(GENERATOR, role="vision", name="efficientnet", sha256=None)
FIRST = ReleaseManifest(name="r1", origin="bundled", versions=(GENERATOR, VISION))
BETTER = replace(GENERATOR, sha256="34" * 32)
SECOND = ReleaseManifest(name="r2", base="r1", versions=(BETTER,))


def test_version_id_is_derived_from_its_manifest(work: Any) -> None:
    with work.session() as session:
        first = registry.register(session, GENERATOR).id
        assert registry.register(session, replace(GENERATOR)).id == first
        assert registry.register(session, replace(GENERATOR, config={"width": 9})).id != first
        assert len(registry.versions(session)) == 2
        assert registry.versions(session, "vision") == []
    assert first.startswith("generator-")


def test_release_takes_missing_roles_from_its_base(work: Any) -> None:
    with work.session() as session:
        registry.register_release(session, FIRST)
        registry.register_release(session, SECOND)
        first, second = registry.members(session, "r1"), registry.members(session, "r2")
    assert first["vision"] == second["vision"]
    assert first["generator"] != second["generator"]


def test_registering_a_release_again_changes_nothing(work: Any) -> None:
    with work.session() as session:
        registry.register_release(session, FIRST)
        registry.register_release(session, FIRST)
        assert len(registry.releases(session)) == 1
        with pytest.raises(ReleaseConflict):
            registry.register_release(session, replace(FIRST, versions=(BETTER,)))


def test_unknown_release_is_rejected(work: Any) -> None:
    with work.session() as session:
        with pytest.raises(ReleaseNotFound):
            registry.promote(session, "nothing", "ada")
        with pytest.raises(ReleaseNotFound):
            registry.register_release(session, SECOND)


def test_promotion_and_rollback_move_the_champion_and_are_logged(work: Any) -> None:
    with work.session() as session:
        for release in (FIRST, SECOND, replace(SECOND, name="r3")):
            registry.register_release(session, release)
        assert registry.champion_versions(session) == {}
        for name in ("r1", "r2", "r3"):
            registry.promote(session, name, "ada", reason="looks better")
        assert registry.champion_versions(session) == registry.members(session, "r3")

        registry.rollback(session, "bob")
        assert registry.champion(session) == "r2"
        registry.rollback(session, "bob")
        assert registry.champion_versions(session) == registry.members(session, "r1")
        with pytest.raises(NoPreviousRelease):
            registry.rollback(session, "bob")
    with work.session() as session:
        log = [
            (move.kind, move.release_from, move.release_to, move.actor)
            for move in registry.moves(session)
        ]
    assert log == [
        ("rollback", "r2", "r1", "bob"),
        ("rollback", "r3", "r2", "bob"),
        ("promote", "r2", "r3", "ada"),
        ("promote", "r1", "r2", "ada"),
        ("promote", None, "r1", "ada"),
    ]


def test_rollback_without_a_champion_is_rejected(work: Any) -> None:
    with work.session() as session, pytest.raises(NoPreviousRelease):
        registry.rollback(session, "bob")


def test_missed_gate_blocks_promotion_without_force(work: Any) -> None:
    gates = (
        Gate(metric="colour", value=0.7, bar=0.9, passed=False),
        Gate(metric="pattern", value=0.8, bar=0.5, passed=True),
    )
    with work.session() as session:
        registry.register_release(session, replace(FIRST, gates=gates))
        with pytest.raises(GateFailed, match="colour"):
            registry.promote(session, "r1", "ada")
        assert registry.champion(session) is None
        registry.promote(session, "r1", "ada", force=True)
        assert registry.champion(session) == "r1"


def test_job_keeps_the_model_versions_pinned_at_submission(work: Any) -> None:
    with work.session() as session:
        registry.register_release(session, FIRST)
        registry.register_release(session, SECOND)
        registry.promote(session, "r1", "ada")
        first = registry.champion_versions(session)
    before = work.submit(model_versions=None)
    with work.session() as session:
        registry.promote(session, "r2", "ada")
        second = registry.champion_versions(session)
    after = work.submit(model_versions=None)

    assert work.document(before.id)["model_versions"] == first
    assert work.document(after.id)["model_versions"] == second
    assert [claim.job_id for claim in work.claim(limit=8)] == [before.id]


def test_a_finished_training_registers_its_release_with_the_result(work: Any) -> None:
    with work.session() as session:
        registry.register_release(session, FIRST)
    job = work.submit(pipeline="training", options={"base_release": "r1", "steps": 10})
    release = replace(SECOND, job_id=job.id)
    hook = partial(registry.register_release, manifest=release)
    work.finish(work.one("train"), on_done=hook)
    with work.session() as session:
        assert registry.releases(session)[0].job_id == job.id
        assert registry.champion(session) is None  # registering does not promote
    assert work.job(job.id).state == "succeeded"


def _manifest(folder: Path, release: str, *versions: VersionManifest) -> Path:
    path = folder / f"{release}.json"
    document = {"release": release, "versions": [vars(each) for each in versions]}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_bundled_release_is_champion_until_a_trained_one_is_promoted(
    work: Any, tmp_path: Path
) -> None:
    old, new, newest = (
        _manifest(tmp_path, "b1", GENERATOR, VISION),
        _manifest(tmp_path, "b2", BETTER, VISION),
        _manifest(tmp_path, "b3", VISION),
    )
    with work.session() as session:
        registry.register_bundled(session, old)
        registry.register_bundled(session, old)
        assert registry.champion(session) == "b1"
        registry.register_bundled(session, new)
        assert registry.champion(session) == "b2"
        assert len(registry.moves(session)) == 2

        registry.register_release(session, replace(SECOND, base="b2"))
        registry.promote(session, "r2", "ada")
        registry.register_bundled(session, newest)
        assert registry.champion(session) == "r2"


def test_missing_weights_are_reported(work: Any, tmp_path: Path) -> None:
    with work.session() as session, pytest.raises(ModelsMissing):
        registry.register_bundled(session, tmp_path / "manifest.json")


def test_manifest_is_parsed_and_errors_are_reported() -> None:
    document = {
        "release": "clip",
        "versions": [
            {
                "role": "vision",
                "name": "clip",
                "source": {"hub": "openai/clip-vit-base-patch32", "folder": True},
                "config": {"kind": "transformers"},
            }
        ],
    }
    manifest = registry.parse_manifest(document, origin="named", base="r1")
    assert (manifest.name, manifest.base, manifest.versions[0].sha256) == ("clip", "r1", None)
    for wrong, told in (
        ([], "The manifest is invalid"),
        ({"release": "x", "versions": []}, "no versions"),
        ({"release": "x", "versions": [{"role": "vision"}]}, "source"),
        ({"release": "x", "versions": [{**document["versions"][0], "role": "eye"}]}, "role eye"),
        ({"release": "x", "versions": [{**document["versions"][0], "colour": 1}]}, "colour"),
    ):
        with pytest.raises(registry.InvalidManifest, match=told):
            registry.parse_manifest(wrong, origin="named")


def test_named_release_keeps_the_roles_it_does_not_name(work: Any) -> None:
    document = {"release": "own", "versions": [vars(replace(VISION, name="own-eye"))]}
    with work.session() as session:
        registry.register_release(session, FIRST)
        registry.promote(session, "r1", "admin")
        base = registry.champion(session)
        named = registry.register_release(
            session, registry.parse_manifest(document, origin="named", base=base)
        )
        assert named.origin == "named"
        own = registry.members(session, "own")
        assert own["generator"] == registry.members(session, "r1")["generator"]
        assert own["vision"] != registry.members(session, "r1")["vision"]
