"""The captioner, d(I) = LLM(v(I)): language model, adapters, perception."""
