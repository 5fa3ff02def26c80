"""What heals the queue: reaper, heartbeats, invariants."""
