"""Filters of the library page: each is a link, since the URL holds the whole state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from shared.briefs.colours.names import colour_name
from shared.briefs.vocabulary import COLOURS, PRODUCTS
from shared.db.models import ACTIVE, ENDED
from shared.library.colours import colour_of
from shared.library.search import SORTS
from web.http.i18n import language
from web.http.i18n import translate as _
from web.presentation.labels import state_name
from web.presentation.tags import term_name
from web.services.library import FILTERS

__all__ = ["Choice", "Filters", "filters_of", "is_search", "library_url", "searched"]

_SWATCHES = (
    *("red", "terracotta", "orange", "mustard", "yellow", "green", "sage", "teal", "blue", "navy"),
    *("purple", "pink", "brown", "beige", "white", "grey", "black"),
)
_SEARCHES = ("q", "colour", "like", "picture")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A link that sets or removes a filter, or an option of a list."""

    name: str
    url: str = ""
    key: str = ""
    active: bool = False
    hex: str | None = None
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class Filters:
    """The filters of the page."""

    args: MultiDict[str, str]
    judged: Sequence[Choice]
    collections: Sequence[Choice]
    tags: Sequence[Choice]
    swatches: Sequence[Choice]
    products: Sequence[Choice]
    states: Sequence[Choice]
    sorts: Sequence[Choice]
    colour_hex: str | None
    """Of the colour that is searched for."""

    @property
    def colour_name(self) -> str:
        """What the colour that is searched for is called."""
        return colour_name(self.args.get("colour", ""), language())

    @property
    def collection(self) -> Choice | None:
        """The collection that is shown."""
        return next((each for each in self.collections if each.active), None)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Names and values of the filters that are no fields of the search form."""
        shown = ("q", "colour", "product", "state", "sort", "collapse")
        return [pair for pair in self.args.items(multi=True) if pair[0] not in shown]

    @property
    def any(self) -> bool:
        """Whether something restricts the list."""
        return is_search(self.args)

    def without(self, *names: str) -> str:
        """Return the URL of the page without some filters."""
        return library_url(self.args, dict.fromkeys(names))


def searched(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the query parameters of the search, without empty ones."""
    return MultiDict([(name, text) for name, text in args.items(multi=True) if text.strip()
                      and name in FILTERS])  # fmt: skip


def is_search(args: MultiDict[str, str]) -> bool:
    """Return whether the parameters restrict the list."""
    return any(name not in ("sort", "collapse") for name in args)


def library_url(args: MultiDict[str, str], changes: Mapping[str, Any]) -> str:
    """Return the URL of the library with changed parameters; None removes one."""
    kept = {name: values for name, values in args.to_dict(flat=False).items() if name in FILTERS}
    kept.pop("collapse", None)
    values: dict[str, Any] = {name: value for name, value in {**kept, **changes}.items() if value}
    return url_for("jobs_pages.jobs", **values)


def filters_of(
    args: MultiDict[str, str], collections: Sequence[Mapping[str, Any]], tags: Sequence[str]
) -> Filters:
    """Return the filters of a search.

    Args:
        args: see `searched`.
        collections: documents of all collections.
        tags: names of tags to offer.
    """
    colour = args.get("colour")
    return Filters(
        args=args,
        judged=_judged(args),
        collections=[_collection(args, each) for each in collections],
        tags=_tags(args, tags),
        swatches=[_swatch(args, key) for key in _SWATCHES if key in COLOURS],
        products=[Choice(name=term_name("product", key, language()), key=key) for key in PRODUCTS],
        states=[Choice(name=state_name(key), key=key) for key in (*ACTIVE, *ENDED)],
        sorts=_sorts(args),
        colour_hex=colour_of(colour[:100]) if colour else None,
    )


def _judged(args: MultiDict[str, str]) -> list[Choice]:
    rows = (
        ("favourite", "true", _("Favourites")),
        ("verdict", "keep", _("Kept")),
        ("verdict", "reject", _("Rejected")),
    )
    none: dict[str, Any] = {"favourite": None, "verdict": None, "collection": None, "batch": None}
    everything = not any(name in args for name in none)
    choices = [Choice(name=_("All designs"), url=library_url(args, none), active=everything)]
    for name, value, label in rows:
        active = args.get(name) == value
        url = library_url(args, {name: None if active else value})
        choices.append(Choice(name=label, url=url, key=value, active=active))
    return choices


def _collection(args: MultiDict[str, str], document: Mapping[str, Any]) -> Choice:
    active = args.get("collection") == document["id"]
    return Choice(
        name=document["name"],
        url=library_url(args, {"collection": None if active else document["id"]}),
        key=document["id"],
        active=active,
        size=document["size"],
    )


def _tags(args: MultiDict[str, str], tags: Sequence[str]) -> list[Choice]:
    """Return the tags to offer, and those that are set although they are not frequent."""
    chosen = list(dict.fromkeys(args.getlist("tag")))
    folded = {tag.casefold() for tag in chosen}
    choices = []
    for tag in [*chosen, *(tag for tag in tags if tag.casefold() not in folded)]:
        active = tag in chosen
        others = [other for other in chosen if other != tag]
        url = library_url(args, {"tag": others if active else [*chosen, tag]})
        choices.append(Choice(name=tag, url=url, key=tag, active=active))
    return choices


def _swatch(args: MultiDict[str, str], key: str) -> Choice:
    active = args.get("colour") == key
    return Choice(
        name=COLOURS[key].label(language()),
        url=library_url(args, {"colour": None if active else key, "sort": None}),
        key=key,
        active=active,
        hex=COLOURS[key].hex,
    )


def _sorts(args: MultiDict[str, str]) -> list[Choice]:
    names = {
        "newest": _("Newest first"),
        "oldest": _("Oldest first"),
        "name": _("By name"),
        "best": _("Best match"),
    }
    has_match = any(name in args for name in _SEARCHES)
    default = "best" if has_match else "newest"
    shown = args.get("sort") or default
    keys = [key for key in SORTS if key != "best" or has_match]
    return [
        Choice(name=names[key], key="" if key == default else key, active=key == shown)
        for key in keys
    ]
