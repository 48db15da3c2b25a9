"""What officers type, read and explained, a module a subject."""
