"""Recovery of the queue: reaper, worker heartbeats, invariants."""
