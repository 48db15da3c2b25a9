"""Writes of places: a module a subject."""
