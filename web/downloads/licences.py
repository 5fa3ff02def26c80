"""The licences of all drawings of a job, as one text."""

from collections.abc import Iterable
from dataclasses import replace

from shared.designs.record import Design
from shared.motifs.attribution import DrawingUsed, drawings_used, licence_report
from shared.motifs.curation import SETS_FOLDER

__all__ = ["licences_text"]


def licences_text(designs: Iterable[Design], source: str) -> str:
    """Return the drawings of the designs with their licences, and the text of each licence.

    Args:
        source: what has the designs. The text is empty if they have no drawings.
    """
    used: dict[tuple[str, str | None], DrawingUsed] = {}
    for design in designs:
        for each in drawings_used(design):
            known = used.get((each.drawing, each.sha256))
            number = each.number + (known.number if known else 0)
            used[each.drawing, each.sha256] = replace(each, number=number)
    if not used:
        return ""
    drawings = [used[key] for key in sorted(used, key=lambda key: (key[0], key[1] or ""))]
    texts = [_licence_text(licence) for licence in sorted({each.licence for each in drawings})]
    return "\n\n".join([licence_report(drawings, source).strip(), *filter(None, texts)]) + "\n"


def _licence_text(licence: str) -> str:
    path = SETS_FOLDER / "licences" / f"{licence}.txt"
    return f"{'-' * 72}\n{licence}\n\n{path.read_text('utf-8').strip()}" if path.exists() else ""
