"""The procedural corpus of surface designs that the models learn from."""

from worker.corpus.render import compose, render_corpus, render_masks
from worker.corpus.spec import DesignSpec, held_out, sample

__all__ = ["DesignSpec", "compose", "held_out", "render_corpus", "render_masks", "sample"]
