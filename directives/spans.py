"""Where the words of tasks stand in the text of their document, counted in characters."""

import re
from bisect import bisect_right

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"(?<=[.;!?…])[\"”)]*\s+(?=\S)")
_CLAUSE_END = re.compile(r"(?<=,)\s+(?=\S)")


def squash(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without white space and bullets at its ends, kept inside the text; None if nothing is left."""
    start, end = max(0, start), min(len(text), end)
    while start < end and (text[start].isspace() or text[start] in "-–—•*+"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def find_again(before: str, span: Span, now: str) -> Span | None:
    """Where the words of a span of one text stand in another: the nearest place; None if they are gone."""
    words = before[slice(*span)].split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    found = min(pattern.finditer(now), key=lambda match: abs(match.start() - span[0]), default=None)
    return found.span() if found else None


def split_span(text: str, span: Span, words: str, at: int) -> tuple[Span | None, Span | None]:
    """The spans of the two parts of `words` cut at a character, where `words` stand in `span` of the text.

    Where the words were changed since they were read, the first part keeps the span.
    """
    start, end = span
    if squash(text[start:end]) != squash(words):
        return span, None
    done = len(squash(words[:at]).replace(" ", ""))
    positions = [place for place in range(start, end) if not text[place].isspace()]
    if not 0 < done < len(positions):
        return span, None
    return (start, positions[done - 1] + 1), (positions[done], end)


def cuts(words: str) -> list[int]:
    """Where a task may be cut: before each sentence but the first; between clauses where there is only one."""
    found = [match.end() for match in _SENTENCE_END.finditer(words)]
    return found or [match.end() for match in _CLAUSE_END.finditer(words)]


def nearest_word(words: str, at: int) -> int:
    """The start of the word at or before a place, so that no word is cut in two."""
    starts = [0, *(match.end() for match in re.finditer(r"\s+", words))]
    return starts[bisect_right(starts, at) - 1]
