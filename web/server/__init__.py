"""The HTTP server: gunicorn with deadlines, buffering and connection limits."""
