"""Where fitted constants come from."""
