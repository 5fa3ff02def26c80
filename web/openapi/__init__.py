"""The OpenAPI document and the descriptions of operations."""
