"""Folders and music servers -> a catalogue of a person's own music."""
