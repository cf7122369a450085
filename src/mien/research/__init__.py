"""Data sets, training, evaluation and the paper: nothing that a user of the product loads."""
