"""View model of the compare page: designs side by side, and their differences in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from shared.briefs.vocabulary import PATTERNS
from shared.db.models import Job
from shared.designs.edits.facts import Facts
from shared.designs.record import Design
from web.http.i18n import language
from web.http.i18n import translate as _
from web.presentation.brief_words import marked
from web.presentation.labels import motif_name, option_name
from web.presentation.library_cards import design_title
from web.presentation.tags import term_name

__all__ = ["ComparedDesign", "Comparison", "comparison_of"]

_OPTIONS = ("product", "seed", "reference_strength", "size")
_VIEWS = (("product", "sketch"), ("tile", "tile"), ("repeat", "tile"))
"""Rows of (view, kind of its file)."""


@dataclass(frozen=True, kw_only=True)
class ComparedDesign:
    """A variant on the page."""

    job: Job
    entry: Mapping[str, Any]
    """Document of its job in the library."""
    variant: int
    files: Mapping[str, str]
    """URLs by kind."""
    design: Design | None
    """Its record; None if it was drawn without one."""

    @property
    def key(self) -> str:
        """Its name in the URL of the page."""
        return f"{self.job.id}.{self.variant}"

    @property
    def title(self) -> str:
        """The name of its job, or else the brief."""
        return design_title(self.entry)

    @property
    def review(self) -> Mapping[str, Any] | None:
        """How it was judged."""
        reviews: Sequence[Mapping[str, Any]] = self.entry["reviews"]
        return next((each for each in reviews if each["variant"] == self.variant), None)

    @property
    def palette(self) -> list[str]:
        """The colours that it is drawn in, as #RRGGBB."""
        if self.design is None:
            return []
        return list(dict.fromkeys(entry.hex.upper() for entry in Facts(self.design).used))

    def picture(self, view: str) -> str | None:
        """Return the URL of its picture in a view, or of another one that it has."""
        kinds = [dict(_VIEWS).get(view, "sketch"), "sketch", "tile", "thumbnail"]
        return next((self.files[kind] for kind in kinds if kind in self.files), None)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A respect in which designs are compared."""

    name: str
    values: Sequence[str | Markup]
    """Of each design."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What differs between designs, and what does not."""

    briefs: Sequence[Markup] = ()
    """Briefs with the words marked that others do not have; empty if they are the same."""
    palettes: Sequence[Sequence[tuple[str, bool]]] = ()
    """Colours, and whether others lack them; empty if all have the same."""
    rows: Sequence[Row] = ()
    same: Sequence[str] = field(default_factory=list)
    """What is the same in all of them."""


def comparison_of(designs: Sequence[ComparedDesign]) -> Comparison:
    """Return the differences of two to four designs."""
    briefs = [each.job.brief for each in designs]
    palettes = [each.palette for each in designs]
    rows = [Row(name=name, values=values) for name, values in _respects(designs)]
    same = [f"{row.name}: {row.values[0]}" for row in rows if len(set(row.values)) == 1]
    if len(set(briefs)) == 1:
        same.insert(0, _("Brief"))
    if len({tuple(sorted(palette)) for palette in palettes}) == 1 and palettes[0]:
        same.append(_("Colours"))
    return Comparison(
        briefs=_marked_briefs(briefs),
        palettes=_marked_palettes(palettes),
        rows=[row for row in rows if len(set(row.values)) > 1],
        same=[text for text in same if not text.endswith(": –")],
    )


def _marked_briefs(briefs: Sequence[str]) -> list[Markup]:
    if len(set(briefs)) == 1:
        return []
    return [
        marked(brief, [other for at, other in enumerate(briefs) if at != index])
        for index, brief in enumerate(briefs)
    ]


def _marked_palettes(palettes: Sequence[Sequence[str]]) -> list[list[tuple[str, bool]]]:
    if len({tuple(sorted(palette)) for palette in palettes}) == 1:
        return []
    return [
        [(colour, any(colour not in other for other in palettes)) for colour in palette]
        for palette in palettes
    ]


def _respects(designs: Sequence[ComparedDesign]) -> list[tuple[str, list[str]]]:
    drawn = [
        (_("Pattern"), [_patterns(each.design) for each in designs]),
        (_("Motif"), [_motifs(each.design) for each in designs]),
        (_("Repeat"), [_repeat(each.design) for each in designs]),
    ]
    options = [(option_name(name), [_option(each, name) for each in designs]) for name in _OPTIONS]
    return drawn + options


def _patterns(design: Design | None) -> str:
    families = [] if design is None else list(dict.fromkeys(Facts(design).families.values()))
    return _listed([PATTERNS[name].label(language()) if name in PATTERNS else name
                    for name in families])  # fmt: skip


def _motifs(design: Design | None) -> str:
    motifs = {} if design is None else Facts(design).motifs
    return _listed([f"{motif_name(name.replace('-', ' '))} × {count}" for name, count in
                    sorted(motifs.items(), key=lambda item: -item[1])])  # fmt: skip


def _repeat(design: Design | None) -> str:
    names = {
        "straight": _("straight"),
        "half-drop": _("half-drop"),
        "half-brick": _("half-brick"),
        "mirror": _("mirrored cells"),
    }
    return "–" if design is None else names.get(design.repeat, design.repeat)


def _option(compared: ComparedDesign, name: str) -> str:
    value = compared.job.options.get(name)
    if name == "reference_strength" and compared.job.reference_sha256 is None:
        return "–"
    if name == "product" and value:
        return term_name("product", str(value), language())
    return "–" if value is None or value == "" else str(value)


def _listed(names: Sequence[str]) -> str:
    return ("、" if language() == "zh" else ", ").join(names) or "–"
