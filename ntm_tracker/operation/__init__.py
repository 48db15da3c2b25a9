"""What keeps an installation alive: backups, moving it, saying how it is, its log. Knows nothing of the field."""


class NotDone(Exception):
    """What could not be done and what to do about it, in a sentence for whoever stands at the terminal."""
