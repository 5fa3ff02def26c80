"""Downloads of whole jobs: their contents as entries, and the zip that has them."""
