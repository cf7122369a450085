"""What a listener said of songs, and the taste that shows in it."""
