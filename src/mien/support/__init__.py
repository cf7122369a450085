"""What any other module may use: array types, files, folders, SQLite, the terminal."""
