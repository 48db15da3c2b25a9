"""The uploaded files as they lie in MEDIA_ROOT, by their path in it."""

import os
from collections.abc import Iterator
from pathlib import Path

# Folders of MEDIA_ROOT with what waits for a person's next click: it is gone in a day, backed up or not.
PASSING = {"staging", "jobs"}
# What a restore was writing when it was killed.
PART = ".restoring-"


def stored(root: Path) -> Iterator[str]:
    """The files that are kept, in order."""
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if here != Path(root) or name not in PASSING)
        for name in sorted(names):
            path = here / name
            if path.is_file() and not path.is_symlink() and not name.startswith(PART):
                yield path.relative_to(root).as_posix()


def write(root: Path, name: str, source, mode: int | None) -> None:
    """Put one file there, whole or not at all."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.parent / f"{PART}{path.name}"[:240]
    try:
        with part.open("wb") as file:
            while data := source.read(1 << 20):
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            part.chmod(mode)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
