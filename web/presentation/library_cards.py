"""View models of the library's cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shared.db.models import ACTIVE
from web.db.library_queries import BatchSummary, batch_summaries, variant_thumbnails
from web.http.i18n import translate as _

__all__ = ["Card", "Thumbnail", "cards_of", "design_title", "lead_variant"]

_MAX_COVER = 4


@dataclass(frozen=True, kw_only=True)
class Thumbnail:
    """A variant on the cover of a card."""

    variant: int
    url: str
    favourite: bool = False
    rejected: bool = False


@dataclass(frozen=True, kw_only=True)
class Card:
    """A job of the library, or a batch, which stands for all its jobs."""

    job: Mapping[str, Any]
    """Its document, see `web.db.queries.library_entries`."""
    thumbnails: Sequence[Thumbnail]
    """In the order of the cover: what matches, favourites, then the others, rejected ones last."""
    batch: BatchSummary | None = None

    @property
    def title(self) -> str:
        """Its name, or else its brief."""
        return design_title(self.job)

    @property
    def cover(self) -> Sequence[Thumbnail]:
        """The variants that the card shows."""
        return self.thumbnails[:_MAX_COVER]

    @property
    def hidden(self) -> int:
        """Number of variants that the card does not show."""
        return len(self.thumbnails) - len(self.cover)

    @property
    def lead(self) -> int:
        """The variant that stands for the job."""
        return self.thumbnails[0].variant if self.thumbnails else lead_variant(self.job["reviews"])

    @property
    def favourites(self) -> list[int]:
        """Its favourite variants."""
        return [each["variant"] for each in self.job["reviews"] if each["favourite"]]

    @property
    def compared(self) -> list[str]:
        """Its first variants, as the compare page names them."""
        return [f"{self.job['id']}.{each.variant}" for each in self.cover]

    @property
    def active(self) -> bool:
        """Whether something of it has not ended."""
        return bool(self.batch.active) if self.batch else self.job["state"] in ACTIVE


def design_title(entry: Mapping[str, Any]) -> str:
    """Return how a design is called: its name, the words of its edit, or else its brief."""
    said = f"“{entry['say']}”" if entry["say"] else None
    return str(entry["name"] or said or entry["brief"] or _("A drawn record"))


def lead_variant(reviews: Sequence[Mapping[str, Any]]) -> int:
    """Return the variant that stands for a job: its first favourite, or one not rejected."""
    favourites = [each["variant"] for each in reviews if each["favourite"]]
    rejected = {each["variant"] for each in reviews if each["verdict"] == "reject"}
    return min(favourites, default=next(n for n in range(len(rejected) + 1) if n not in rejected))


def cards_of(
    session: Session, entries: Sequence[Mapping[str, Any]], *, collapsed: bool = False
) -> list[Card]:
    """Return the cards of jobs.

    Args:
        collapsed: whether a job stands for all jobs of its batch.
    """
    thumbnails = variant_thumbnails(session, [entry["id"] for entry in entries])
    batch_ids = [entry["batch"] for entry in entries if entry["batch"]] if collapsed else []
    summaries = batch_summaries(session, batch_ids)
    return [_card(entry, thumbnails[entry["id"]], summaries) for entry in entries]


def _card(
    entry: Mapping[str, Any], urls: Mapping[int, str], summaries: Mapping[str, BatchSummary]
) -> Card:
    batch = summaries.get(entry["batch"] or "")
    reviews = {each["variant"]: each for each in entry["reviews"]}
    thumbnails = [_thumbnail(number, url, reviews.get(number)) for number, url in urls.items()]
    thumbnails.sort(key=lambda each: _rank(each, entry["variant"]))
    single = batch is None or batch.size < 2
    return Card(job=entry, thumbnails=thumbnails, batch=None if single else batch)


def _thumbnail(variant: int, url: str, review: Mapping[str, Any] | None) -> Thumbnail:
    if review is None:
        return Thumbnail(variant=variant, url=url)
    rejected = review["verdict"] == "reject"
    return Thumbnail(variant=variant, url=url, favourite=review["favourite"], rejected=rejected)


def _rank(thumbnail: Thumbnail, match: int | None) -> tuple[bool, bool, bool, int]:
    is_match = thumbnail.variant == match
    return not is_match, not thumbnail.favourite, thumbnail.rejected, thumbnail.variant
