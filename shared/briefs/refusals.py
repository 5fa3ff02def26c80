"""Find which words of a brief are refused: "no red", "green isn't wanted", 绿色以外."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shared.briefs.text.index import is_chinese
from shared.briefs.text.tokenizer import Token
from shared.briefs.vocabulary import PHRASES, VOCABULARIES

__all__ = ["clauses_of", "find_refused"]

_REACH = 40
"""How many words before and after a negation are looked at."""
_LONGEST_LIST = 16
_CONTENT = frozenset((*VOCABULARIES, "gradient", "code"))
_LISTED = frozenset(("colour", "pattern", "mood", "material", "finish", "code"))
_CONJUNCTIONS = frozenset(("or", "nor", "and", "&", "或", "或者", "和", "与", "及", "、"))
_ALTERNATIVES = frozenset(("or", "nor", "或", "或者"))
_ENDS = frozenset((*PHRASES["negation-ends"].en, *PHRASES["negation-ends"].zh))
_STRONG_ENDS = frozenset(".;!?\n\r。；！？")
_NARROW = frozenset(("non", "minus", "非"))
"""Negations of the next word alone: a non-green wave."""
_FORWARD_ONLY = frozenset("不无勿别忌非")
"""Single characters that refuse only what follows."""
_FOLLOWING = frozenset(
    ("wanted", "allowed", "welcome", "permitted", "acceptable", "accepted", "needed", "required",
     "desired", "an", "a", "option", "ok", "okay", "used", "included", "appreciated", "invited",
     "for", "me", "us", "please", "thanks", "thank", "thank you", "you", "at all", "here", "it",
     "this", "anywhere", "appear", "appears", "feature", "present", "visible", "be", "to", "at",
     "all", "ever", "either", "though", "pls", "cheers", "go", "my", "thing", "happening",
     "possible", "involved", "of", "the", "colour", "colours", "i", "want", "what", "we", "need",
     "right", "了", "的", "颜色", "色", "出现", "使用", "有", "用", "哦", "吧", "啊", "谢谢",
     "一律", "都", "也", "好", "其他", "其它", "可以", "都可以", "都行", "均可", "随意", "随便",
     "任选", "色彩", "色系", "任何", "别的", "行", "就好", "即可", "就行", "任意", "皆可",
     "任何颜色", "图案", "元素", "东西", "呢", "呀", "哈", "嘛", "啦", "在", "画面", "里", "中",
     "上", "拜托", "麻烦", "选", "选择", "放", "进来", "进", "来")
)  # fmt: skip
"""Words that may stand between a negation and the end of its clause: green isn't wanted."""
_LINKS = frozenset(
    ("is", "are", "be", "was", "should", "must", "to", "may", "can", "could", "will", "would",
     "it", "they", "colour", "colours", "tone", "tones", "shade", "shades", "pattern", "patterns",
     "so", "please", "absolutely", "strictly", "definitely", "simply", "just", "also", "that",
     "of any", "any", "kind", "motif", "motifs", "stuff", "things", "element", "elements",
     "really", "very", "god", "hell", "heck", "oh", "sorry", "um", "also", "all", "of", "the",
     "的", "色", "颜色", "色彩", "色系", "系", "调", "是", "都", "一律", "一概", "图案", "花纹",
     "元素", "纹", "就", "请", "也", "类", "之类", "之类的", "等", "统统", "全部", "绝对", "千万",
     "坚决", "什么的", "这种", "我", "我们", "客户", "被", "要", "方面", "上", "部分", "则", "可",
     "还是", "真的", "实在")
)  # fmt: skip
"""Words that may stand between what is refused and the negation after it."""
_OPENERS = frozenset(("leave", "leaving", "keep", "keeping", "take", "cut", "throw", "rule",
                      "filter", "strip", "edit", "weed"))  # fmt: skip
_CLOSERS = frozenset(("out", "away", "off"))
"""Words around what is refused: leave green out."""
_HAVING = frozenset(("不含", "不带", "不含有", "不带有", "没有", "无", "不加", "不包含", "不掺"))
"""Negations of what something has, which end at 的: 不含绿色元素的波浪."""
_PASSIVE = frozenset(
    ("forbidden", "prohibited", "banned", "off limits", "taboo", "unwanted", "unwelcome",
     "verboten", "disallowed", "ruled out", "out of the question", "not allowed", "not permitted",
     "not wanted", "not welcome", "not acceptable", "no go", "not an option", "vetoed", "is out",
     "are out", "be out", "stays out", "pass", "hard pass", "is a no", "are a no", "nope",
     "off the table")
)  # fmt: skip
"""Negations that refuse what precedes them, whatever follows: pink is banned at her school."""
_OTHERS = frozenset(
    (
        "任何",
        "其他",
        "其它",
        "别的",
        "其余",
        "另外的",
        "other",
        "others",
        "else",
        "more",
        "另外",
        "再",
    )
)
"""Words by which a negation does not refuse what was named before: white and gold, no others."""
_BESIDES = frozenset(("还", "也", "再", "又", "更", "还要", "还想", "另外", "还有", "再加", "还能"))
"""Words that turn 除了 from "except" into "besides"."""
_EXCEPT = frozenset(("除了", "除", "除去", "除开"))
_ANY_COLOUR = frozenset(("任何颜色", "任何", "其他颜色", "别的颜色", "其他", "其它", "别的"))
"""Words after which 除了 … 以外 means "only": 除黑、白以外不许有其他颜色."""
_EXCEPT_ENDS = frozenset(("以外", "之外", "以外的", "之外的", "除外"))


def clauses_of(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return (start, end) of the clauses; an enumeration comma (、) does not end one."""
    bounds = [-1]
    bounds += [n for n, token in enumerate(tokens) if token.kind == "end" and token.text != "、"]
    bounds.append(len(tokens))
    return [(before + 1, end) for before, end in pairwise(bounds)]


def find_refused(tokens: Sequence[Token]) -> list[bool]:
    """Return for each token whether the brief refuses it.

    A negation refuses what follows in its clause, up to words such as "but" and "with". It
    continues over a comma-separated list that ends with "or", and over a list after a colon. If
    nothing follows that could be refused, it refuses what precedes. Words further than `_REACH`
    from a negation are not looked at.
    """
    places = [place for place, token in enumerate(tokens) if token.kind != "blank"]
    words = [tokens[place] for place in places]
    refused = [False] * len(tokens)
    for place, is_refused in zip(places, _refused_words(words), strict=True):
        refused[place] = is_refused
    for place, token in enumerate(tokens):
        if token.text == "free" and place > 1 and tokens[place - 1].text in "- ":
            refused[place - 2] |= _is_content(tokens[place - 2])
            refused[place] = refused[place - 2]
    return refused


def _refused_words(words: Sequence[Token]) -> list[bool]:
    """Return for each word, blanks left out, whether the brief refuses it."""
    refused = [False] * len(words)
    active = to_end = met = False
    negation = ""
    clauses = clauses_of(words)
    for number, (start, end) in enumerate(clauses):
        active = active and (to_end or _continues_list(words, clauses, number))
        for place in range(start, end):
            token = words[place]
            if token.kind == "not" and not _means_besides(words, start, place):
                before = _refused_before(words, start, place, end)
                for index in before:
                    refused[index] = True
                active, met, negation = not before, False, token.text
            elif active and met and _ends_refusal(words, place, negation, to_end=to_end):
                active = to_end = False
            refused[place] |= active and token.kind != "product"
            met |= _is_content(token)
            if active and met and negation in _NARROW:
                active = False
        _refuse_between(words, start, end, refused)
        following = words[end].text if end < len(words) else "\n"
        if following in _STRONG_ENDS:
            active = to_end = False
        elif following in ":：" and active and _ends_with_negation(words, start, end):
            to_end = True
        elif following not in ",，" and not to_end:
            active = False
    return refused


def _ends_refusal(words: Sequence[Token], place: int, negation: str, *, to_end: bool) -> bool:
    """Return whether a word ends what is refused: "but", or 的 in 不含绿色元素的波浪."""
    token = words[place]
    if token.kind == "stop" and token.text in _ENDS:
        return True
    if token.text != "的" or to_end:
        return False
    return negation in _HAVING and words[place - 1].kind != "colour"


def _is_content(token: Token) -> bool:
    """Return whether a token is part of a design, or may name a thing."""
    if token.kind == "unknown":
        return len(token.text) > 1 or is_chinese(token.text)
    return token.kind in _CONTENT


def _continues_list(
    words: Sequence[Token], clauses: Sequence[tuple[int, int]], number: int
) -> bool:
    """Return whether a list goes on that "or" ends: no red, [pink, sharks or blue]."""
    before = words[clauses[number - 1][0] : clauses[number - 1][1]][-_REACH:] if number else ()
    is_colours = any(token.kind == "colour" for token in before)
    for start, end in clauses[number : number + _LONGEST_LIST]:
        clause = words[start : min(end, start + _REACH)]
        joined = [token.text for token in clause if token.text in _CONJUNCTIONS]
        listed = [token for token in clause if token.text not in _CONJUNCTIONS]
        are_known = all(token.kind in _LISTED for token in listed)
        are_words = len(listed) <= 2 and all(_is_content(token) for token in listed)
        is_or = any(text in _ALTERNATIVES for text in joined)
        if not clause or not (are_known or (are_words and (is_or or not joined))):
            return False
        if joined:
            return is_or or (are_known and not is_chinese(joined[0][0]) and is_colours)
        if end >= len(words) or words[end].text not in ",，":
            return False
    return False


def _ends_with_negation(words: Sequence[Token], start: int, end: int) -> bool:
    last = words[max(start, end - 4) : end]
    return any(token.kind == "not" for token in last) and not _is_content(last[-1])


def _means_besides(words: Sequence[Token], start: int, place: int) -> bool:
    """Return whether 除了 … 以外 means "besides": something is asked for in addition."""
    text = words[place].text
    if text not in (*_EXCEPT, *_EXCEPT_ENDS):
        return False
    opened = text in _EXCEPT or any(
        token.text in _EXCEPT for token in words[max(start, place - _REACH) : place]
    )
    for token in words[place + 1 : place + 1 + _REACH] if opened else ():
        if token.text in _STRONG_ENDS:
            return False
        if token.kind == "only" or token.text in _BESIDES or _is_any_other(token):
            return True
    return False


def _is_any_other(token: Token) -> bool:
    return any(word in token.text for word in _ANY_COLOUR)


def _refused_before(words: Sequence[Token], start: int, place: int, end: int) -> list[int]:
    """Return the places before a negation that it refuses; empty if it refuses what follows."""
    if words[place].text in _FORWARD_ONLY:
        return []
    if words[place].text in _PASSIVE and (named := _list_before(words, start, place)):
        return named
    for token in words[place + 1 : min(end, place + 1 + _REACH)]:
        if token.kind == "stop" and token.text in _ENDS and token.text not in _FOLLOWING:
            break
        if token.kind != "not" and token.text not in _FOLLOWING:
            return []
    nearby = words[max(start, place - _REACH) : min(end, place + _REACH)]
    if any(token.text in _OTHERS or _is_any_other(token) for token in nearby):
        return []
    return _list_before(words, start, place) or _answered(words, start, place)


def _clause_before(words: Sequence[Token], start: int) -> range:
    """Return the places of the clause before one, at most `_REACH` of them."""
    first = start - 1
    while first > max(0, start - 1 - _REACH) and words[first - 1].kind != "end":
        first -= 1
    return range(first, start - 1)


def _answered(words: Sequence[Token], start: int, place: int) -> list[int]:
    """Return the places of what the clause before names, if this one only says no: pink? No."""
    own = words[max(start, place - _REACH) : place]
    if not start or any(_is_content(token) and token.text not in _LINKS for token in own):
        return []
    named = [n for n in _clause_before(words, start) if words[n].kind != "stop"]
    is_question = words[start - 1].text in "?？:："
    is_chinese_list = is_chinese(words[place].text[0]) and any(
        words[n].kind == "colour" for n in named
    )
    is_list = bool(named) and all(
        words[n].kind == "colour" or (is_chinese_list and words[n].kind == "unknown") for n in named
    )
    if words[start - 1].text not in "?？:：,，" or not (is_question or is_list):
        return []
    return [n for n in named if _is_content(words[n]) and words[n].kind != "product"]


def _list_before(words: Sequence[Token], start: int, place: int) -> list[int]:
    """Return the places of the list of words that ends before a place of a clause."""
    found: list[int] = []
    joined = True
    first = max(start, place - _REACH)
    for index in range(place - 1, first - 1, -1):
        token = words[index]
        if token.kind == "not" and not found:
            continue
        if token.text in _CONJUNCTIONS:
            joined = True
        elif not found and (token.text in _LINKS or _is_chinese_stop(token)):
            continue
        elif _is_content(token) and (joined or _describes(words, index, found[-1])):
            found.append(index)
            joined = False
        else:
            return found
    return [*found, *_listed_before(words, first, found)]


def _listed_before(words: Sequence[Token], start: int, found: Sequence[int]) -> list[int]:
    """Return the places of single words of a list before a clause: crosses, stars and moons."""
    more: list[int] = []
    kinds = {words[n].kind for n in found} - {"product"}
    if not any(token.text in _CONJUNCTIONS for token in words[start : max(found, default=0)]):
        return more
    while start > 1 and words[start - 1].text in ",，" and len(more) < _LONGEST_LIST:
        clause = _clause_before(words, start)
        if len(clause) != 1 or words[clause[0]].kind not in kinds:
            break
        more.append(clause[0])
        start = clause[0]
    return more


def _is_chinese_stop(token: Token) -> bool:
    return token.kind == "stop" and is_chinese(token.text[0]) and token.text not in _ENDS


def _describes(words: Sequence[Token], index: int, following: int) -> bool:
    """Return whether a word belongs to the next one: pine trees, 红色花."""
    token, noun = words[index], words[following]
    if token.kind == "product":
        return False
    return token.kind in ("unknown", "colour", "mood", "scale") and noun.kind != "colour"


def _refuse_between(tokens: Sequence[Token], start: int, end: int, refused: list[bool]) -> None:
    """Refuse what stands between words such as "leave" and "out"."""
    opened = None
    for place in range(start, end):
        token = tokens[place]
        if token.text in _OPENERS:
            opened = place
        elif opened is not None and token.text in _CLOSERS:
            inside = [n for n in range(opened + 1, place) if _is_content(tokens[n])]
            for index in inside:
                refused[index] = True
            opened = None
        elif token.kind == "stop" and token.text in _ENDS:
            opened = None
