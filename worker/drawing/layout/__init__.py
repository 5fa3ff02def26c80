"""Places motifs: layouts of a design's elements."""
