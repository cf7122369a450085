"""The pictures of evaluations and of the report."""
