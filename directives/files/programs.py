"""Programs that look into other people's files: each in a folder of its own, within limits of time, memory and output."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has none: there only time is limited.
    resource = None

ROOT = Path(__file__).resolve().parents[2]
MOST_OUTPUT = 64 << 20
# What a file may say at most; a notice says ten thousand.
MOST_CHARACTERS = 1_000_000


class ProgramFailed(Exception):
    """The program gave up, or was ended for taking more memory or room than it may."""


class TookTooLong(ProgramFailed):
    pass


def find(*names: str) -> str | None:
    """The first of the programs that is installed."""
    return next(filter(None, map(shutil.which, names)), None)


def run(arguments, *, folder: Path, seconds: float, megabytes: int = 1024, cwd: Path | None = None) -> bytes:
    """What the program writes to its standard output.

    `folder` is the only place it is told of: its home, its temporary files and, unless `cwd` says otherwise, where
    it runs. Raises TookTooLong after `seconds`, with the program and all that it started ended; ProgramFailed if it
    ends in an error.
    """
    # Nothing of the application's settings: no password is in reach of what reads a stranger's file.
    kept = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(folder))
    # One thread a program: several readers at once must not take the whole server.
    environment |= {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "OMP_THREAD_LIMIT": "1"}
    output = folder / "output"
    with output.open("wb") as sink:
        program = subprocess.Popen(
            arguments,
            cwd=cwd or folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _limit(program.pid, seconds=seconds, megabytes=megabytes)
            code = program.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise TookTooLong from error
        finally:
            _end(program)
    if code == -getattr(signal, "SIGXCPU", 0):
        raise TookTooLong
    if code:
        raise ProgramFailed(f"{Path(arguments[0]).name}: {code}")
    # On a busy machine it may have said it all before the limit was set.
    if output.stat().st_size > MOST_OUTPUT:
        raise ProgramFailed(f"{Path(arguments[0]).name}: more than {MOST_OUTPUT} bytes")
    return output.read_bytes()


def run_python(module: str, *arguments: str, folder: Path, seconds: float) -> bytes:
    """The same for a module of this project, in a Python of its own."""
    command = [sys.executable, "-m", module, *arguments]
    return run(command, folder=folder, seconds=seconds, cwd=ROOT)


def _limit(pid, *, seconds, megabytes):
    # From outside and not between fork and exec, where a threaded server may deadlock.
    if not hasattr(resource, "prlimit"):
        return
    limits = {
        resource.RLIMIT_AS: megabytes << 20,
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_FSIZE: MOST_OUTPUT,
        resource.RLIMIT_CORE: 0,
    }
    # It may have ended already.
    with contextlib.suppress(ProcessLookupError):
        for limit, value in limits.items():
            resource.prlimit(pid, limit, (value, value))


def _end(program):
    if hasattr(os, "killpg"):
        # The whole group, for LibreOffice is a script that starts another.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
    elif program.poll() is None:
        program.kill()
    program.wait()
