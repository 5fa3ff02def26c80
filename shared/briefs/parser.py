"""Parse an English or Chinese brief into terms of the vocabulary."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from itertools import pairwise

from shared.briefs.colours.amounts import find_shares, with_little
from shared.briefs.colours.grounds import find_ground, ground_of_tone
from shared.briefs.colours.named_codes import without_names_of_codes
from shared.briefs.colours.only import only_named_colours
from shared.briefs.moderation import MIDDLES, moderated
from shared.briefs.patterns import named_patterns, other_patterns, without_idioms
from shared.briefs.products.found import find_products
from shared.briefs.refusals import clauses_of, find_refused
from shared.briefs.refused_parts import refused_colours, refused_parts, wanted_motifs
from shared.briefs.text.index import Index, english_words, is_chinese
from shared.briefs.text.tokenizer import Token, fold_characters, tokenize
from shared.briefs.things.mentions import FoundThings, find_motifs
from shared.briefs.things.spans import CONNECTORS
from shared.briefs.things.undrawn import undrawn_words
from shared.briefs.understood import ParsedBrief, Refusal
from shared.briefs.vocabulary import PHRASES, VOCABULARIES
from shared.motifs.names import motif_names

__all__ = ["parse_brief", "vocabulary_index"]


_DIRECTION_WORDS = {
    **{word: word for word in ("vertical", "horizontal", "diagonal", "radial")},
    **dict.fromkeys(("垂直", "竖向", "纵向", "上下"), "vertical"),
    **dict.fromkeys(("水平", "横向", "左右"), "horizontal"),
    **dict.fromkeys(("对角", "斜向"), "diagonal"),
    **dict.fromkeys(("径向", "放射"), "radial"),
}
_QUALIFIERS = {
    **dict.fromkeys(("大", "宽", "wide", "broad"), ("scale", "large")),
    "小": ("scale", "small"),
    **dict.fromkeys(("细", "thin", "fine"), ("line_weight", "fine")),
    **dict.fromkeys(("粗", "thick"), ("line_weight", "bold")),
}
"""Field and key of qualifiers, directly before a pattern or alone in their clause."""
_STANDALONE_FUNCTIONS = {"轻": "lightweight", "light": "lightweight"}
"""Functions of ambiguous words, which count only at the end of their clause."""
_BETWEEN_QUALIFIER_AND_PATTERN = frozenset(
    ("colour", "scale", "density", "gradient_direction", "finish")
)
_CONNECTORS = frozenset(("to", "into", "through", "到", "至", "向", "往", "→"))
_MONOCHROME_PHRASES = frozenset(("单色", "single colour", "one colour", "one-colour"))


@cache
def vocabulary_index() -> Index:
    """Return the index of all vocabularies, built at the first call."""
    return Index(VOCABULARIES, PHRASES)


def _unknown(tokens: list[Token]) -> tuple[str, ...]:
    """Return the unknown words; adjacent unknown tokens are joined."""
    runs: list[list[str]] = []
    open_run = False
    gap: list[str] = []
    for token in tokens:
        if token.kind == "code":
            runs.append([token.original])
            open_run, gap = False, []
        elif token.kind == "unknown":
            chinese = is_chinese(token.text[0])
            if open_run and chinese == is_chinese(runs[-1][-1][-1]) and not (chinese and gap):
                runs[-1] += [*gap, token.original]
            else:
                runs.append([token.original])
            open_run, gap = True, []
        elif token.kind == "blank":
            gap.append(token.original)
        else:
            open_run = False
    joined = map("".join, runs)
    return tuple(dict.fromkeys(text for text in joined if len(text) > 1 or is_chinese(text)))


def _qualifiers(tokens: list[Token], negated: list[bool]) -> list[tuple[str, str]]:
    """Return (kind, key) of qualifiers such as "thin" and "大" in a position that defines them."""
    terms: list[tuple[str, str]] = []
    for start, end in clauses_of(tokens):
        places = [place for place in range(start, end) if tokens[place].kind != "blank"]
        clause = [tokens[place] for place in places]
        before_pattern = _before_pattern(clause)
        for position, token in enumerate(clause):
            if negated[places[position]]:
                continue
            if token.text in _QUALIFIERS and (len(clause) == 1 or before_pattern[position]):
                terms.append(_QUALIFIERS[token.text])
            elif token.kind == "pattern" and token.text[0] in "细粗":  # 细条纹
                terms.append(_QUALIFIERS[token.text[0]])
            is_last = position == len(clause) - 1
            if (
                token.text in _STANDALONE_FUNCTIONS
                and is_last
                and (not position or clause[position - 1].kind == "stop")
            ):
                terms.append(("function", _STANDALONE_FUNCTIONS[token.text]))
    return terms


def _before_pattern(clause: list[Token]) -> list[bool]:
    """Return for each token whether a pattern follows, with only qualities in between."""
    result: list[bool] = []
    pattern_follows = False
    for token in reversed(clause):
        result.append(pattern_follows)
        is_between = token.kind in _BETWEEN_QUALIFIER_AND_PATTERN or token.text == "的"
        pattern_follows = token.kind == "pattern" or (pattern_follows and is_between)
    return result[::-1]


def _blends_colours(tokens: list[Token]) -> bool:
    """Return whether a connector joins two colours: "navy to sky", 由青柠到蓝绿."""
    last_colour = connected = False
    for token in tokens:
        if token.kind == "colour":
            if last_colour and connected:
                return True
            last_colour, connected = True, False
        elif token.text in _CONNECTORS:
            connected = True
        elif token.kind not in ("stop", "blank"):
            last_colour = False
    return False


def _without_named(tokens: list[Token], negated: list[bool], named: frozenset[int]) -> list[Token]:
    """Return the tokens that may name pattern and product: drawn roses are no floral pattern."""
    return [
        token
        for number, token in enumerate(tokens)
        if not negated[number]
        and number not in named
        and not (named and token.text == "porcelain")  # what roses are on is of porcelain
    ]


def _materials(tokens: list[Token]) -> list[str]:
    """Return the materials; a product name may imply one if the brief names none."""
    has_several_patterns = len({token.key for token in tokens if token.kind == "pattern"}) > 1
    materials = [
        "ceramic" if token.text == "porcelain" else token.key
        for token in tokens
        if token.kind == "material" or (token.text == "porcelain" and has_several_patterns)
    ]
    if not materials and any(
        token.kind == "product" and ("canvas" in token.text or "帆布" in token.text)
        for token in tokens
    ):
        materials.append("canvas")
    return materials


def _language(text: str) -> str:
    chinese = sum(map(is_chinese, text))
    return "zh" if chinese and chinese >= len(english_words(fold_characters(text))) else "en"


def _keys(
    tokens: list[Token], negated: list[bool], left_out: AbstractSet[int]
) -> dict[str, list[str]]:
    """Return the keys of each kind that the brief names, in its order.

    Args:
        left_out: indices of tokens that are not refused and name something else all the same.
    """
    keys: dict[str, list[str]] = {kind: [] for kind in (*VOCABULARIES, "gradient")}
    accepted = [
        token for place, token in enumerate(tokens) if not negated[place] and place not in left_out
    ]
    for token in accepted:
        if token.kind in keys:
            keys[token.kind].append(token.key)
    for kind, key in _qualifiers(tokens, negated):
        keys[kind].append(key)
    for kind in _refused_ends(tokens, negated):
        keys[kind].append(MIDDLES[kind])
    return keys


def _are_monochrome(accepted: list[Token], *, with_things: bool) -> bool:
    """Return whether one colour is asked for of a pattern or things: single colour roses."""
    is_said = any(token.text in _MONOCHROME_PHRASES for token in accepted)
    return is_said and (with_things or named_patterns(accepted)[:1] != ["solid"])


def _refused_ends(tokens: list[Token], negated: list[bool]) -> list[str]:
    """Return the kinds of what is refused alone, such as "no thick lines", but not small dots."""
    words = [place for place, token in enumerate(tokens) if token.kind != "blank"]
    followed = {
        place
        for place, following in pairwise(words)
        if negated[following] and tokens[following].kind not in ("stop", "not", "end")
    }
    return [
        tokens[place].kind
        for place in words
        if negated[place] and tokens[place].kind in MIDDLES and place not in followed
    ]


def parse_brief(brief: str) -> ParsedBrief:
    """Parse a brief; fields that it does not mention stay empty.

    Names of both languages are matched, longest first. Plurals and small typos in long English
    words are tolerated, traditional characters are read as simplified ones, and negated terms
    ("no red", 不要红色) are excluded.
    """
    names = motif_names()
    moderation = moderated(tokenize(brief, vocabulary_index(), names))
    tokens = without_names_of_codes(moderation.tokens)
    negated = [
        is_negated or place in moderation.refused
        for place, is_negated in enumerate(find_refused(tokens))
    ]
    shares, amounts = find_shares(tokens, negated)
    tokens = [
        replace(token, kind="stop", text="·") if number in amounts else token
        for number, token in enumerate(tokens)
    ]
    products = find_products(without_idioms(tokens), negated, names)
    things = find_motifs(products, negated, names, _colour_of)
    tokens = list(things.tokens)
    accepted = [token for token, is_negated in zip(tokens, negated, strict=True) if not is_negated]
    alone = {place for place in things.named if not {place - 1, place + 1} & things.named}
    # A thing is no colour too: avocados, coral, the olives of olive branches.
    coloured = {
        place
        for place in things.named
        if tokens[place].kind == "colour"
        and (place in alone or names.match_english([tokens[place].text]) is not None)
    }
    keys = _keys(tokens, negated, coloured | things.small_beside_big)
    if is_monochrome := _are_monochrome(accepted, with_things=bool(things.mentions)):
        keys["mood"].append("monochrome")
    negated_colours = refused_colours(tokens, negated, names)
    refused = refused_parts(tokens, negated, names)
    gradient = not any(part.field == "gradient" for part in refused) and (
        bool(keys["gradient"])
        or "gradient" in keys["pattern"]
        or any(_names_gradient(token) for token in accepted)
        or _blends_colours(accepted)
    )
    free = _without_named(tokens, negated, things.named | things.undrawn_places)
    if is_monochrome:
        free = [token for token in free if token.text not in _MONOCHROME_PHRASES]
    patterns = named_patterns(free)
    materials = tuple(dict.fromkeys(_materials(accepted)))
    product = next((t.key for t in free if t.kind == "product" and t.key), "")
    refused_places = frozenset(number for number, is_negated in enumerate(negated) if is_negated)
    unnamed = _without_things(tokens, things.named | products.places | refused_places)

    def first(kind: str) -> str:
        return keys[kind][0] if keys[kind] else ""

    colours = [*keys["colour"], *(key for thing in things.mentions for key in thing.colours)]
    tone = first("ground_tone") or _other_tone(refused)
    ground = find_ground(accepted) or ground_of_tone(tone, _unowned(keys["colour"], things))
    return ParsedBrief(
        product=product,
        other_product="" if product else products.word,
        material=materials[0] if materials else "",
        materials=materials,
        finish=first("finish"),
        pattern=patterns[0] if patterns else "",
        other_patterns=other_patterns(patterns, free),
        colours=tuple(key for key in dict.fromkeys(colours) if key not in negated_colours),
        approximate_colours=tuple(
            f"{token.original}={token.key}" for token in accepted if token.approximate
        ),
        colour_names=tuple(token.original for token in accepted if token.kind == "code"),
        excluded_colours=negated_colours,
        refused=refused,
        only=only_named_colours(tokens),
        shares=tuple(
            share
            for share in with_little(shares, moderation.little)
            if share.colour in colours and share.colour not in negated_colours
        ),
        gradient=gradient,
        gradient_direction=_direction(tokens, first("gradient_direction")) if gradient else "",
        functions=tuple(dict.fromkeys(keys["function"])),
        mood=tuple(dict.fromkeys(keys["mood"])),
        scale=first("scale"),
        density=first("density"),
        contrast=first("contrast"),
        line_weight=first("line_weight"),
        repeat=first("repeat"),
        layout=first("layout"),
        language=_language(brief),
        ground=ground,
        ground_tone=tone,
        ground_repeated=bool(ground) and len(keys["colour"]) > 1 and {*keys["colour"]} == {ground},
        motifs=wanted_motifs(things.mentions, refused),
        motifs_left_out=things.left_out,
        undrawn=undrawn_words(tokens, negated, things, products.said, names),
        unknown=_unknown(unnamed),
    )


def _unowned(colours: list[str], things: FoundThings) -> list[str]:
    """Return the colours that are not those of single things."""
    owned = {colour for mention in things.mentions for colour in mention.colours}
    return [colour for colour in colours if colour not in owned]


def _other_tone(refused: tuple[Refusal, ...]) -> str:
    """Return the tone of the ground that is left where a brief refuses the other."""
    tones = {part.key for part in refused if part.field == "ground_tone"}
    return next(iter({"dark", "light"} - tones), "") if tones else ""


def _without_things(tokens: list[Token], named: frozenset[int]) -> list[Token]:
    """Return the tokens, those that name things, or join one, as stop words."""
    return [
        replace(token, kind="stop")
        if number in named or (token.text in CONNECTORS and {number - 1, number + 1} & named)
        else token
        for number, token in enumerate(tokens)
    ]


def _colour_of(character: str) -> str:
    found = vocabulary_index().match_chinese(character, 0)
    return found[0].key if found and found[0].kind == "colour" else ""


def _names_gradient(token: Token) -> bool:
    words = ("gradient", "fade", "渐变")
    return token.kind == "gradient_direction" and any(word in token.text for word in words)


def _direction(tokens: list[Token], named: str) -> str:
    """Return the gradient direction: the named one, else that of a word such as "vertical"."""
    directions = (
        _DIRECTION_WORDS[token.text] for token in tokens if token.text in _DIRECTION_WORDS
    )
    return named or next(directions, "")
