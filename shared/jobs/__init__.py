"""Jobs: submission, batches, prints, serialization, provenance, retention."""
