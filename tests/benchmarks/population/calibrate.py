"""Calibrate what a resolution expects of itself, on drawn problems with their truth, and check it on others.

    python -m tests.benchmarks.population.calibrate --out evidence.csv                # draws, fits, writes, checks
    python -m tests.benchmarks.population.calibrate --out evidence.csv --fresh        # after weights have changed

About 4 seconds a problem, `--minutes` at most; a line a problem, so it can be stopped and resumed.
The coefficients go to `resolution/fit/expected.toml`.
"""

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from resolution.evaluation.expected import Evidence
from resolution.fit.expected import CALIBRATED
from resolution.standalone.evaluate import resolved
from tests.benchmarks.population.calibrate_fit import Known, checked, fit, known, write
from tests.benchmarks.population.draw import draw
from tests.benchmarks.population.judge import TooLong, limited, seeds_of
from tests.benchmarks.population.problem import Problem

NAMES = tuple(field.name for field in fields(Evidence))
TRUTH = ("true_together", "true")
HEADER = ("seed", *TRUTH, *NAMES)
LIMIT = 60
"""Seconds after which a problem is left out."""


def gather(out: Path, seeds: Iterable[int], most: int, until: float) -> None:
    """Add a line for each seed that a file of evidence lacks, until a time of the clock."""
    there = {int(row["seed"]) for row in read(out)}
    for seed in seeds:
        if seed in there:
            continue
        if time.monotonic() > until:
            print(f"The time is over before seed {seed}.", file=sys.stderr)
            return
        new = not out.is_file()
        found = line(draw(seed, most))
        with out.open("a", newline="", encoding="utf-8") as lines:
            writer = csv.DictWriter(lines, HEADER)
            if new:
                writer.writeheader()
            writer.writerow({"seed": seed, **found})


def read(path: Path) -> list[dict[str, str]]:
    """The lines of a file of evidence; none where it is not there."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def line(problem: Problem) -> dict[str, float]:
    """Evidence of a problem and its true pairs, together and all; without evidence all are 0."""
    with tempfile.TemporaryDirectory() as folder:
        records, _ = problem.write(Path(folder))
        try:
            with limited(LIMIT):
                found = resolved(records, problem.kind, fit=True)
        except (Exception, TooLong) as failure:
            print(f"seed {problem.seed}: {failure}", file=sys.stderr)
            return dict.fromkeys(HEADER[1:], 0.0)
    truth = {row[0]: entity for row, entity in zip(problem.rows, problem.truth, strict=True)}
    both = Counter((entity, truth[key]) for key, entity in zip(found.ids, found.entities, strict=True))
    true = {"true_together": pairs(both.values()), "true": pairs(Counter(problem.truth).values())}
    return true | asdict(found.evidence or Evidence())


def pairs(sizes: Iterable[int]) -> int:
    """Pairs inside groups of these sizes."""
    return sum(n * (n - 1) // 2 for n in sizes)


def main(words: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the file of evidence, one line a problem")
    parser.add_argument("--seeds", type=seeds_of, default=range(20000, 20400), help="problems to learn from")
    parser.add_argument("--check", type=seeds_of, default=range(21000, 21080), help="problems to check on")
    parser.add_argument("--most", type=int, default=600, help="records of a problem at most")
    parser.add_argument("--minutes", type=float, default=35, help="stop drawing then; checked problems come first")
    parser.add_argument("--fresh", action="store_true", help="forget what the file of evidence holds")
    told = parser.parse_args(words)
    if told.fresh:
        told.out.unlink(missing_ok=True)
    gather(told.out, [*told.check, *told.seeds], told.most, time.monotonic() + told.minutes * 60)
    lines = read(told.out)
    learned, held = problems(lines, told.seeds), problems(lines, told.check)
    found = fit(learned)
    seeds = f"{told.seeds.start} to {told.seeds.stop - 1}"
    about = f"{len(learned)} problems of the seeds {seeds}, of {told.most} records at most."
    write(CALIBRATED, found, about)
    print(f"Learned from {about}\nSeen: {checked(found, learned)}\nHeld out: {checked(found, held)}")


def problems(lines: Iterable[Mapping[str, str]], seeds: range) -> list[Known]:
    """The problems of some seeds in which pairs were put together."""
    return [one for row in lines if int(row["seed"]) in seeds and (one := known(row))]


if __name__ == "__main__":
    main()
