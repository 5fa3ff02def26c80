"""Translated labels for stages, states, roles, notices and options."""

from web.http.i18n import translate as _

__all__ = ["notice_text", "option_name", "role_name", "stage_name", "state_name"]


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
    """Return the text of a notice."""
    texts = {
        "animation_first_frame": _("The reference is an animation; its first frame was taken."),
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
