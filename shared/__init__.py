"""Code shared by the web front end and the workers: settings, database, queue, storage."""
