"""Model implementations and loaders, one module per role."""
