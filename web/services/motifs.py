"""Motifs that this installation can draw: search, pictures, and the choice of a request."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Literal

from shared.briefs.colours.names import colour_hex
from shared.briefs.suggestions import Suggestion, suggestions
from shared.briefs.things.mentions import MotifMention
from shared.briefs.understood import ParsedBrief
from shared.motifs.curation import parse_optional_sets
from shared.motifs.files import default_folder
from shared.motifs.library import MotifLibrary, open_library
from shared.motifs.names import MotifNames, motif_names
from shared.motifs.pictures import motif_svg
from shared.motifs.search import FoundMotif
from shared.motifs.state import LibraryState, library_state
from shared.settings import Settings

__all__ = [
    "PICTURE_PX",
    "installed_library",
    "installed_names",
    "installed_state",
    "instead_documents",
    "motif_document",
    "motif_picture",
    "picture_url",
    "with_chosen_motifs",
]

PICTURE_PX = 96
_MAX_SUGGESTED_FOR = 6
_MAX_HEROES = 2
"""Motifs that are heroes where a request does not say what the brief calls big or small."""


def installed_library(settings: Settings) -> MotifLibrary:
    """Return the motif library of the settings."""
    return open_library(settings.motifs_dir, parse_optional_sets(settings.motif_sets))


def installed_names(settings: Settings) -> MotifNames:
    """Return the names of all motifs of the settings."""
    return motif_names(settings.motifs_dir, parse_optional_sets(settings.motif_sets))


def installed_state(settings: Settings) -> LibraryState:
    """Return what is installed of the motif library; never fails."""
    folder = default_folder(settings.motifs_dir)
    return library_state(folder, parse_optional_sets(settings.motif_sets))


def picture_url(motif: str) -> str:
    """Return the URL path of a picture: of a motif by id, or of a drawing by its name."""
    return f"/api/v1/motifs/{motif}/picture"


def motif_picture(settings: Settings, motif: str) -> str:
    """Return a picture of a motif or drawing as SVG.

    Raises:
        MotifNotFound: there is none of that name, or its set is not installed.
    """
    return motif_svg(motif, installed_library(settings), PICTURE_PX)


def motif_document(motif: FoundMotif, language: str) -> dict[str, Any]:
    """Return the document of a motif, named in "en" or "zh"."""
    return {
        "id": motif.id,
        "name": motif.name(language),
        "names": {"en": motif.english, "zh": motif.chinese},
        "category": motif.category,
        "turns": motif.turns,
        "sets": list(motif.sets),
        "licences": list(motif.licences),
        "picture": picture_url(motif.id),
    }


def instead_documents(settings: Settings, words: Sequence[str]) -> list[dict[str, Any]]:
    """Return the documents of what to write instead of the first words that are not understood."""
    library = installed_library(settings)
    return [
        {
            "word": word,
            "suggestions": [_suggestion_document(each) for each in suggestions(word, library)],
        }
        for word in words[:_MAX_SUGGESTED_FOR]
    ]


def _suggestion_document(suggestion: Suggestion) -> dict[str, Any]:
    kind, key = suggestion.kind, suggestion.key
    return asdict(suggestion) | {
        "hex": colour_hex(key) if kind == "colour" else None,
        "picture": picture_url(key) if kind == "motif" else None,
    }


def with_chosen_motifs(
    understood: ParsedBrief, chosen: Sequence[str] | None, names: MotifNames
) -> ParsedBrief:
    """Return a parsed brief with the motifs that a request chose.

    What the brief says of a motif that was chosen, too, is kept: its size, number and colours.

    Args:
        chosen: ids of motifs that exist; None: those that the brief names.
    """
    if chosen is None:
        return understood
    ids = list(dict.fromkeys(chosen))
    named = {mention.subjects[0]: mention for mention in understood.motifs}
    heroes = sum(motif_id in named and named[motif_id].role == "hero" for motif_id in ids)
    mentions = []
    for motif_id in ids:
        mention = named.get(motif_id)
        if mention is None:
            mention = _new_mention(names, motif_id, "hero" if heroes < _MAX_HEROES else "secondary")
            heroes += 1
        mentions.append(mention)
    return replace(understood, motifs=tuple(mentions), motifs_chosen=True)


def _new_mention(
    names: MotifNames, motif_id: str, role: Literal["hero", "secondary"]
) -> MotifMention:
    name = names[motif_id].english[0]
    return MotifMention(word=name, name=name, subjects=(motif_id,), role=role)
