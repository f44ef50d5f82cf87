"""Judge our resolver and its rivals on drawn problems; one line a seed and method, so it can be stopped and resumed.

    python -m tests.benchmarks.population.judge --seeds 1000:1200 --out figures.csv
    python -m tests.benchmarks.population.judge --report figures.csv

Lines that are there are not computed again; `--again ours` computes those of a method anew, the rivals' stay.
"""

import argparse
import csv
import hashlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from resolution.evaluation.expected import Expected
from resolution.evaluation.metrics import b_cubed, cluster_pair
from resolution.standalone.evaluate import resolve_file
from tests.benchmarks.population import rivals
from tests.benchmarks.population.problem import STRATA, Problem
from tests.benchmarks.population.rival_report import EXPECTED, report

OURS = "ours"
METHODS = (OURS, *rivals.RIVALS)
FIGURES = ("pair_precision", "pair_recall", "pair_f1", "b_cubed_f1", "seconds")
HEADER = ("seed", *STRATA, "records", "method", *FIGURES, "error", "drawn", *EXPECTED)
"""`drawn` is a digest of the problem: figures of another drawing of the same seed are never mixed in."""
LIMIT = 120
"""Seconds after which a method has failed."""
Line = dict[str, Any]


class TooLong(BaseException):
    """A method took more than its time; no Exception, so that nothing on the way takes it for a failure of its own."""


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raise TooLong after some seconds."""

    def stop(*_: object) -> None:
        raise TooLong(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def ours(problem: Problem, limit: int = LIMIT) -> rivals.Answer:
    """What `resolve_file` with fit says of the written file; where it fails or is too slow, every record is alone."""
    began = time.perf_counter()
    rows, expected = range(len(problem.rows)), None
    with tempfile.TemporaryDirectory() as folder:
        records, _ = problem.write(Path(folder))
        try:
            with limited(limit):
                found = resolve_file(records, problem.kind, fit=True)
            said, error = dict(zip(found.ids, found.entities, strict=True)), ""
            expected = found.expected
            clusters = [int(said[row[0]].removeprefix("E")) for row in problem.rows]
        except (Exception, TooLong) as failure:
            clusters, error = list(rows), f"{type(failure).__name__}: {failure}"
    return rivals.Answer(clusters, time.perf_counter() - began, " ".join(error.split())[:200], expected)


def answer(method: str, problem: Problem) -> rivals.Answer:
    """What a method says of a problem, in its time."""
    if method == OURS:
        return ours(problem)
    return rivals.answer(method, problem, partial(limited, LIMIT), (Exception, TooLong))


def line(problem: Problem, method: str, said: rivals.Answer) -> Line:
    """The figures of an answer, as a line of the file."""
    truth = {row[0]: entity for row, entity in zip(problem.rows, problem.truth, strict=True)}
    found = {row[0]: str(cluster) for row, cluster in zip(problem.rows, said.clusters, strict=True)}
    pairs = cluster_pair(found, truth)
    figures = (pairs["precision"], pairs["recall"], pairs["f1"], b_cubed(found, truth)["f1"], round(said.seconds, 2))
    return {
        "seed": problem.seed,
        **{name: problem.strata[name] for name in STRATA},
        "records": len(problem.rows),
        "method": method,
        **dict(zip(FIGURES, figures, strict=True)),
        "error": said.error,
        "drawn": digest(problem),
        **dict(zip(EXPECTED, _expected(said.expected), strict=True)),
    }


def _expected(said: Expected | None) -> list[float | str]:
    if said is None:
        return [""] * len(EXPECTED)
    return [round(x, 6) for share in (said.precision, said.recall) for x in (share.estimate, share.low, share.high)]


def digest(problem: Problem) -> str:
    """Eight figures that tell a problem from any other."""
    whole = repr((problem.kind, problem.columns, problem.rows, problem.truth))
    return hashlib.sha256(whole.encode()).hexdigest()[:8]


def judge(seed: int, methods: Sequence[str], most: int | None) -> list[Line]:
    """Draw the problem of a seed and judge some methods on it."""
    from tests.benchmarks.population.draw import draw

    problem = draw(seed) if most is None else draw(seed, most)
    return [line(problem, method, answer(method, problem)) for method in methods]


def kept_lines(path: Path, again: Iterable[str], seeds: range) -> list[dict[str, str]]:
    """The lines of a file of figures, without those to be computed again; the file is left with the kept ones only."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as lines:
        found = list(csv.DictReader(lines))
    kept = [row for row in found if not (row["method"] in set(again) and int(row["seed"]) in seeds)]
    if len(kept) < len(found) or (found and set(found[0]) != set(HEADER)):  # or written before a figure was added
        aside = path.with_suffix(".part")
        append(aside, kept)
        os.replace(aside, path)
    return kept


def append(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add lines to a file of figures, with the header where it is new."""
    new = not path.is_file() or path.stat().st_size == 0
    with path.open("a", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, HEADER, restval="")
        if new:
            writer.writeheader()
        writer.writerows(lines)


def results(work: Mapping[int, Sequence[str]], most: int | None, jobs: int) -> Iterator[list[Line]]:
    """The lines of each seed, as they come; with one job in this process, so that it can be watched and stopped."""
    if jobs == 1:
        for seed, methods in work.items():
            yield judge(seed, methods, most)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(judge, seed, methods, most) for seed, methods in work.items()]):
            yield done.result()


def run(out: Path, seeds: range, methods: Sequence[str], again: Sequence[str], most: int | None, jobs: int,
        tell: Callable[[str], object] = sys.stderr.write) -> None:  # fmt: skip
    """Judge what is missing in a file of figures, and add it there seed by seed."""
    there = {(int(row["seed"]), row["method"]) for row in kept_lines(out, again, seeds)}
    wanted = {seed: [m for m in methods if (seed, m) not in there] for seed in seeds}
    work = {seed: missing for seed, missing in wanted.items() if missing}
    tell(f"{len(seeds)} seeds, {len(work)} of them to be judged\n")
    for number, lines in enumerate(results(work, most, jobs), 1):
        append(out, lines)
        first = lines[0]
        figures = ", ".join(f"{x['method']} {x['b_cubed_f1']:.3f} ({x['seconds']:.0f} s)" for x in lines)
        strata = " ".join(str(first[name]) for name in STRATA)
        tell(f"{number}/{len(work)} seed {first['seed']} ({strata}, {first['records']} records): {figures}\n")
        for failed in (x for x in lines if x["error"]):
            tell(f"    {failed['method']} failed: {failed['error']}\n")


def _names(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    if unknown := set(names) - set(METHODS):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: not one of {', '.join(METHODS)}")
    return names


def seeds_of(text: str) -> range:
    """A range written first:last, the last not included; a single seed alone."""
    first, _, last = text.partition(":")
    return range(int(first), int(last) if last else int(first) + 1)


def main(words: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=seeds_of, help="first:last, the last not included")
    parser.add_argument("--out", type=Path, default=Path("figures.csv"), help="the file of figures")
    parser.add_argument("--only", type=_names, default=list(METHODS), help="the methods to judge, by commas")
    parser.add_argument("--again", type=_names, default=[], help="methods whose lines are computed anew")
    parser.add_argument("--most", type=int, help="draw problems of so many records at most")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--report", type=Path, help="print what a file of figures says")
    told = parser.parse_args(words)
    if told.seeds is None and told.report is None:
        parser.error("say --seeds or --report")
    if told.seeds is not None:
        run(told.out, told.seeds, list(dict.fromkeys([*told.only, *told.again])), told.again, told.most, told.jobs)
    if told.report is not None:
        print(report(told.report))


if __name__ == "__main__":
    main()
