"""A listener's opinions of songs, and the taste that they reveal."""
