"""A query -> songs, each with its reason."""
