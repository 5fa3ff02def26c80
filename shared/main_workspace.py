"""Id of the workspace of the installation, and of everything made without accounts."""

__all__ = ["MAIN_WORKSPACE"]

MAIN_WORKSPACE = "main"
