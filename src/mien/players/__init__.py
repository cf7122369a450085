"""Music servers and players: what they hold, and where songs are sent to."""
