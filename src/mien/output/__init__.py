"""What mien gives to people and programs: JSON, playlists, charts, timelines."""
