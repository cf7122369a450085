"""Songs: people's files (`table`), cleaned (`clean`), kept in one SQLite file (`store`)."""
