"""The index of the library, with the bundled models on real servers: meaning, look and colour."""

import io
import json
from dataclasses import dataclass, replace

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.briefs.parser import parse_brief
from shared.db.library_models import LibraryColour, LibraryEntry, LibraryVariant
from shared.db.models import Job
from shared.jobs.insertion import DesignInput
from shared.library.index import encoder_of, has_unindexed, next_unindexed
from shared.library.query_vectors import picture_key, query_vector, text_key
from shared.library.search import LibraryQuery, Vector, search
from shared.queue.completion import ArtifactRecord
from shared.registry.releases import (
    ReleaseManifest,
    VersionManifest,
    champion,
    champion_versions,
    promote,
    register_bundled,
    register_release,
)
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.queue_driver import OPTIONS, QueueDriver
from worker.execution.library import LibraryEncoder
from worker.runtime.model_cache import ModelCache
from worker.runtime.registered_weights import WeightLocator


@dataclass(frozen=True, kw_only=True)
class Library:
    """A database with the bundled models, and the encoder of a worker."""

    driver: QueueDriver
    encoder: LibraryEncoder

    def finished(self, brief: str, tile: bytes, palette: list[str]) -> str:
        """Return the id of a job that ended with one variant of this tile."""
        understood = parse_brief(brief).to_document()
        job = self.driver.submit(
            brief=brief,
            options=OPTIONS | {"variants": 1},
            design=DesignInput(understood=understood),
        )
        store = self.driver.store
        areas = [round(1 / len(palette), 3)] * len(palette)
        drawn = {"variants": [{"variant": 0, "palette": palette, "areas": areas}]}
        record = ArtifactRecord(
            kind="tile", variant=0, sha256=store.put(tile), media_type="image/png", size_bytes=1
        )
        for stage in ("caption", "fusion", "generate", "draw", "present"):
            claim = self.driver.one(stage)
            given: dict[str, object] = {}
            if stage == "draw":
                given = {
                    "output_sha256": store.put(json.dumps(drawn).encode()),
                    "artifacts": (record,),
                }
            self.driver.finish(claim, variants=0, **given)
        return job.id

    def is_unindexed(self) -> bool:
        """Return whether a worker has something to index."""
        with self.driver.session() as session:
            encoder = encoder_of(champion_versions(session))
            assert encoder is not None
            return has_unindexed(session, encoder)

    def briefs(self, query: LibraryQuery) -> list[str]:
        """Return the briefs that a search finds."""
        with self.driver.session() as session:
            return [each.job.brief for each in search(session, query, 20).found]

    def meaning(self, words: str) -> LibraryQuery:
        """Return a search by words, with the embedding that a worker computes."""
        self.encoder.embed(text_key(words), words)
        with self.driver.session() as session:
            vector = self.vector(session, text_key(words))
        return LibraryQuery(words=words, meaning=vector, sort="best")

    def index(self) -> int:
        """Index all that is not indexed; return the number of jobs."""
        count = 0
        while self.is_unindexed():
            count += self.encoder.index()
        return count

    @staticmethod
    def vector(session: Session, key: str) -> Vector:
        """Return the embedding that a worker computed for a search."""
        encoder = encoder_of(champion_versions(session))
        assert encoder is not None
        values = query_vector(session, key, encoder)
        assert values is not None
        return Vector(encoder=encoder, values=values)


@pytest.fixture
def library(
    settings: Settings, session_factory: sessionmaker[Session], artifact_store: ArtifactStore
) -> Library:
    """Return a library whose champion is the bundled release."""
    with session_factory.begin() as session:
        release = register_bundled(session)
        assert release is not None
    locator = WeightLocator(settings, session_factory, artifact_store)
    encoder = LibraryEncoder(
        sessions=session_factory,
        store=artifact_store,
        model_cache=ModelCache("cpu", locator, 10**10),
    )
    return Library(driver=QueueDriver(session_factory, artifact_store), encoder=encoder)


def dots(colour: str, ground: str, count: int = 4) -> bytes:
    """Return a tile with dots, PNG."""
    picture = Image.new("RGB", (128, 128), ground)
    draw = ImageDraw.Draw(picture)
    step = 128 // count
    for x in range(0, 128, step):
        for y in range(0, 128, step):
            draw.ellipse((x + 4, y + 4, x + step - 4, y + step - 4), fill=colour)
    return _png(picture)


def stripes(colour: str, ground: str) -> bytes:
    """Return a tile with vertical stripes, PNG."""
    picture = Image.new("RGB", (128, 128), ground)
    draw = ImageDraw.Draw(picture)
    for x in range(0, 128, 16):
        draw.rectangle((x, 0, x + 7, 127), fill=colour)
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


BEACH = "ocean themed beach towel with shells"
FOX = "手机壳：狐狸和松树，墨绿底"
STEAM = "steampunk phone case, brass and copper gears"


def test_designs_are_found_by_meaning_look_and_colour(library: Library) -> None:
    library.finished(BEACH, dots("#1f6f8b", "#f3ecdf"), ["#1f6f8b", "#f3ecdf"])
    library.finished(FOX, stripes("#0b5d3b", "#f3ecdf"), ["#0b5d3b", "#f3ecdf"])
    library.finished(STEAM, dots("#b87333", "#201812"), ["#b87333", "#201812"])
    assert library.is_unindexed()
    assert library.index() == 3
    with library.driver.session() as session:
        assert len(session.scalars(select(LibraryColour)).all()) == 6

    assert library.briefs(library.meaning("summer at the sea")) == [BEACH]
    assert library.briefs(library.meaning("qwe asdkjh")) == []
    assert library.briefs(library.meaning("fox")) == [FOX]
    assert library.briefs(LibraryQuery(colour="#2a7089", sort="best")) == [BEACH]
    assert library.briefs(LibraryQuery(colour="#ff00ff", sort="best")) == []


def test_one_job_is_indexed_while_others_wait_for_the_worker(library: Library) -> None:
    for _ in range(3):
        library.finished(BEACH, dots("#1f6f8b", "#f3ecdf"), ["#1f6f8b"])
    waiting = library.driver.submit().id
    encoder = replace(library.encoder, stages=("caption",))
    assert [encoder.index() for _ in range(2)] == [1, 1]
    claim = library.driver.one("caption")
    assert (claim.job_id, encoder.index()) == (waiting, 1)
    assert not library.is_unindexed()


def test_a_picture_finds_the_design_that_looks_like_it(library: Library) -> None:
    library.finished(BEACH, dots("#1f6f8b", "#f3ecdf"), ["#1f6f8b"])
    library.finished(FOX, stripes("#0b5d3b", "#f3ecdf"), ["#0b5d3b"])
    library.index()
    sha256 = library.driver.store.put(stripes("#8b1f3a", "#f3ecdf"))
    library.encoder.embed(picture_key(sha256), "")
    with library.driver.session() as session:
        look = library.vector(session, picture_key(sha256))
    assert library.briefs(LibraryQuery(look=look, sort="best")) == [FOX, BEACH]


def test_a_damaged_tile_leaves_the_rest_of_the_job_indexed(library: Library) -> None:
    job_id = library.finished(BEACH, b"no picture", ["#1f6f8b"])
    assert library.encoder.index() == 1
    with library.driver.session() as session:
        entry = session.get_one(LibraryEntry, job_id)
        assert entry.encoder is not None
        assert session.get(LibraryVariant, (job_id, 0)) is None
    assert library.briefs(library.meaning("beach")) == [BEACH]


def test_indexing_again_keeps_judgements(library: Library) -> None:
    job_id = library.finished(BEACH, dots("#1f6f8b", "#f3ecdf"), ["#1f6f8b"])
    library.encoder.index()
    with library.driver.session() as session:
        session.get_one(LibraryVariant, (job_id, 0)).favourite = True
        session.get_one(LibraryEntry, job_id).encoder = None
    assert library.encoder.index() == 1
    with library.driver.session() as session:
        assert session.get_one(LibraryVariant, (job_id, 0)).favourite


def test_promotion_of_another_encoder_has_designs_indexed_again(library: Library) -> None:
    library.finished(BEACH, dots("#1f6f8b", "#f3ecdf"), ["#1f6f8b"])
    library.encoder.index()
    other = VersionManifest(
        role="vision",
        name="other",
        source={"file": "other.safetensors"},
        sha256="cd" * 32,
        licence="Apache-2.0",
    )
    with library.driver.session() as session:
        register_release(
            session, ReleaseManifest(name="other", base=champion(session), versions=(other,))
        )
        promote(session, "other", "tests")
    assert library.is_unindexed()


def test_no_job_is_indexed_before_its_end(library: Library) -> None:
    library.driver.submit(brief=BEACH)
    assert library.encoder.index() == 0
    with library.driver.session() as session:
        assert session.scalars(select(Job)).one().state == "queued"


def test_a_job_that_is_being_deleted_is_not_waited_for(library: Library) -> None:
    job_id = library.finished(BEACH, dots("#1f6f8b", "#f3ecdf"), ["#1f6f8b"])
    with library.driver.session() as deleting:
        deleting.execute(select(Job).where(Job.id == job_id).with_for_update())
        assert library.encoder.index() == 0
    assert library.encoder.index() == 1


def test_a_job_that_is_being_indexed_is_deleted_afterwards(library: Library) -> None:
    job_id = library.finished(BEACH, dots("#1f6f8b", "#f3ecdf"), ["#1f6f8b"])
    with library.driver.session() as indexing:
        encoder = encoder_of(champion_versions(indexing))
        assert encoder is not None
        waiting = next_unindexed(indexing, encoder)
        assert waiting is not None
        assert waiting.job.id == job_id
        with library.driver.session() as deleting:
            held = select(Job.id).where(Job.id == job_id).with_for_update(skip_locked=True)
            assert deleting.scalar(held) is None
