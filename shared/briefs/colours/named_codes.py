"""Read the name of a colour right before its code as a part of the code: navy #1F2A44."""

from collections.abc import Sequence
from dataclasses import replace

from shared.briefs.text.tokenizer import Token

__all__ = ["without_names_of_codes"]

_BETWEEN = frozenset((" ", "(", "=", ":", "："))


def without_names_of_codes(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens; names of colours right before a code are stop words."""
    result = list(tokens)
    for place, token in enumerate(tokens):
        if not token.key.startswith("#"):
            continue
        before = place - 1
        while before >= 0 and tokens[before].text in _BETWEEN:
            before -= 1
        named = tokens[before] if before >= 0 else None
        if named is not None and named.kind == "colour" and not named.key.startswith("#"):
            result[before] = replace(named, kind="stop", key="")
    return result
