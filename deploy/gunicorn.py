"""How the production server runs; `scripts/bench_server.py` is where the numbers come from (docs/operation.md)."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# A process a core; threads so that a slow upload keeps nobody waiting. Each thread keeps a connection to the database.
workers = int(os.environ.get("PROCESSES", "2"))
threads = int(os.environ.get("THREADS", "4"))
# The proxy takes uploads in whole and hands them on at once; what takes longer than this has gone wrong.
timeout = 120
graceful_timeout = 30
# What a process has gathered over weeks goes with it; not all at the same moment.
max_requests = 5000
max_requests_jitter = 500
# The heartbeat of a process is a file, which must not lie on a disk that may be slow.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
# One line a request is written by the application, without addresses.
accesslog = None
loglevel = "warning"
