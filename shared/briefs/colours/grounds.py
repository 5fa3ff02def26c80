"""Finds the colour of the ground that a brief names, in whatever order the colours stand."""

from __future__ import annotations

from collections.abc import Sequence

from shared.briefs.colours.names import colour_rgb
from shared.briefs.text.tokenizer import Token

__all__ = ["find_ground", "ground_of_tone"]

_BEFORE = frozenset(
    ("on", "onto", "upon", "over", "against", "against a", "set against", "across", "atop",
     "on top of", "in front of")
)  # fmt: skip
_NAMES = frozenset(
    ("background", "backgrounds", "ground", "base", "backdrop", "field", "backing", "canvas",
     "background colour", "ground colour", "base colour", "bg", "cloth", "fabric", "backcloth",
     "back colour", "base tone", "base layer", "base coat")
)  # fmt: skip
_CHINESE_NAMES = (
    "布面", "上零", "上缀", "上星",
    "铺背景", "作背景", "涂背景", "铺满底",
    "底", "背景", "打底", "为底", "做底", "作底", "当底", "衬底", "作为底", "做背景", "当背景",
    "作背景", "为背景", "作为背景", "来打底", "铺底", "垫底", "上面", "上撒", "上印", "上画",
    "上有", "上是", "上点", "上铺", "上飘", "上绣", "上散", "上放", "上布", "之上", "布上",
    "地上", "面上", "为地", "作衬", "做衬",
)  # fmt: skip
"""Names of the ground, and words after what things lie on."""
_CHINESE_LINKS = frozenset(
    "就话吧也布想最好呢都请希望那块整片·色用为是要选换成颜采的做设改子纹请弄得:："
)
"""Characters between a name of the ground and its colour."""
_LINKS = frozenset(
    ("·", "is", "in", "should", "to", "be", "was", "were", "wants", "would", "please", "just",
     "all", "should be", "must be", "to be", "of", ":", "a", "the", "colour", "color")
)  # fmt: skip
_NOUNS = frozenset(("product", "material", "pattern"))
_BEHIND = frozenset(("behind", "身后", "后面", "背后"))
_ARTICLES = frozenset(("a", "an", "the", "my", "its", "is", "是", "also"))
_MAX_ADJECTIVES = 3


_DARK, _LIGHT = 0.35, 0.7
"""Luma, 0 to 1, up to which a colour is dark, and from which it is light."""


def ground_of_tone(tone: str, colours: Sequence[str]) -> str:
    """Return the darkest or lightest of the named colours; empty if none is dark or light."""
    lumas = {colour: _luma(colour) for colour in colours}
    if tone == "dark":
        return min(
            (each for each in lumas if lumas[each] < _DARK), key=lumas.__getitem__, default=""
        )
    if tone == "light":
        return max(
            (each for each in lumas if lumas[each] > _LIGHT), key=lumas.__getitem__, default=""
        )
    return ""


def _luma(colour: str) -> float:
    """Return the luma of a colour, 0 to 1 (ITU-R BT.601)."""
    red, green, blue = colour_rgb(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def find_ground(tokens: Sequence[Token]) -> str:
    """Return the key of the colour that a brief names as its ground; empty if it names none."""
    words = [token for token in tokens if token.kind != "blank"]
    for index, token in enumerate(words):
        if token.kind == "colour" and _is_ground(words, index):
            return token.key
    return ""


def _is_ground(words: Sequence[Token], index: int) -> bool:
    return (
        _is_called_ground(words, index)
        or _follows_preposition(words, index)
        or _follows_name(words, index)
        or _is_where_things_lie(words, index)
        or _is_the_rest(words, index)
        or _is_behind_things(words, index)
    )


def _is_called_ground(words: Sequence[Token], index: int) -> bool:
    """Return whether a name of the ground follows: teal background, 白底, 深红色的背景."""
    following = [token for token in words[index + 1 : index + 6] if token.text not in _ARTICLES]
    if following and following[0].text in ("的", "coloured", "colored", "as", "for"):
        following = following[1:]
    if not following:
        return False
    if _is_told_to_be_ground(words, index):
        return True
    if [token.text for token in following[:2]] in (["in", "back"], ["at", "back"]):
        return True
    if following[0].text in ("behind", "underneath", "beneath", "below"):
        return len(following) == 1 or following[1].kind in ("end", "stop")
    return following[0].text in (*_NAMES, "sky") or _joined(words, index + 1).removeprefix(
        "的"
    ).startswith(_CHINESE_NAMES)


def _is_told_to_be_ground(words: Sequence[Token], index: int) -> bool:
    """Return whether words such as "as the ground" follow in the clause, before other colours."""
    rest = words[index + 1 : index + 9]
    for place, token in enumerate(rest):
        following = rest[place + 1].text if place + 1 < len(rest) else ""
        if token.kind == "colour" or (token.kind == "end" and following != "which"):
            return False
        if token.text in ("as", "being", "for", "forms", "makes", "which"):
            names = [each.text for each in rest[place + 1 :] if each.text not in _ARTICLES]
            return bool(names) and names[0] in _NAMES
    return False


def _joined(words: Sequence[Token], start: int) -> str:
    """Return the text of a few tokens, up to the end of their clause."""
    text = ""
    for token in words[start : start + 4]:
        if token.kind == "end":
            break
        text += token.text
    return text


def _follows_preposition(words: Sequence[Token], index: int) -> bool:
    """Return whether the colour is what motifs lie on: on navy, against a soft pink."""
    place = index - 1
    while place >= max(0, index - 1 - _MAX_ADJECTIVES) and words[place].text not in _BEFORE:
        if not _is_adjective(words[place]):
            return False
        if words[place].text in ("and", "with", "in"):
            return False
        place -= 1
    if place < 0 or words[place].text not in _BEFORE:
        return False
    following = words[index + 1] if index + 1 < len(words) else None
    if following is None or following.kind in ("end", "not") or following.text == "sky":
        return True
    if following.text in ("and", "&") and _is_colour(words, index + 2):
        return False  # on black and white
    return following.kind == "stop" or following.kind not in (*_NOUNS, "unknown", "colour")


def _is_adjective(token: Token) -> bool:
    if token.key == "solid" or token.text == ",":
        return True
    return token.kind in ("stop", "mood", "density", "contrast", "finish", "unknown")


def _is_colour(words: Sequence[Token], place: int) -> bool:
    return place < len(words) and words[place].kind == "colour"


def _follows_name(words: Sequence[Token], index: int) -> bool:
    """Return whether a name of the ground precedes: 底色用深红, background: ivory."""
    place = index - 1
    while place >= 0 and _is_link(words[place].text):
        place -= 1
    return place >= 0 and (
        words[place].text.startswith(("底", "背景", "后面", "背后")) or words[place].text in _NAMES
    )


def _is_link(text: str) -> bool:
    return text in _LINKS or set(text) <= _CHINESE_LINKS


def _is_behind_things(words: Sequence[Token], index: int) -> bool:
    """Return whether the colour is the first of a clause about what is behind: 身后一片淡青."""
    first = index
    while first > max(0, index - 12) and words[first - 1].kind not in ("end", "colour"):
        first -= 1
    texts = [token.text for token in words[first:index]]
    return any(text in _BEHIND for text in texts)


def _is_the_rest(words: Sequence[Token], index: int) -> bool:
    """Return whether the colour is that of all else: the rest of the surface navy."""
    texts = [token.text for token in words[max(0, index - 6) : index]]
    if "else" in texts and "everything" in texts:
        return True
    return "rest" in texts and not any(token.kind == "end" for token in words[index - 1 : index])


def _is_where_things_lie(words: Sequence[Token], index: int) -> bool:
    """Return whether things lie on the colour: 在米白色上."""
    before = words[index - 1].text if index else ""
    return before.endswith("在") and _joined(words, index + 1).startswith(("上", "之上", "底上"))
