"""Boundaries of communes from an uploaded file: read (`geojson`), told whose they are (`matching`), drawn (`drawing`)."""
