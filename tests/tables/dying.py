"""Runs `score_files` in processes that die on purpose; started by test_engine.py as a script, so that it forks without any thread.

Reads jobs from standard input, a line of JSON each, and answers each with a line: how the process ended. A job holds the arguments of
`score_files`, and may hold

    die      [n, "before" or "after"]: SIGKILL at the n-th time a file gets its name; 0 stands for the output itself
    after    SIGKILL after so many seconds
    full     the n-th writing of a file to disk finds the disk full
    limit    no file may grow beyond so many bytes
    cut      [file, size]: the n-th text that is scored makes somebody cut off this file
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sys
from pathlib import Path

import pandas  # noqa: F401  # pyarrow loads it for its first list; here once is enough for all processes

from triage.errors import TriageError
from triage.labels import LABELS, Classification
from triage.tables import engine


def classify(texts):
    """Scores that depend on the company of a text, as those of a quantised model do: it must be the same in every run."""
    company = sum(map(len, texts)) % 97 / 100
    scores = dict(zip(LABELS, (company, len(texts) % 10 / 10, 0.25), strict=True))
    return [Classification(scores=scores, labels=(), intensity=company, needs_review=len(text) % 2 == 0, model="m@1") for text in texts]


def counted(function, number, act, when, last=None):
    """The function, with something that happens at its n-th call, or where its last argument is `last`."""
    left = [number]

    def call(*arguments):
        left[0] -= 1
        now = left[0] == 0 or (last is not None and arguments[-1] == last)
        if now and when == "before":
            act()
        result = function(*arguments)
        if now and when == "after":
            act()
        return result

    return call


def run(job):
    """Score, with what the job wants to go wrong."""

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    read = classify
    if "die" in job:
        number, when = job["die"]
        os.replace = counted(os.replace, number, die, when, None if number else Path(job["output"]))
    if "after" in job:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, job["after"])
    if "full" in job:
        os.fsync = counted(os.fsync, job["full"], full, "before")
    if "limit" in job:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["limit"], resource.RLIM_INFINITY))
    if "cut" in job:
        file, size = job["cut"]
        read = counted(classify, 3, lambda: os.truncate(file, size), "after")
    engine.score_files(
        job["paths"],
        Path(job["output"]),
        read,
        resume=job.get("resume", False),
        previous=job.get("previous"),
        model={"version": "m@1", "digest": "1"},
    )


def main():
    """A process for each job."""
    engine.BATCH_ROWS = 5
    os.fsync = lambda number: None  # the machine itself stays up
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                run(json.loads(line))
            except TriageError as error:
                os.write(1, f"{error}\n".encode())
                os._exit(1)
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(2)
            os.write(1, b"done\n")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            os.write(1, b"killed\n")
        elif os.WEXITSTATUS(status) == 2:
            os.write(1, b"failed\n")


if __name__ == "__main__":
    main()
