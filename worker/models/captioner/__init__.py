"""The captioner d(I) = LLM(v(I)): language model, adapters, visual prefix, perception."""
