"""Reads the words for products that no picture shows, and for recipients."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from shared.briefs.text.index import english_words
from shared.briefs.text.singular import comparable

__all__ = ["OtherProducts", "other_products", "phrase_of"]

_FILE = Path(__file__).with_name("words.toml")


class OtherProducts(BaseModel):
    """The tables of words.toml; languages are english and chinese."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    products: Mapping[str, frozenset[str]]
    pairs: Mapping[str, frozenset[str]]
    heads: Mapping[str, frozenset[str]]
    not_heads: Mapping[str, frozenset[str]]
    uses: Mapping[str, frozenset[str]]
    recipients: Mapping[str, frozenset[str]]

    @cached_property
    def english_words(self) -> frozenset[str]:
        """Return the English words of all tables, in the form in which words are compared."""
        tables = (self.products, self.pairs, self.uses, self.recipients)
        return frozenset(
            word for table in tables for name in table["english"] for word in phrase_of(name)
        )

    def phrases(self, table: str) -> frozenset[tuple[str, ...]]:
        """Return the English words of a table in the form in which words are compared."""
        return frozenset(phrase_of(word) for word in getattr(self, table)["english"])


@lru_cache(maxsize=1)
def other_products() -> OtherProducts:
    """Return the tables.

    Raises:
        ValueError: the file is invalid; the message names the field.
    """
    return OtherProducts.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))


def phrase_of(text: str) -> tuple[str, ...]:
    """Return the words of a lower-case English text in the form in which they are compared."""
    return tuple(comparable(word) for word, _, _ in english_words(text))
