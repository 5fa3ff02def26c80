"""Worker processes: Celery application, devices, model cache."""
