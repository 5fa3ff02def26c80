"""English nouns in the singular."""

from shared.briefs.text.index import stem

__all__ = ["comparable", "singular"]

_IRREGULAR = {
    "mice": "mouse", "geese": "goose", "wolves": "wolf", "leaves": "leaf", "knives": "knife",
    "calves": "calf", "sheaves": "sheaf", "children": "child", "feet": "foot", "teeth": "tooth",
    "oxen": "ox", "octopi": "octopus", "cacti": "cactus", "fungi": "fungus", "loaves": "loaf",
    "scarves": "scarf", "halves": "half", "shelves": "shelf", "elves": "elf", "dwarves": "dwarf",
    "hooves": "hoof", "butterflies": "butterfly", "men": "man", "women": "woman",
    "irises": "iris",
}  # fmt: skip
_ENDING_IN_IS = frozenset(("iris", "clematis", "amaryllis", "tennis", "oasis", "ibis", "basis"))
_ES_ENDINGS = ("ches", "shes", "sses", "xes", "zes", "oes")


def singular(word: str) -> str:
    """Return an English noun in the singular, as far as its ending tells."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("us") or word in _ENDING_IN_IS:
        return word  # octopus, iris
    if len(word) > 4 and word.endswith("uses") and not word.endswith("ouses"):
        return word[:-2]
    if len(word) > 4 and word.endswith(_ES_ENDINGS):
        return word[:-2]
    return stem(word)


def comparable(word: str) -> str:
    """Return the form in which words are compared: shoes end like boxes."""
    form = singular(word)
    if len(form) > 4 and form.endswith("ie"):
        return f"{form[:-2]}y"
    ambiguous = form.endswith("e") and f"{form}s".endswith(_ES_ENDINGS)
    return form[:-1] if ambiguous else form
