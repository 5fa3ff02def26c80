"""Tags (chips) for the recognised terms of a brief, in the visitor's language."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from shared.briefs.colours.names import colour_hex, colour_name, is_exact
from shared.briefs.things.mentions import MotifMention
from shared.briefs.vocabulary import VOCABULARIES, Colour
from shared.motifs.names import MotifNames
from web.http.i18n import translate as _
from web.services.motifs import picture_url

__all__ = [
    "Chip",
    "chips_of",
    "motif_role_name",
    "names_from_reference",
    "outcome_text",
    "part_name",
    "term_name",
    "with_outcomes",
]

_PARTS = (
    ("product", "product", "product"),
    ("materials", "material", "material"),
    ("finish", "finish", "finish"),
    ("pattern", "pattern", "pattern"),
    ("other_patterns", "pattern", "pattern"),
    ("colours", "colour", "colour"),
    ("ground", "ground", "colour"),
    ("ground_tone", "ground", "ground_tone"),
    ("excluded_colours", "without", "colour"),
    ("gradient_direction", "gradient", "gradient_direction"),
    ("functions", "function", "function"),
    ("mood", "mood", "mood"),
    ("scale", "scale", "scale"),
    ("density", "density", "density"),
    ("contrast", "contrast", "contrast"),
    ("line_weight", "line_weight", "line_weight"),
    ("repeat", "repeat", "repeat"),
    ("layout", "layout", "layout"),
)
"""Rows of (field of `ParsedBrief`, part, vocabulary)."""


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A tag: one recognised term, or a text that was not recognised."""

    part: str
    part_name: str
    key: str
    name: str
    hex: str | None = None
    word: str | None = None
    """Of a motif: as the brief calls it."""
    role: str | None = None
    picture: str | None = None
    """Of a motif: URL of its picture."""
    outcome: str | None = None
    """What became of it, in the visitor's language; None: it was done, or is not known."""

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-serialisable dictionary."""
        return asdict(self)


def chips_of(understood: Mapping[str, Any], language: str, names: MotifNames) -> list[Chip]:
    """Return the chips of a brief in a fixed order: motifs first, the unrecognised texts last.

    Args:
        names: names of the motifs of this installation.
    """
    mentions = map(MotifMention.from_document, understood.get("motifs") or ())
    chips = [_motif_chip(mention, language, names) for mention in mentions]
    for field, part, vocabulary in _PARTS:
        keys = _as_keys(understood.get(field))
        if field == "colours":  # that of the ground has a chip of its own
            keys = [key for key in keys if key != understood.get("ground")]
        if field == "gradient_direction" and understood.get("gradient") and not keys:
            chips.append(_chip(part, "gradient", _("gradient")))
        chips += [_term_chip(part, vocabulary, key, language) for key in keys]
        if field == "excluded_colours":
            chips += [_refusal_chip(part, language) for part in understood.get("refused") or ()]
    chips += [_share_chip(share, language) for share in understood.get("shares") or ()]
    if understood.get("only"):
        chips.append(_chip("only", "only", _("only these colours")))
    chips += [_chip("unknown", text, text) for text in understood.get("unknown") or ()]
    return chips


def with_outcomes(chips: Iterable[Chip], outcomes: Iterable[Mapping[str, Any]]) -> list[Chip]:
    """Return the chips; those of what was not done as said in every variant say so.

    Args:
        outcomes: "outcomes" of the job's document.
    """
    worst: dict[tuple[str, str], tuple[str, str]] = {}
    for variant in outcomes:
        for outcome in variant["parts"]:
            place = (_PARTS_OF_OUTCOMES.get(outcome["part"], outcome["part"]), outcome["key"])
            found = (outcome["status"], outcome["why"])
            worst[place] = max(worst.get(place, found), found, key=lambda each: _RANKS[each[0]])
    return [
        replace(chip, outcome=outcome_text(*worst[chip.part, chip.key]))
        if worst.get((chip.part, chip.key), ("done",))[0] != "done" and chip.part != "unknown"
        else chip
        for chip in chips
    ]


def names_from_reference(
    outcomes: Iterable[Mapping[str, Any]], language: str, names: MotifNames
) -> list[str]:
    """Return the names of what was drawn since the reference shows it, each once.

    Args:
        outcomes: "outcomes" of the job's document.
        names: names of the motifs of this installation.
    """
    keys = [
        outcome["key"]
        for variant in outcomes
        for outcome in variant["parts"]
        if outcome["why"] == "seen_in_reference"
    ]
    return [_motif_name(key, language, names) for key in dict.fromkeys(keys)]


def _motif_name(motif_id: str, language: str, names: MotifNames) -> str:
    """Return a motif's usual name in a language; its id if it is not installed any more."""
    if motif_id not in names:
        return motif_id.rpartition(":")[2]
    subject = names[motif_id]
    return subject.chinese[0] if language == "zh" and subject.chinese else subject.english[0]


_PARTS_OF_OUTCOMES = {
    "colours": "colour", "shares": "area", "excluded_colours": "without", "refused": "without",
    "motifs": "motif", "ground_tone": "ground",
}  # fmt: skip
"""Parts of chips by the names of outcomes, where they differ."""
_RANKS = {"done": 0, "partly": 1, "not_done": 2}


def outcome_text(status: str, why: str) -> str:
    """Return what became of a part of a brief, and why."""
    reasons = {
        "hardly_seen": _("hardly seen"),
        "not_in_the_palette": _("not in the palette"),
        "area_not_reached": _("the area was not reached"),
        "still_seen": _("still seen"),
        "other_colours": _("other colours are seen"),
        "no_plain_ground": _("the pattern has no plain ground"),
        "another_ground": _("the ground has another colour"),
        "no_drawing_or_place": _("no drawing, or no place for it"),
        "drawn_wider": _("drawn by something wider"),
        "another_number": _("another number of them in a repeat"),
        "no_drawing": _("no drawing"),
        "things_instead": _("the things are drawn instead"),
        "another_pattern": _("another pattern is drawn"),
        "no_things": _("the design has no things to place"),
        "another_layout": _("laid out in another way"),
        "no_gradient": _("no gradient is drawn"),
    }
    done = _("in part") if status == "partly" else _("not done")
    return f"{done}: {reasons[why]}" if why in reasons else done


def _as_keys(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(key) for key in value) if isinstance(value, list | tuple) else ()


def _term_chip(part: str, vocabulary: str, key: str, language: str) -> Chip:
    term = VOCABULARIES[vocabulary].get(key)
    hex_code = term.hex if isinstance(term, Colour) else None
    if vocabulary == "colour" and is_exact(key):
        hex_code = key
    return _chip(part, key, term_name(vocabulary, key, language), hex_code)


def _refusal_chip(refusal: Mapping[str, str], language: str) -> Chip:
    field, key = refusal["field"], refusal["key"]
    name = term_name(field, key, language) if field in VOCABULARIES else refusal["word"]
    return _chip("without", key or name, name)


def _share_chip(share: Mapping[str, Any], language: str) -> Chip:
    """Return the chip of an area: "navy 85-95 %"."""
    colour = share["colour"]
    low, high = round(share["low"]), round(share["high"])
    name = f"{colour_name(colour, language)} {low}\u2013{high} %"
    return _chip("area", colour, name, colour_hex(colour))


def _motif_chip(mention: MotifMention, language: str, names: MotifNames) -> Chip:
    motif_id = mention.subjects[0]
    name, picture = mention.word, None
    if motif_id in names:
        name = _motif_name(motif_id, language, names)
        picture = picture_url(motif_id)
    colour = VOCABULARIES["colour"].get(mention.colours[0]) if mention.colours else None
    return Chip(
        part="motif",
        part_name=motif_role_name(mention.role),
        key=motif_id,
        name=name if mention.number is None else f"{name} × {mention.number}",
        hex=colour.hex if isinstance(colour, Colour) else None,
        word=mention.word,
        role=mention.role,
        picture=picture,
    )


def motif_role_name(role: str) -> str:
    """Return the label of a motif's role."""
    names = {"hero": _("main motif"), "secondary": _("side motif"), "filler": _("small motif")}
    return names.get(role, role)


def _chip(part: str, key: str, name: str, hex_code: str | None = None) -> Chip:
    return Chip(part=part, part_name=part_name(part), key=key, name=name, hex=hex_code)


def term_name(vocabulary: str, key: str, language: str) -> str:
    """Return the label of a term; the key itself if the vocabulary does not contain it."""
    term = VOCABULARIES[vocabulary].get(key)
    return key if term is None else term.label(language)


def part_name(part: str) -> str:
    """Return the label of a part of a brief."""
    names = {
        "product": _("product"),
        "material": _("material"),
        "finish": _("finish"),
        "pattern": _("pattern"),
        "colour": _("colour"),
        "ground": _("ground"),
        "without": _("without"),
        "area": _("area"),
        "only": _("colours"),
        "gradient": _("gradient"),
        "function": _("function"),
        "mood": _("mood"),
        "scale": _("scale"),
        "density": _("density"),
        "contrast": _("contrast"),
        "line_weight": _("lines"),
        "repeat": _("repeat"),
        "layout": _("layout"),
        "motif": _("to draw"),
        "unknown": _("not understood"),
    }
    return names[part]
