"""Letters recognised in pictures by tesseract, where it is installed with Vietnamese."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median

from directives.files import programs
from directives.files.layout import Line

# Below this, signs that are neither letters nor figures are dirt. A doubtful figure stays: the officer checks it.
LEAST_CONFIDENCE = 50
AT_ONCE = 2
DOTS_PER_INCH = 300
POINTS_OF_A_DOT = 72 / DOTS_PER_INCH
_WORD = "5"
# A number and the words behind its tab are one word to tesseract: "1.Ủy ban".
_GLUED = re.compile(r"^(\d{1,2}\.|[IVX]{1,5}\.|[a-zđ]\))(?=[^\W\d_])")


@cache
def is_installed() -> bool:
    program = programs.find("tesseract")
    if program is None:
        return False
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20)
    return "vie" in (listed.stdout + listed.stderr).split()


def read_pictures(pictures: list[Path], *, folder: Path, seconds: float) -> list[list[Line]]:
    """The lines in each picture. Raises TookTooLong if all of them take longer than `seconds`."""
    until = time.monotonic() + seconds

    def read(picture):
        place = folder / f"ocr-{picture.stem}"
        place.mkdir()
        left = until - time.monotonic()
        if left <= 0:
            raise programs.TookTooLong
        command = [programs.find("tesseract"), str(picture), "stdout", "-l", "vie", "--dpi", str(DOTS_PER_INCH), "tsv"]
        return _lines(programs.run(command, folder=place, seconds=left).decode("utf-8", "replace"))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(read, pictures))


def _lines(table):
    """The lines of tesseract's table of words, one row a word with its place in dots from the top."""
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    found = {}
    for row in rows:
        if len(row) == 12 and row[0] == _WORD and _is_word(row[11], float(row[10])):
            found.setdefault(tuple(row[2:5]), []).append((*map(int, row[6:10]), row[11].strip()))
    if not found:
        return []
    # One size for all, for the height of a line depends on the letters that happen to be on it.
    size = median(word[3] for words in found.values() for word in words) * POINTS_OF_A_DOT
    lines = []
    for words in chain.from_iterable(_columns(words, size / POINTS_OF_A_DOT) for words in found.values()):
        left, right = min(word[0] for word in words), max(word[0] + word[2] for word in words)
        # From the top downwards in the picture, upwards on a page.
        bottom = -max(word[1] + word[3] for word in words)
        text = _GLUED.sub(r"\1 ", " ".join(word[4] for word in words))
        lines.append(Line(text, left * POINTS_OF_A_DOT, right * POINTS_OF_A_DOT, bottom * POINTS_OF_A_DOT, size))
    return lines


def _columns(words, size):
    """The words of one line, parted where the signature stands beside the recipients."""
    part = []
    for word in words:
        if part and word[0] - (part[-1][0] + part[-1][2]) > 2.5 * size:
            yield part
            part = []
        part.append(word)
    yield part


def _is_word(text, confidence):
    return any(map(str.isalnum, text)) or (bool(text.strip()) and confidence >= LEAST_CONFIDENCE)
