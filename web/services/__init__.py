"""Application services: they carry out validated requests."""
