"""Sound files -> what the catalogue needs of them: tags, tempo, loudness, energy, mood."""
