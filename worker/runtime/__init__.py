"""Worker processes: Celery application, devices, resident models."""
