"""Making very many objects at once."""

import gc
from contextlib import contextmanager


@contextmanager
def without_collecting():
    """Make hundreds of thousands of objects without Python going over all of them again and again, which takes a fourth of
    the time. What goes round in a circle meanwhile is found afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
