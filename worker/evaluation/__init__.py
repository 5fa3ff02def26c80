"""How well a release draws what it is asked for, over held-out briefs and references."""
