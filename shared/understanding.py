"""Read a designer's brief, English or Chinese, into the terms of the lexicon."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["Understood"]


@dataclass(frozen=True, kw_only=True)
class Understood:
    """The parts of a brief that were understood, as keys of `shared.lexicon`.

    An empty text or tuple says that the brief leaves the part open.
    """

    product: str = ""
    material: str = ""
    """The material named first."""
    materials: tuple[str, ...] = ()
    """All the materials, in order of mention; `material` comes first."""
    finish: str = ""
    pattern: str = ""
    colours: tuple[str, ...] = ()
    """In order of mention."""
    excluded_colours: tuple[str, ...] = ()
    """Colours that the brief refuses ("no red")."""
    gradient: bool = False
    gradient_direction: str = ""
    functions: tuple[str, ...] = ()
    mood: tuple[str, ...] = ()
    scale: str = ""
    density: str = ""
    contrast: str = ""
    line_weight: str = ""
    language: str = "en"
    """en or zh: the language most of the brief is written in."""
    unknown: tuple[str, ...] = ()
    """What was not understood, as the brief has it."""

    def to_document(self) -> dict[str, Any]:
        """Give a JSON-able dictionary; tuples become lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Understood":
        """Rebuild from `to_document`; keys that this version does not know are ignored."""
        return cls(
            **{
                field.name: tuple(value) if isinstance(value, list | tuple) else value
                for field in fields(cls)
                if (value := document.get(field.name)) is not None
            }
        )
