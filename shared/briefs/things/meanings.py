"""Tells whether words that are the name of a thing mean it, or a colour, a pattern, a product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from shared.briefs.text.index import is_chinese
from shared.briefs.text.singular import singular
from shared.briefs.text.tokenizer import Token
from shared.motifs.names import Match, MotifNames

__all__ = ["Meaning", "is_family", "is_plural", "meaning_of"]

Meaning = Literal["thing", "beside", "joined", "other"]
"""thing: it is one; beside: one where the brief names other things too; joined: one where it is
joined to a thing by "and"; other: something else."""

_SKIN_WORDS = frozenset(
    ("stripes", "stripe", "striped", "skin", "spots", "spotted", "fur", "hide", "scale", "scales")
)
"""Words after which an animal is a texture: tiger stripes."""
_SKINS = frozenset(
    ("snake", "crocodile", "alligator", "python", "lizard", "zebra", "tiger", "leopard", "cheetah",
     "cow", "giraffe", "snakeskin", "ostrich")
)  # fmt: skip
"""Animals whose print is a texture."""
_RAINBOWS = frozenset(("rainbow", "彩虹"))
"""Things that are the colours of a pattern: rainbow stripes."""
_COLOUR_ENDINGS = frozenset("色黄红蓝绿紫粉金银青橙棕")
"""Characters after which a Chinese name is part of a colour: 银杏黄."""
_TEXTURES = frozenset("虎豹蛇牛鳄鱼马竹")
"""Last characters of Chinese names that are textures before 纹: 虎纹, but not 龙纹."""
_FAMILIES = frozenset(
    ("flower", "bloom", "blossom", "leaf", "foliage", "star", "cloud", "wave", "heart", "greenery",
     "floral", "wildflower",
     "花", "花朵", "鲜花", "花草", "叶子", "树叶", "叶片", "绿叶", "叶", "星星", "繁星", "云朵",
     "云彩", "云", "海浪", "浪花", "波浪", "爱心", "心形", "红心", "星", "五角星", "落叶", "小花")
)  # fmt: skip
"""Families of patterns that are things beside others: foxes and flowers."""
_ANIMAL_PATTERNS = frozenset(("animal-spots", "zebra"))
_SKY_PATTERNS = frozenset(("stars", "clouds"))
_PLANT_PATTERNS = frozenset(("flowers", "leaves"))
_THINGS_OF_MATERIALS = frozenset(("bamboo", "竹子", "竹"))
_STOP_THINGS = frozenset(("key", "gift", "keys", "gifts", "礼物", "手柄"))
_NEVER_KINDS = frozenset(("material", "function", "scale", "density", "line_weight", "contrast"))


def meaning_of(
    tokens: Sequence[Token], place: tuple[int, int], match: Match, names: MotifNames
) -> Meaning:
    """Return what the tokens from `place[0]` to `place[1]` mean, which are a name."""
    inside = [token for token in tokens[place[0] : place[1] + 1] if token.kind != "blank"]
    text = " ".join(token.text for token in inside)
    if is_chinese(text[0]):
        text = text.replace(" ", "")
    if not names.is_thing(text):
        return "other"
    following = next_word(tokens, place[1])
    category = names[match.subjects[0]].category
    if following is not None and _makes_another_word(following, category, inside, names):
        return "other"
    if names.is_product(text):
        return "joined"
    known = [token for token in inside if token.kind not in ("unknown", "stop")]
    if not known:
        return _meaning_of_unknown(inside)
    if any(token.kind == "unknown" for token in inside):
        return "thing"
    if len(inside) > 1:
        return "other" if _is_coloured_family(inside, match, names) else "thing"
    if known[0].text in _THINGS_OF_MATERIALS:
        return _meaning_of_material(tokens, following)
    return _meaning_of_known(known[0])


def is_family(word: str) -> bool:
    """Return whether a word, as tokenized, is a family of patterns: flowers."""
    return word in _FAMILIES or singular(word) in _FAMILIES


def is_plural(token: Token) -> bool:
    """Return whether an English token is a plural."""
    word = token.text
    return word.isascii() and singular(word) != word


def next_word(tokens: Sequence[Token], position: int) -> Token | None:
    """Return the next token of the clause that is not blank, or None."""
    for token in tokens[position + 1 :]:
        if token.kind != "blank":
            return None if token.kind == "end" else token
    return None


def _meaning_of_unknown(inside: Sequence[Token]) -> Meaning:
    if any(token.kind == "unknown" for token in inside):
        return "thing"
    if len(inside) > 1 and is_chinese(inside[0].text[0]):
        return "thing"  # 面条, of characters that say nothing each
    if len(inside) == 1 and inside[0].text in _STOP_THINGS:
        return "thing" if is_plural(inside[0]) else "joined"
    return "other"


def _is_coloured_family(inside: Sequence[Token], match: Match, names: MotifNames) -> bool:
    """Return whether the words are a family with its colour: red hearts, but not maple leaves."""
    named = (names.match_english([token.text]) for token in inside if token.kind == "colour")
    if any(each is not None and set(each.subjects) & set(match.subjects) for each in named):
        return False
    rest = [token for token in inside if token.kind not in ("colour", "scale")]
    return len(rest) == 1 and len(inside) > 1 and is_family(rest[0].text)


def _meaning_of_material(tokens: Sequence[Token], following: Token | None) -> Meaning:
    """Return what bamboo means: the plant where the brief describes no product."""
    if following is not None and following.kind == "product":
        return "other"
    kinds = {token.kind for token in tokens}
    return "beside" if kinds & {"product", "pattern", "finish", "function"} else "thing"


def _meaning_of_known(token: Token) -> Meaning:
    """Return what a word with a meaning of its own in the vocabulary means."""
    if token.kind == "pattern":
        return _meaning_of_pattern(token)
    if token.kind in ("colour", "mood"):
        return "thing" if is_plural(token) else "joined"
    return "other" if token.kind in _NEVER_KINDS else "joined"


def _meaning_of_pattern(token: Token) -> Meaning:
    if is_family(token.text):
        return "beside"
    if token.key in _SKY_PATTERNS and " " in token.text and is_plural(token):
        return "beside"  # shooting stars
    if token.key in _ANIMAL_PATTERNS:
        return "thing" if is_plural(token) or token.text == "斑马" else "beside"
    return "thing" if token.key in _PLANT_PATTERNS else "joined"


def _makes_another_word(
    following: Token, category: str, inside: Sequence[Token], names: MotifNames
) -> bool:
    last = inside[-1]
    if last.text in _RAINBOWS and following.kind in ("pattern", "gradient", "gradient_direction"):
        return True
    if following.text in _SKIN_WORDS:
        return category == "animal" and not is_plural(last)
    if following.text in ("print", "printed"):
        return last.text in _SKINS
    if not is_chinese(following.text[0]):
        return following.kind == "colour" and not is_plural(last) and last.text.isascii()
    word = "".join(token.text for token in inside)
    if following.text[0] == "色":
        return True
    if following.text[0] == "纹":
        return word[-1] in _TEXTURES
    return following.text[0] in _COLOUR_ENDINGS and names.is_colour(word)
