"""The procedural corpus of surface designs that the models learn from."""

from worker.corpus.captions import Caption, caption, captions
from worker.corpus.descriptions import description
from worker.corpus.render import compose, render_masks
from worker.corpus.sampling import render_corpus, sample
from worker.corpus.spec import DesignSpec, held_out

__all__ = [
    "Caption",
    "DesignSpec",
    "caption",
    "captions",
    "compose",
    "description",
    "held_out",
    "render_corpus",
    "render_masks",
    "sample",
]
