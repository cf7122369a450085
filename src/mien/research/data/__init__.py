"""The data sets: reading them, and what is known of them."""
