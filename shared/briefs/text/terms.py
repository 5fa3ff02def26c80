"""Record types of the vocabulary, which are also the schema of its data files."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

__all__ = ["Amount", "Colour", "Pattern", "Term", "TermT", "Theme"]

_STRICT = ConfigDict(extra="forbid")


def _lower_case(name: str) -> str:
    if not name or name != name.strip().lower():
        raise ValueError("a name is lower case, not empty, and without spaces at its ends")
    return name


def _all_different(items: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(items)) < len(items):
        raise ValueError("an item is listed twice")
    return items


Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Names = tuple[Annotated[str, AfterValidator(_lower_case)], ...]
Palette = Annotated[
    tuple[str, ...], Field(min_length=2, max_length=5), AfterValidator(_all_different)
]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Term:
    """An entry of the vocabulary; the first name of each language is the canonical one.

    Raises:
        pydantic.ValidationError: a field does not follow the schema.
    """

    key: Key
    en: Annotated[Names, Field(min_length=1)]
    """English names, used in captions of the corpus; lower case."""
    zh: Annotated[Names, Field(min_length=1)]
    """Chinese names, used in captions of the corpus; simplified characters."""
    zh_label: Annotated[str, Field(pattern=r"^(\S(.*\S)?)?$")] = ""
    """Chinese label of the user interface; empty: the canonical name."""
    en_synonyms: Names = ()
    """Additional English names, recognized in briefs but never used in captions."""
    zh_synonyms: Names = ()
    """Additional Chinese names, recognized in briefs but never used in captions."""

    def name(self, language: str) -> str:
        """Return the canonical name in "en" or "zh"."""
        return self.names(language)[0]

    def names(self, language: str) -> tuple[str, ...]:
        """Return the names in "en" or "zh", without synonyms; KeyError for any other language."""
        return {"en": self.en, "zh": self.zh}[language]

    def label(self, language: str) -> str:
        """Return the label of the user interface in "en" or "zh"."""
        return (self.zh_label if language == "zh" else "") or self.name(language)

    def synonyms(self, language: str) -> tuple[str, ...]:
        """Return the synonyms in "en" or "zh"; KeyError for any other language."""
        return {"en": self.en_synonyms, "zh": self.zh_synonyms}[language]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Colour(Term):
    """A named colour."""

    hex: Annotated[str, Field(pattern=r"^#[0-9A-F]{6}$")]
    """#RRGGBB, sRGB."""
    shade_of: tuple[str, ...] = ()
    """Keys of the colours of which this is a shade: who refuses them refuses it too."""

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The colour as sRGB, 0 to 255 each."""
        return int(self.hex[1:3], 16), int(self.hex[3:5], 16), int(self.hex[5:7], 16)


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Pattern(Term):
    """A family of surface patterns."""

    kind: Literal["geometric", "woven", "organic", "botanical", "figurative", "plain"]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Theme(Term):
    """A mood or theme with its palettes."""

    palettes: Annotated[tuple[Palette, ...], Field(min_length=1)]
    """Keys of colours, largest area first."""


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Amount(Term):
    """A word for how much of the area a colour covers, in per cent."""

    low: Annotated[float, Field(ge=0, le=100)]
    high: Annotated[float, Field(ge=0, le=100)]
    aim: Annotated[float, Field(ge=0, le=100)]
    side: Literal["after", "before", "either"]
    """Where the colour stands."""


TermT = TypeVar("TermT", bound=Term)
