"""The relay process: outbox hints, webhooks, reaper, invariants."""
