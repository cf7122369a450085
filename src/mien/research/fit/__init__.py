"""How fitted constants were found: each module runs as `python -m mien.research.fit.NAME`."""
