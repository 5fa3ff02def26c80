"""The relay process: hints, webhooks, reaping, invariants."""
