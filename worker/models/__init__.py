"""The models behind the roles: one file each, networks apart from loading."""
