"""The research data sets."""
