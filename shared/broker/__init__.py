"""The message broker: Celery configuration and hints that a stage has work."""
