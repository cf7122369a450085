"""What leaves mien: JSON, playlists, charts, timelines."""
