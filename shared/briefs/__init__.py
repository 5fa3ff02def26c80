"""Briefs: the vocabulary that they are written in, and the parser that reads them."""
