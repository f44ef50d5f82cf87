"""What ten answers are worth: python -m tests.benchmarks.population.answers --seeds 31000:31060 --most 600.

Each drawn file is resolved without a word of a person; then `ask` chooses its pairs, the truth answers them all in one
round, and the file is resolved again. Told: B-cubed F1 before and after, and the paired difference over all files and
over the quarter that was worst before, with an interval of 95 % (t, over files).
"""

import argparse
import csv
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from resolution.evaluation.metrics import b_cubed
from resolution.standalone.ask import ask
from resolution.standalone.evaluate import resolve_file
from tests.benchmarks.population.draw import draw
from tests.benchmarks.population.judge import seeds_of
from tests.benchmarks.population.rival_report import interval


@dataclass(frozen=True, slots=True)
class Gain:
    """B-cubed F1 of one file before and after, and how many of the pairs asked were one."""

    seed: int
    before: float
    after: float
    asked: int
    same: int


def gain(seed: int, most: int, number: int = 10) -> Gain:
    """Resolve the file of a seed, have the truth answer what is asked, and resolve it again."""
    problem = draw(seed, most)
    truth = {row[0]: entity for row, entity in zip(problem.rows, problem.truth, strict=True)}
    with tempfile.TemporaryDirectory() as folder:
        records, _ = problem.write(Path(folder))
        questions = Path(folder) / "questions.csv"
        ask(records, problem.kind, True, questions, number=number)
        said = answered(questions, truth)
        before, after = (
            b_cubed(dict(zip(found.ids, found.entities, strict=True)), truth)["f1"]
            for found in (resolve_file(records, problem.kind, True, None, told) for told in (None, questions))
        )
    return Gain(seed, before, after, len(said), sum(said))


def answered(questions: Path, truth: Mapping[str, str]) -> list[bool]:
    """Fill in the column `same` of a file of questions by the truth; what was answered."""
    with questions.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        names, rows = list(reader.fieldnames or ()), list(reader)
    said = [truth[row["record_id_a"]] == truth[row["record_id_b"]] for row in rows]
    with questions.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows(row | {"same": "yes" if same else "no"} for row, same in zip(rows, said, strict=True))
    return said


def sentence(what: str, gains: Sequence[Gain]) -> str:
    """Means before and after, and the paired difference with its interval."""
    differences = [g.after - g.before for g in gains]
    mean, low, high = interval(np.array(differences))
    return (
        f"{what}: {len(gains)} files, B-cubed F1 {statistics.mean(g.before for g in gains):.4f} before, "
        f"{statistics.mean(g.after for g in gains):.4f} after; {mean:+.4f} "
        f"(95 %: {low:+.4f} to {high:+.4f}); "
        f"better {sum(d > 0 for d in differences)}, worse {sum(d < 0 for d in differences)}, "
        f"the worst change {min(differences):+.4f}"
    )


def main(words: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=seeds_of, required=True, help="first:last, the last not included")
    parser.add_argument("--most", type=int, default=600, help="draw problems of so many records at most")
    parser.add_argument("--number", type=int, default=10, help="pairs asked of each file")
    told = parser.parse_args(words)
    gains: list[Gain] = []
    for seed in told.seeds:
        g = gain(seed, told.most, told.number)
        gains.append(g)
        sys.stderr.write(f"seed {seed}: {g.before:.4f} -> {g.after:.4f}, {g.same} of {g.asked} pairs are one\n")
    worst = sorted(gains, key=lambda g: (g.before, g.seed))[: max(1, len(gains) // 4)]
    print(sentence("all", gains))
    print(sentence("worst quarter", worst))


if __name__ == "__main__":
    main()
