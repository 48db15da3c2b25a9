"""What people type about places: a module a subject."""
