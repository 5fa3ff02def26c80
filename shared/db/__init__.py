"""Database engine, models and identifiers."""
