"""How near triage comes to the bare time of its model, and how far it is ahead of the usual ways of running one.

python benchmarks/forward.py [--texts FILE] [--messages 19776] [--sample 256] [--rounds 3] [--skip robbert ...] [--cores N] [--cpu]
[--json FILE]

Texts come from --texts (.jsonl with `text`, or .txt, a text a line), else from the repository: the held-out corpus and the sample export.
They are repeated up to --messages, each time with another number behind them, so that no text is known already; their words are, after the
first time, and in `classify` and `score` from the second round on all of them. `command` begins each time without.

kernel     the runtime's own time: the windows of all messages, sorted by length, packed to the token budget and padded beforehand; only
           their passes are timed, by the same session, as many side by side as triage runs
classify   `model.classify`, texts in, classifications out
score      `model.score_table`
command    `triage score` in a process of its own, CSV to Parquet, its start included
pipeline   the text-classification pipeline of transformers on the same checkpoint, in batches of 1 and of 32
detoxify   Detoxify's way on the same checkpoint: tokenise a list, pad it to its longest, one pass, sigmoid, a list a label
robbert, xlmr  models with the shapes of RobBERT-base and XLM-R-base and random weights in that pipeline, in batches of 1 and of 32; their
           subwords are those of the embedded model, which has fewer in its vocabulary and so cuts a text somewhat finer
length     how the time of a word grows with the length of a text
threads    single `classify` calls from 1 to 16 threads at once

What is compared is done in turn, round by round; ratios are medians over the rounds. The slow ways get a sample of the messages, spread
evenly. torch and triage use the same cores. Where other work goes on, --cpu tells more.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from measuring import Ratio, Times, child, cores, keep_ratios, only_cores, race, ratio, ratio_table, timed
from tokenizers import Tokenizer

import triage
from tables import Table, figure
from triage.classify.backends import Ids
from triage.classify.backends.onnx import OnnxBackend, find_model
from triage.classify.batching import windows_of
from triage.classify.checkpoint import embedded_folder
from triage.text import normalise

ROOT = Path(__file__).parents[1]
FOLDER = embedded_folder()
MAX_LENGTH = int(json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))["triage"]["max_length"])
# What these models differ in from a BERT of the default shape, which has 12 layers, 12 heads and a width of 768.
SHAPES = {"robbert": {"vocab_size": 40_000}, "xlmr": {"vocab_size": 250_002}}
PARTS = ("command", "pipeline", "detoxify", *SHAPES, "length", "threads")
LENGTHS = (8, 32, 128, 512, 2048, 8192)  # words
THREADS = (1, 2, 4, 8, 16)
GOALS = {"score": 0.9, "command": 0.8, "pipeline 32": 8.0, "robbert 32": 50.0}


def read_texts(path: Path | None) -> list[str]:
    """The texts of a file, or those of the repository."""
    if path is None:
        heldout = [text for file in sorted((FOLDER / "corpus" / "heldout").glob("*.jsonl")) for text in read_texts(file)]
        with (ROOT / "notebooks" / "data" / "comments.csv").open(encoding="utf-8-sig", newline="") as file:
            return heldout + [row["Bericht"] for row in csv.DictReader(file, delimiter=";")]
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] if path.suffix == ".jsonl" else line for line in lines if line.strip()]


def varied(texts: Sequence[str], count: int) -> list[str]:
    """So many different texts, of these and of these with a number."""
    return [texts[place % len(texts)] + f" {place // len(texts)}" * (place >= len(texts)) for place in range(count)]


def spread(texts: Sequence[str], count: int) -> list[str]:
    """At most so many of the texts, evenly."""
    return list(texts[:: max(1, len(texts) // count)][:count])


class Kernel:
    """The passes that the texts need, ready to be run."""

    def __init__(self, texts: Iterable[str]) -> None:
        model = find_model(FOLDER)
        assert model is not None
        tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.backend = OnnxBackend(model)
        rows = sorted((window.ids for window in windows_of(tokenizer, [normalise(text) for text in texts], MAX_LENGTH).windows), key=len)
        self.subwords = sum(map(len, rows))
        self.pad = tokenizer.token_to_id("[PAD]")
        self.batches = list(self._packed(rows))

    def _packed(self, rows: list[Sequence[int]]) -> Iterable[tuple[Ids, Ids]]:
        start = 0
        for end in range(1, len(rows) + 1):
            if end == len(rows) or (end + 1 - start) * len(rows[end]) > self.backend.budget:
                ids = np.full((end - start, len(rows[end - 1])), self.pad, np.int64)
                mask = np.zeros_like(ids)
                for place, row in enumerate(rows[start:end]):
                    ids[place, : len(row)], mask[place, : len(row)] = row, 1
                yield ids, mask
                start = end

    def run(self) -> None:
        """All passes."""
        if self.backend.parallel == 1:
            for batch in self.batches:
                self.backend.logits(*batch)
            return
        with ThreadPoolExecutor(self.backend.parallel) as pool:
            for done in [pool.submit(self.backend.logits, *batch) for batch in self.batches]:
                done.result()


def command(texts: Sequence[str], folder: Path, cpu: bool) -> Callable[[], float]:
    """`triage score` on an export of the texts: seconds a message."""
    export, output = folder / "export.csv", folder / "scored.parquet"
    with export.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "datum", "auteur", "ontvanger", "bericht"))
        for number, text in enumerate(texts):
            when = f"{1 + number % 28:02d}-{1 + number % 12:02d}-2025 {number % 24:02d}:{number % 60:02d}"
            rows.writerow((number, when, f"afzender{number % 977}", f"medewerker{number % 53}", text))
    return lambda: child("-m", "triage", "score", str(export), "-o", str(output))[cpu] / len(texts)


def pipeline(model: Any, size: int) -> Callable[[Sequence[str]], object]:
    """The pipeline that people write."""
    from transformers import AutoTokenizer
    from transformers import pipeline as make

    tokenizer = AutoTokenizer.from_pretrained(FOLDER, model_max_length=MAX_LENGTH)
    run = make("text-classification", model=model, tokenizer=tokenizer, top_k=None, function_to_apply="sigmoid", device="cpu")
    return lambda texts: run(list(texts), batch_size=size, truncation=True)


def embedded() -> Any:
    """The embedded checkpoint in torch, in 32-bit floats as transformers runs it on a processor."""
    import torch
    from transformers import AutoModelForSequenceClassification

    return AutoModelForSequenceClassification.from_pretrained(FOLDER, dtype=torch.float32).eval()


def shaped(name: str) -> Any:
    """A model of a known shape with random weights."""
    from transformers import RobertaConfig, RobertaForSequenceClassification

    shape = RobertaConfig(max_position_embeddings=514, type_vocab_size=1, num_labels=6, pad_token_id=0, **SHAPES[name])
    return RobertaForSequenceClassification(shape).eval()


def detoxify() -> Callable[[Sequence[str]], object]:
    """What `Detoxify.predict` does with a list."""
    import torch
    from transformers import AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(FOLDER, model_max_length=MAX_LENGTH), embedded()

    @torch.no_grad()
    def predict(texts: Sequence[str]) -> dict[str, list[float]]:
        inputs = tokenizer(list(texts), return_tensors="pt", truncation=True, padding=True)
        scores = torch.sigmoid(model(**inputs)[0]).cpu().detach().numpy()
        return {label: [scores[i][place].tolist() for i in range(len(scores))] for place, label in model.config.id2label.items()}

    return predict


def slow_ways(sample: Sequence[str], few: Sequence[str], skip: Sequence[str], clock: Callable[[], float]) -> dict[str, Callable[[], float]]:
    """The ways that use torch; `few` is for the large models."""
    import torch

    torch.set_num_threads(cores())
    ways: dict[str, Callable[[], float]] = {}

    def add(name: str, run: Callable[[Sequence[str]], object], texts: Sequence[str]) -> None:
        run(texts[:2])
        ways[name] = timed(partial(run, texts), len(texts), clock)

    for name in ("pipeline", *SHAPES):
        if name not in skip:
            model, texts = (embedded(), sample) if name == "pipeline" else (shaped(name), few)
            for size in (1, 32):
                add(f"{name} {size}", pipeline(model, size), texts)
    if "detoxify" not in skip:
        add("detoxify", detoxify(), sample)
    return ways


def throughput(model: triage.Model, texts: list[str], options: argparse.Namespace, folder: Path) -> tuple[Times, list[Ratio]]:
    """Seconds a message of every way in every round, and what they come to."""
    kernel, table = Kernel(texts), pa.table({"text": texts})
    print(f"{len(texts):,} messages, {kernel.subwords / len(texts):.1f} subwords each, {cores()} cores, {model.version}\n", flush=True)
    clock = time.process_time if options.cpu else time.perf_counter
    ways: dict[str, Callable[[], float]] = {
        "kernel": timed(kernel.run, len(texts), clock),
        "classify": timed(partial(model.classify, texts), len(texts), clock),
        "score": timed(partial(model.score_table, table), len(texts), clock),
    }
    if "command" not in options.skip:
        ways["command"] = command(texts, folder, options.cpu)
    sample = spread(texts, options.sample)
    if not {"pipeline", "detoxify", *SHAPES} <= set(options.skip):
        ways |= slow_ways(sample, spread(sample, max(32, options.sample // 4)), options.skip, clock)
    gc.collect()
    gc.freeze()  # or Python would look through all that torch and transformers hold while triage is measured
    times = race(ways, options.rounds)
    own = [name for name in ("classify", "score", "command") if name in times]
    ratios = [ratio(times, f"{name}: share of kernel time", name, "kernel", GOALS.get(name)) for name in own]
    others = [name for name in times if name not in ("kernel", *own)]
    ratios += [ratio(times, f"score over {name}", "score", name, GOALS.get(name)) for name in others]
    return times, ratios


def lengths(model: triage.Model, texts: Sequence[str], rounds: int) -> tuple[Times, list[Ratio]]:
    """Seconds a word for texts of growing length, the same words each time."""
    words = " ".join(texts).split()[: 4 * max(LENGTHS)]
    cut = {size: [" ".join(words[start : start + size]) for start in range(0, len(words), size)] for size in LENGTHS}
    times = race({f"{size}": timed(partial(model.classify, cut[size]), len(words)) for size in LENGTHS}, rounds)
    short, middle, long = (str(LENGTHS[place]) for place in (0, 2, -1))
    ratios = [
        ratio(times, f"time of a word in {short} over in {middle} words", middle, short),
        ratio(times, f"time of a word in {middle} over in {long} words", long, middle),
    ]
    return times, ratios


def calls(model: triage.Model, texts: Sequence[str], threads: int) -> tuple[float, float, float]:
    """Single calls from so many threads: calls a second, median and 95th percentile of their milliseconds."""

    def one(text: str) -> float:
        started = time.perf_counter()
        model.classify(text)
        return time.perf_counter() - started

    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        took = list(pool.map(one, texts))
        seconds = time.perf_counter() - started
    return len(texts) / seconds, statistics.median(took) * 1000, float(np.percentile(took, 95)) * 1000


def latency(model: triage.Model, texts: Sequence[str], rounds: int) -> tuple[dict[int, tuple[float, ...]], list[Ratio]]:
    """`calls` for each number of threads, the median of the rounds."""
    found = [{threads: calls(model, texts, threads) for threads in THREADS} for _ in range(rounds)]
    shown = {threads: tuple(statistics.median(part) for part in zip(*(one[threads] for one in found), strict=True)) for threads in THREADS}
    most = [one[THREADS[-1]][0] / one[1][0] for one in found]
    return shown, [Ratio(f"calls/s of {THREADS[-1]} threads over 1", statistics.median(most), min(most), max(most))]


def way_table(times: Times) -> Table:
    """What each way takes."""
    rows = []
    for name, found in times.items():
        median = statistics.median(found)
        rows.append((name, f"{1 / median:,.1f}", figure(median * 1e3, 3), f"{min(found) * 1e3:.3f}–{max(found) * 1e3:.3f}"))
    return Table("forward", "Throughput", ("way", "messages/s", "ms a message", "least–most"), rows)


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, help=".jsonl with `text`, or .txt with a text a line")
    parser.add_argument("--messages", type=int, default=19_776, help="messages for the quick ways")
    parser.add_argument("--sample", type=int, default=256, help="messages for the pipeline; the large models get a quarter")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--skip", nargs="+", default=[], choices=PARTS, help="leave these out")
    parser.add_argument("--cores", type=int, help="use so many cores")
    parser.add_argument("--cpu", action="store_true", help="throughput in processor time, which other work disturbs less")
    parser.add_argument("--json", type=Path, help="also keep the ratios in this file")
    options = parser.parse_args()
    if options.cores:
        only_cores(options.cores)
    texts, model = read_texts(options.texts), triage.load()
    messages = varied(texts, options.messages)
    model.classify(messages[:64])
    with tempfile.TemporaryDirectory() as folder:
        times, ratios = throughput(model, messages, options, Path(folder))
    print(way_table(times).text(), flush=True)
    if "length" not in options.skip:
        by_length, more = lengths(model, messages, options.rounds)
        ratios += more
        rows = [
            (size, figure(statistics.median(found) * 1e6, 1), f"{statistics.median(found) * int(size) * 1e3:,.2f}")
            for size, found in by_length.items()
        ]
        print(Table("forward-length", "Growth with text length", ("words", "us a word", "ms a text"), rows).text(), flush=True)
    if "threads" not in options.skip:
        by_threads, more = latency(model, spread(messages, options.sample), options.rounds)
        ratios += more
        rows = [(str(threads), *(f"{part:,.1f}" for part in found)) for threads, found in by_threads.items()]
        print(Table("forward-threads", "Single calls", ("threads", "calls/s", "median ms", "95% ms"), rows).text(), flush=True)
    print(ratio_table("forward-ratios", "Ratios", ratios).text())
    if options.json:
        keep_ratios(options.json, "forward", ratios)


if __name__ == "__main__":
    main()
