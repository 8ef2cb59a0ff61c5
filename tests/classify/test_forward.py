"""A score depends on its text alone: not on its company, the number of threads, or a fork in between."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import triage
from triage.classify import batching, load_classifier
from triage.classify.batching import forward, windows_of
from triage.classify.classifications import Classifications

# Integer arithmetic is exact, and each row of a pass is computed by itself; what is left are the floats in between, which a processor may
# add up in another order for another width. On the processors we measured the difference is 0.
TOLERANCE = 1e-4

PIECES = ["dag", "mevrouw", "Ik weet je te vinden", "prutser", "😍", "h.o.e.r", "1234", "wat een mooie foto", "!!!", "kom maar eens langs"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)


def far(one: Classifications, other: Classifications) -> float:
    return float(np.abs(one.rows["scores"] - other.rows["scores"]).max(initial=0.0))


@pytest.fixture(scope="module")
def classifier():
    return load_classifier()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_a_text_scores_the_same_in_any_company(classifier, texts, random):
    together = classifier.classify_all(texts)
    order = random.sample(range(len(texts)), len(texts))
    assert far(together.take(np.array(order)), classifier.classify_all([texts[place] for place in order])) <= TOLERANCE
    for place, text in enumerate(texts):
        assert far(together.take(np.array([place])), classifier.classify_all([text])) <= TOLERANCE


def test_pieces_and_threads_change_no_score(monkeypatch: pytest.MonkeyPatch):
    texts = [" ".join(PIECES[: 1 + n % 9]) + f" {n}" for n in range(150)] + ["lang " * 700]
    alone = load_classifier(threads=1).classify_all(texts)
    monkeypatch.setattr(batching, "FIRST_PIECE", 8)
    monkeypatch.setattr(batching, "PIECE", 16)
    for threads in (2, 5):
        assert far(alone, load_classifier(threads=threads).classify_all(texts)) <= TOLERANCE


class Watched:
    """A backend that notes in which threads it runs, and how many passes at once."""

    budget = 64

    def __init__(self, parallel: int) -> None:
        self.parallel = parallel
        self.seen: set[str] = set()
        self.most = self._now = 0
        self._lock = threading.Lock()

    def logits(self, input_ids, attention_mask):
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.seen.add(threading.current_thread().name)
        with self._lock:
            self._now -= 1
        return (input_ids * attention_mask).sum(axis=1, keepdims=True).astype(np.float32)

    def digest(self) -> str:
        return ""


@pytest.mark.parametrize("parallel", [1, 3])
def test_the_caller_says_how_many_threads(classifier, parallel: int):
    windows = windows_of(classifier._tokenizer, [" ".join(PIECES[: n % 9]) for n in range(200)], 64).windows
    backend = Watched(parallel)
    before = threading.active_count()
    found = forward(backend, windows, 0, 1)
    assert found[:, 0].tolist() == [sum(window.ids) for window in windows]  # in their order
    assert backend.most <= parallel
    assert backend.seen == {threading.current_thread().name} if parallel == 1 else len(backend.seen) <= parallel
    assert threading.active_count() == before


def test_a_failing_pass_is_the_callers_error(classifier):
    class Broken(Watched):
        def logits(self, input_ids, attention_mask):
            raise triage.ModelError("no", nl="nee")

    with pytest.raises(triage.ModelError):
        forward(Broken(2), windows_of(classifier._tokenizer, PIECES * 40, 64).windows, 0, 1)


FORKING = """
import os, signal, sys, triage
model = triage.load(threads=2)
texts = [f"dag {n} " * (1 + n % 40) for n in range(120)]
before = [found.scores for found in model.classify(texts)]
child = os.fork()
if not child:
    signal.alarm(100)
    os._exit(0 if [found.scores for found in model.classify(texts)] == before else 3)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork on Windows")
def test_a_process_that_used_a_model_may_fork():
    done = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert (done.returncode, done.stderr) == (0, "")
