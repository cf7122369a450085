"""Measurements of networks and rankings, and the results that ship."""
