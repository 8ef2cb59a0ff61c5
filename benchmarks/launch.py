"""Runs a command and prints as JSON its seconds, seconds of processor time, peak memory in MB, and exit status.

python benchmarks/launch.py COMMAND...

A small process of its own, because Linux counts the memory of the process that starts another as the peak of that other one.
"""

import json
import os
import sys
import time

if __name__ == "__main__":
    started = time.perf_counter()
    process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, used = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    peak = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    print(json.dumps([seconds, used.ru_utime + used.ru_stime, peak, os.waitstatus_to_exitcode(status)]))
