"""Columns of noise change nothing: they are told by the pairs that all else shows to be one record."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from resolution.standalone.describe import describe
from resolution.standalone.evaluate import evaluate
from tests.resolution import record_files
from tests.resolution.record_files import FIRST, LAST

MADE = {
    "q0": lambda draw: str(draw.randint(0, 10**6)),
    "q1": lambda draw: draw.choice("abcdef"),
    "q2": lambda draw: f"{draw.random():.4f}",
    "q3": lambda draw: f"{draw.choice(('red', 'green', 'blue'))} {draw.choice(('fox', 'dog', 'cat'))}",
}


def write(folder: Path, noise: int, people: int = 250) -> tuple[Path, Path]:
    """People, each in two records with slips of the pen; `noise` random columns, and one that tells: a tone kept."""
    draw, other = random.Random(3), random.Random(9)
    rows, truth = [], []
    for i in range(people):
        first, last = draw.choice(FIRST), f"{draw.choice(LAST)}{draw.choice(LAST).lower()}"
        kept = f"tone {draw.randint(1, 40)}"
        for k in range(2):
            slip = last[:-1] if k and draw.random() < 0.3 else last
            row = {"record_id": f"r{i}-{k}", "first_name": first, "last_name": slip, "postcode": str(10000 + i % 90)}
            row |= {"z": kept if draw.random() < 0.9 else f"tone {draw.randint(1, 40)}"}
            makers = list(MADE.values())
            row |= {f"q{j}": makers[j % 4](other) for j in range(noise)}
            rows.append(row)
            truth.append((f"r{i}-{k}", f"p{i}"))
    return record_files.write(folder, rows, truth)


@pytest.mark.parametrize("noise", [8, 24])
def test_columns_of_noise_change_no_answer(tmp_path: Path, noise: int) -> None:
    (tmp_path / "clean").mkdir()
    clean = evaluate(*write(tmp_path / "clean", 0), "contact", fit=True)
    found = evaluate(*write(tmp_path, noise), "contact", fit=True)
    assert clean["b_cubed"]["f1"] > 0.9
    assert found["b_cubed"]["f1"] >= clean["b_cubed"]["f1"] - 0.005


def test_a_silent_column_is_unused_and_says_why(tmp_path: Path) -> None:
    told = {c["name"]: c for c in describe(write(tmp_path, 4)[0], "contact")["contact"]["columns"]}
    assert {name: told[name]["role"] for name in ("q0", "q1", "q2", "q3")} == dict.fromkeys(
        ("q0", "q1", "q2", "q3"), "unused"
    )
    assert told["q1"]["told_by"] == "records that agree on all else agree on it as often as any two"
    assert told["z"]["role"] != "unused", "a column that follows the person stays, whatever its name"
