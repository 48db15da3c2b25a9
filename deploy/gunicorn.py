"""How the production server runs, from the same .env; where the numbers come from is in docs/operation.md."""

import os
from pathlib import Path

from environs import Env

env = Env()
env.read_env(env.path("ENV_FILE", Path(__file__).resolve().parent.parent / ".env"), recurse=False)

bind = f"{env.str('LISTEN', '127.0.0.1')}:{env.int('PORT', 8000)}"
# A process a core, so that a workbook in the making keeps half of the people waiting and not all; threads, so that a slow
# answer does not. Each thread keeps a connection to the database.
workers = env.int("PROCESSES", 2)
threads = env.int("THREADS", 4)
# The proxy takes uploads in whole and hands them on at once; what takes longer than this has gone wrong.
timeout = 120
graceful_timeout = 30
# What a process has gathered over weeks goes with it; not all at the same moment.
max_requests = 5000
max_requests_jitter = 500
# The sign of life of a process is a file, which must not lie on a disk that may be slow.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
# One line a request is written by the application, without addresses.
accesslog = None
loglevel = "warning"
