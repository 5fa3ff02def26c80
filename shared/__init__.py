"""What the web front end and the workers share: settings, contracts, rows, the queue."""
