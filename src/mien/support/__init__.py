"""What any part may use: arrays, files, folders, SQLite, the terminal."""
