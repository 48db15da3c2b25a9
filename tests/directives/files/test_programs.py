"""The limits within which programs look into files."""

import os
import sys
import time
from pathlib import Path

import pytest

from directives.files import programs

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the limits of time, memory and output are those of Unix")


def python(code, tmp_path, **limits):
    limits = {"seconds": 20, **limits}
    return programs.run([sys.executable, "-c", code], folder=tmp_path, **limits)


def test_what_it_writes_comes_back(tmp_path):
    assert python("print('đã đọc')", tmp_path).decode() == "đã đọc\n"


def test_it_runs_in_the_folder_without_our_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "khoa")
    code = "import os; print(os.environ.get('SECRET_KEY'), os.environ['HOME'] == os.getcwd())"
    assert python(code, tmp_path) == b"None True\n"


def test_it_ends_in_time_with_all_that_it_started(tmp_path):
    pid = tmp_path / "pid"
    started = time.monotonic()
    with pytest.raises(programs.TookTooLong):
        programs.run(["sh", "-c", f"sleep 60 & echo $! >{pid}; wait"], folder=tmp_path, seconds=0.5)
    assert time.monotonic() - started < 5
    child = int(pid.read_text())
    for _ in range(50):
        try:
            # What is left of an ended program until somebody asks for it counts as ended.
            if Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
                break
        except FileNotFoundError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child still runs")


@pytest.mark.skipif(not hasattr(programs.resource, "prlimit"), reason="only Linux limits another program")
@pytest.mark.parametrize(
    "code", ["b = bytearray(2 << 30)", f"import sys; sys.stdout.buffer.write(bytes({programs.MOST_OUTPUT} + 9))", "1/0"]
)
def test_it_takes_no_more_than_it_may(tmp_path, code):
    with pytest.raises(programs.ProgramFailed):
        python(code, tmp_path)
