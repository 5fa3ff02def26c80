"""The job queue in PostgreSQL: claims, leases, completion, events, fairness."""
