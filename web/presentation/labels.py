"""Translated labels for stages, states, roles, notices and options."""

from collections.abc import Sequence

from shared.briefs.notices import (
    COLOUR_OF_GROUND,
    CONVERTED_COLOUR,
    DRAWN_WIDER,
    NO_COLOUR_TABLE,
    NO_DRAWING,
    NO_PRODUCT_PICTURE,
    ONE_PATTERN,
    TOO_MANY_MOTIFS,
    split_notice,
)
from shared.motifs.names import motif_names
from web.http.i18n import language
from web.http.i18n import translate as _
from web.presentation.tags import term_name

__all__ = [
    "derivation_link",
    "derivation_name",
    "motif_name",
    "notice_text",
    "option_name",
    "role_name",
    "stage_name",
    "state_name",
]


def stage_name(stage: str) -> str:
    """Return the label of a stage."""
    names = {
        "caption": _("Describe"),
        "vision": _("Analyse the reference"),
        "fusion": _("Combine text and image"),
        "generate": _("Generate"),
        "draw": _("Draw"),
        "present": _("Render on the product"),
        "print": _("Render for print"),
        "render": _("Draw"),
        "train": _("Train"),
        "export": _("Export"),
    }
    return names.get(stage, stage)


def state_name(state: str) -> str:
    """Return the label of a state of a job, stage or delivery."""
    names = {
        "queued": _("queued"),
        "running": _("running"),
        "succeeded": _("done"),
        "failed": _("failed"),
        "cancelled": _("cancelled"),
        "waiting": _("waiting"),
        "ready": _("next"),
        "done": _("done"),
        "skipped": _("skipped"),
        "dead": _("failed"),
        "pending": _("pending"),
        "delivered": _("delivered"),
    }
    return names.get(state, state)


def derivation_name(how: str) -> str:
    """Return the label of how a job was made from another one."""
    names = {
        "retry": _("retry"),
        "another_seed": _("another seed"),
        "changed_brief": _("changed brief"),
        "edit": _("one change"),
    }
    return names.get(how, how)


def derivation_link(how: str) -> str:
    """Return the text of a link to the job that a job was made from."""
    names = {
        "retry": _("retry of a design"),
        "another_seed": _("another seed of a design"),
        "changed_brief": _("changed brief of a design"),
        "edit": _("changed from a design"),
    }
    return names.get(how, how)


def role_name(role: str) -> str:
    """Return the label of a model's role."""
    names = {
        "captioner": _("Captioner"),
        "vision": _("Vision model"),
        "text_encoder": _("Text encoder"),
        "fusion": _("Fusion layer"),
        "generator": _("Generator"),
    }
    return names.get(role, role)


def notice_text(code: str) -> str:
    """Return the text of a notice; some codes have words after colons."""
    name, words = split_notice(code)
    if words and (text := _text_about(name, words)):
        return text
    texts = {
        "animation_first_frame": _("The reference is an animation; its first frame was taken."),
        "first_picture": _("The reference has several pictures; the first was taken."),
        "palette_converted": _(
            "The palette has colours in CMYK or Lab; they were converted to sRGB."
        ),
        "reference_colours_refused": _(
            "The brief refuses all colours of the reference; other colours were chosen."
        ),
        "pictures_left_out": _(
            "Some pictures cannot be read and were left out; the run's provenance names them."
        ),
        "mixed_colours": _(
            "The number of inks is limited, but a layer's opacity, gradient or picture mixes "
            "further colours."
        ),
        "nothing_understood": _(
            "No colour, pattern or product was recognised in the brief; the designs follow its "
            "mood only. Naming some gives closer results."
        ),
    }
    return texts.get(code, code.replace("_", " "))


def _text_about(name: str, words: Sequence[str]) -> str:
    """Return the text of a notice about words of the brief; empty if there is no such notice."""
    if name == DRAWN_WIDER and len(words) == 2:
        drawn = motif_name(words[1])
        return _("“%(word)s” is drawn as “%(name)s”.", word=words[0], name=drawn)
    if name == CONVERTED_COLOUR and len(words) == 2:
        return _(
            "“%(word)s” is shown as %(hex)s: printing inks have no exact colour on a screen.",
            word=words[0],
            hex=words[1],
        )
    if name == NO_COLOUR_TABLE:
        return _(
            "“%(word)s” is a colour of a system whose table is not free; write it as hex or rgb().",
            word=words[0],
        )
    if name == NO_DRAWING:
        return _("There is no drawing of “%(word)s”.", word=words[0])
    if name == NO_PRODUCT_PICTURE:
        return _(
            "There is no picture of the product “%(word)s”; the design is shown on another one.",
            word=words[0],
        )
    if name == ONE_PATTERN and len(words) == 2:
        drawn, other = (term_name("pattern", word, language()) for word in words)
        return _(
            "A design has one pattern: %(drawn)s, without %(other)s.",
            drawn=drawn,
            other=other,
        )
    if name == COLOUR_OF_GROUND and len(words) == 2:
        colour = term_name("colour", words[1], language())
        return _(
            "“%(word)s” and the ground are both to be %(colour)s; they may be hard to see.",
            word=words[0],
            colour=colour,
        )
    if name == TOO_MANY_MOTIFS:
        return _("Only the first %(count)s things of the brief are drawn.", count=words[0])
    return ""


def motif_name(english: str) -> str:
    """Return the name of a motif in the language of the page."""
    if language() == "en":
        return english
    return motif_names().chinese_name(english) or english


def option_name(option: str) -> str:
    """Return the label of a job's option."""
    names = {
        "variants": _("Variants"),
        "seed": _("Seed"),
        "product": _("Product"),
        "reference_strength": _("Reference strength"),
        "size": _("Tile size"),
        "dpi": _("Dots per inch"),
        "steps": _("Steps"),
        "batch": _("Images per step"),
        "learning_rate": _("Learning rate"),
        "images": _("Images"),
        "name": _("Release"),
        "dataset_name": _("Dataset"),
        "dataset_sha256": _("Dataset's sha256"),
    }
    return names.get(option, option)
