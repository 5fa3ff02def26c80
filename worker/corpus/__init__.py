"""Procedural corpus of surface designs: the training and evaluation data of the models."""

from worker.corpus.captions import Caption, caption, caption_text
from worker.corpus.descriptions import description
from worker.corpus.render import compose, render_masks
from worker.corpus.sampling import render_corpus, sample
from worker.corpus.spec import DesignSpec, held_out

__all__ = [
    "Caption",
    "DesignSpec",
    "caption",
    "caption_text",
    "compose",
    "description",
    "held_out",
    "render_corpus",
    "render_masks",
    "sample",
]
