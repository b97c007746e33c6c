"""Starts one process and prints its wall time (s), peak memory (KB, of it and what it waited for) and wait status.

launch.py ERRORS COMMAND…     (ERRORS: where its stderr goes; its stdout is thrown away)

A process of its own, small and alone: a child's peak begins at what its parent takes when it is started (so Linux counts), and a
benchmark that has read a deposit takes more than many a command.
"""

import os
import sys
import time

quiet = [
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    (os.POSIX_SPAWN_OPEN, 2, sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
]
command = sys.argv[2:]
start = time.perf_counter()
pid = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss, status)
