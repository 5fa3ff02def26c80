"""Places motifs: the elements of a layer by what is asked of its layout."""

from worker.drawing.layout.outlines import outline_of
from worker.drawing.layout.request import Item, Placement, Request
from worker.drawing.layout.solver import solve

__all__ = ["Item", "Placement", "Request", "outline_of", "solve"]
