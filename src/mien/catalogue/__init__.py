"""Songs: read from people's files, cleaned, and kept in one SQLite file."""
