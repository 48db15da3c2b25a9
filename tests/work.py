"""Work that a page has made aside, made at once and in this process: another one does not see what a test has written."""

import contextlib
import io
import subprocess
from types import SimpleNamespace

from django.core.management import CommandError, call_command

from ntm_tracker import jobs


def run_at_once(monkeypatch):
    """From here on a job has ended when it is begun; gives the list of the commands that were run."""
    run = []

    class Process:
        pid = 2**22 + 1

        def __init__(self, command, *, stderr, **options):
            run.append(command[2:])
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    call_command(*command[2:])
                self.code = 0
            except CommandError as error:
                stderr.write(f"CommandError: {error}".encode())
                self.code = 1

        def wait(self, seconds=None):
            return self.code

    class Thread:
        def __init__(self, target, args, **options):
            self.start = lambda: target(*args)

    # Of the jobs alone: others have processes of their own.
    kept = {"DEVNULL": subprocess.DEVNULL, "TimeoutExpired": subprocess.TimeoutExpired}
    monkeypatch.setattr(jobs, "subprocess", SimpleNamespace(Popen=Process, **kept))
    monkeypatch.setattr(jobs, "threading", SimpleNamespace(Thread=Thread))
    return run
