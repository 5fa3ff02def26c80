"""Tokenize a brief into known and unknown tokens."""

import re
import unicodedata
from dataclasses import dataclass, replace

from shared.briefs.colours.codes import find_colour_codes
from shared.briefs.products.words import other_products
from shared.briefs.text.index import Index, english_words, is_chinese
from shared.briefs.text.singular import comparable
from shared.briefs.text.traditional import simplified
from shared.motifs.names import MotifNames
from shared.unicode_text import normalized

__all__ = ["Token", "fold_characters", "tokenize"]

_ENDS = frozenset(".,;:!?()[]{}\n\r，。；：！？、（）【】…—|/")
_MAX_CORRECTIONS = 40
_CONTENT = frozenset(
    ("product", "material", "finish", "pattern", "colour", "function", "mood", "scale", "density",
     "line_weight", "contrast", "gradient_direction")
)  # fmt: skip
_COMPOUND_HEADS = frozenset("杯壳")
"""Heads of compounds with any word: an enamel cup is a cup even if enamel is unknown."""
_SINGLE_COLOURS = re.compile(r"(?:[黑白红黄蓝绿紫灰粉橙棕金银褐橘]|青(?!花)){3,}")
_ALTERNATING = re.compile(
    r"[黑白红黄蓝绿紫灰粉橙棕金银青褐橘]{2}"
    r"(?=色?(?:相间|相配|相拼|撞色|双色|两色|拼接|交替|交错|二色))"
    r"|(?<![到至])[黑白红黄蓝绿紫灰粉橙棕金银青褐橘]{2}(?=渐变)"
)
"""Two colours, although they are the name of one too: 粉灰相间."""
_NUMERALS = frozenset("一二三四五六七八九十百两")
"""Numerals, which make no word of the character before them: 粉七成."""
_NOT_NOUNS = ("ed", "ing", "ly", "er", "ish", "ic")
"""Endings of words that no name of a thing is misspelled as: hammered is no hammerhead."""
_MIN_KEPT_CHARS = 2000
"""Characters after NFKC, which expands some of them to a sentence, that are always parsed."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token of the brief with its kind and key."""

    text: str
    """Normalized text: lower case, no accents, simplified; known words with corrected spelling."""
    original: str
    """Text as in the brief."""
    kind: str
    """A vocabulary's name, "gradient", "stop", "not", "end", "blank" or "unknown"; "code": the name
    of a colour in a system without a free table."""
    key: str = ""
    """Key of the vocabulary; of a colour that is given by numbers: #RRGGBB."""
    approximate: bool = False
    """Whether the colour only approximates what is written: CMYK."""


def fold_characters(text: str) -> str:
    """Return a text in lower case, without accents, in simplified characters; same length."""
    return simplified("".join(map(_fold_letter, text)))


def _fold_letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    base = unicodedata.normalize("NFD", letter)[0]
    low = (base if base.isascii() else letter).lower()
    return low if len(low) == 1 else letter


def tokenize(brief: str, index: Index, names: MotifNames) -> list[Token]:
    """Return the tokens of a brief, by longest match.

    Characters that NFKC adds beyond 2,000 and beyond the length of the brief are dropped, so that
    its length bounds the work. Names of motifs are not corrected to words of the vocabulary.
    """
    original = normalized("NFKC", brief)[: max(len(brief), _MIN_KEPT_CHARS)]
    text = fold_characters(original)
    words = english_words(text)
    corrected_words = _correct_words([word for word, _, _ in words], index, names)
    word_at = {start: number for number, (_, start, _) in enumerate(words)}
    single_colours = _single_colour_positions(text)
    codes = {code.start: code for code in find_colour_codes(original)}
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if code := codes.get(position):
            tokens.append(
                Token(
                    text=text[code.start : code.end],
                    original=original[code.start : code.end],
                    kind="colour" if code.hex else "code",
                    key=code.hex,
                    approximate=code.converted,
                )
            )
            position = code.end
            continue
        single = position in single_colours or _joins_name(text, position, index, names)
        chinese = index.match_chinese(text, position, 1 if single else None)
        number = word_at.get(position)
        if chinese and (number is None or is_chinese(text[position + chinese[1] - 1])):
            entry, length = chinese
            name, kind, key = text[position : position + length], entry.kind, entry.key
        elif number is not None:
            run = _count_joined_words(words, number, text, index.max_english_words)
            match = index.match_english(corrected_words[number : number + run])
            count = match[1] if match else 1
            length = words[number + count - 1][2] - position
            name = " ".join(corrected_words[number : number + count])
            kind, key = (match[0].kind, match[0].key) if match else (_word_kind(name), "")
        else:
            length, name, kind, key = 1, text[position], _character_kind(text[position]), ""
        token_text = original[position : position + length]
        tokens.append(Token(text=name, original=token_text, kind=kind, key=key))
        position += length
    return _mark_unknown_compounds(tokens)


def _joins_name(text: str, position: int, index: Index, names: MotifNames) -> bool:
    """Return whether 和 joins a name here that is longer than the word it begins: 猫和风筝."""
    if text[position] != "和":
        return False
    word = index.match_chinese(text, position)
    after = text[position + 1 : position + 1 + names.max_chars]
    name = names.match_chinese(after, range(len(after), 1, -1))
    return bool(word and name and name.length > word[1] - 1)


def _correct_words(words: list[str], index: Index, names: MotifNames) -> list[str]:
    """Correct the spelling of at most `_MAX_CORRECTIONS` distinct unknown words."""
    corrections: dict[str, str] = {}
    products = other_products().english_words
    for word in words:
        if (
            word not in corrections
            and not index.contains_word(word)
            and not names.contains_word(word)
            and comparable(word) not in products
            and len(corrections) < _MAX_CORRECTIONS
        ):
            known, similarity = index.speller.correct(word)
            thing, thing_similarity = names.speller.correct(word)
            is_noun = not word.endswith(_NOT_NOUNS) or thing[-2:] == word[-2:]
            is_thing = is_noun and thing[0] == word[0] and thing_similarity > similarity
            corrections[word] = thing if is_thing else known
    return [corrections.get(word, word) for word in words]


def _single_colour_positions(text: str) -> set[int]:
    """Return the positions in lists of one-character colours: 红黄蓝, not 红黄蓝色."""
    positions: set[int] = set()
    for run in _SINGLE_COLOURS.finditer(text):
        end = run.end() - text.startswith("色", run.end())
        if end - run.start() >= 3:
            positions.update(range(run.start(), end))
    for run in _ALTERNATING.finditer(text):
        positions.update(range(run.start(), run.end()))
    return positions


def _count_joined_words(
    words: list[tuple[str, int, int]], number: int, text: str, max_count: int
) -> int:
    """Count the words from `number` on that only blanks or hyphens separate, up to a maximum."""
    count = 1
    while count < max_count and number + count < len(words):
        between = text[words[number + count - 1][2] : words[number + count][1]]
        if between.strip(" -\t‐‑") or len(between) > 3:
            break
        count += 1
    return count


def _word_kind(word: str) -> str:
    return "stop" if word.isdigit() else "unknown"


def _character_kind(letter: str) -> str:
    if letter in _ENDS:
        return "end"
    return "unknown" if is_chinese(letter) or letter.isalpha() else "blank"


def _mark_unknown_compounds(tokens: list[Token]) -> list[Token]:
    """Return the tokens; single Chinese characters in an unknown word become unknown."""
    result = list(tokens)
    for position, token in enumerate(tokens):
        if len(token.text) != 1 or not is_chinese(token.text):
            continue
        before = _is_unknown_chinese(result[position - 1]) if position else False
        after = _is_unknown_chinese(tokens[position + 1]) if position + 1 < len(tokens) else False
        in_unknown_word = {"stop": before and after, "colour": after}.get(
            token.kind, before or after
        )
        if token.text in _COMPOUND_HEADS:
            in_unknown_word = after
        if in_unknown_word and (token.kind == "stop" or token.kind in _CONTENT):
            result[position] = replace(token, kind="unknown", key="")
    return result


def _is_unknown_chinese(token: Token) -> bool:
    is_unknown = token.kind == "unknown" and is_chinese(token.text[0])
    return is_unknown and token.text not in _NUMERALS
