"""What the pages show of edits: examples to say, what was changed, why one was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.briefs.vocabulary import PATTERNS
from web.http.i18n import language
from web.http.i18n import translate as _
from web.presentation.labels import motif_name

__all__ = ["RefusedEdit", "change_text", "edit_examples"]

_EXAMPLES = {
    "en": ("less contrast", "bigger motifs", "background deep red", "sparser", "in winter colours"),
    "zh": ("颜色再柔和些", "图案再大一些", "底色改成深红", "稀疏一点", "秋天的颜色"),
}


@dataclass(frozen=True, kw_only=True)
class RefusedEdit:
    """An edit that was refused, for the form of its variant."""

    variant: int
    say: str
    message: str


def edit_examples(language: str) -> tuple[str, ...]:
    """Return sentences that may be said of any design, in "en" or "zh"."""
    return _EXAMPLES[language]


def change_text(change: Mapping[str, Any]) -> str:
    """Return one change of an edit in words, in the language of the page."""
    before, after, count = change.get("from"), change.get("to"), change.get("count")
    text = _what(str(change["what"]))
    if before is not None or after is not None:
        shown = " → ".join(_value(each) for each in (before, after) if each is not None)
        if before is not None and after is None:
            shown = _("%(thing)s, removed", thing=shown)
        text = f"{text}: {shown}"
    if count is not None:
        text = _("%(change)s (%(count)s elements)", change=text, count=count)
    note = _notes().get(change.get("note") or "")
    return f"{text}. {note}" if note else text


def _what(what: str) -> str:
    """Return what was changed; see `shared.designs.edits.kinds.Change`."""
    name, _of, rest = what.partition(" of ")
    thing = rest.partition(",")[0] if name in ("size", "area") else rest
    known = {
        "size": _("Size of %(thing)s, mm", thing=_thing(thing)),
        "elements": _("Number of %(thing)s", thing=_thing(thing)),
        "colour": _("Colour of %(thing)s", thing=_thing(thing)),
        "area": _("Area of the motifs, mm²"),
        "motifs": _("Motif"),
        "turn": _("Turn of the motifs, degrees"),
        "repeat": _("Repeat"),
        "palette": _("Number of colours"),
        "elements mirrored": _("Mirrored"),
    }
    if name in known:
        return known[name]
    parts = what.split(".")
    if parts[0] == "palette":
        return _("Colour")
    traits = {
        "scale_mm": _("Scale, mm"),
        "density": _("Density"),
        "line_weight": _("Line weight"),
        "turn": _("Rotation, degrees"),
        "family": _("Pattern"),
    }
    return traits.get(parts[-1], _("Layer"))


def _thing(names: str) -> str:
    if names.startswith("layer ") or names in ("motifs", "turned motifs"):
        return _("the motifs")
    separator = "、" if language() == "zh" else ", "
    return separator.join(_value(name) for name in names.split(", ") if name)


def _value(value: object) -> str:
    """Return a value of a change; names of motifs and patterns in the language of the page."""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    words = {
        "horizontal": _("left and right"),
        "vertical": _("top and bottom"),
        "straight": _("straight"),
        "half-drop": _("half-drop"),
        "half-brick": _("half-brick"),
        "mirror": _("mirrored cells"),
    }
    if text in words:
        return words[text]
    if text in PATTERNS:
        return PATTERNS[text].label(language())
    return motif_name(text.replace("-", " ")) if text[:1].isalpha() else text


def _notes() -> dict[str, str]:
    return {
        "placed_anew": _("The motifs were placed anew by the same recipe."),
        "smaller_to_fit": _("They are smaller, so that they do not touch others."),
        "left_out": _("They had no room and were left out."),
        "nearest_angle": _("It is the nearest angle at which the pattern repeats."),
    }
