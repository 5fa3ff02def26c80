"""Find whether a brief allows no colours but those that it names."""

from shared.briefs.refusals import clauses_of
from shared.briefs.text.tokenizer import Token
from shared.briefs.vocabulary import VOCABULARIES

__all__ = ["only_named_colours"]

_ONLY_BEFORE_COLOUR = frozenset(
    ("only", "just", "solely", "purely", "strictly", "exclusively", "只用", "只要", "仅用", "只有")
)
_ONLY_AFTER_COLOUR = frozenset(("only", "alone"))
_EXCEPT = frozenset(("除", "除了", "除去"))
_OTHER_COLOURS = frozenset(
    ("任何", "任何颜色", "其他", "其它", "别的", "其余", "其他颜色", "别的颜色")
)  # fmt: skip


def only_named_colours(tokens: list[Token]) -> bool:
    """Return whether the brief allows no colours but those that it names."""
    for start, end in clauses_of(tokens):
        clause = tokens[start:end]
        refuses_others = any(token.kind == "not" for token in clause) and any(
            word in token.text for token in clause for word in _OTHER_COLOURS
        )
        is_of_others = any(token.text in _EXCEPT for token in clause) or not any(
            token.kind in VOCABULARIES for token in clause
        )
        if refuses_others and is_of_others:
            return True
    words = [token for token in tokens if token.kind != "blank"]
    for place, token in enumerate(words):
        before = words[place - 1] if place else None
        after = words[place + 1] if place + 1 < len(words) else None
        ends = after is None or after.kind == "end" or after.text in ("please", "for")
        said = f"{before.text}用" if token.text == "用" and before is not None else token.text
        if (
            token.kind == "only"
            or (token.text == "no other" and ends)
            or (said in _ONLY_BEFORE_COLOUR and after is not None and after.kind == "colour")
            or (
                said in _ONLY_AFTER_COLOUR
                and ends
                and before is not None
                and before.kind == "colour"
            )
        ):
            return True
    return False
