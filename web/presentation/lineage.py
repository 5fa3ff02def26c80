"""View model of the lineage page: a tree of designs, and what changed between them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.db.models import Job
from web.http.i18n import language
from web.http.i18n import translate as _
from web.presentation.brief_words import changed_words
from web.presentation.edits import change_text
from web.presentation.labels import option_name
from web.presentation.library_cards import design_title
from web.presentation.tags import term_name

__all__ = ["LineageNode", "lineage_tree"]

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_OPTIONS = ("product", "variants", "seed", "reference_strength", "size")


@dataclass(kw_only=True)
class LineageNode:
    """A design in the tree."""

    entry: Mapping[str, Any]
    """Its document, see `web.db.queries.lineage_entries`."""
    changes: Sequence[tuple[str, Sequence[str]]] = ()
    """What changed since the design that it was made from, with the colours that it names."""
    source_variant: int | None = None
    """The variant that an edit changed."""
    is_current: bool = False
    """Whether it is the one that the page is about."""
    is_orphan: bool = False
    """Whether the design that it was made from is not there any more."""
    children: list["LineageNode"] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Its name, or else its brief; the words of an edit are shown beside it."""
        return design_title({**self.entry, "say": None})


def lineage_tree(
    jobs: Sequence[Job], entries: Sequence[Mapping[str, Any]], current: str
) -> list[LineageNode]:
    """Return the roots of the tree; there are several if designs between them are gone.

    Args:
        entries: documents of the jobs.
        current: id of the job that the page is about.
    """
    by_id = {job.id: job for job in jobs}
    nodes: dict[str, LineageNode] = {}
    roots: list[LineageNode] = []
    for job, entry in zip(jobs, entries, strict=True):  # oldest first: parents before children
        source = by_id.get(job.derived_from or "")
        node = LineageNode(
            entry=entry,
            changes=_changes(source, job, entry),
            source_variant=(job.options.get("derived_from") or {}).get("variant"),
            is_current=job.id == current,
            is_orphan=source is None and job.derived_how is not None,
        )
        nodes[job.id] = node
        siblings = nodes[source.id].children if source is not None else roots
        siblings.append(node)
    return roots


def _changes(
    source: Job | None, job: Job, entry: Mapping[str, Any]
) -> list[tuple[str, Sequence[str]]]:
    if job.derived_how == "edit":
        return [(change_text(change), _colours(change)) for change in entry["changed"] or ()]
    if source is None:
        return []
    texts = [*_brief_changes(source.brief, job.brief), *_option_changes(source, job)]
    return [(text, ()) for text in texts]


def _colours(change: Mapping[str, Any]) -> list[str]:
    values = (str(change.get("from") or ""), str(change.get("to") or ""))
    return [value for value in values if _HEX.fullmatch(value)]


def _brief_changes(before: str, after: str) -> list[str]:
    left_out, added = changed_words(before, after)
    changes = []
    if added:
        changes.append(_("Added to the brief: %(words)s", words=_listed(added)))
    if left_out:
        changes.append(_("Left out of the brief: %(words)s", words=_listed(left_out)))
    return changes


def _listed(phrases: Sequence[str]) -> str:
    return ("、" if language() == "zh" else ", ").join(f"“{phrase}”" for phrase in phrases)


def _option_changes(source: Job, job: Job) -> list[str]:
    changes = [
        f"{option_name(name)}: {_shown(name, source)} → {_shown(name, job)}"
        for name in _OPTIONS
        if source.options.get(name) != job.options.get(name)
    ]
    if source.reference_sha256 != job.reference_sha256:
        changes.append(_("Another reference image") if job.reference_sha256 else
                       _("Without the reference image"))  # fmt: skip
    if source.options.get("palette") != job.options.get("palette"):
        changes.append(_("Another palette file"))
    return changes


def _shown(name: str, job: Job) -> str:
    value = job.options.get(name)
    if name == "product" and value:
        return term_name("product", str(value), language())
    return "–" if value is None else str(value)
