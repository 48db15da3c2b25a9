"""What officers type about a directive, its tasks and the work done, a module a subject."""
