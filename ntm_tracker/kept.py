"""What was made of the same facts before."""

from threading import Lock


class Kept:
    """Remembers the last things made, each under all that it was made of: other facts, another thing.

    So nothing in it is ever out of date, and only this process knows of it.
    """

    def __init__(self, most: int):
        self._most = most
        self._things = {}
        self._lock = Lock()

    def recall(self, facts, make):
        """What `make()` gave for these facts before; else what it gives now. `facts` must be hashable."""
        with self._lock:
            if facts in self._things:
                # Put last: the one not asked for the longest goes first.
                self._things[facts] = self._things.pop(facts)
                return self._things[facts]
        made = make()
        with self._lock:
            self._things[facts] = made
            while len(self._things) > self._most:
                del self._things[next(iter(self._things))]
        return made
