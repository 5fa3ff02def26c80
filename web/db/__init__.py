"""Read queries of the web front end."""
