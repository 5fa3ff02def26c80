"""The artifact store: immutable bytes on a folder or an S3 bucket."""
