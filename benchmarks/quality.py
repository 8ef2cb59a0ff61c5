"""How good a model is: on labelled messages, beside baselines, under hidden words, and across identity terms. Everything with one command.

python benchmarks/quality.py LABELLED... [--fresh LABELLED...] [--standoff FILE --texts FOLDER]
    [--baseline TRAINING... [--baseline-standoff FILE]] [--word-list FILE] [--crows-pairs FILE] [--json FILE]

The labelled files are one set ("authored"), those that nobody had measured on while the model was made another ("fresh"), and the
stand-off annotations with their texts a third ("real").
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import triage
from tables import Table, figure, interval, keep, percent
from triage.training.corpus import Labelled, read_labelled
from triage.training.evaluate import Model, compare, difference, plain
from triage.training.fairness import stereotype_pairs, swaps
from triage.training.ngrams import NGramModel
from triage.training.rawtext import read_lines
from triage.training.robustness import robustness
from triage.training.slices import slices
from triage.training.standoff import join, read_standoff
from triage.training.wordlist import WordListModel

COLUMNS = ("register", "phenomenon", "length", "recipient")  # of real messages, the recipient is the source


def measure(model: Model, baselines: dict[str, Model], messages: Sequence[Labelled], rounds: int) -> dict[str, Any]:
    """All figures of one set of labelled messages."""
    texts = [message.text for message in messages]
    found = model.classify(texts)
    others = {name: baseline.classify(texts) for name, baseline in baselines.items()}
    parts = {column: slices(found, messages, column, rounds // 5) for column in COLUMNS}
    lead = {name: difference(found, other, messages, rounds) for name, other in others.items()}
    return {
        "models": plain(
            {"triage": compare(found, messages, rounds)} | {name: compare(other, messages, rounds) for name, other in others.items()}
        ),
        "lead": plain(lead),
        "by": plain({column: one for column, one in parts.items() if len(one) > 1}),
        "robustness": plain(robustness(model, messages, rounds // 5)),
    }


def tables(figures: dict[str, Any]) -> Iterator[Table]:
    """The tables of what `main` kept, for all sets and then for fairness."""
    quality = figures.get("quality", {})
    for name, one in quality.get("sets", {}).items():
        yield from _set_tables(name, one)
    if own := quality.get("swaps"):
        yield _swap_table(own)
        rows = [(t["term"], t["group"], str(t["sentences"]), figure(t["false_alarms"])) for t in own["terms"]]
        yield Table("terms", "False alarms by identity term", ("term", "group", "sentences", "false alarms"), rows)
    if own := quality.get("pairs"):
        heads = ("kind", "pairs", "apart by more than 0.1", "95%", "mean difference", "towards the stereotype")
        rows = [
            (
                p["bias_type"],
                str(p["pairs"]),
                percent(p["apart"], 1),
                interval(p["apart_low"], p["apart_high"]),
                figure(p["mean"]),
                figure(p["toward"]),
            )
            for p in own
        ]
        yield Table("pairs", "Stereotype pairs (CrowS-Pairs)", heads, rows)


def _set_tables(name: str, one: dict[str, Any]) -> Iterator[Table]:
    models = one["models"]
    about = f"{name} ({models['triage']['messages']} messages)"
    heads = (
        "model",
        "macro-F1",
        "95%",
        "lead of triage",
        "95%",
        "false alarms",
        "missed",
        "intensity kappa",
        "review",
        "error kept",
        "error all",
    )
    rows = []
    for title, m in models.items():
        lead, low, high = one["lead"].get(title, (None, None, None))
        shares = (m[key] for key in ("false_alarms", "missed", "intensity_kappa", "review", "error_kept", "error_all"))
        within = interval(m["macro_f1_low"], m["macro_f1_high"])
        rows.append((m["model"], figure(m["macro_f1"]), within, figure(lead), interval(low, high), *map(figure, shares)))
    yield Table(f"overall-{name}", f"Over all, {about}", heads, rows)
    rows = [
        (
            f"{m['model']}: {f['label']}", str(f["support"]), *(figure(f[key]) for key in ("precision", "recall", "f1")),
            interval(f["f1_low"], f["f1_high"]), figure(f["ap"]), figure(f["ece"]),
        )
        for m in models.values()
        for f in m["labels"]
    ]  # fmt: skip
    yield Table(f"labels-{name}", f"By label, {about}", ("label", "support", "precision", "recall", "F1", "95%", "AP", "ECE"), rows)
    for column, parts in one["by"].items():
        heads = (column, "messages", "macro-F1", "95%", "false alarms", "missed", "exactly right")
        rows = [
            (
                value, str(e["messages"]), figure(e["macro_f1"]), interval(e["macro_f1_low"], e["macro_f1_high"]),
                figure(e["false_alarms"]), figure(e["missed"]), figure(1.0 - e["error_all"]),
            )
            for value, e in parts.items()
        ]  # fmt: skip
        yield Table(f"{column}-{name}", f"By {column}, {about}", heads, rows)
    heads = ("obfuscation", "messages changed", "macro-F1", "drop", "95%")
    rows = [
        (r["obfuscation"], percent(r["changed"]), figure(r["macro_f1"]), figure(r["drop"]), interval(r["drop_low"], r["drop_high"]))
        for r in one["robustness"]
    ]
    yield Table(f"robustness-{name}", f"With words hidden or mistyped, {about}", heads, rows)
    heads = ("model", *(f"{percent(kept['coverage'])} kept" for kept in models["triage"]["kept"]), "area")
    rows = [(m["model"], *(figure(kept["error"]) for kept in m["kept"]), figure(m["risk_area"])) for m in models.values()]
    yield Table(f"coverage-{name}", f"Error among the messages kept when the least certain are set aside, {about}", heads, rows)


def _swap_table(own: dict[str, Any]) -> Table:
    rows = []
    for group in dict.fromkeys(one["group"] for one in own["groups"]):
        tones = [one for one in own["groups"] if one["group"] == group]
        alarms = sorted((term["false_alarms"], term["term"]) for term in own["terms"] if term["group"] == group)
        differences = [figure(one[key]) for one in tones for key in ("mean", "largest")]
        (least, _), (most, worst) = alarms[0], alarms[-1]
        rows.append((group, *differences, f"{figure(least)}–{figure(most)}", worst if most > least else "-"))
    tones = [one["tone"] for one in own["groups"] if one["group"] == own["groups"][0]["group"]]
    heads = ("group", *(f"{tone}: {key}" for tone in tones for key in ("mean", "largest")), "false alarms by term", "most for")
    return Table("swaps", "Difference in the highest probability when only the identity term changes", heads, rows)


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, nargs="*", help="labelled JSON Lines, files or folders")
    parser.add_argument("--fresh", type=Path, nargs="+", help="labelled JSON Lines that no choice was made on")
    parser.add_argument("--model", help="folder or hub name; the embedded model without it")
    parser.add_argument("--standoff", type=Path, help="stand-off annotations to measure on as well")
    parser.add_argument("--texts", type=Path, help="folder with the texts of stand-off annotations")
    parser.add_argument("--baseline", type=Path, nargs="+", help="train the n-gram baseline on these labelled messages")
    parser.add_argument("--baseline-standoff", type=Path, help="and on these stand-off annotations")
    parser.add_argument("--word-list", type=Path, help="swear words, one a line, for the word-list baseline")
    parser.add_argument("--crows-pairs", type=Path, help="stereotype pairs (CSV with sent_more, sent_less, bias_type)")
    parser.add_argument("--rounds", type=int, default=500, help="bootstrap rounds")
    parser.add_argument("--json", type=Path, help="also keep the figures in this file")
    options = parser.parse_args()
    if (options.standoff or options.baseline_standoff) and not options.texts:
        parser.error("stand-off annotations need their --texts")
    sets = {"authored": read_labelled(options.labelled)} if options.labelled else {}
    if options.fresh:
        sets["fresh"] = read_labelled(options.fresh)
    if options.standoff:
        sets["real"] = join(read_standoff(options.standoff), options.texts)
    baselines: dict[str, Model] = {}
    if options.baseline:
        training = read_labelled(options.baseline)
        if options.baseline_standoff:
            training += join(read_standoff(options.baseline_standoff), options.texts)
        baselines["n-grams"] = NGramModel(training)
    if options.word_list:
        baselines["word list"] = WordListModel(read_lines(options.word_list))
    model = triage.load(options.model)
    figures = {
        "model": model.version,
        "sets": {name: measure(model, baselines, messages, options.rounds) for name, messages in sets.items()},
        "swaps": plain(swaps(model)),
        "pairs": plain(stereotype_pairs(model, options.crows_pairs)) if options.crows_pairs else None,
    }
    for table in tables({"quality": figures}):
        print(table.text())
    if options.json:
        keep(options.json, "quality", figures)


if __name__ == "__main__":
    main()
