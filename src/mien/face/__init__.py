"""Pixels -> expressions."""
