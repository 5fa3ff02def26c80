"""Parser of design briefs and its vocabulary."""
